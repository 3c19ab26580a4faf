"""Every defect and note that the readers can report, as tables for rules, wording and documentation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jingui.domain.records.facts import Reading


class Severity(StrEnum):
    """Whether a defect keeps a file from being archived as it is."""

    BLOCKS = "blocks"
    WARNS = "warns"


@dataclass(frozen=True, slots=True)
class Defect:
    """How grave a defect is and what it means."""

    severity: Severity
    meaning: str


def _blocks(meaning: str) -> Defect:
    return Defect(Severity.BLOCKS, meaning)


def _warns(meaning: str) -> Defect:
    return Defect(Severity.WARNS, meaning)


DEFECTS: dict[str, Defect] = {
    "empty_file": _blocks("The file has no bytes."),
    "encrypted": _blocks("The content is encrypted, be it with an empty password."),
    "truncated": _blocks("The file ends before its content does."),
    "damaged_structure": _blocks("The structure of the format is broken and cannot be followed."),
    "checksum_mismatch": _blocks("A checksum inside the file does not match its content."),
    "needs_repair": _warns("The file opens only because readers repair its structure."),
    "no_pages": _blocks("The document has no page."),
    "page_missing": _blocks("A page is named in the document but cannot be loaded."),
    "part_missing": _blocks("A part that the format requires is not in the container."),
    "not_well_formed": _blocks("XML or JSON is not well-formed."),
    "xml_entities": _blocks("XML declares entities, which can read files or swell without end; it is not parsed."),
    "xml_dtd": _warns("XML carries a document type declaration, which is ignored."),
    "zip_bomb": _blocks("The archive unpacks to far more than it holds, or its entries overlap."),
    "zip_slip": _blocks("The name of an entry leads outside the archive."),
    "duplicate_entry": _warns("Two entries of the archive bear the same name."),
    "too_many_pixels": _blocks("The picture is larger than the limit; it was not decoded."),
    "content_not_text": _blocks("Bytes that no text holds stand in a text file."),
    "unknown_encoding": _blocks("The character encoding of the text could not be told."),
    "extension_mismatch": _blocks("The content is not what the extension of the name claims."),
    "nonstandard_namespace": _warns("The root element is not in the namespace of the standard."),
    "trailing_data": _warns("Bytes follow the end of the content."),
    "reader_failed": _blocks("The reader met something it was not written for."),
    "reader_crashed": _blocks("The reading process died over this file."),
    "reader_timeout": _blocks("Reading took longer than the limit."),
    "reader_out_of_memory": _blocks("Reading needed more memory than the limit."),
}

NOTES: dict[str, str] = {
    "no_reader": "No reader for this format exists here, so readability was not established.",
    "format_unknown": "The format could not be identified by content.",
    "structure_only": "The structure was followed to the end; the content itself was not decoded.",
    "not_all_pages_loaded": "Only the first pages were loaded; the others were only found.",
    "text_capped": "More text than the limit; the rest was not taken.",
    "javascript": "The document carries JavaScript or another script.",
    "launch_action": "The document carries an action that starts a program.",
    "attachments": "Files are embedded in the document.",
    "macros": "The document carries macros.",
    "comments": "People have written comments into the document; they are not taken as its text.",
    "tracked_changes": "The document carries changes that nobody has accepted or rejected, or a history of changes.",
    "signature": "The document carries electronic signatures or seals; they were not verified here.",
    "signers": "How many signers a signature file has.",
    "signed_digest": "A digest of the content that a signature file states to sign.",
    "form_fields": "The document has fillable fields.",
    "nested_archives": "The archive contains archives.",
    "entries": "Number of entries of the archive.",
    "title": "Title that the document gives itself.",
    "loose_path": "A path inside the container resolves only when case or base is ignored.",
    "trailing_bytes": "Number of bytes after a picture, such as the second picture of a phone.",
    "fonts_not_embedded": "Fonts that the document shows text with are not in it.",
    "external_links": "The document draws on content outside itself.",
    "dynamic_form": "The document carries a dynamic form (XFA), which few programs show.",
    "multimedia": "The document carries sound, film or 3D.",
    "hidden_data": "Bytes that the usual way of opening the file does not show.",
    "polyglot": "The file is a file of another format as well.",
    "path_tricks": "Names of entries that deceive people or cannot be written by other systems.",
    "pdfa_fault": "What contradicts the PDF/A claim: clause of ISO 19005 and fault.",
    "pdfa_unproven": "The document claims PDF/A; structure shows no contradiction, but no validator has proved it.",
    "pronom": "What PRONOM says beside its identification.",
    "pronom_differs": "PRONOM identifies the file otherwise than the own rules do.",
    "resolution": "Resolution of a picture as its file tells it, or of a scanned page by its size, in dpi.",
    "encoding": "Character encoding of the text.",
}


def blocking_defects(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Return the defects that keep the file from being archived as it is."""
    return tuple(found for found in reading.defects if DEFECTS[found[0]].severity is Severity.BLOCKS)
