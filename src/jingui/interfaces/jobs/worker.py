"""The worker: takes cases from the queue, brings each as far as it goes, and seals the journal between."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import close_old_connections

from jingui.bootstrap import Services, closing_desk, counter_room, export_room, reading_room, vaults
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.interfaces.jobs.fences import DATABASE_AWAY, beside
from jingui.interfaces.jobs.heart import Heart
from jingui.interfaces.jobs.kept_inspection import KeptInspection
from jingui.interfaces.jobs.pipeline import advance, slice_of
from jingui.ports import ClaimedJob, Lane
from jingui.usecases.access.kept import KeptCopies
from jingui.usecases.access.revoking import discard_spent_copies
from jingui.usecases.audit.sealing import seal_journal
from jingui.usecases.capture.counter.page_texts import recognise_next_counter_page
from jingui.usecases.capture.folders import forget_old_nonces
from jingui.usecases.capture.recognising import recognise_next_page
from jingui.usecases.capture.themes import wake_all_waiting
from jingui.usecases.catalogue.works import ask_what_is_due
from jingui.usecases.exchange.working import discard_old
from jingui.usecases.preservation.copying import copy_next
from jingui.usecases.preservation.cycles import advance_cycle, start_due_cycles
from jingui.usecases.preservation.opening import release_dead_claims
from jingui.usecases.supervision.certifying import close_due_days
from jingui.usecases.supervision.pruning import prune_settled_days
from jingui.usecases.workers import forget_old_beats

log = logging.getLogger("jingui.worker")

IDLE_SECONDS = 0.3
SEAL_SECONDS = 2.0
HOUSEKEEPING_SECONDS = 60.0
RELEASE_SECONDS = 5.0
"""How often a worker looks for what dead ones held; one that is being killed may live for seconds after its successor began."""
CLOSING_SECONDS = 5.0
LONG_TURN_SECONDS = 15.0
"""How long a worker does cases alone while they keep coming; then a long act that waits has a slice."""
MAX_ATTEMPTS = 8


def _now() -> datetime:
    return datetime.now(UTC)


class Worker:
    """One worker loop. ``stop`` may be set from a signal handler or another thread."""

    def __init__(self, services: Services, heart: Heart | None = None) -> None:
        """Remember the services, and what knows of the other workers; nothing runs yet."""
        self.services = services
        self._heart = heart or Heart()
        self.name = self._heart.name
        self.stop = threading.Event()
        self._lost_hold = False
        self._sealed_at = 0.0
        self._tidied_at = 0.0
        self._released_at = 0.0
        self._closed_at = 0.0
        self._long_at = time.monotonic()
        kept = KeptInspection(services, self._heart)
        self._idle: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("recognising", self._recognise),
            ("copying and auditing", self._tend),
            ("inspecting what is kept", lambda: kept.step(_now)),
        )

    def run(self) -> None:
        """Work until told to stop."""
        log.info("worker %s started", self.name)
        while not self.stop.is_set():
            try:
                if not self.work_once():
                    self.stop.wait(IDLE_SECONDS)
            except DATABASE_AWAY:
                # Nothing was half done. What we had in hand stands as claimed by us, who live: it is taken back.
                log.exception("database not reachable, trying again")
                self._lost_hold = True
                close_old_connections()
                self.stop.wait(2.0)
        log.info("worker %s stopped", self.name)

    def run_until_idle(self) -> int:
        """Do all there is to do and return how many jobs that was (tests, the bulk path)."""
        done = 0
        while (busy := self.work_once()) or self.services.queue.has_ready(now=_now()):
            done += busy
        return done

    def work_once(self) -> bool:
        """Do one job if there is one; seal the journal when it is time. Say whether there was a job."""
        if self._lost_hold:
            self.services.queue.take_back(self.name)
            self._lost_hold = False
        self._release_dead()
        self._keep_house()
        self._close_days()
        job = self._claim() if self.services.queue.has_ready(now=_now()) else None
        if job:
            self._do(job)
        if job is None or time.monotonic() - self._sealed_at > SEAL_SECONDS:
            self._seal()
        return job is not None or any(beside(what, act) for what, act in self._idle)

    def _claim(self) -> ClaimedJob | None:
        """Take a case, or a long act: when there is no case, or when its turn has come."""
        is_turn = time.monotonic() - self._long_at > LONG_TURN_SECONDS
        return self.services.queue.claim(self.name, now=_now(), first=Lane.LONG if is_turn else Lane.CASES)

    def _do(self, job: ClaimedJob) -> None:
        try:
            advance(UUID(job.case_key), services=self.services, clock=_now)
        except PermanentFailure as failure:
            self._give_back(job, failure, attempts=MAX_ATTEMPTS)
        except TransientFailure as failure:
            self._give_back(job, failure, attempts=job.attempts)
        except DATABASE_AWAY:
            raise
        except Exception as failure:
            # One bad case must never stop the others: it is kept with its error for a person to see.
            log.exception("case %s failed", job.case_key)
            self._give_back(job, failure, attempts=job.attempts)
        else:
            self.services.queue.finish(job, now=_now())
        if job.lane is Lane.LONG:
            self._long_at = time.monotonic()

    def _give_back(self, job: ClaimedJob, failure: Exception, *, attempts: int) -> None:
        retry_at = None if attempts >= MAX_ATTEMPTS else _now() + timedelta(seconds=2**attempts)
        error = f"{type(failure).__name__}: {failure}"
        log.warning(
            "case %s: %s; %s", job.case_key, error, f"again at {retry_at}" if retry_at else "waits for a person"
        )
        self.services.queue.fail(job, error=error, retry_at=retry_at, now=_now())

    def _recognise(self) -> bool:
        """Recognise one page of a scan while there is nothing better to do."""
        try:
            at_counter = recognise_next_counter_page(room=counter_room(self.services), clock=_now)
            return at_counter or recognise_next_page(room=reading_room(self.services), clock=_now)
        except TransientFailure as failure:
            log.warning("recognising: %s", failure)
            return False

    def _tend(self) -> bool:
        """Copy one version or audit one batch while there is nothing better to do."""
        rooms = vaults(self.services, worker=self.name)
        try:
            return copy_next(rooms, now=_now()) or advance_cycle(rooms, clock=_now)
        except (TransientFailure, PermanentFailure) as failure:
            log.warning("storage roots: %s", failure)
            return False

    def _seal(self) -> None:
        self._sealed_at = time.monotonic()
        try:
            seal_journal(signers=self.services.signers, now=_now())
        except PermanentFailure as failure:
            # A log that somebody has changed is not signed any further; archiving goes on, `jingui verify` names it.
            log.error("journal not sealed: %s", failure)  # noqa: TRY400 - a fact about the log, not about our code

    def _close_days(self) -> None:
        if time.monotonic() - self._closed_at < CLOSING_SECONDS and self._closed_at:
            return
        self._closed_at = time.monotonic()
        beside("closing of days", lambda: close_due_days(closing_desk(), now=_now(), is_over=slice_of(self.services)))

    def _release_dead(self) -> None:
        if time.monotonic() - self._released_at < RELEASE_SECONDS and self._released_at:
            return
        self._released_at = time.monotonic()
        self.services.queue.release_dead(self._heart.is_alive, now=_now(), most_attempts=MAX_ATTEMPTS)
        release_dead_claims(self._heart.is_alive, now=_now())

    def _keep_house(self) -> None:
        if time.monotonic() - self._tidied_at < HOUSEKEEPING_SECONDS and self._tidied_at:
            return
        self._tidied_at = time.monotonic()
        services, now = self.services, _now()
        days, copies = services.instance.ledger_lines_days, KeptCopies(services.instance.home / "copies")
        for what, act in (
            ("forgetting nonces", lambda: forget_old_nonces(now=now)),
            ("forgetting signs of life", forget_old_beats),
            ("waking cases of one matter", lambda: wake_all_waiting(queue=services.queue, now=now)),
            ("asking for due plans", lambda: ask_what_is_due(queue=services.queue, now=now)),
            (
                "letting go of ledger lines",
                lambda: prune_settled_days(keep_days=days, now=now, is_over=slice_of(services)),
            ),
            ("beginning audits of storage roots", lambda: start_due_cycles(now=now)),
            ("letting go of exports", lambda: discard_old(export_room(services, _now))),
            ("letting go of copies", lambda: discard_spent_copies(kept=copies, now=now)),
        ):
            beside(what, act)
