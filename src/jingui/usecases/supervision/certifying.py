"""Closing a day: load, compare, and issue a coverage certificate for each agency about which something has changed."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from jingui.db import journal
from jingui.db.keys import new_key
from jingui.db.models import (
    Agency,
    CoverageCertificate,
    DayClosing,
    Explanation,
    Ledger,
    LedgerLine,
    LedgerPart,
)
from jingui.domain.audit.events import Event
from jingui.domain.errors import PermanentFailure
from jingui.domain.supervision.certificates import (
    Issue,
    LedgerFacts,
    Totals,
    certificate_body,
    content_digest,
    signed_bytes,
)
from jingui.domain.supervision.terms import Standing
from jingui.ports import Signer
from jingui.usecases.supervision.comparing import Moment, compare, not_in_ledger
from jingui.usecases.supervision.loading import forget_lines, lines_agree, load_lines
from jingui.usecases.supervision.sheets import ClosingDesk, Sheet, Tally, tally

log = logging.getLogger("jingui.coverage")

AGAIN = timedelta(days=1)
ARRIVALS_AGAIN = timedelta(minutes=10)
ACTOR = "system:coverage"


@dataclass(frozen=True, slots=True)
class Closed:
    """What came of a closing: the totals over all agencies, and the certificates that were issued."""

    totals: Totals
    issued: tuple[CoverageCertificate, ...]


def close_due_days(
    desk: ClosingDesk, *, now: datetime, limit: int = 20, is_over: Callable[[], bool] = lambda: False
) -> int:
    """Close the days that are due until ``is_over``, the longest waiting first; return how many. One that fails stops no other."""
    notice_arrivals(now=now)
    done = 0
    for key in list(DayClosing.objects.filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)[:limit]):
        if done and is_over():
            break
        done += 1
        try:
            close_day(key, desk, now=now)
        except PermanentFailure as failure:
            log.error("closing %s: %s", key, failure)  # noqa: TRY400 - a fact about the ledger, not about our code
            DayClosing.objects.filter(pk=key).update(due_at=now + AGAIN)
    return done


_ARRIVED = """
    UPDATE jingui_day_closing SET due_at = %s
    WHERE is_loaded AND certified_at < %s AND EXISTS (
        SELECT 1 FROM jingui_ledger_line l
        JOIN jingui_case c ON c.source_id = jingui_day_closing.source_id AND c.case_number = l.case_number
        WHERE l.ledger_id = jingui_day_closing.ledger_id AND l.standing = 'unexplained'
          AND (c.state = 'preserved' OR l.gap = 'never_received' AND c.state <> 'expected'))
"""


def notice_arrivals(*, now: datetime) -> None:
    """Make a day due when something unexplained has arrived since, but not more often than every few minutes."""
    adapt = connection.ops.adapt_datetimefield_value
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ARRIVED, [adapt(now), adapt(now - ARRIVALS_AGAIN)])


def close_day(closing_id: int, desk: ClosingDesk, *, now: datetime) -> Closed | None:
    """Close one day as things stand now; nothing if another ledger has come meanwhile.

    Only what has changed gets a new version of its certificate. Killed anywhere, the next call goes on.

    Raises:
        PermanentFailure: ``ledger_damaged``, the kept ledger is not what was taken.
    """
    closing = DayClosing.objects.select_related("ledger__source").get(pk=closing_id)
    if closing.is_loaded and not lines_agree(closing, profile=desk.profile, zone=desk.zone):
        forget_lines(closing)
    if not closing.is_loaded:
        load_lines(closing, profile=desk.profile, zone=desk.zone)
    with transaction.atomic():
        row = DayClosing.objects.select_for_update().get(pk=closing_id)
        if row.ledger_id != closing.ledger_id or not row.is_loaded:
            return None
        compare(closing.ledger, Moment(now, desk.profile, desk.zone))
        done = _certify(closing.ledger, desk, now)
        due_at = now + AGAIN if _may_change(closing.ledger, done.totals, desk, now) else None
        DayClosing.objects.filter(pk=closing_id).update(certified_at=now, due_at=due_at)
    _alarm(closing.ledger, done)
    return done


def _may_change(ledger: Ledger, totals: Totals, desk: ClosingDesk, now: datetime) -> bool:
    if totals.running or totals.unexplained:
        return True
    is_recent = now.date() - ledger.day < timedelta(days=desk.profile.handling_days)
    return bool(totals.explained) and (is_recent or _runs_out(ledger))


def _runs_out(ledger: Ledger) -> bool:
    """Say whether a case of the ledger is explained up to a last day only."""
    explained = LedgerLine.objects.filter(ledger=ledger, standing=Standing.EXPLAINED).values("case_number")
    said = Explanation.objects.filter(source_id=ledger.source_id, revoked_at=None, until__isnull=False)
    return said.filter(case_number__in=explained).exists()


def _alarm(ledger: Ledger, done: Closed) -> None:
    if done.totals.unexplained:
        log.warning(
            "coverage %s %s: %s of %s cases unexplained",
            ledger.source.name,
            ledger.day,
            done.totals.unexplained,
            done.totals.listed,
        )


def _certify(ledger: Ledger, desk: ClosingDesk, now: datetime) -> Closed:
    tallies = tally(ledger)
    lacking = not_in_ledger(ledger, desk.zone)
    missing = dict(lacking.values_list("agency_id").annotate(count=Count("pk")).order_by())
    same = CoverageCertificate.objects.filter(source_id=ledger.source_id, day=ledger.day)
    keys = {*tallies, *missing, *same.values_list("agency_id", flat=True)}
    agencies = Agency.objects.in_bulk([key for key in keys if key])
    parts = tuple(LedgerPart.objects.filter(ledger=ledger).order_by("number").values_list("sha256", flat=True))
    stated = LedgerFacts(ledger.key.hex, ledger.version, parts, ledger.lines, ledger.completed_at or now)
    issued: list[CoverageCertificate] = []
    whole = Totals()
    for key in sorted(keys, key=str):
        counted = tallies.get(key, Tally())
        totals = replace(counted.totals, not_in_ledger=missing.get(key, 0))
        sheet = Sheet(ledger, agencies.get(key) if key else None, stated, desk, totals)
        whole = _sum(whole, totals)
        issued += _issue(sheet, sheet.content(counted.digest), now)
    return Closed(whole, tuple(issued))


def _sum(one: Totals, other: Totals) -> Totals:
    names = Totals.__dataclass_fields__
    return Totals(**{name: getattr(one, name) + getattr(other, name) for name in names})


def _issue(sheet: Sheet, content: dict[str, Any], now: datetime) -> list[CoverageCertificate]:
    ledger = sheet.ledger
    same = Q(source_id=ledger.source_id, day=ledger.day, agency_code=sheet.code)
    before = CoverageCertificate.objects.filter(same).order_by("-version").first()
    digest = content_digest(content)
    if before and before.content_sha256 == digest:
        return []
    key = new_key()
    supersedes = {"certificate_id": before.key.hex, "sha256": before.body_sha256} if before else None
    body = signed_bytes(certificate_body(content, Issue(key.hex, before.version + 1 if before else 1, now, supersedes)))
    row = _row(sheet, body, key=key, version=before.version + 1 if before else 1, now=now)
    row.content_sha256 = digest
    facts = {
        "source": ledger.source.name, "day": ledger.day.isoformat(), "agency": sheet.code, "version": row.version,
        "sha256": row.body_sha256, "listed": row.listed, "archived": row.archived, "running": row.running,
        "explained": row.explained, "unexplained": row.unexplained,
    }  # fmt: skip
    journal.record(journal.Entry(Event.COVERAGE_CERTIFIED, ACTOR, now, facts=facts), new=[row])
    return [row]


def _row(sheet: Sheet, body: bytes, *, key: UUID, version: int, now: datetime) -> CoverageCertificate:
    return CoverageCertificate(
        key=key,
        ledger=sheet.ledger,
        source_id=sheet.ledger.source_id,
        day=sheet.ledger.day,
        agency=sheet.agency,
        agency_code=sheet.code,
        version=version,
        made_at=now,
        body=body.decode(),
        body_sha256=hashlib.sha256(body).hexdigest(),
        signatures=[_signature(body, signer) for signer in sheet.desk.signers],
        listed=sheet.totals.listed,
        archived=sheet.totals.archived,
        running=sheet.totals.running,
        explained=sheet.totals.explained,
        unexplained=sheet.totals.unexplained,
        differing=sheet.totals.differing,
        not_in_ledger=sheet.totals.not_in_ledger,
    )


def _signature(body: bytes, signer: Signer) -> dict[str, str]:
    made = signer.sign(body)
    return {"algorithm": made.algorithm, "key_id": made.key_id, "value": base64.b64encode(made.value).decode()}
