"""Reads the Excel template (see ``template``). Row numbers are those that Excel shows; empty rows are passed over."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from jingui.domain.catalogue import RawRow, SourceRow
from jingui.domain.catalogue.cells import CONVERTERS
from jingui.domain.catalogue.mappings import ADDED_COLUMNS
from jingui.domain.catalogue.targets import BY_PATH, TableKind
from jingui.domain.errors import Invalid, Problem
from jingui.formats.catalogues.template import (
    AGENCY_SHEET,
    ITEM_SHEET,
    MATERIAL_SHEET,
    SHEETS,
    Column,
)
from jingui.formats.catalogues.workbook_guard import WORKBOOK_PROBLEM_CODES, check_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

EXCEL_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    **WORKBOOK_PROBLEM_CODES,
    "sheet_missing": ("sheet",),
    "column_missing": ("sheet", "header"),
    "column_unknown": ("sheet", "header"),
    "column_twice": ("sheet", "header"),
}

_HEADER_LIMIT = 60
_LIST_SEPARATORS = re.compile(r"[、,，;；\n]")
_FLAGS = {"是": True, "否": False, "": False}

SheetRow = tuple[int, dict[str, object], dict[str, object]]  # number, values under our names, cells by header


def _refuse(code: str, **params: str) -> Invalid:
    return Invalid((Problem("", code, params),))


def read_excel_catalogue(data: bytes) -> tuple[RawRow, ...]:
    """Read a workbook made from the template.

    Raises:
        Invalid: it is no workbook, is too large, or lacks or repeats sheets or columns; an unknown column is refused too.
    """
    check_workbook(data)
    # The reader is native code: whatever a hostile workbook makes it raise means that it cannot be read.
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: _sheet_rows(workbook, name, columns) for name, columns in SHEETS.items()}
    except (CalamineError, OSError, ValueError, OverflowError) as failure:
        raise _refuse("workbook_unreadable") from failure
    return _joined(sheets)


def _sheet_rows(workbook: CalamineWorkbook, name: str, columns: tuple[Column, ...]) -> list[SheetRow]:
    if name not in workbook.sheet_names:
        if name == ITEM_SHEET:
            raise _refuse("sheet_missing", sheet=name)
        return []
    return _read_sheet(workbook.get_sheet_by_name(name), name, columns)


def _read_sheet(sheet: CalamineSheet, name: str, columns: tuple[Column, ...]) -> list[SheetRow]:
    lines = sheet.to_python(skip_empty_area=False)
    header = [_text(cell) for cell in lines[0]] if lines else []
    places = _places(header, name, columns)
    found: list[SheetRow] = []
    for number, line in enumerate(lines[1:], 2):
        if any(_text(cell) for cell in line):
            cells: dict[str, object] = {
                column.header: _text(line[place]) for place, column in places if place < len(line)
            }
            found.append((number, _row_values(line, places, header), cells))
    return found


def _places(header: Sequence[str], sheet: str, columns: tuple[Column, ...]) -> list[tuple[int, Column]]:
    known = {column.header: column for column in columns}
    named = [title for title in header if title and title not in ADDED_COLUMNS]
    problems = [_column_problem("column_unknown", sheet, title) for title in named if title not in known]
    problems += [_column_problem("column_twice", sheet, title) for title in known if named.count(title) > 1]
    problems += [
        _column_problem("column_missing", sheet, column.header)
        for column in columns
        if column.is_required and column.header not in named
    ]
    if problems:
        raise Invalid(tuple(problems))
    return [(place, known[title]) for place, title in enumerate(header) if title in known]


def _column_problem(code: str, sheet: str, header: str) -> Problem:
    printable = "".join(sign if sign.isprintable() else "?" for sign in header[:_HEADER_LIMIT])
    return Problem(sheet, code, {"sheet": sheet, "header": printable})


def _row_values(line: Sequence[object], places: list[tuple[int, Column]], header: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for place, column in places:
        cell = line[place] if place < len(line) else ""
        if _text(cell):
            _put(values, column.name, _value(column, cell))
    named = {place for place, title in enumerate(header) if title}
    stray = [_text(cell) for place, cell in enumerate(line) if place not in named and _text(cell)]
    # A value under no header would be lost in silence: as an unknown field it makes the row check refuse the row.
    return values | ({"(无表头的列)": stray} if stray else {})


def _put(values: dict[str, object], name: str, value: object) -> None:
    outer, _, inner = name.partition(".")
    if not inner:
        values[name] = value
        return
    nested = values.setdefault(outer, {})
    if isinstance(nested, dict):
        nested[inner] = value


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _value(column: Column, cell: object) -> object:
    text = _text(cell)
    if column.kind == "field":
        target = BY_PATH[TableKind.ITEMS][column.name]
        return CONVERTERS[target.kind](text, target)
    if column.kind == "whole":
        return int(text) if re.fullmatch(r"-?\d{1,15}", text, re.ASCII) else text
    if column.kind == "list":
        return [part.strip() for part in _LIST_SEPARATORS.split(text) if part.strip()]
    if column.kind == "flag":
        return _FLAGS.get(text, text)
    return dict(column.words).get(text, text)


def _joined(sheets: dict[str, list[SheetRow]]) -> tuple[RawRow, ...]:
    materials: dict[object, list[SheetRow]] = {}
    for row in sheets[MATERIAL_SHEET]:
        materials.setdefault(row[1].get("item_code"), []).append(row)
    items = [_item_row(row, materials.get(row[1].get("item_code"), [])) for row in sheets[ITEM_SHEET]]
    named = {values.get("item_code") for _, values, _ in sheets[ITEM_SHEET]}
    orphans = [row for row in sheets[MATERIAL_SHEET] if row[1].get("item_code") not in named]
    return (
        *(RawRow("agencies", row[0], row[1], origin=(_source(AGENCY_SHEET, row),)) for row in sheets[AGENCY_SHEET]),
        *items,
        *(RawRow("materials", row[0], row[1], origin=(_source(MATERIAL_SHEET, row),)) for row in orphans),
    )


def _source(sheet: str, row: SheetRow) -> SourceRow:
    return SourceRow(sheet, row[0], row[2])


def _item_row(row: SheetRow, materials: list[SheetRow]) -> RawRow:
    number, values, _ = row
    plan = values.get("plan", {})
    told = [{name: value for name, value in part.items() if name != "item_code"} for _, part, _ in materials]
    return RawRow(
        "items",
        number,
        values | {"plan": (plan if isinstance(plan, dict) else {}) | {"materials": told}},
        {f"plan.materials[{place}]": ("materials", part[0]) for place, part in enumerate(materials)},
        (_source(ITEM_SHEET, row), *(_source(MATERIAL_SHEET, part) for part in materials)),
    )
