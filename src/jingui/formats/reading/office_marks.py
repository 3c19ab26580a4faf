"""What people mark in an Office Open XML document beside its text: comments, and changes nobody has decided on."""

from __future__ import annotations

import re
import zipfile

from lxml import etree

from jingui.formats.reading.source import Outcome, Source

# The elements of ECMA-376 part 1, 17.13.5, that mark a change of text, properties, tables or numbering.
TRACKED = (
    "ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "numberingChange", "rPrChange", "pPrChange",
    "sectPrChange", "tblPrChange", "tblPrExChange", "tcPrChange", "trPrChange", "tblGridChange",
)  # fmt: skip
COMMENT_PARTS = re.compile(r"(?:word|xl|ppt)/(?:[^/]+/)?(?:modern|threaded)?comment[^/]*\.xml", re.IGNORECASE)
COMMENT = re.compile(rb"<(?:[\w.-]+:)?(?:comment|cm|threadedComment)[\s/>]")
TEXT_PARTS = re.compile(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml")
CHANGE = re.compile(rb"<(?:[\w.-]+:)?(?:%s)[\s/>]" % "|".join(TRACKED).encode())
HISTORY = "xl/revisions/revisionHeaders.xml"


def note_marks(archive: zipfile.ZipFile, source: Source, outcome: Outcome) -> None:
    """Note comments, the history of a shared workbook, and changes outside the body."""
    for code, parts, mark in (("comments", COMMENT_PARTS, COMMENT), ("tracked_changes", TEXT_PARTS, CHANGE)):
        if any(_has(archive, entry, mark, source) for entry in archive.infolist() if parts.fullmatch(entry.filename)):
            outcome.note(code)
    if HISTORY in archive.NameToInfo:
        outcome.note("tracked_changes")


def note_tracked(root: etree._Element, outcome: Outcome) -> None:
    """Note changes in the body of a text."""
    if next(root.iter(*(f"{{*}}{name}" for name in TRACKED)), None) is not None:
        outcome.note("tracked_changes")


def _has(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, mark: re.Pattern[bytes], source: Source) -> bool:
    return entry.file_size <= source.limits.parsed_bytes and mark.search(archive.read(entry)) is not None
