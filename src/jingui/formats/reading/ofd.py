"""OFD (GB/T 33190-2016): sound container, pages that resolve, text in order."""

from __future__ import annotations

from jingui.formats.reading.ofd_package import OfdDocument, OfdPackage
from jingui.formats.reading.ofd_resources import check_resources
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.zip_checks import opened_archive
from jingui.formats.signatures.noticing import ofd_signatures

READER = "jingui ofd"
ENCRYPTION_ENTRIES = frozenset(("encryptions.xml", "decryptseed.dat"))


def read_ofd(source: Source) -> Outcome:
    """Follow OFD.xml to every page, parse the pages and take their text."""
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is None:
            return outcome
        if any(name.rpartition("/")[2].lower() in ENCRYPTION_ENTRIES for name in archive.namelist()):
            return outcome.refuse("encrypted", "entries are encrypted one by one")
        package = OfdPackage(archive, max_part_bytes=source.limits.parsed_bytes)
        _look_into(package, source, outcome)
        is_signed = any(document.has_signatures for document in package.documents)
        outcome.signatures = ofd_signatures(package) if is_signed else ()
    return outcome


def _look_into(package: OfdPackage, source: Source, outcome: Outcome) -> None:
    outcome.page_count = sum(len(document.pages) for document in package.documents)
    if not package.is_standard_namespace:
        outcome.defect("nonstandard_namespace", package.namespace)
    for document in package.documents:
        _note_document(document, outcome)
        check_resources(package, document, outcome)
    for problem in package.problems:
        outcome.defect(*problem)
    if not outcome.page_count:
        outcome.refuse("no_pages")
        return
    outcome.text = _text(package, source, outcome)
    for path in package.loose_paths:
        outcome.note("loose_path", path)
    outcome.is_readable = not outcome.has("part_missing", "page_missing", "not_well_formed", "xml_entities")


def _note_document(document: OfdDocument, outcome: Outcome) -> None:
    if document.title:
        outcome.note("title", document.title)
    if document.has_signatures:
        outcome.note("signature")
    if document.has_attachments:
        outcome.note("attachments")


def _text(package: OfdPackage, source: Source, outcome: Outcome) -> str:
    """Gather the titles and the text of the pages, each with its templates first; pages are parsed to be checked."""
    parts = [document.title for document in package.documents if document.title]
    loaded = 0
    room = source.limits.text_characters
    for document in package.documents:
        for page in document.pages:
            if loaded >= source.limits.loaded_pages:
                outcome.note("not_all_pages_loaded", f"{loaded} of {outcome.page_count}")
                return "\n".join(parts)
            loaded += 1
            lines = package.page_lines(document, page, outcome.defect)
            if room > 0:
                parts += lines
                room -= sum(map(len, lines))
    return "\n".join(parts)
