"""What an import would do, as its preview shows it."""

from __future__ import annotations

from dataclasses import dataclass

from jingui.domain.catalogue.drafts import ItemDraft
from jingui.domain.catalogue.importing import ImportPlan, RefusedRow, RowProblem
from jingui.domain.errors import Problem
from jingui.interfaces.wording import label, problem_text

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One reason why a row is refused."""

    table: str
    row: int
    key: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """The counts of a preview, and the rows it names."""

    plan: ImportPlan
    added: tuple[ItemDraft, ...]
    changed: tuple[ItemDraft, ...]
    refused: tuple[RefusedLine, ...]
    refused_total: int

    @property
    def taken_total(self) -> int:
        """How many items would be taken."""
        return len(self.plan.added) + len(self.plan.changed)

    @property
    def has_anything(self) -> bool:
        """Whether confirming would change anything."""
        plan = self.plan
        return bool(plan.added or plan.changed or plan.agencies_added or plan.agencies_changed)


def import_view(plan: ImportPlan) -> ImportView:
    """Return a preview; of long lists the first rows are shown."""
    lines = _lines(plan)
    return ImportView(plan, plan.added[:_SHOWN], plan.changed[:_SHOWN], tuple(lines[:_SHOWN]), len(plan.refused))


def problem_table(plan: ImportPlan) -> list[list[str | int]]:
    """Return every reason as a row of a sheet, under its headers."""
    table: list[list[str | int]] = [["表", "行", "编码", "字段", "原因"]]
    for line in _lines(plan):
        table.append([line.table, line.row, line.key, line.field, line.text])  # noqa: PERF401 - the type of a literal
    return table


def _lines(plan: ImportPlan) -> list[RefusedLine]:
    return [_line(refused, problem) for refused in plan.refused for problem in refused.problems]


def _line(refused: RefusedRow, problem: RowProblem) -> RefusedLine:
    text = problem_text(Problem(problem.field, problem.code, problem.params))
    return RefusedLine(label("row", problem.table), problem.row, refused.key, problem.field, text)
