"""Fetching what notices name: each notice by itself, from the place it has come to, with tries of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from json import loads
from uuid import UUID

from django.db import transaction
from django.db.models import F

from jingui.db import journal
from jingui.db.models import Notice, NoticeWork, SourceConnection, SourceProblem, SourceProgress
from jingui.db.queries.notices import due_work, next_due
from jingui.domain.audit.events import Event
from jingui.domain.capture.incoming import Unreadable
from jingui.domain.errors import Invalid, Problem, TransientFailure
from jingui.ports import SourceReader
from jingui.usecases.capture.collecting import (
    Collecting,
    failure_words,
    intake_for,
    note_failure,
    note_success,
    wait_after,
)
from jingui.usecases.capture.incoming import Tally, take_lot
from jingui.usecases.capture.preparing import Intake
from jingui.usecases.capture.refused import REPLACED, Refusal, keep_refusals, settle_read
from jingui.usecases.capture.retrying import take_asked_again

DEFAULT_ATTEMPTS = 16  # with waits doubled from 5 s to an hour: about eight hours


def is_pull(key: UUID) -> bool:
    """Say whether a connection is fed by notices."""
    return SourceConnection.objects.filter(key=key, kind="pull").exists()


@dataclass(slots=True)
class _Round:
    """What happened in one slice: how much was taken, the last failure, and whether anything went well."""

    tally: Tally = field(default_factory=Tally)
    failure: Exception | None = None
    has_success: bool = False


def collect_notices(key: UUID, *, using: Collecting) -> Tally:
    """Fetch the due notices of a connection. One that fails waits by itself; if all fail the source counts as failing."""
    connection = SourceConnection.objects.select_related("source", "progress").get(key=key)
    done = _Round()
    try:
        reader = using.open_reader(connection)
        try:
            _fetch_due(connection, reader, using, done)
        finally:
            reader.close()
    except Exception as failure:  # noqa: BLE001 - whatever breaks in one source, the others go on
        done.failure, done.has_success = failure, False
    if done.failure and not done.has_success:
        note_failure(connection, done.failure, now=using.clock())
    else:
        note_success(connection, is_done=True, now=using.clock())
    _come_back(connection, using.clock())
    return done.tally


def _fetch_due(connection: SourceConnection, reader: SourceReader, using: Collecting, done: _Round) -> None:
    intake = intake_for(connection, reader, using)
    reopen = partial(_reopened, connection, using.clock)
    done.tally += take_asked_again(intake, reader, clock=using.clock, is_over=using.is_over, reopen=reopen)
    for work in due_work(connection.key, now=using.clock()):
        if using.is_over():
            return
        try:
            _fetch(work, intake, reader, using, done)
            done.has_success = True
        except Exception as failure:  # noqa: BLE001 - one notice must not stop the others
            done.failure = failure
            _postpone(work, connection, failure, now=using.clock())


def _reopened(connection: SourceConnection, clock: Callable[[], datetime], row: SourceProblem) -> bool:
    """Fetch a notice anew from its beginning, if what was not taken is of one: what was taken of it changes nothing."""
    names = {row.reference, row.reference.rpartition(" ")[0]}
    found = (
        Notice.objects.filter(connection=connection, notice_id__in=names) if not row.arrival else Notice.objects.none()
    )
    notice = found.first()
    if notice is None:
        return False
    with transaction.atomic():
        settle_read(row.key, how=REPLACED, connection=connection, now=clock())
        _begin_again(notice, now=clock())
    return True


def _begin_again(notice: Notice, *, now: datetime) -> None:
    if notice.ended_at:
        notice.ended_at, notice.outcome = None, ""
        entry = journal.Entry(
            Event.NOTICE_REOPENED, f"connection:{notice.connection.name}", now, facts={"notice_id": notice.notice_id}
        )
        journal.record(entry, changed=[notice])
    NoticeWork.objects.update_or_create(
        notice=notice, defaults={"position": 0, "refused": 0, "attempts": 0, "next_try_at": now}
    )


def _fetch(work: NoticeWork, intake: Intake, reader: SourceReader, using: Collecting, done: _Round) -> None:
    cursor = {"notice": loads(work.notice.message), "position": work.position}
    for lot in reader.lots(cursor):
        mover = _Mover(work.pk, intake.connection.key, work.position, int(lot.cursor["position"]))
        done.tally += take_lot(lot, intake=intake, now=using.clock(), finish=mover.move)
        work.position = mover.position
        if using.is_over():
            return
    refused = NoticeWork.objects.get(pk=work.pk).refused
    _end(work.notice, "partly" if refused else "taken", now=using.clock())


@dataclass(frozen=True, slots=True)
class _Mover:
    """Moves a notice behind what was taken of it, in the same transaction."""

    key: UUID
    connection: UUID
    seen: int
    position: int

    def move(self, tally: Tally) -> None:
        rows = NoticeWork.objects.filter(pk=self.key, position=self.seen)
        if not rows.update(position=self.position, refused=F("refused") + tally.refused, attempts=0):
            raise TransientFailure("source_read_elsewhere")
        SourceProgress.objects.filter(connection_id=self.connection).update(taken=F("taken") + tally.taken)


@transaction.atomic
def _end(notice: Notice, outcome: str, *, now: datetime) -> None:
    notice.ended_at, notice.outcome = now, outcome
    facts = {"notice_id": notice.notice_id, "outcome": outcome}
    entry = journal.Entry(Event.NOTICE_ENDED, f"connection:{notice.connection.name}", now, facts=facts)
    journal.record(entry, changed=[notice])
    NoticeWork.objects.filter(pk=notice.pk).delete()


@transaction.atomic
def _postpone(work: NoticeWork, connection: SourceConnection, failure: Exception, *, now: datetime) -> None:
    """Try a notice again later; after the last try it is given up and becomes a problem for a person."""
    work.error_code, work.error = failure_words(failure)
    work.attempts += 1
    work.next_try_at = now + wait_after(work.attempts)
    work.save(update_fields=["error_code", "error", "attempts", "next_try_at"])
    if work.attempts >= int(connection.configuration.get("most_attempts", DEFAULT_ATTEMPTS)):
        notice = work.notice
        problem = Problem("notice", work.error_code, {"detail": work.error})
        item = Unreadable(notice.notice_id, (problem,), notice.message, notice.case_number, "notice_given_up")
        keep_refusals([Refusal(item, Invalid((problem,), "notice_given_up"))], connection=connection, now=now)
        _end(notice, "failed", now=now)


@transaction.atomic
def _come_back(connection: SourceConnection, now: datetime) -> None:
    """Let the connection be due when its next notice is, unless the whole source is failing and waits longer."""
    due = next_due(connection.key)
    rows = SourceProgress.objects.filter(connection=connection, health="healthy")
    if due:
        rows.filter(next_try_at__gt=due).update(next_try_at=max(due, now))
