"""The tally of findings: what statistics count, made from reports as they are written and whole again from all of them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from jingui.db.models import Case, FindingTally, Inspection, PhaseInspection
from jingui.db.tallies import tally
from jingui.domain.inspection.report import Report, report_from_dict


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
