"""Rows of work lists: which case, what it waits for in words, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jingui.db.queries.worklists import Waiting
from jingui.domain.inspection.report import Finding
from jingui.interfaces.web.shapes.inspections import blocking_texts
from jingui.interfaces.web.shapes.masks import applicant_of, masked_title

LONG_WAIT = timedelta(days=7)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One row of a work list."""

    case: Any
    title: str
    reason: str
    since: datetime
    waited: timedelta
    is_long: bool


def waiting_rows(waiting: list[Waiting], *, now: datetime) -> list[WaitingRow]:
    """Return the rows, what is missing named."""
    return [_row(each, now) for each in waiting]


def _row(each: Waiting, now: datetime) -> WaitingRow:
    waited = max(timedelta(), now - each.since)
    return WaitingRow(each.case, masked_title(each.case), reason_of(each), each.since, waited, waited >= LONG_WAIT)


def reason_of(each: Waiting) -> str:
    """Say what a case waits for: the missing materials by name, else the first finding."""
    missing = [finding for finding in each.findings if finding.code == "material_missing"]
    others = [finding for finding in each.findings if finding.code != "material_missing"]
    said = [_missing_text(missing)] if missing else []
    said += blocking_texts(tuple(others[:1]), applicant_of(each.case))
    rest = len(others) - 1
    return "；".join(said) + (f"；另有 {rest} 项" if rest > 0 else "")


def _missing_text(missing: list[Finding]) -> str:
    names = "、".join(finding.params["name"] for finding in missing[:_NAMED])
    more = " 等" if len(missing) > _NAMED else ""
    return f"缺 {len(missing)} 种材料：{names}{more}"
