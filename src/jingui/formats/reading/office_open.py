"""Office Open XML (ECMA-376): required parts, macros, and text of documents, sheets and slides."""

from __future__ import annotations

import posixpath
import re
import zipfile

from lxml import etree

from jingui.formats.reading.office_marks import note_marks, note_tracked
from jingui.formats.reading.office_relations import check_parts
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import parse
from jingui.formats.reading.zip_checks import entry_bytes, opened_archive

READER = "jingui ooxml"
RELATIONSHIPS = "_rels/.rels"
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
FETCHING = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|LINK)\b", re.IGNORECASE)
BREAKS = {"p": "\n", "tab": "\t", "br": "\n", "tr": "\n", "si": "\n"}


def read_office_open(source: Source) -> Outcome:
    """Check the container and its main part, note macros, signatures and attachments, take the text."""
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is None:
            return outcome
        main = _main_part(archive, source)
        if main not in archive.NameToInfo:
            return outcome.refuse("part_missing", main or "main part")
        check_parts(archive, source, outcome)
        _note(archive, outcome)
        note_marks(archive, source, outcome)
        outcome.text = "\n".join(_texts(archive, main, source, outcome))
    outcome.is_readable = True
    return outcome


def _main_part(archive: zipfile.ZipFile, source: Source) -> str:
    """Follow the package relationship to the main part (ECMA-376 part 2)."""
    if RELATIONSHIPS not in archive.NameToInfo:
        return ""
    root = parse(entry_bytes(archive, RELATIONSHIPS, source), where=RELATIONSHIPS)
    for relationship in root.iterfind("{*}Relationship"):
        if relationship.get("Type", "").endswith("/officeDocument"):
            return posixpath.normpath(relationship.get("Target", "").lstrip("/"))
    return ""


def _note(archive: zipfile.ZipFile, outcome: Outcome) -> None:
    names = archive.namelist()
    if any(name.endswith("vbaProject.bin") or "/macrosheets/" in name or "/activeX/" in name for name in names):
        outcome.note("macros")
    if any(name.startswith("xl/externalLinks/") and name.endswith(".xml") for name in names):
        outcome.note("external_links", "cells of other workbooks or programs")
    if any(name.startswith("_xmlsignatures/") for name in names):
        outcome.note("signature")
    embedded = sum("/embeddings/" in name for name in names)
    if embedded:
        outcome.note("attachments", str(embedded))


def _texts(archive: zipfile.ZipFile, main: str, source: Source, outcome: Outcome) -> list[str]:
    """Parse the parts that hold text, the main part always."""
    kind = source.found.format_name
    parts = [main]
    if kind == "xlsx":
        parts += [name for name in archive.namelist() if name == "xl/sharedStrings.xml" or SHEET.fullmatch(name)]
    if kind == "pptx":
        slides = sorted((int(found[1]), found[0]) for name in archive.namelist() if (found := SLIDE.fullmatch(name)))
        parts += [name for _, name in slides]
        outcome.page_count = len(slides)
    texts: list[str] = []
    room = source.limits.text_characters
    for part in parts:
        root = parse(entry_bytes(archive, part, source), where=part)
        _note_fields(root, outcome)
        if kind == "docx":
            note_tracked(root, outcome)
        if room > 0:
            texts.append(_text(root))
            room -= len(texts[-1])
    return texts


def _note_fields(root: etree._Element, outcome: Outcome) -> None:
    """Fields that fetch content from elsewhere when the document is opened."""
    for node in root.iter("{*}instrText"):
        if FETCHING.match(node.text or ""):
            outcome.note("external_links", (node.text or "").strip()[:80])


def _text(root: etree._Element) -> str:
    """Join the text runs (``t``) of any of the three vocabularies, with breaks after paragraphs and items."""
    parts: list[str] = []
    for event, node in etree.iterwalk(root, events=("end",), tag=("{*}t", *(f"{{*}}{name}" for name in BREAKS))):
        name = etree.QName(node).localname
        parts.append((node.text or "") if event == "end" and name == "t" else BREAKS[name])
    return "".join(parts)
