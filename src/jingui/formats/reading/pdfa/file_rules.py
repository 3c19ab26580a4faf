"""Clause 6.1: header, trailer, cross-reference table, objects and streams as they stand in the bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pikepdf

from jingui.formats.reading.pdf_names import keys_of
from jingui.formats.reading.pdfa.claims import Checked, name_of
from jingui.formats.reading.pdfa.literals import check_strings

FIRST_HEADER = re.compile(rb"%PDF-\d\.\d(?:\r\n|\r|\n)")
HEADER = re.compile(rb"%PDF-1\.[0-7](?:\r\n|\r|\n)")
FOURTH_HEADER = re.compile(rb"%PDF-2\.\d(?:\r\n|\r|\n)")
SECOND_VERSION = re.compile(r"2\.\d")
BINARY_COMMENT = re.compile(rb"%[\x80-\xff]{4}")
START = re.compile(rb"startxref\s+(\d{1,12})")
SECTION_HEAD = re.compile(rb"(\d+)(\s+)(\d+)([ \t]*)(\r\n|\r|\n)")
TABLE_LINE = re.compile(rb"([ \t]*)(?:\r\n|\r|\n)")
ENTRY_BYTES = 20
PREVIOUS = re.compile(rb"/Prev\s+(\d{1,12})")
OBJECT = re.compile(rb"\d+ \d+ obj(?:\r\n|\r|\n)")
OBJECT_LOOSELY = re.compile(rb"\s*\d+\s+\d+\s+obj")
STREAM = re.compile(rb"stream(\r\n|\n|\r|)")
LENGTH = re.compile(rb"/Length\s+(\d{1,10})(?!\d|\s+\d+\s+R)")
END_STREAM = re.compile(rb"(?:\r\n|\r|\n)endstream")
END_OBJECT = re.compile(rb"(?:\r\n|\r|\n)endobj(?:\r\n|\r|\n)")
MAX_SECTIONS, MAX_OBJECTS, MAX_OBJECT_BYTES = 64, 50_000, 2_000_000


def check_file(checked: Checked) -> None:
    """Check the frame of the file and every object that a classic cross-reference table leads to."""
    _check_header(checked)
    _check_end(checked)
    start = _last_start(checked)
    if start is not None:
        offsets = sorted(set(_offsets(checked, start)))
        for at, end in pairwise([*offsets, len(checked.data)]):
            _check_object(checked, at, min(end, at + MAX_OBJECT_BYTES))


def _check_header(checked: Checked) -> None:
    head = checked.data[:1024]
    header = FIRST_HEADER if checked.claim.is_first else FOURTH_HEADER if checked.claim.is_fourth else HEADER
    if not header.match(head):
        checked.fault("6.1.2", "6.1.2", "the file does not begin with the header line of its version of PDF")
        return
    second = head.split(b"\n" if b"\n" in head[:12] else b"\r", 1)[1]
    if not BINARY_COMMENT.match(second):
        checked.fault("6.1.2", "6.1.2", "no comment of four bytes above 127 after the header")


def _check_end(checked: Checked) -> None:
    at = checked.data.rfind(b"%%EOF")
    if at < 0 or checked.data[at + 5 :] not in (b"", b"\n", b"\r", b"\r\n"):
        checked.fault("6.1.3", "6.1.3", "data after the last end-of-file marker")
    identifier = checked.pdf.trailer.get("/ID")
    parts = list(identifier) if isinstance(identifier, pikepdf.Array) else []
    if not parts or not all(isinstance(one, pikepdf.String) and len(bytes(one)) for one in parts):
        checked.fault("6.1.3", "6.1.3", "no ID in the trailer, or an empty one")
    if checked.pdf.is_encrypted:
        checked.fault("6.1.3", "6.1.3", "encrypted")
    if checked.claim.is_fourth:
        _check_fourth(checked)


def _check_fourth(checked: Checked) -> None:
    """Part 4: the information dictionary tells when private data were changed and no more; the version is that of PDF 2."""
    root, information = checked.pdf.Root, checked.pdf.trailer.get("/Info")
    if isinstance(information, pikepdf.Dictionary):
        if "/PieceInfo" not in root:
            checked.fault("", "", "an information dictionary without private data", fourth="6.1.3")
        if set(keys_of(information)) != {"/ModDate"}:
            checked.fault("", "", "an information dictionary with more than ModDate", fourth="6.1.3")
    if "/Version" in root and not SECOND_VERSION.fullmatch(name_of(root.get("/Version"))):
        checked.fault("", "", "a version in the catalogue that is none of PDF 2", fourth="6.1.12")


def _last_start(checked: Checked) -> int | None:
    tail = checked.data[max(0, len(checked.data) - 2048) :]
    starts = START.findall(tail)
    return int(starts[-1]) if starts else None


def _offsets(checked: Checked, start: int) -> Iterator[int]:
    """Follow the tables from the newest to the oldest and yield where the objects in use begin."""
    seen: set[int] = set()
    count = 0
    while start not in seen and start < len(checked.data) and len(seen) < MAX_SECTIONS:
        seen.add(start)
        if checked.data[start : start + 4] != b"xref":
            checked.fault("6.1.4", "", "a cross-reference stream")
            return
        for offset in _table(checked, start + 4):
            count += 1
            if count > MAX_OBJECTS:
                return
            yield offset
        following = checked.data[start : start + MAX_OBJECT_BYTES].split(b"startxref", 1)[0]
        previous = PREVIOUS.search(following[following.rfind(b"trailer") :])
        if previous is None:
            return
        start = int(previous[1])


def _table(checked: Checked, at: int) -> Iterator[int]:
    data = checked.data
    line = TABLE_LINE.match(data, at)
    if line is None or line[1]:
        checked.fault("6.1.4", "6.1.4", "the keyword xref is not followed by one end of line")
    at = line.end() if line else at
    if not data[at : at + 1].isdigit():
        checked.fault("6.1.4", "6.1.4", "the keyword xref is not followed by one end of line")
    while head := SECTION_HEAD.match(data, at):
        if head[2] != b" ":
            checked.fault("6.1.4", "6.1.4", "object number and count of a subsection are not parted by one space")
        at = head.end()
        for _ in range(min(int(head[3]), MAX_OBJECTS)):
            entry = data[at : at + ENTRY_BYTES]
            if entry[17:18] == b"n" and entry[:10].isdigit():
                yield int(entry[:10])
            at += ENTRY_BYTES


def _check_object(checked: Checked, at: int, end: int) -> None:
    data = checked.data[at:end]
    before = checked.data[max(0, at - 1) : at]
    is_parted = before in (b"\n", b"\r") or data[:1] in (b"\n", b"\r")
    if not (OBJECT.match(data) and is_parted) and OBJECT_LOOSELY.match(data):
        checked.fault("6.1.8", "6.1.9", "object number, generation and obj are not parted as they must be")
    found = re.compile(rb">>\s*stream(?=[\r\n ])").search(data)
    head = data[: found.start()] if found else data.split(b"endobj", 1)[0]
    check_strings(checked, head)
    if found:
        _check_stream(checked, data, head, data.index(b"stream", found.start()))
    elif b"endobj" in data and not END_OBJECT.search(data):
        checked.fault("6.1.8", "6.1.9", "endobj does not stand between ends of lines")


def _check_stream(checked: Checked, data: bytes, head: bytes, at: int) -> None:
    keyword = STREAM.match(data, at)
    if keyword is None or keyword[1] not in (b"\r\n", b"\n"):
        checked.fault("6.1.7", "6.1.7.1", "the keyword stream is not followed by one end of line", fourth="")
        return
    length = LENGTH.search(head)
    if length is None:
        return
    stop = keyword.end() + int(length[1])
    if len(data) >= MAX_OBJECT_BYTES and stop + 12 > len(data):
        return
    if not END_STREAM.match(data, stop) and not (
        data[stop : stop + 9] == b"endstream" and data[stop - 1 : stop] in (b"\n", b"\r")
    ):
        checked.fault("6.1.7", "6.1.7.1", "Length is not the number of bytes before endstream")
