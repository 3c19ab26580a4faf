"""Inspections of other phases, statements of persons, and the tally of findings, as far as somebody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from jingui.db.models import Agency, Case, FindingTally, InspectionStatement, PhaseInspection
from jingui.db.queries.library import Page, page_of
from jingui.db.queries.visibility import visible_cases
from jingui.domain.access.roles import ALL_AGENCIES, Actor, Permission, reach
from jingui.domain.inspection.indicators import InspectionPhase


def case_key_of(number: str) -> UUID | None:
    """Return the key of the case with a number, the one that came first if several sources have it."""
    return Case.objects.filter(case_number=number).order_by("opened_at").values_list("pk", flat=True).first()


def phase_runs(case: Case) -> list[PhaseInspection]:
    """Return the inspections of a record beyond archiving, newest first, without their reports."""
    return list(PhaseInspection.objects.filter(case=case).defer("report").order_by("-at", "-key"))


def phase_run(case: Case, key: UUID) -> PhaseInspection | None:
    """Return one of them, whole."""
    return PhaseInspection.objects.filter(case=case, pk=key).first()


def standing_statements(actor: Actor) -> list[InspectionStatement]:
    """Return what was stated for agencies in reach and for the house, newest first."""
    rows = InspectionStatement.objects.filter(case__isnull=True).select_related("agency")
    codes = reach(actor, Permission.VIEW_RECORD)
    if codes is not ALL_AGENCIES:
        rows = rows.filter(Q(agency__isnull=True) | Q(agency__code__in=codes))
    return list(rows.order_by("-stated_at", "-key")[:500])


def statement(actor: Actor, key: UUID) -> InspectionStatement | None:
    """Return one statement that somebody may see."""
    row = InspectionStatement.objects.filter(pk=key).select_related("agency", "case__agency").first()
    if row is None:
        return None
    agency = row.case.agency if row.case else row.agency
    codes = reach(actor, Permission.VIEW_RECORD)
    return row if codes is ALL_AGENCIES or agency is None or agency.code in codes else None


def statements_on(case: Case) -> list[InspectionStatement]:
    """Return what was decided on a record, newest first."""
    return list(InspectionStatement.objects.filter(case=case).order_by("-stated_at", "-key"))


def agencies_of(actor: Actor, permission: Permission) -> list[Agency]:
    """Return the agencies in which somebody may do something."""
    codes = reach(actor, permission)
    rows = Agency.objects.all() if codes is ALL_AGENCIES else Agency.objects.filter(code__in=codes)
    return list(rows.order_by("name"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are to be counted; empty means all."""

    phase: InspectionPhase
    since: datetime
    until: datetime
    outcome: str = ""
    agency: str = ""
    item: str = ""
    rule: str = ""
    code: str = ""


def tallied(actor: Actor, wanted: Wanted) -> QuerySet[FindingTally]:
    """Return the tally of findings that somebody may see statistics of."""
    rows = FindingTally.objects.filter(phase=wanted.phase.value, at__gte=wanted.since, at__lt=wanted.until)
    codes = reach(actor, Permission.VIEW_STATISTICS)
    if codes is not ALL_AGENCIES:
        rows = rows.filter(agency__code__in=codes)
    named = {"outcome": wanted.outcome, "agency__code": wanted.agency, "item_code": wanted.item}
    named |= {"rule": wanted.rule, "code": wanted.code}
    return rows.filter(**{name: value for name, value in named.items() if value})


GROUPINGS: dict[str, tuple[str, ...]] = {
    "rule": ("rule",),
    "code": ("rule", "code"),
    "agency": ("agency__code", "agency__name"),
    "item": ("item_code",),
}


def counted(actor: Actor, wanted: Wanted, by: str) -> list[dict[str, Any]]:
    """Count by rule, finding, agency or item: cases, inspections and places, the most cases first."""
    rows = tallied(actor, wanted).values(*GROUPINGS[by])
    told = rows.annotate(cases=Count("case", distinct=True), times=Count("pk"))
    return list(told.order_by("-cases", *GROUPINGS[by])[:200])


def by_day(actor: Actor, wanted: Wanted) -> dict[date, int]:
    """Count the cases of each day."""
    rows = tallied(actor, wanted).annotate(day=TruncDate("at")).values("day")
    return {row["day"]: row["cases"] for row in rows.annotate(cases=Count("case", distinct=True))}


def cases_behind(actor: Actor, wanted: Wanted, *, number: int) -> Page:
    """Return the cases behind a count, as far as somebody may see them."""
    keys = tallied(actor, wanted).filter(case__isnull=False).values("case_id")
    rows = visible_cases(actor, Permission.VIEW_RECORD).filter(pk__in=keys)
    return page_of(rows.select_related("agency", "closure", "source").order_by("-closed_at", "key"), number=number)
