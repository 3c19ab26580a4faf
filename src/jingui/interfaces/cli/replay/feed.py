"""Sends planned messages at a server with several connections at once, and counts what came of each."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from jingui.interfaces.cli.client import Answer, Body, CaptureClient, Endpoint, ServerSilentError, Waiting, case_path
from jingui.interfaces.cli.replay.plan import Kind, Message
from jingui.interfaces.cli.replay.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from random import Random

    Observer = Callable[[int, int], None]

MAX_FAILURES_KEPT = 200
HTTP_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that the server did not take."""

    kind: Kind
    case_number: str
    key: str
    status: int
    reason: str


@dataclass(slots=True)
class Tally:
    """Counts of one kind: distinct messages, sendings of them, and what the server answered.

    ``sent`` is ``messages`` and ``repeated`` together; ``resent`` counts further attempts after failures.
    """

    messages: int = 0
    sent: int = 0
    repeated: int = 0
    taken: int = 0
    replayed: int = 0
    conflicts: int = 0
    refused: int = 0
    resent: int = 0


@dataclass(slots=True)
class FeedResult:
    """What came of a feed. ``silence`` says how the server fell silent for good, empty if it did not."""

    tallies: dict[Kind, Tally] = field(default_factory=lambda: {kind: Tally() for kind in Kind})
    failures: list[Failure] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    silence: str = ""
    is_answered: bool = False
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether every message stands on the server."""
        return not self.problems and not self.silence


def order(messages: Sequence[Message], *, rng: Random, repeat: int, is_shuffled: bool) -> list[Message]:
    """Return the sendings: every message 1 to ``repeat`` times, by time or in any order.

    In order of time the repeats of a message follow it at once, as those of an impatient sender do.
    """
    ordered = sorted(messages, key=lambda message: message.at)
    sendings = [message for message in ordered for _ in range(rng.randint(1, repeat))]
    if is_shuffled:
        rng.shuffle(sendings)
    return sendings


@cache
def _body_of(path: Path) -> Body:
    return Body.of_file(path)


def send(client: CaptureClient, message: Message) -> Answer:
    """Send one message.

    Raises:
        ServerSilentError: the server did not answer for as long as the client has patience.
    """
    if message.kind is Kind.FILE and message.file is not None and message.path is not None:
        return client.put_file(message.case_number, message.key, message=message.file, body=_body_of(message.path))
    path = "/cases" if message.kind is Kind.CASE else case_path(message.case_number, _PARTS[message.kind])
    return client.request("POST", path, body=Body.of_json(message.document))


_PARTS = {Kind.STEP: "steps", Kind.CLOSURE: "closure"}


def feed(
    sendings: Sequence[Message],
    *,
    endpoint: Endpoint,
    waiting: Waiting,
    concurrency: int = 1,
    observe: Observer | None = None,
) -> FeedResult:
    """Send everything, ``concurrency`` connections at once; stop when the server falls silent for good.

    ``observe`` is told after each answer how many sendings are answered, and of how many.
    """
    run = _Feed(sendings, observe)
    started = time.monotonic()
    with ThreadPoolExecutor(concurrency) as pool:
        workers = [pool.submit(run.work, CaptureClient(endpoint, waiting=waiting)) for _ in range(concurrency)]
        for worker in workers:
            worker.result()  # an error of our own must not vanish with its thread
    run.finish(time.monotonic() - started)
    return run.result


class _Feed:
    """The shared state of one feed; everything but the sending itself is done under its lock."""

    def __init__(self, sendings: Sequence[Message], observe: Observer | None) -> None:
        self.result = FeedResult()
        self._rest: Iterator[Message] = iter(sendings)
        self._seen: set[int] = set()
        self._lock = threading.Lock()
        self._total, self._observe = len(sendings), observe
        self._progress = Progress("sent", len(sendings))
        self._is_stopped = False

    def work(self, client: CaptureClient) -> None:
        """Send until nothing is left; the body of one thread."""
        with client:
            while (message := self._next()) is not None:
                try:
                    self._note(message, send(client, message))
                except (ServerSilentError, OSError) as error:
                    self._stop(f"{type(error).__name__}: {error}")

    def finish(self, seconds: float) -> None:
        """Close the books."""
        self.result.seconds = seconds
        self._progress.finish()

    def _next(self) -> Message | None:
        with self._lock:
            return None if self._is_stopped else next(self._rest, None)

    def _stop(self, reason: str) -> None:
        with self._lock:
            self._is_stopped = True
            self.result.silence = reason

    def _note(self, message: Message, answer: Answer) -> None:
        with self._lock:
            tally = self.result.tallies[message.kind]
            is_new = id(message) not in self._seen
            self._seen.add(id(message))
            _count(tally, answer, is_new=is_new)
            self.result.is_answered = True
            if not answer.is_taken:
                self._note_failure(message, answer)
            done = sum(each.sent for each in self.result.tallies.values())
        self._progress.advance()
        if self._observe is not None:
            self._observe(done, self._total)

    def _note_failure(self, message: Message, answer: Answer) -> None:
        self.result.problems[answer.code] += 1
        if len(self.result.failures) < MAX_FAILURES_KEPT:
            self.result.failures.append(
                Failure(message.kind, message.case_number, message.key, answer.status, answer.reason)
            )


def _count(tally: Tally, answer: Answer, *, is_new: bool) -> None:
    tally.sent += 1
    tally.messages += is_new
    tally.repeated += not is_new
    tally.resent += answer.attempts - 1
    tally.taken += answer.is_taken and not answer.is_replayed
    tally.replayed += answer.is_taken and answer.is_replayed
    tally.conflicts += answer.status == HTTP_CONFLICT
    tally.refused += not answer.is_taken and answer.status != HTTP_CONFLICT
