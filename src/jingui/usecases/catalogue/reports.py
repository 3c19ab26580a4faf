"""The report of an import: one JSON line for each row that is refused, noted, changed or withdrawn, and the first added.

It lies beside the parts of the list and grows with them, so that millions of lines never stand in memory.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jingui.domain.catalogue.drafts import ItemDraft
from jingui.domain.catalogue.importing import RowProblem, RowReport, SourceRow
from jingui.formats.catalogues.error_files import ErrorRow, ToldReason

ADDED_SHOWN = 200
"""How many added items a report names; the catalogue has them all."""


def refused_line(report: RowReport) -> dict[str, Any]:
    """Write down a refused row with the rows of the file that it came from."""
    origin = [[row.table, row.number, dict(row.cells)] for row in report.origin]
    return {**_reported("refused", report), "origin": origin}


def noted_line(report: RowReport) -> dict[str, Any]:
    """Write down what is wrong with a row that is taken."""
    return _reported("noted", report)


def _reported(kind: str, report: RowReport) -> dict[str, Any]:
    problems = [[p.table, p.row, p.field, p.code, p.params] for p in report.problems]
    return {"kind": kind, "table": report.table, "row": report.row, "key": report.key, "problems": problems}


def item_line(kind: str, item: ItemDraft, elements: Sequence[str] = ()) -> dict[str, Any]:
    """Write down an item that is added or changed, with the elements that differ."""
    return {
        "kind": kind,
        "code": item.item_code,
        "name": item.item_name,
        "version": item.item_version,
        "elements": list(elements),
        "retention": item.plan.retention.value,
        "is_default": item.is_default_plan,
        "is_carried": kind == "changed" and item.is_default_plan,
        "materials": len(item.plan.materials),
    }


def read_row(line: dict[str, Any]) -> RowReport:
    """Return a refused or noted row as it was decided."""
    problems = tuple(RowProblem(*told) for told in line["problems"])
    origin = tuple(SourceRow(*told) for told in line.get("origin", ()))
    return RowReport(line["table"], line["row"], line["key"], problems, origin)


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report on disk."""

    path: Path

    def start_at(self, size: int) -> None:
        """Cut off what was written after the last part that was taken over."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.truncate(size)

    def add(self, lines: Sequence[dict[str, Any]]) -> int:
        """Append lines, make them durable, and return the size of the report."""
        with self.path.open("ab") as file:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def lines(self, kinds: Collection[str], *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the lines of these kinds, at most ``limit`` of them."""
        if not self.path.is_file():
            return
        wanted = tuple(f'{{"kind": "{kind}"'.encode() for kind in kinds)
        left = limit
        with self.path.open("rb") as file:
            for line in file:
                if left == 0:
                    return
                if line.startswith(wanted):
                    yield json.loads(line)
                    left = None if left is None else left - 1

    def error_rows(self, kind: str, worded: Callable[[RowProblem], tuple[str, str]]) -> Iterator[ErrorRow]:
        """Yield the ``refused`` or ``noted`` rows for an error file; ``worded`` tells a problem's table and text."""
        for line in self.lines({kind}):
            row = read_row(line)
            told = [(problem, *worded(problem)) for problem in row.problems]
            yield ErrorRow(tuple(ToldReason(t, p.row, row.key, p.field, text) for p, t, text in told), row.origin)
