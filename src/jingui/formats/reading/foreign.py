"""One file, two formats: what another program than the one meant for it would find (polyglots, hidden data)."""

from __future__ import annotations

import re
import struct

from jingui.formats.identification.compound_files import CompoundFile, CompoundFileError
from jingui.formats.reading.source import Outcome, Source

ZIP_FAMILY = frozenset(("zip", "ofd", "docx", "xlsx", "pptx", "odt", "ods", "odp", "uof"))
COMPOUND = frozenset(("doc", "xls", "ppt", "ole2"))
TEXTUAL = frozenset(("text", "xml", "svg", "html", "json", "eml", "rtf", ""))
ZIP_END = b"PK\x05\x06"
END_RECORD = struct.Struct("<4s4H2IH")
SCRIPT = re.compile(rb"<script[\s>]|<\?php|<html[\s>]|<!doctype html|javascript:", re.IGNORECASE)
PROGRAM = re.compile(rb"MZ.{58}[\x40-\xff]\x00\x00\x00|\x7fELF[\x01\x02][\x01\x02]\x01", re.DOTALL)


def note_foreign(source: Source, outcome: Outcome) -> None:
    """Look at the first and last bytes for what belongs to another format."""
    name = source.found.format_name
    if name in TEXTUAL:
        return
    if name in ZIP_FAMILY:
        _look_into_comment(source, outcome)
        return
    place = _zip_end(source)
    if place is not None and not (name in COMPOUND and _is_in_a_stream(source, place)):
        outcome.note("polyglot", f"{name} and zip")
    if name not in ("pdf", "pdfa") and b"%PDF-" in source.head[:1024] and b"%%EOF" in source.tail:
        outcome.note("polyglot", f"{name} and pdf")
    if name == "gif" and source.head[6:8] == b"/*":
        outcome.note("polyglot", "gif and script")
    if name in ("gif", "jpeg", "png", "bmp", "tiff") and (SCRIPT.search(source.head) or SCRIPT.search(source.tail)):
        outcome.note("polyglot", f"{name} and markup or script")


def _zip_end(source: Source) -> int | None:
    """Find the end record of a ZIP whose numbers fit the file, as programs that open ZIP do; return its place."""
    at = source.tail.rfind(ZIP_END)
    if at < 0 or at + END_RECORD.size > len(source.tail):
        return None
    _, _, _, _, entries, size, _, comment = END_RECORD.unpack_from(source.tail, at)
    place = source.size - len(source.tail) + at
    fits = entries > 0 and size <= place and at + END_RECORD.size + comment <= len(source.tail)
    return place if fits else None


def _is_in_a_stream(source: Source, place: int) -> bool:
    """A workbook in an old document is a ZIP within it: an embedded object, not a second face of the file."""
    try:
        return CompoundFile(source.stream).holds(place)
    except (CompoundFileError, OSError):
        return False


def _look_into_comment(source: Source, outcome: Outcome) -> None:
    at = source.tail.rfind(ZIP_END)
    behind = source.tail[at + END_RECORD.size :] if at >= 0 else b""
    if b"%%EOF" in behind or b"%PDF-" in behind:
        outcome.note("polyglot", f"{source.found.format_name} and pdf")
    elif behind:
        outcome.note("hidden_data", f"{len(behind)} bytes of comment behind the archive")


def named_foreign(data: bytes) -> str:
    """Name what stands in data behind a picture, if it is something that other programs open; ``""``: nothing known."""
    for magic, name in FOLLOWING:
        if data.startswith(magic):
            return name
    return "program" if PROGRAM.match(data) else "markup or script" if SCRIPT.search(data[:4096]) else ""


FOLLOWING: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"%PDF-", "pdf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xd0\xcf\x11\xe0", "ole2"),
)
