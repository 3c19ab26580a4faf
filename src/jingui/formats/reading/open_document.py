"""OpenDocument (ISO/IEC 26300): manifest, encryption, content, macros, text."""

from __future__ import annotations

from lxml import etree

from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import parse
from jingui.formats.reading.zip_checks import entry_bytes, opened_archive

READER = "jingui odf"
MANIFEST = "META-INF/manifest.xml"
SCRIPT_FOLDERS = ("Basic/", "Scripts/")


def read_open_document(source: Source) -> Outcome:
    """Check the container, its manifest and content, and take the text."""
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is None:
            return outcome
        names = archive.namelist()
        for part in (MANIFEST, "content.xml"):
            if part not in names:
                return outcome.refuse("part_missing", part)
        manifest = parse(entry_bytes(archive, MANIFEST, source), where=MANIFEST)
        if next(manifest.iter("{*}encryption-data"), None) is not None:
            return outcome.refuse("encrypted", "parts are encrypted")
        if any(name.startswith(SCRIPT_FOLDERS) for name in names):
            outcome.note("macros")
        if "META-INF/documentsignatures.xml" in names:
            outcome.note("signature")
        root = parse(entry_bytes(archive, "content.xml", source), where="content.xml")
    outcome.text = _text(root)
    outcome.is_readable = True
    return outcome


def _text(root: etree._Element) -> str:
    """Join paragraphs and headings; a paragraph inside another is left to the outer one."""
    lines = []
    for node in root.iter("{*}p", "{*}h"):
        outer = next(node.iterancestors("{*}p", "{*}h"), None)
        if outer is None:
            lines.append("".join(str(piece) for piece in node.itertext()))
    return "\n".join(lines)
