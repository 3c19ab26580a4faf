"""Coverage as rows of a screen: days with their agencies, the four ways in which a case can stand, lines in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from jingui.domain.supervision.terms import Standing
from jingui.interfaces.wording import label

SHOWN = (Standing.UNEXPLAINED, Standing.EXPLAINED, Standing.RUNNING, Standing.ARCHIVED)
MARKS = {Standing.ARCHIVED: "passed", Standing.RUNNING: "not_applicable", Standing.EXPLAINED: "warned"}
_COUNTS = ("listed", "archived", "running", "explained", "unexplained", "differing", "not_in_ledger")


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases of a ledger by how they stand."""

    listed: int = 0
    archived: int = 0
    running: int = 0
    explained: int = 0
    unexplained: int = 0
    differing: int = 0
    not_in_ledger: int = 0

    @property
    def share(self) -> float:
        """The share that is accounted for, in per cent."""
        return 100 * (self.listed - self.unexplained) / self.listed if self.listed else 100.0


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its certificates in force and their sums."""

    day: date
    rows: tuple[Any, ...]
    counts: Counts


def counts_of(rows: Iterable[Any]) -> Counts:
    """Sum the counts of certificates."""
    found = list(rows)
    return Counts(**{name: sum(getattr(row, name) for row in found) for name in _COUNTS})


def days_of(rows: Iterable[Any]) -> list[Day]:
    """Put certificates, ordered by day, under their days."""
    grouped = ((day, tuple(found)) for day, found in groupby(rows, key=lambda row: row.day))
    return [Day(day, found, counts_of(found)) for day, found in grouped]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One case of a ledger in words. ``choice`` names it in a form."""

    line: Any
    choice: str
    standing: str
    outcome: str
    reason: str
    differences: str
    explanation: Any = None


def line_rows(lines: Iterable[Any], *, source_key: Any = None, said: Mapping[str, Any] | None = None) -> list[LineRow]:  # noqa: ANN401
    """Return the rows of lines; without a source key each line is asked for its own."""
    return [_row(line, source_key or line.ledger.source_id, (said or {}).get(line.case_number)) for line in lines]


def _row(line: Any, source_key: Any, explanation: Any) -> LineRow:  # noqa: ANN401 - interfaces know no models
    told = "、".join(label("difference", code) for code in line.differences.split())
    return LineRow(
        line=line,
        choice=f"{source_key.hex}/{line.case_number}",
        standing=line.standing,
        outcome=MARKS.get(line.standing, "failed"),
        reason=label("gap", line.gap),
        differences=told,
        explanation=explanation if line.standing == Standing.EXPLAINED else None,
    )
