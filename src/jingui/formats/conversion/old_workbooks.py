"""Old Excel workbooks ([MS-XLS]) whose formulas become the values that are stored with them, byte for byte in place."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from jingui.formats.conversion.made import Converted, NotConvertibleError
from jingui.formats.identification.compound_files import CompoundFile, CompoundFileError

STREAMS = ("Workbook", "Book")
FORMULA, STRING, CONTINUE, NOTE, FILE_PASS = 0x0006, 0x0207, 0x003C, 0x001C, 0x002F
BEHIND_FORMULA = (0x04BC, 0x0221, 0x0236)  # shared formula, array formula, data table
NUMBER, LABEL, TRUTH_OR_ERROR, BLANK = 0x0203, 0x0204, 0x0205, 0x0201
UNKNOWN = 0x0FFE  # a record that every reader passes over
HEADER = struct.Struct("<HH")
PLACE_BYTES, VALUE_END, LEAST_FORMULA = 6, 14, 22
NOTE_FLAGS, NOTE_SHOWN = 4, 0x02
NOT_A_NUMBER = b"\xff\xff"
OF_TEXT, OF_TRUTH, OF_ERROR, OF_NO_TEXT = range(4)
LONGEST_RECORD = 8_224


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    start: int
    end: int


def stored_in_old(data: bytes) -> Converted:
    """Return the workbook with values instead of formulas; remarked: formulas that stay, and comments.

    Raises:
        NotConvertibleError: ``source_not_loaded``.
    """
    try:
        compound = CompoundFile(io.BytesIO(data))
        name = next((one for one in STREAMS if one in compound), None)
        if name is None:
            return Converted(data)
        book = bytearray(compound.read(name))
        places, piece = compound.places(name)
    except CompoundFileError as error:
        raise NotConvertibleError("source_not_loaded", f"{error.code} {error.detail}") from None
    remarks = _with_values(book, is_newest=name == STREAMS[0])
    made = bytearray(data)
    for at, place in enumerate(places):
        part = book[at * piece : (at + 1) * piece]
        made[place : place + len(part)] = part
    return Converted(bytes(made), remarks=remarks)


def _with_values(book: bytearray, *, is_newest: bool) -> tuple[str, ...]:
    records = list(_records(book))
    kinds = {record.kind for record in records}
    if FILE_PASS in kinds:
        return ()
    are_stored = [_store(book, records, at) for at, record in enumerate(records) if record.kind == FORMULA]
    if is_newest:
        _hide_comments(book, records)
    found = (("values_not_stored", not all(are_stored)), ("comments", NOTE in kinds))
    return tuple(code for code, is_so in found if is_so)


def _hide_comments(book: bytearray, records: list[_Record]) -> None:
    """Comments that are always shown would stand on the page; [MS-XLS] NoteSh: the second bit shows them."""
    for record in records:
        if record.kind == NOTE and record.end - record.start >= HEADER.size + PLACE_BYTES:
            book[record.start + HEADER.size + NOTE_FLAGS] &= ~NOTE_SHOWN & 0xFF


def _records(book: bytearray) -> Iterator[_Record]:
    start = 0
    while start + HEADER.size <= len(book):
        kind, length = HEADER.unpack_from(book, start)
        end = start + HEADER.size + length
        if end > len(book):
            return
        yield _Record(kind, start, end)
        start = end


def _store(book: bytearray, records: list[_Record], at: int) -> bool:
    """Make a record of a value out of the record of a formula; say whether it was possible."""
    record = records[at]
    content = bytes(book[record.start + HEADER.size : record.end])
    if len(content) < LEAST_FORMULA:
        return False
    place, value = content[:PLACE_BYTES], content[PLACE_BYTES:VALUE_END]
    behind = [one for one in records[at + 1 : at + 2] if one.kind in BEHIND_FORMULA]
    kind = value[0] if value.endswith(NOT_A_NUMBER) else None
    if kind == OF_TEXT:
        return _store_text(book, record, records[at + 1 + len(behind) : at + 3 + len(behind)], place)
    if kind in (OF_TRUTH, OF_ERROR):
        _write(book, record, TRUTH_OR_ERROR, place + bytes((value[2], kind == OF_ERROR)))
    elif kind == OF_NO_TEXT:
        _write(book, record, BLANK, place)
    else:
        _write(book, record, NUMBER, place + value)
    for one in behind:
        HEADER.pack_into(book, one.start, UNKNOWN, one.end - one.start - HEADER.size)
    return True


def _store_text(book: bytearray, record: _Record, following: list[_Record], place: bytes) -> bool:
    """The text stands in a record behind the formula: one record spans both."""
    if not following or following[0].kind != STRING or any(one.kind == CONTINUE for one in following[1:]):
        return False
    text = following[0]
    whole = _Record(LABEL, record.start, text.end)
    if whole.end - whole.start - HEADER.size > LONGEST_RECORD:
        return False
    _write(book, whole, LABEL, place + bytes(book[text.start + HEADER.size : text.end]))
    return True


def _write(book: bytearray, record: _Record, kind: int, content: bytes) -> None:
    """Write a record of the same length; what is too long for its kind is passed over by readers."""
    length = record.end - record.start - HEADER.size
    HEADER.pack_into(book, record.start, kind, length)
    book[record.start + HEADER.size : record.end] = content.ljust(length, b"\0")
