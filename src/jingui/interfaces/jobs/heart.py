"""The heart of a process that takes on work: says that it lives, and tells which other processes do.

A process on this machine is looked up in its process table, which is certain and at once. One on another machine, or in
another container, is taken for dead when it has not beaten for two minutes (ADR 0021).
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from pathlib import Path

from django.db import Error, connections

from jingui.db.queries.workers import SILENCE, first_of_living, has_beaten
from jingui.usecases.workers import beat, beat_no_more

log = logging.getLogger("jingui.worker")

BEAT_SECONDS = 10.0
STEADY_SECONDS = 30.0
"""Beats further apart than this say that something kept us from beating, and may have kept others."""
_TABLE = "/proc"
_LONGEST_HOST = 40
_ENDED = frozenset({"Z", "X", "x"})


def machine() -> str:
    """Name the process table we are in: machines may share a name, and containers have tables of their own."""
    boot, table = "", 0
    with contextlib.suppress(OSError):
        boot = Path(f"{_TABLE}/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
        table = os.stat(f"{_TABLE}/self/ns/pid").st_ino  # noqa: PTH116
    return f"{socket.gethostname()[:_LONGEST_HOST]}/{boot}/{table:x}"


def process_name() -> str:
    """Name this process so that others can tell whether it still lives: machine, number, start."""
    return f"{machine()}:{os.getpid()}:{_started(os.getpid())}"


class Heart:
    """Knows whether other processes live, and says while it is entered (``with``) that this one does."""

    def __init__(self) -> None:
        """Take the name of this process; nothing runs yet."""
        self.name = process_name()
        self._machine = machine()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._beaten_at = self._steady_since = 0.0

    def __enter__(self) -> Heart:
        """Beat once, so that nothing is claimed before, and go on in the background."""
        self._beat()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and take the name off the list."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)
        with contextlib.suppress(Error):
            beat_no_more(self.name)

    def is_alive(self, name: str) -> bool:
        """Say whether the named process lives.

        While we have not beaten ourselves for as long as the silence that tells, nobody elsewhere is taken for dead: the
        database may just have come back, and the others not yet have spoken.
        """
        place, number, started = [*name.rsplit(":", 2), "", ""][:3]
        if place == self._machine:
            return number.isdigit() and _is_same(int(number), started)
        is_judge = self._steady_since and time.monotonic() - self._steady_since > SILENCE.total_seconds()
        return not is_judge or has_beaten(name)

    def is_first(self) -> bool:
        """Say whether this process is the one, of all that live, that does what only one should do."""
        return first_of_living() in {"", self.name}

    def _run(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            self._beat()
        connections.close_all()

    def _beat(self) -> None:
        try:
            beat(self.name)
        except Error:  # the worker says so as well; what is not reachable now is tried again
            log.debug("no beat", exc_info=True)
            self._steady_since = 0.0
            connections.close_all()
            return
        now = time.monotonic()
        if not self._steady_since or now - self._beaten_at > STEADY_SECONDS:
            self._steady_since = now
        self._beaten_at = now


def _is_same(number: int, started: str) -> bool:
    try:
        return _started(number) == started
    except OSError:  # the table cannot be read now, which says nothing of the process
        return True


def _started(number: int) -> str:
    """Return the start of a process in clock ticks since boot, "" if it has ended: a number used again has another one.

    One that has ended stays in the table until its parent asks for it, for ever where nobody does (a container whose
    first process is not an init). Without such a table (not Linux) only the number tells.
    """
    try:
        told = Path(f"{_TABLE}/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "" if os.path.exists(f"{_TABLE}/self") or not _is_in_use(number) else "running"  # noqa: PTH110
    return "" if told[0] in _ENDED else told[19]


def _is_in_use(number: int) -> bool:
    try:
        os.kill(number, 0)
    except PermissionError:
        return True  # of another account
    except (ProcessLookupError, OverflowError):
        return False
    return True
