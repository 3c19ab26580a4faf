"""What persons stated that counts for a case now, as the domain knows it; days are those of the house."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from jingui.db.models import Case, InspectionStatement
from jingui.db.queries.rows import find_rows
from jingui.domain.inspection.subject import Statement
from jingui.domain.records.terms import Outcome

_OF_THE_CASE = "case_id = %s ORDER BY stated_at, key"
_STANDING = "case_id IS NULL AND (agency_id IS NULL OR agency_id = %s) ORDER BY stated_at, key"


def statements_of(case: Case, now: datetime) -> tuple[Statement, ...]:
    """Return what counts for a case at a moment, older first; its own after the standing ones."""
    today = local_day(now)
    standing = find_rows(InspectionStatement, _STANDING, case.agency_id)
    valid = [row for row in standing if row.valid_from <= today <= (row.valid_until or today)]
    return tuple(map(statement_fact, (*valid, *find_rows(InspectionStatement, _OF_THE_CASE, case.key))))


def statement_fact(row: InspectionStatement) -> Statement:
    """Return a stored statement as the domain knows it."""
    evidence = f"{row.evidence_name} sha256 {row.evidence_sha256}" if row.evidence_sha256 else ""
    return Statement(
        rule=row.rule,
        outcome=Outcome(row.outcome),
        words=row.words,
        by=row.stated_by,
        at=timezone.localtime(row.stated_at).strftime("%Y-%m-%d %H:%M"),
        location=row.location,
        evidence=evidence,
        input_sha256=row.input_sha256,
        reference=row.key.hex,
    )


def local_day(at: datetime) -> date:
    """Return the day of a moment where the house is."""
    return timezone.localdate(at)
