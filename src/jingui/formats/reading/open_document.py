"""OpenDocument (ISO/IEC 26300): manifest, encryption, content, macros, text."""

from __future__ import annotations

import re
import zipfile

from lxml import etree

from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import parse
from jingui.formats.reading.zip_checks import entry_bytes, opened_archive

READER = "jingui odf"
MANIFEST = "META-INF/manifest.xml"
NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
UNDECLARED = re.compile(rb"(<manifest:manifest)(?=[\s>])")
CONTENTS = ("content.xml", "styles.xml")  # part 1, 2.2.1: at least one of them; templates of styles have the second
FULL_PATH, MEDIA_TYPE = (f"{{{NAMESPACE}}}{name}" for name in ("full-path", "media-type"))
HREF = "{http://www.w3.org/1999/xlink}href"
ANNOTATION = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}annotation"
AWAY = re.compile(r"[a-z][a-z0-9+.\-]*:|//|\.\./\.\./", re.IGNORECASE)
TOLD = 5
SCRIPT_FOLDERS = ("Basic/", "Scripts/")


def read_open_document(source: Source) -> Outcome:
    """Check the container, its manifest and content, and take the text."""
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is None:
            return outcome
        names = archive.namelist()
        content = next((name for name in CONTENTS if name in names), CONTENTS[0])
        for part in (MANIFEST, content):
            if part not in names:
                return outcome.refuse("part_missing", part)
        manifest = _manifest(entry_bytes(archive, MANIFEST, source), outcome)
        if next(manifest.iter("{*}encryption-data"), None) is not None:
            return outcome.refuse("encrypted", "parts are encrypted")
        _check_manifest(archive, manifest, outcome)
        if any(name.startswith(SCRIPT_FOLDERS) for name in names):
            outcome.note("macros")
        if "META-INF/documentsignatures.xml" in names:
            outcome.note("signature")
        root = parse(entry_bytes(archive, content, source), where=content)
    _note_links(root, outcome)
    _note_marks(root, outcome)
    outcome.text = _text(root)
    outcome.is_readable = True
    return outcome


def _manifest(data: bytes, outcome: Outcome) -> etree._Element:
    """Parse the manifest. OpenOffice.org left its namespace to a document type that nobody fetches."""
    if UNDECLARED.search(data) and b"xmlns:manifest" not in data:
        outcome.defect("nonstandard_namespace", MANIFEST)
        data = UNDECLARED.sub(rb'\1 xmlns:manifest="%s"' % NAMESPACE.encode(), data, count=1)
    return parse(data, where=MANIFEST)


def _check_manifest(archive: zipfile.ZipFile, manifest: etree._Element, outcome: Outcome) -> None:
    """What the manifest lists is there; the type in front of the archive is that of the manifest (part 3, 2.2 and 3)."""
    listed = {node.get(FULL_PATH, ""): node.get(MEDIA_TYPE, "") for node in manifest.iter("{*}file-entry")}
    names = set(archive.namelist())
    absent = [path for path in listed if path and not path.endswith("/") and path not in names]
    for path in absent[:TOLD]:
        outcome.defect("needs_repair", f"the manifest lists {path[:80]}, which is not there")
    first = archive.infolist()[0]
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED:
        outcome.defect("needs_repair", "the type does not stand first and unpacked")
    whole = listed.get("/")
    if whole and whole.encode() != archive.read("mimetype").strip():
        outcome.defect("needs_repair", "the manifest tells another type")


def _note_links(root: etree._Element, outcome: Outcome) -> None:
    """Pictures, objects and sections from elsewhere; hyperlinks are no dependence."""
    for node in root.iter(
        "{*}image", "{*}object", "{*}section-source", "{*}dde-source", "{*}plugin", "{*}table-source"
    ):
        address = node.get(HREF, "")
        if AWAY.match(address) or etree.QName(node).localname == "dde-source":
            outcome.note("external_links", f"{etree.QName(node).localname} {address}"[:100])


def _note_marks(root: etree._Element, outcome: Outcome) -> None:
    """Comments, which are taken out since they are no text of the document, and changes that are still marked."""
    if next(root.iter(ANNOTATION), None) is not None:
        outcome.note("comments")
        etree.strip_elements(root, ANNOTATION, with_tail=False)
    if any(len(node) for node in root.iter("{*}tracked-changes")):
        outcome.note("tracked_changes")


def _text(root: etree._Element) -> str:
    """Join paragraphs and headings; a paragraph inside another is left to the outer one."""
    lines = []
    for node in root.iter("{*}p", "{*}h"):
        outer = next(node.iterancestors("{*}p", "{*}h"), None)
        if outer is None:
            lines.append("".join(str(piece) for piece in node.itertext()))
    return "\n".join(lines)
