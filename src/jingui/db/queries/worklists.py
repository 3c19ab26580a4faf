"""Work lists: what waits for a person, counted and listed. Each condition begins with an indexed column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from jingui.db.models import Case, CatalogueWork, Inspection, Job
from jingui.db.queries.library import Page, page_of
from jingui.db.queries.visibility import visible_cases
from jingui.domain.access.roles import Actor, Permission, may
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import NotFound
from jingui.domain.inspection.report import Finding, report_from_dict
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.terms import Outcome, Retention

TRANSFER_YEARS = 5
_YEAR = timedelta(days=365, hours=6)
_ON_THE_WAY = (CaseState.CLOSED, CaseState.INSPECTED, CaseState.ARRANGED, CaseState.PACKAGED)


@dataclass(frozen=True, slots=True)
class WorkList:
    """One list: who works through it, which cases are in it, in which order, and whether it waits for a person."""

    name: str
    permission: Permission
    condition: Callable[[datetime], Q]
    order: tuple[str, ...]
    needs_person: bool = True


_HELD = Q(state=CaseState.HELD)
WORK_LISTS: tuple[WorkList, ...] = (
    WorkList("incomplete", Permission.VIEW_RECORD, lambda _now: _HELD & Q(missing_count__gt=0), ("closed_at", "key")),
    WorkList("failed", Permission.VIEW_RECORD, lambda _now: _HELD & Q(missing_count=0), ("closed_at", "key")),
    WorkList(
        "judgement",
        Permission.VIEW_RECORD,
        lambda _now: Q(state=CaseState.PRESERVED, outcome=Outcome.NEEDS_PERSON),
        ("closed_at", "key"),
    ),
    WorkList(
        "overdue",
        Permission.VIEW_RECORD,
        lambda now: Q(state=CaseState.OPEN, promised_at__lt=now),
        ("promised_at", "key"),
    ),
    WorkList("expected", Permission.VIEW_RECORD, lambda _now: Q(state=CaseState.EXPECTED), ("opened_at", "key")),
    WorkList(
        "running",
        Permission.VIEW_RECORD,
        lambda _now: Q(state__in=_ON_THE_WAY),
        ("closed_at", "key"),
        needs_person=False,
    ),
    WorkList(
        "transfer",
        Permission.VIEW_RECORD,
        lambda now: Q(
            state=CaseState.PRESERVED,
            closed_at__lt=now - TRANSFER_YEARS * _YEAR,
            retention__in=(Retention.PERMANENT, Retention.YEARS_30),
        ),
        ("closed_at", "key"),
        needs_person=False,
    ),
)
BY_NAME: dict[str, WorkList] = {work.name: work for work in WORK_LISTS}


def work_list(actor: Actor, name: str, *, now: datetime, number: int) -> Page:
    """Return one page of a work list, what has waited longest first.

    Raises:
        NotFound: there is no such list.
    """
    work = BY_NAME.get(name)
    if work is None or not may(actor, work.permission):
        raise NotFound("not_found")
    rows = visible_cases(actor, work.permission).filter(work.condition(now))
    return page_of(rows.select_related("agency", "closure", "source").order_by(*work.order), number=number)


def work_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """Count every work list of the actor; empty if he has none. What is archived already is counted by itself."""
    if not may(actor, Permission.VIEW_RECORD):
        return {}
    rows = visible_cases(actor, Permission.VIEW_RECORD)
    waiting = rows.filter(state__in=(CaseState.HELD, CaseState.EXPECTED, CaseState.OPEN, *_ON_THE_WAY))
    early = [work for work in WORK_LISTS if work.name not in {"judgement", "transfer"}]
    counts = waiting.aggregate(**{work.name: Count("pk", filter=work.condition(now)) for work in early})
    for name in ("judgement", "transfer"):
        counts[name] = rows.filter(BY_NAME[name].condition(now)).count()
    return counts


@dataclass(frozen=True, slots=True)
class Waiting:
    """A held case, since when it waits, and what it waits for."""

    case: Case
    since: datetime
    findings: tuple[Finding, ...]


def first_to_do(actor: Actor, *, limit: int) -> list[Waiting]:
    """Return the held cases that have waited longest, with their blocking findings."""
    rows = visible_cases(actor, Permission.VIEW_RECORD).filter(state=CaseState.HELD)
    return with_findings(rows.select_related("agency", "closure").order_by("closure__received_at", "key")[:limit])


def with_findings(cases: Sequence[Case] | QuerySet[Case]) -> list[Waiting]:
    """Add the blocking findings of the newest inspection to each case, in one query."""
    listed = list(cases)
    newest: dict[UUID, Inspection] = {}
    for row in Inspection.objects.filter(case__in=listed).order_by("number"):
        newest[row.case_id] = row
    return [_waiting(case, newest.get(case.pk)) for case in listed]


def _waiting(case: Case, inspection: Inspection | None) -> Waiting:
    closure = getattr(case, "closure", None)
    since = closure.received_at if closure else case.announced_at or case.opened_at
    findings = report_from_dict(inspection.report).blocking_findings() if inspection else ()
    return Waiting(case, since, findings)


def failed_job_count() -> int:
    """Count the jobs that gave up and wait for a person."""
    return Job.objects.filter(state="failed").count()


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that gave up, with its case, or with what a long act on catalogue or plans is about."""

    case_key: UUID
    case_number: str
    attempts: int
    at: datetime | None
    error: str


def failed_jobs(*, limit: int = 200) -> list[FailedJob]:
    """Return the jobs that gave up."""
    jobs = list(Job.objects.filter(state="failed").order_by("run_after")[:limit])
    keys = [job.case_key for job in jobs]
    numbers = dict(Case.objects.filter(pk__in=keys).values_list("pk", "case_number"))
    # The title of an export may be what was searched for: a name of a citizen, which whoever runs jobs may not read.
    titled = CatalogueWork.objects.filter(pk__in=keys).exclude(kind=WorkKind.EXPORT.value)
    numbers |= dict(titled.values_list("pk", "title"))
    return [FailedJob(j.case_key, numbers.get(j.case_key, ""), j.attempts, j.claimed_at, j.error) for j in jobs]
