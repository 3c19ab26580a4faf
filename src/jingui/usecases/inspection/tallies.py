"""The tally of findings: what statistics count, made from reports as they are written and whole again from all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db.models import Case, FindingTally, Inspection, PhaseInspection
from jingui.domain.inspection.report import Report, report_from_dict
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


def retally(case_key: UUID, report: Report, *, number: int) -> None:
    """Count a report anew whose package was looked at in the meantime."""
    FindingTally.objects.filter(case_id=case_key, phase=report.phase.value, number=number).delete()
    tally(report, Case.objects.get(pk=case_key), number=number, at=report.inspected_at)


@transaction.atomic
def rebuild() -> int:
    """Throw the tally away and make it anew from all kept reports; return how many reports those were."""
    FindingTally.objects.all().delete()
    done = 0
    for row in Inspection.objects.select_related("case").iterator(chunk_size=200):
        tally(report_from_dict(row.report), row.case, number=row.number, at=row.at)
        done += 1
    for phase in PhaseInspection.objects.select_related("case").iterator(chunk_size=200):
        tally(report_from_dict(phase.report), phase.case, number=phase.version, at=phase.at)
        done += 1
    return done
