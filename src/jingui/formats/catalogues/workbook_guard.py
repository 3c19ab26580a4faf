"""Looks through an Excel workbook before the reader opens it.

The reader is native code that lays out every sheet as a full rectangle: two cells in far corners of a small file would
make it ask for more memory than there is and end the process. So every part is parsed here first, as a stream.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import printable_name

WORKBOOK_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "workbook_unreadable": (),
    "workbook_too_large": ("limit",),
    "sheet_too_long": ("sheet", "limit"),
}

UNPACKED_LIMIT = 128 * 1024 * 1024
ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 100
_CHUNK = 1 << 20
_OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the older XLS, and encrypted workbooks
_CELL = re.compile(r"([A-Za-z]{1,9})([0-9]{1,18})", re.ASCII)
# Links of these name pictures, printers' settings and web addresses, never sheets.
_LEAVES = ("xl/worksheets/", "xl/drawings/", "xl/charts/")
_XML_NAMES = (".xml", ".rels")
# Other forms that the reader would try, each with parts that are not looked through here.
_OTHER_FORMS = frozenset({"content.xml", "xl/workbook.bin"})


class _BrokenPartError(Exception):
    """The part is nothing that a workbook of the template can hold."""


class _FarCellError(Exception):
    """A cell stands outside the area that is read."""


class _Cells:
    """Follows where the cells of a part stand, as the reader would count them."""

    def __init__(self, *, names_sheets: bool) -> None:
        self.names_sheets = names_sheets
        self.row = 0
        self.column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take one element."""
        local = name.rpartition(":")[2]
        if local == "row":
            self.row, self.column = self._row_number(attributes), 0
        elif local == "c":
            self._take_cell(attributes.get("r"))
        elif local == "Relationship" and self.names_sheets:
            _check_target(attributes)
        if self.row > ROWS_LIMIT or self.column > COLUMNS_LIMIT:
            raise _FarCellError

    def _row_number(self, attributes: dict[str, str]) -> int:
        told = attributes.get("r", str(self.row + 1))
        if not (told.isascii() and told.isdigit() and len(told) < 19):  # noqa: PLR2004
            raise _BrokenPartError
        return int(told)

    def _take_cell(self, place: str | None) -> None:
        if place is None:
            self.column += 1
            return
        found = _CELL.fullmatch(place)
        if not found:
            raise _BrokenPartError
        self.column = _column_number(found.group(1))
        self.row = max(self.row, int(found.group(2)))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _check_target(attributes: dict[str, str]) -> None:
    # A sheet under another kind of name would escape the look through the parts that are XML; this refuses macros too.
    is_outside = attributes.get("TargetMode") == "External" or attributes.get("Type", "").endswith("/thumbnail")
    if not (is_outside or attributes.get("Target", "").lower().endswith(".xml")):
        raise _BrokenPartError


def _refuse_doctype(*_: object) -> None:
    raise _BrokenPartError


def _look_through(part: IO[bytes], *, names_sheets: bool) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = _Cells(names_sheets=names_sheets).start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    while chunk := part.read(_CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)  # noqa: FBT003


# Encrypted parts are a RuntimeError, unknown methods of compression a NotImplementedError.
_BAD_INPUT = (_BrokenPartError, ValueError, RuntimeError, OSError, EOFError)


def check_workbook(data: bytes) -> None:
    """Check that a workbook is an XLSX of sound parts with all its cells in a sensible area.

    Raises:
        Invalid: it is not, and opening it would be unsafe or useless.
    """
    if data.startswith(_OLE_HEAD):
        raise _refuse("workbook_unreadable")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, expat.ExpatError, zlib.error, *_BAD_INPUT) as failure:
        raise _refuse("workbook_unreadable") from failure


def _check_parts(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" not in names or names & _OTHER_FORMS or len(names) < len(entries):
        raise _refuse("workbook_unreadable")
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise _refuse("workbook_too_large", limit=str(UNPACKED_LIMIT))
    for entry in entries:
        if entry.filename.lower().endswith(_XML_NAMES):
            _check_part(archive, entry)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    names_sheets = not entry.filename.lower().startswith(_LEAVES)
    try:
        with archive.open(entry) as part:
            _look_through(part, names_sheets=names_sheets)
    except _FarCellError:
        name = printable_name(entry.filename.rpartition("/")[2])
        raise _refuse("sheet_too_long", sheet=name, limit=str(ROWS_LIMIT)) from None


def _refuse(code: str, **params: str) -> Invalid:
    return Invalid((Problem("", code, params),))
