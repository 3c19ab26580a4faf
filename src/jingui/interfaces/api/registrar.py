"""One thread that writes the files of all senders, where the database lets only one write at a time anyway (SQLite).

Small files go together: their bytes are waited for once, and their rows go in one commit. And one connection keeps what it
knows of the pages: a connection that sees another one's commit forgets them all and reads them again.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import Self

from django.db import close_old_connections

from jingui.bootstrap import services
from jingui.db.queries.sources import ActiveKey
from jingui.domain.errors import Refused
from jingui.interfaces.api.authentication import sender_by
from jingui.interfaces.api.bodies import is_small
from jingui.interfaces.api.remembered_keys import RememberedKeys
from jingui.interfaces.api.uploads import Passage
from jingui.interfaces.hands import Does, do_here
from jingui.usecases.capture.files import Arrival
from jingui.usecases.capture.folders import Desk, Sender, Taken
from jingui.usecases.capture.together import Delivery, Outcome, receive_together

log = logging.getLogger("jingui.api")

MOST_TOGETHER = 32

GATHER_SECONDS = 0.02
"""How long a file waits for others at most. They are all in the server already and each needs about a millisecond."""


class _Slip:
    """A delivery that waits for its outcome."""

    __slots__ = ("_is_settled", "delivery", "desk", "is_durable", "outcome")

    def __init__(self, delivery: Delivery, desk: Desk, *, is_durable: bool) -> None:
        self.delivery, self.desk, self.is_durable = delivery, desk, is_durable
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

    def __init__(self, do: Does = do_here) -> None:
        """Start nothing yet: the process may still fork. ``do`` looks up keys that are not known."""
        # Threads that digest and parse at once hand the interpreter to and fro, a hundred times per small file. Who has
        # the turn works through to where it has to wait; the others sleep until then.
        self.turn = Lock()
        self.keys = RememberedKeys(do)
        self._changed = Condition(Lock())
        self._under_way = 0
        self._waiting: deque[_Slip] = deque()
        self._thread: Thread | None = None

    def passage(self, stream: Iterable[bytes], length: str) -> _Passage:
        """Return the way through this desk of one upload, whose body is announced to be this long; empty if it is not."""
        return (_Small if is_small(length) else _Large)(self, stream)

    @property
    def waiting(self) -> int:
        """How many files wait to be written."""
        return len(self._waiting)

    def expect(self) -> None:
        """Count one more small file that is under way, its body being here."""
        with self._changed:
            self._under_way += 1

    def give_up(self) -> None:
        """Count off a small file that will not come."""
        with self._changed:
            self._under_way -= 1
            self._changed.notify()

    def write(self, delivery: Delivery, desk: Desk, *, is_small: bool) -> Taken:
        """Take a file, a small one that was expected or one whose bytes are durable; return once its row is.

        Raises:
            Exception: what ``receive_file`` of the use cases raises.
        """
        slip = _Slip(delivery, desk, is_durable=not is_small)
        with self._changed:
            self._under_way -= is_small
            self._start()
            self._waiting.append(slip)
            if len(self._waiting) == 1 or self._is_ready():
                self._changed.notify()
        outcome = slip.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _start(self) -> None:
        if self._thread is None:
            thread = Thread(target=self._run, daemon=True, name="registrar")
            thread.start()
            self._thread = thread  # only now: one that could not be started is started by the next file

    def _is_ready(self) -> bool:
        return not self._under_way or len(self._waiting) >= MOST_TOGETHER

    def _run(self) -> None:
        while True:
            self._write(self._gathered())

    def _gathered(self) -> list[_Slip]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            self._changed.wait_for(self._is_ready, GATHER_SECONDS)
            return [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]

    def _write(self, slips: list[_Slip]) -> None:
        try:
            close_old_connections()
            unsafe = [slip.delivery.arrival.staged.token for slip in slips if not slip.is_durable]
            if unsafe:
                services().staging.make_durable(unsafe)
            deliveries = [slip.delivery for slip in slips]
            outcomes = receive_together(deliveries, slips[0].desk, renew=self._renewed)
        except Exception as error:  # whoever waits must be answered, whatever happened
            log.exception("files could not be written")
            outcomes = [error for _ in slips]
        _sign(outcomes)
        for slip, outcome in zip(slips, outcomes, strict=True):
            slip.settle(outcome)

    def _renewed(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Return deliveries with what their keys may do now. Raises Refused: ``key_unknown``, one is not active any more."""
        keys = self.keys.look_again({delivery.sender.key_id for delivery in deliveries})
        return [_signed_by(keys[delivery.sender.key_id], delivery) for delivery in deliveries]


def _signed_by(key: ActiveKey | None, delivery: Delivery) -> Delivery:
    if key is None:
        raise Refused("key_unknown")
    return replace(delivery, sender=sender_by(key, delivery.sender.nonce))


def _sign(outcomes: Iterable[Outcome]) -> None:
    """Make the receipts here, while no other thread wants the interpreter; who fails at it fails again where it is told."""
    for outcome in outcomes:
        if isinstance(outcome, Taken):
            with suppress(Exception):
                _ = outcome.answer


class _Passage(Passage):
    """What small and large files have in common."""

    is_small = False

    def __init__(self, registrar: Registrar, stream: Iterable[bytes]) -> None:
        self._registrar, self._stream = registrar, stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def find_key(self, key_id: str) -> ActiveKey | None:
        return self._registrar.keys.find(key_id)

    def receive(self, *, arrival: Arrival, sender: Sender, desk: Desk, now: datetime) -> Taken:
        return self._registrar.write(Delivery(arrival, sender, now), desk, is_small=self.is_small)


class _Large(_Passage):
    """A file that is streamed and made durable by the thread of its request; only its row is written with others."""

    is_durable = True

    @contextmanager
    def body(self) -> Iterator[Iterable[bytes]]:
        yield self._stream


class _Small(_Passage):
    """A file that is read whole and then made durable together with others.

    It is expected only when its body is there: from then on it waits for no sender, so others may wait for it.
    """

    is_small, is_durable = True, False
    _is_expected = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_expected:
            self._registrar.give_up()

    @contextmanager
    def body(self) -> Iterator[Iterable[bytes]]:
        whole = b"".join(self._stream)
        self._registrar.expect()
        self._is_expected = True
        with self._registrar.turn:
            yield [whole]

    def receive(self, *, arrival: Arrival, sender: Sender, desk: Desk, now: datetime) -> Taken:
        self._is_expected = False
        return super().receive(arrival=arrival, sender=sender, desk=desk, now=now)
