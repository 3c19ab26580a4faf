"""What an import would do or did, as its pages show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jingui.domain.catalogue.importing import RowProblem
from jingui.domain.catalogue.targets import element_title
from jingui.domain.errors import Problem
from jingui.formats.catalogues.error_files import ErrorRow
from jingui.interfaces.wording import label, problem_text
from jingui.usecases.catalogue.import_tasks import ImportSummary
from jingui.usecases.catalogue.reports import ReportFile, read_row

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason why a row is refused or noted; the field as people call it."""

    table: str
    row: int
    key: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """The counts of a preview, and the rows it names; of long lists the first."""

    count: dict[str, int]
    tables: dict[str, int]
    ignored: tuple[str, ...]
    is_mapped: bool
    has_anything: bool
    is_balanced: bool
    added: tuple[dict[str, Any], ...]
    changed: tuple[dict[str, Any], ...]
    withdrawn: tuple[str, ...]
    refused: tuple[ReasonLine, ...]
    noted: tuple[ReasonLine, ...]

    @property
    def taken_total(self) -> int:
        """How many items would be taken, changed or withdrawn."""
        return sum(self.count.get(name, 0) for name in ("added", "changed", "restated", "withdrawn"))

    @property
    def changed_total(self) -> int:
        """How many known items would say something else."""
        return self.count.get("changed", 0) + self.count.get("restated", 0)


def import_view(summary: ImportSummary) -> ImportView:
    """Return a preview for its page."""
    report = summary.report
    return ImportView(
        count=summary.counts,
        tables=summary.tables,
        ignored=tuple(sorted(summary.ignored)),
        is_mapped=summary.is_mapped,
        has_anything=summary.has_anything,
        is_balanced=summary.is_balanced,
        added=tuple(report.lines({"added"}, limit=_SHOWN)),
        changed=tuple(map(_with_titles, report.lines({"changed", "restated"}, limit=_SHOWN))),
        withdrawn=tuple(line["code"] for line in report.lines({"withdrawn"}, limit=_SHOWN)),
        refused=tuple(_reasons(report, "refused"))[:_SHOWN],
        noted=tuple(_reasons(report, "noted"))[:_SHOWN],
    )


def _with_titles(line: dict[str, Any]) -> dict[str, Any]:
    return line | {"titles": "、".join(label("item_element", name) for name in line["elements"])}


def _reasons(report: ReportFile, kind: str) -> Iterator[ReasonLine]:
    for line in report.lines({kind}, limit=_SHOWN):
        row = read_row(line)
        for problem in row.problems:
            table, text = worded(problem)
            yield ReasonLine(table, problem.row, row.key, element_title(problem.field, problem.table), text)


def worded(problem: RowProblem) -> tuple[str, str]:
    """Return the table and the text of a problem as people read them."""
    return label("row", problem.table), problem_text(Problem(problem.field, problem.code, problem.params))


def error_rows(report: ReportFile, kind: str) -> Iterator[ErrorRow]:
    """Yield the refused or noted rows of a report for an error file."""
    return report.error_rows(kind, worded)
