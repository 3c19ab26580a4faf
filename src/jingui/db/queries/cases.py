"""Reads of one case for the API of its source."""

from __future__ import annotations

from uuid import UUID

from jingui.db.models import Case, Inspection, Receipt
from jingui.domain.catalogue.plans import plan_from_dict
from jingui.domain.errors import NotFound
from jingui.domain.inspection.report import Finding, report_from_dict
from jingui.domain.records.facts import Plan


def get_source_case(source_key: UUID, case_number: str) -> Case:
    """Return a source's own case.

    Raises:
        NotFound: this source has no such case; that another may have it is not told.
    """
    cases = Case.objects.select_related("plan__item", "agency", "source").filter(source_id=source_key)
    case = cases.filter(case_number=case_number).first()
    if case is None:
        raise NotFound("case_not_found")
    return case


def plan_of(case: Case) -> Plan | None:
    """Return the archiving plan the case began with, if its own message has come."""
    return plan_from_dict(case.plan.content) if case.plan else None


def latest_inspection(case: Case) -> Inspection | None:
    """Return the newest inspection of a case."""
    return Inspection.objects.filter(case=case).order_by("-number").first()


def blocking_findings(case: Case) -> tuple[Finding, ...]:
    """Return what keeps the case from being archived, as its newest inspection found it."""
    inspection = latest_inspection(case)
    return report_from_dict(inspection.report).blocking_findings() if inspection else ()


def stage_receipts(case: Case) -> list[Receipt]:
    """Return the kept receipts of a case, oldest first."""
    return list(Receipt.objects.filter(case=case).order_by("at", "key"))
