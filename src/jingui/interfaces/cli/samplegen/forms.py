"""Turns the short description of a table form into the cells of ``form.typ``.

A row is a string ``label:span|value:span|…`` on twelve columns (labels and values take turns), a section title
``# text``, or an opinion block (an object with ``label``, ``text``, ``sign``, ``date``, ``seal``, ``foot``).
"""

from __future__ import annotations

from typing import Any

from jingui.interfaces.cli.samplegen.drawing import Seal, text_width
from jingui.interfaces.cli.samplegen.pdf import portrait_data, seal_data

_COLUMNS = 12
_COLUMN = 14.0  # millimetres
_EM = 3.7
_SEAL_RADIUS = 15.0
Cell = dict[str, Any]


def form_data(spec: dict[str, Any], *, made_on: str) -> dict[str, Any]:
    """Return what ``form.typ`` draws. ``spec`` is filled in already."""
    cells: list[Cell] = []
    heights: list[float] = []
    portrait_rows = int(spec.get("portrait_rows", 0))
    for number, row in enumerate(spec["rows"]):
        row_cells, height = _row(row)
        if portrait_rows and number == 0:
            row_cells.append(
                {
                    "kind": "portrait",
                    "span": 2,
                    "rows": portrait_rows,
                    "data": portrait_data(int(spec["portrait"])),
                    "text": "",
                }
            )
        cells += row_cells
        heights.append(height)
    return {
        "title": spec["title"],
        "left": spec.get("left", ""),
        "right": spec.get("right", ""),
        "notes": spec.get("notes", []),
        "made_on": made_on,
        "cells": cells,
        "heights": heights,
    }


def _row(row: str | dict[str, Any]) -> tuple[list[Cell], float]:
    """Return the cells of a row and its height in millimetres (0: as high as it needs)."""
    if isinstance(row, dict):
        return _opinion(row), 0
    if row.startswith("# "):
        return [{"kind": "section", "span": _COLUMNS, "text": row[2:]}], 8.5
    cells: list[Cell] = []
    for number, part in enumerate(row.split("|")):
        text, _, span = part.rpartition(":")
        cells.append({"kind": "value" if number % 2 else "label", "span": int(span), "text": text})
    is_long = any(
        text_width(cell["text"], _EM) > cell["span"] * _COLUMN - 3.4 or "\n" in cell["text"] for cell in cells
    )
    return cells, 0 if is_long else 10.5


def _opinion(row: dict[str, Any]) -> list[Cell]:
    label = {"kind": "label", "span": 2, "text": row["label"]}
    seal = seal_data(Seal(0, 0, row["seal"], row.get("foot", ""), _SEAL_RADIUS)) if row.get("seal") else None
    return [
        label,
        {
            "kind": "opinion",
            "span": _COLUMNS - 2,
            "text": row["text"],
            "sign": row.get("sign", []),
            "date": row.get("date", ""),
            "seal": seal,
        },
    ]
