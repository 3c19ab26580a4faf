"""Tables of any length as CSV or as an Excel workbook (ISO/IEC 29500), written row by row: memory does not grow."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO
from xml.sax.saxutils import escape

Cell = str | int | float | None

MOST_ROWS = 1_048_576
"""The rows a sheet can hold; a longer table goes on in the next sheet."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WHEN = (1980, 1, 1, 0, 0, 0)
_CELL_LIMIT = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(out: IO[bytes], rows: Iterable[Sequence[Cell]]) -> int:
    """Write rows as CSV (RFC 4180, UTF-8 with the mark that Excel looks for); return how many.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer, count = csv.writer(text), 0
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
        count += 1
    text.detach()
    return count


def _plain(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_long_workbook(
    out: IO[bytes], rows: Iterable[Sequence[Cell]], *, name: str, most_rows: int = MOST_ROWS
) -> int:
    """Write rows, the first of them the headers, as a workbook; return how many rows there are below the headers.

    What is beyond one sheet goes on in further ones, each under the same headers.
    """
    iterator, sheets, count = iter(rows), 0, 0
    headers = next(iterator, ())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        row = next(iterator, None)
        while row is not None or not sheets:
            sheets += 1
            with archive.open(zipfile.ZipInfo(f"xl/worksheets/sheet{sheets}.xml", _WHEN), "w") as sheet:
                sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{_row(1, headers)}'.encode())
                number = 2
                while row is not None and number <= most_rows:
                    sheet.write(_row(number, row).encode())
                    row, number, count = next(iterator, None), number + 1, count + 1
                sheet.write(b"</sheetData></worksheet>")
        for part, text in _frame(name, sheets).items():
            archive.writestr(zipfile.ZipInfo(part, _WHEN), (_HEAD + text).encode(), zipfile.ZIP_DEFLATED)
    return count


def _frame(name: str, sheets: int) -> dict[str, str]:
    numbers = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    listed = "".join(f'<sheet name="{escape(_name(name, n))}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
    }


def _name(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"


def _row(number: int, cells: Sequence[Cell]) -> str:
    return f'<row r="{number}">{"".join(map(_cell, cells))}</row>'


def _cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    text = escape(_NOT_XML.sub("\ufffd", value[:_CELL_LIMIT]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
