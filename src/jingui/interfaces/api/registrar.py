"""One thread that writes the files of all senders, where the database lets only one write at a time anyway (SQLite).

Those that wait together go in one commit. And one connection keeps what it knows of the pages: a connection that sees
another one's commit forgets them all and reads them again.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from django.db import close_old_connections

from jingui.usecases.capture.files import Arrival
from jingui.usecases.capture.folders import Desk, Sender, Taken
from jingui.usecases.capture.together import Delivery, Outcome, receive_together

log = logging.getLogger("jingui.api")

MOST_TOGETHER = 32


class _Slip:
    """A delivery that waits for its outcome."""

    __slots__ = ("_is_settled", "delivery", "desk", "outcome")

    def __init__(self, delivery: Delivery, desk: Desk) -> None:
        self.delivery, self.desk = delivery, desk
        self.outcome: Outcome = RuntimeError("not written")
        self._is_settled = Lock()
        self._is_settled.acquire()

    def settle(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._is_settled.release()

    def wait(self) -> Outcome:
        self._is_settled.acquire()
        return self.outcome


class Registrar:
    """Takes files as ``receive_file`` does, from any thread. Its own thread starts with the first."""

    def __init__(self) -> None:
        """Start nothing yet: the process may still fork."""
        self._waiting: SimpleQueue[_Slip] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None

    def receive_file(self, *, arrival: Arrival, sender: Sender, desk: Desk, now: datetime) -> Taken:
        """Take a file; return once it is durable. Raises what ``receive_file`` of the use cases raises."""
        if self._thread is None:
            self._start()
        slip = _Slip(Delivery(arrival, sender, now), desk)
        self._waiting.put(slip)
        outcome = slip.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def waiting(self) -> int:
        """How many files wait to be written."""
        return self._waiting.qsize()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, daemon=True, name="registrar")
                self._thread.start()

    def _run(self) -> None:
        while True:
            slips = [self._waiting.get()]
            with suppress(Empty):
                while len(slips) < MOST_TOGETHER:
                    slips.append(self._waiting.get_nowait())
            self._write(slips)

    def _write(self, slips: list[_Slip]) -> None:
        try:
            close_old_connections()
            outcomes = receive_together([slip.delivery for slip in slips], slips[0].desk)
        except Exception as error:  # whoever waits must be answered, whatever happened
            log.exception("files could not be written")
            outcomes = [error for _ in slips]
        for slip, outcome in zip(slips, outcomes, strict=True):
            slip.settle(outcome)
