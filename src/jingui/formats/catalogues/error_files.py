"""Error files: the refused rows as they were told, each with its reasons, to be corrected and sent again.

A workbook has a sheet for each table, under its own headers; large ones come as a zip of CSV files. Both are read again
like any other list, the columns added here being nobody's data.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from jingui.domain.catalogue.cells import plain_text
from jingui.domain.catalogue.mappings import ADDED_COLUMNS
from jingui.formats.catalogues.sources import REPORT_SHEETS
from jingui.formats.catalogues.workbooks import Cell, write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jingui.domain.catalogue import SourceRow

WORKBOOK_ROWS = 20_000
"""How many refused rows a workbook takes; more come as a zip."""
_SHEET_NAME = 31
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


@dataclass(frozen=True, slots=True)
class ToldReason:
    """One reason in words: the table and row it stands in, the code of the item, the field, and the text."""

    table: str
    row: int
    key: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """A refused row with the rows of the file it came from, and its reasons."""

    reasons: tuple[ToldReason, ...]
    origin: tuple[SourceRow, ...] = ()


class _Sheets:
    """Rows by table under all headers that occur."""

    def __init__(self) -> None:
        self.headers: dict[str, dict[str, None]] = {}
        self.rows: dict[str, dict[int, tuple[SourceRow, str]]] = {}

    def add(self, row: ErrorRow) -> None:
        """Take the rows of the file that a refused row came from; the first of them carries the reasons."""
        text = "；".join(f"{reason.field}：{reason.text}" if reason.field else reason.text for reason in row.reasons)
        for place, source in enumerate(row.origin):
            self.headers.setdefault(source.table, {}).update(dict.fromkeys(source.cells))
            self.rows.setdefault(source.table, {}).setdefault(source.number, (source, "" if place else text))

    def lines(self, table: str) -> Iterable[list[Cell]]:
        """Yield the header and the rows of a table, the added columns last."""
        headers = [header for header in self.headers[table] if header not in ADDED_COLUMNS]
        yield [*headers, *ADDED_COLUMNS]
        for number, (source, text) in sorted(self.rows[table].items()):
            yield [*(plain_text(source.cells.get(header)) or None for header in headers), text or None, number]


def write_error_workbook(refused: Iterable[ErrorRow], noted: Iterable[ErrorRow]) -> bytes:
    """Return a workbook: every reason, every note, and for each table its refused rows under their own headers."""
    sheets = _Sheets()
    told: dict[str, list[list[Cell]]] = {name: [["表", "行", "编码", "字段", "原因"]] for name in REPORT_SHEETS}
    for name, rows in zip(REPORT_SHEETS, (refused, noted), strict=True):
        for row in rows:
            told[name] += [[r.table, r.row, r.key, r.field, r.text] for r in row.reasons]
            sheets.add(row)
    own = {table.translate(_NOT_IN_NAMES)[:_SHEET_NAME]: list(sheets.lines(table)) for table in sheets.headers}
    kept = {name: lines for name, lines in told.items() if len(lines) > 1 or name == REPORT_SHEETS[0]}
    return write_workbook({**kept, **own})


def write_error_tables(refused: Iterable[ErrorRow], out: IO[bytes], *, name: str = "") -> None:
    """Write the refused rows as CSV: one file for one table, else a zip with one for each."""
    sheets = _Sheets()
    for row in refused:
        sheets.add(row)
    if len(sheets.headers) == 1 and not name.endswith(".zip"):
        _write_csv(sheets.lines(next(iter(sheets.headers))), out.write)
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in sheets.headers:
            with archive.open(f"{table.translate(_NOT_IN_NAMES)}.csv", "w") as part:
                _write_csv(sheets.lines(table), part.write)


def _write_csv(lines: Iterable[list[Cell]], write: Callable[[bytes], object]) -> None:
    write(b"\xef\xbb\xbf")
    for line in lines:
        text = io.StringIO()
        csv.writer(text).writerow(["" if cell is None else cell for cell in line])
        write(text.getvalue().encode("utf-8", "replace"))
