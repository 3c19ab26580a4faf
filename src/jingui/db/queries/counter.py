"""Reads of the counter: which sessions a clerk may know of, their pages, and the confirmation a screen is bound to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from jingui.db.models import Case, Confirmation, CounterPage, CounterScan, CounterSession
from jingui.db.queries.facts import stored_plan
from jingui.db.queries.visibility import agency_condition, visible_cases
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.capture.counter import (
    ENDED,
    SOURCE_NAME,
    ConfirmationState,
    CounterPageFact,
    Decision,
    PageKind,
    ScanState,
)
from jingui.domain.errors import NotFound
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.facts import MaterialRule

LISTED = 50
_SHORTEST_NAME = 2
_HEX = re.compile(r"[0-9a-f]{32}")


def visible_sessions(actor: Actor) -> QuerySet[CounterSession]:
    """Return the sessions of the agencies at whose counters the actor may take in."""
    condition = agency_condition(actor, Permission.RECEIVE_AT_COUNTER, field="case__agency__code")
    return CounterSession.objects.filter(condition)


def get_session(actor: Actor, key: UUID) -> CounterSession:
    """Return one session with its case.

    Raises:
        NotFound: there is none that the actor may know of.
    """
    related = visible_sessions(actor).select_related("case__agency", "case__source", "case__plan", "opened_by")
    row = related.filter(pk=key).first()
    if row is None:
        raise NotFound("not_found")
    return row


def open_sessions(actor: Actor) -> list[CounterSession]:
    """Return the sessions that have not ended, the newest first."""
    rows = visible_sessions(actor).exclude(state__in=[state.value for state in ENDED])
    return list(rows.select_related("case", "opened_by").order_by("-opened_at")[:LISTED])


def ended_sessions(actor: Actor, *, since: datetime) -> list[CounterSession]:
    """Return what has ended since a moment, the newest first."""
    rows = visible_sessions(actor).filter(state__in=[state.value for state in ENDED], ended_at__gte=since)
    return list(rows.select_related("case", "opened_by").order_by("-ended_at")[:LISTED])


def find_cases(actor: Actor, text: str) -> list[Case]:
    """Find cases that paper can be taken in for: by number, applicant or item. Too short a word finds nothing."""
    wanted = text.strip()
    if len(wanted) < _SHORTEST_NAME:
        return []
    words = Q(case_number__startswith=wanted) | Q(applicant_name__contains=wanted) | Q(item_name__contains=wanted)
    rows = visible_cases(actor, Permission.RECEIVE_AT_COUNTER).exclude(state=CaseState.EXPECTED)
    return list(rows.filter(words).select_related("agency").order_by("-opened_at")[:LISTED])


def materials_of(case: Case) -> tuple[MaterialRule, ...]:
    """Return the materials of the plan that a case began with."""
    return stored_plan(case.plan_id).materials if case.plan_id else ()


def session_scans(session: CounterSession) -> list[CounterScan]:
    """Return the scans of a session in their order."""
    return list(session.scans.order_by("number"))


def session_pages(session: CounterSession) -> list[CounterPage]:
    """Return the pages of a session in their order, with their scans."""
    return list(session.pages.select_related("scan").order_by("position", "key"))


def get_page(actor: Actor, session_key: UUID, page_key: str) -> CounterPage:
    """Return one page by its key as hexadecimal. Raises NotFound."""
    session = get_session(actor, session_key)
    page = session.pages.filter(pk=page_key).first() if _HEX.fullmatch(page_key) else None
    if page is None:
        raise NotFound("not_found")
    return page


def page_fact(row: CounterPage) -> CounterPageFact:
    """Return what the domain decides upon."""
    return CounterPageFact(
        key=row.key.hex,
        position=row.position,
        kind=PageKind(row.kind),
        material_code=row.material_code,
        decision=Decision(row.decision),
        is_dropped=row.is_dropped,
        turned=row.turned,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the scans of a session have been read; ``total`` counts what is known so far."""

    waiting: int
    pages: int
    total: int


def reading_of(session: CounterSession) -> Reading:
    """Return how far the scans of a session have been read."""
    scans = session_scans(session)
    waiting = sum(scan.state == ScanState.WAITING for scan in scans)
    total = sum(scan.page_count or 1 for scan in scans if scan.state != ScanState.REFUSED)
    return Reading(waiting, session.pages.count(), total)


def standing_confirmation(session: CounterSession) -> Confirmation | None:
    """Return the confirmation of a session that has not been made void."""
    rows = session.confirmations.exclude(state=ConfirmationState.VOID)
    return rows.select_related("issued_by").order_by("-issued_at").first()


def last_void(session: CounterSession) -> Confirmation | None:
    """Return the confirmation that was made void last."""
    return session.confirmations.filter(state=ConfirmationState.VOID).order_by("-void_at").first()


def find_confirmation(token: str) -> Confirmation | None:
    """Return the confirmation of an address, with its session and case."""
    rows = Confirmation.objects.select_related("session__case__agency", "session__opened_by", "issued_by")
    return rows.filter(token=token).first()


def waiting_confirmations(*, now: datetime) -> list[Confirmation]:
    """Return the confirmations that wait for their one-time code."""
    return list(Confirmation.objects.filter(state=ConfirmationState.WAITING, code_expires_at__gt=now)[:500])


def is_counter_case(case: Case) -> bool:
    """Say whether a case was opened at the counter, so that it is closed there too."""
    return case.source.name == SOURCE_NAME
