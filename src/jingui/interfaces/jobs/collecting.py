"""The collector: reads the sources beside the worker, each in a thread of its own, for a few seconds at a time."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

from django.db import connections

from jingui.bootstrap.sources import collecting
from jingui.interfaces.jobs.heart import Heart
from jingui.usecases.capture.collecting import (
    claim_connection,
    collect_slice,
    due_connections,
    release_connection,
    release_dead_claims,
    release_forgotten,
)
from jingui.usecases.capture.collecting_notices import collect_notices, is_pull
from jingui.usecases.capture.incoming import Tally

log = logging.getLogger("jingui.sources")

SLICE_SECONDS = 10.0
IDLE_SECONDS = 1.0
TIDY_SECONDS = 5.0


def _now() -> datetime:
    return datetime.now(UTC)


class Collector:
    """Reads due connections, several at once. A source that hangs holds its own thread only, until its time-out."""

    def __init__(self, threads: int, heart: Heart | None = None) -> None:
        """Remember how many sources may be read at once, and what knows of other collectors; nothing runs yet."""
        self.stop = threading.Event()
        self._heart = heart or Heart()
        self.name = self._heart.name
        self._threads = threads
        self._free = threading.Semaphore(max(1, threads))
        self._pool = ThreadPoolExecutor(max_workers=max(1, threads), thread_name_prefix="source")
        self._main: threading.Thread | None = None
        self._in_hand: set[UUID] = set()
        self._claiming = threading.Lock()
        self._tidied_at = 0.0

    def start(self) -> None:
        """Begin in the background."""
        if self._threads:
            self._main = threading.Thread(target=self._run, name="collector", daemon=True)
            self._main.start()

    def end(self) -> None:
        """Stop after the lots in hand: what we still read is ours until then."""
        self.stop.set()
        if self._main:
            self._main.join(timeout=20)
        self._pool.shutdown(cancel_futures=True)

    def collect_all(self) -> Tally:
        """Read every due connection once, here and now (commands and tests)."""
        total = Tally()
        for key in due_connections(now=_now()):
            total += self._collect(key)
        return total

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                self._tidy()
                started = self._start_due()
            except Exception:  # without this thread no source would be read any more
                log.exception("sources could not be looked at, trying again")
                started = 0
            finally:
                connections.close_all()
            if not started:
                self.stop.wait(IDLE_SECONDS)

    def _start_due(self) -> int:
        started = 0
        for key in due_connections(now=_now()):
            if not self._free.acquire(blocking=False):
                break
            try:
                self._pool.submit(self._collect_apart, key)
            except BaseException:
                self._free.release()
                raise
            started += 1
        if started:
            self.stop.wait(IDLE_SECONDS / 4)  # until they have claimed what is theirs
        return started

    def _collect_apart(self, key: UUID) -> None:
        try:
            self._collect(key)
        except Exception:
            log.exception("source %s could not be read", key)
        finally:
            connections.close_all()
            self._free.release()

    def _collect(self, key: UUID) -> Tally:
        over_at = time.monotonic() + SLICE_SECONDS
        using = collecting(clock=_now, is_over=lambda: self.stop.is_set() or time.monotonic() > over_at)
        with self._claiming:
            if not claim_connection(key, worker=self.name):
                return Tally()
            self._in_hand.add(key)
        try:
            return collect_notices(key, using=using) if is_pull(key) else collect_slice(key, using=using)
        finally:
            try:
                release_connection(key, worker=self.name)
            finally:  # if the database is away, the next tidying gives it back
                self._in_hand.discard(key)

    def _tidy(self) -> None:
        if self._tidied_at and time.monotonic() - self._tidied_at < TIDY_SECONDS:
            return
        self._tidied_at = time.monotonic()
        release_dead_claims(self._heart.is_alive, now=_now())
        with self._claiming:
            release_forgotten(self.name, in_hand=set(self._in_hand))
