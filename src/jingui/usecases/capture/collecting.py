"""Collecting (采集): one connection of a source read for a while, lot by lot, each committed with the cursor behind it.

A failing source is tried again after a growing time and stops no other. Killed anywhere, the next slice goes on behind
the last lot that was committed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from jingui.db import journal
from jingui.db.models import SourceConnection, SourceProgress
from jingui.domain.audit.events import Event
from jingui.domain.errors import DomainError, OutsideFailure, TransientFailure
from jingui.ports import SourceReader, StagingArea
from jingui.usecases.capture.folders import Desk, Sender
from jingui.usecases.capture.incoming import Tally, take_lot
from jingui.usecases.capture.preparing import Intake
from jingui.usecases.capture.retrying import take_asked_again

log = logging.getLogger("jingui.sources")

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
DEFAULT_INTERVAL_SECONDS = 30
_DETAIL = 2000


@dataclass(frozen=True, slots=True)
class Collecting:
    """What a slice needs. ``is_over`` says when to stop between two lots; ``open_reader`` may fail like the reader itself."""

    open_reader: Callable[[SourceConnection], SourceReader]
    desk: Desk
    staging: StagingArea
    limit: int
    clock: Callable[[], datetime]
    is_over: Callable[[], bool]


def due_connections(*, now: datetime) -> list[UUID]:
    """Return the connections whose time has come and that nobody is reading, the longest waiting first."""
    rows = SourceProgress.objects.filter(next_try_at__lte=now, claimed_by="", connection__is_active=True)
    return list(rows.order_by("next_try_at").values_list("connection_id", flat=True))


@transaction.atomic
def claim_connection(key: UUID, *, worker: str) -> bool:
    """Take a connection for reading; say whether nobody else had it."""
    return bool(SourceProgress.objects.filter(connection_id=key, claimed_by="").update(claimed_by=worker))


@transaction.atomic
def release_connection(key: UUID, *, worker: str) -> None:
    """Give a connection back."""
    SourceProgress.objects.filter(connection_id=key, claimed_by=worker).update(claimed_by="")


def release_dead_claims(is_alive: Callable[[str], bool], *, now: datetime) -> int:
    """Give back the connections of workers that no longer live; return how many.

    Once is an accident of the worker. One that workers died of again and again waits as after a failure, so that what
    else they do is not held up by it.
    """
    claimed = SourceProgress.objects.exclude(claimed_by="").values_list("claimed_by", flat=True)
    dead = [worker for worker in set(claimed) if not is_alive(worker)]
    return _release(dead, now) if dead else 0  # asked every few seconds: no lock for nothing


@transaction.atomic
def _release(workers: list[str], now: datetime) -> int:
    held = list(SourceProgress.objects.select_for_update().filter(claimed_by__in=workers))
    for progress in held:
        progress.claimed_by, progress.failures = "", progress.failures + 1
        if progress.failures > 1:
            progress.next_try_at = now + wait_after(progress.failures)
        progress.save(update_fields=["claimed_by", "failures", "next_try_at"])
    return len(held)


def release_forgotten(worker: str, *, in_hand: Collection[UUID]) -> int:
    """Give back what stands as claimed by a worker that has only ``in_hand``; return how many.

    For when the database was away as a connection should have been given back.
    """
    held = SourceProgress.objects.filter(claimed_by=worker).exclude(connection_id__in=in_hand)
    return held.update(claimed_by="") if held.exists() else 0


def collect_slice(key: UUID, *, using: Collecting) -> Tally:
    """Read a connection until it has no more for now, or the time is over. Failures are noted with it, never raised."""
    connection = SourceConnection.objects.select_related("source", "progress").get(key=key)
    tally = Tally()
    try:
        reader = using.open_reader(connection)
        try:
            tally, is_done = _read(connection, reader, using)
        finally:
            reader.close()
    except Exception as failure:  # noqa: BLE001 - whatever breaks in one source, the others go on
        note_failure(connection, failure, now=using.clock())
        return tally
    note_success(connection, is_done=is_done, now=using.clock())
    return tally


def intake_for(connection: SourceConnection, reader: SourceReader, using: Collecting) -> Intake:
    """Return what taking needs, for messages that a connection of ours has read."""
    source = connection.source
    sender = Sender(source.key, source.name, key_id="", nonce="", agency_codes=tuple(source.agency_codes))
    return Intake(connection, sender, using.desk, using.staging, reader.open, using.limit)


def _read(connection: SourceConnection, reader: SourceReader, using: Collecting) -> tuple[Tally, bool]:
    intake = intake_for(connection, reader, using)
    total = take_asked_again(intake, reader, clock=using.clock, is_over=using.is_over)
    revision = connection.progress.revision
    for lot in reader.lots(connection.progress.cursor):
        mover = _Mover(connection.key, revision, lot.cursor)
        total += take_lot(lot, intake=intake, now=using.clock(), finish=mover.move)
        revision += 1
        reader.acknowledge(lot)
        if using.is_over():
            return total, False
    return total, True


@dataclass(frozen=True, slots=True)
class _Mover:
    """Moves the cursor of a connection behind a lot, unless somebody else has moved it meanwhile."""

    key: UUID
    revision: int
    cursor: Mapping[str, Any]

    def move(self, tally: Tally) -> None:
        row = SourceProgress.objects.filter(connection_id=self.key, revision=self.revision)
        if not row.update(cursor=dict(self.cursor), revision=self.revision + 1, taken=F("taken") + tally.taken):
            raise TransientFailure("source_read_elsewhere")


@transaction.atomic
def note_success(connection: SourceConnection, *, is_done: bool, now: datetime) -> None:
    """Note that a slice went well. A connection that is not done is due again at once."""
    interval = timedelta(seconds=int(connection.configuration.get("interval_seconds", DEFAULT_INTERVAL_SECONDS)))
    progress = SourceProgress.objects.select_for_update().get(connection=connection)
    if progress.health == "failing":
        facts = {"connection": connection.name}
        journal.record(journal.Entry(Event.SOURCE_RECOVERED, f"connection:{connection.name}", now, facts=facts))
        log.info("source %s is read again", connection.name)
    progress.health, progress.failures, progress.failing_since = "healthy", 0, None
    progress.error_code = progress.error = ""
    progress.last_success_at = now
    progress.next_try_at = now + interval if is_done else now
    progress.save()


@transaction.atomic
def note_failure(connection: SourceConnection, failure: Exception, *, now: datetime) -> None:
    """Note a failure, with the time of the next try: 5 s doubled with each failure in a row, at most an hour."""
    progress = SourceProgress.objects.select_for_update().get(connection=connection)
    code, detail = failure_words(failure)
    if progress.health != "failing":
        facts = {"connection": connection.name, "code": code}
        journal.record(journal.Entry(Event.SOURCE_FAILED, f"connection:{connection.name}", now, facts=facts))
        progress.failing_since = now
    progress.health, progress.failures = "failing", progress.failures + 1
    progress.error_code, progress.error = code, detail
    progress.next_try_at = now + wait_after(progress.failures)
    log.warning("source %s: %s %s; again at %s", connection.name, code, detail, progress.next_try_at)
    progress.save()


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row."""
    doublings = min(failures - 1, 20)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def failure_words(failure: Exception) -> tuple[str, str]:
    """Return the stable code of a failure and its technical detail."""
    if isinstance(failure, OutsideFailure):
        return failure.code, failure.detail[:_DETAIL]
    if isinstance(failure, DomainError):
        return failure.code, str(failure.params)[:_DETAIL]
    log.error("a source failed unexpectedly", exc_info=failure)
    return "source_failed", f"{type(failure).__name__}: {failure}"[:_DETAIL]
