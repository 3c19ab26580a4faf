"""The tally of findings that statistics count: written with the report that it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from jingui.db.models import Case, FindingTally
from jingui.domain.inspection.report import Report
from jingui.domain.records.terms import Outcome

_TOLD = frozenset({Outcome.FAILED, Outcome.WARNED})


def tally(report: Report, case: Case | None, *, number: int, at: datetime) -> None:
    """Count what failed, warned, or waits for a person because of this case, in the transaction of the caller."""
    rows = list(_rows(report, case, number, at))
    if rows:
        FindingTally.objects.bulk_create(rows)


def _rows(report: Report, case: Case | None, number: int, at: datetime) -> Iterator[FindingTally]:
    told = Counter(
        (finding.rule, finding.code, finding.outcome.value)
        for finding in report.findings
        if finding.outcome in _TOLD or (finding.outcome is Outcome.NEEDS_PERSON and finding.is_blocking)
    )
    for (rule, code, outcome), count in told.items():
        yield FindingTally(
            case_id=case.key if case else None,
            agency_id=case.agency_id if case else None,
            item_code=case.item_code if case else "",
            phase=report.phase.value,
            number=number,
            at=at,
            rule=rule,
            code=code,
            outcome=outcome,
            count=count,
        )
