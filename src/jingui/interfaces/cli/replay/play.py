"""Plays the demo's cases as a business system would: in disorder, with repeats, bad bytes and late material.

The last message of a case is always its closure or, where everything came before it, the case itself: so it
is known beforehand in which version each message ends up, however fast the archive works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from jingui.formats.signing import content_digest_of
from jingui.interfaces.cli.client import Answer, Body, CaptureClient, Endpoint, FileMessage, Waiting
from jingui.interfaces.cli.replay.progress import Progress
from jingui.interfaces.cli.replay.settle import CaseStatus, ask_all, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jingui.interfaces.cli.samplegen import DemoCase, Expected
    from jingui.interfaces.cli.samplegen import FileMessage as DemoFile

CLOSURE_FIRST = "closure_first"
DUPLICATES = "duplicate_messages"
BAD_DIGEST = "bad_digest"
ORDINARY_REPEAT_SHARE = 0.1
MOST_REPEATS = 3

Sending = Callable[[CaptureClient], Answer]


@dataclass(frozen=True, slots=True)
class PlayedCase:
    """What became of a case. ``refusals`` are the reasons of refused messages, ``repeats`` counts replayed answers."""

    number: str
    title: str
    twist: str
    expected: Expected
    status: CaseStatus
    refusals: tuple[str, ...]
    repeats: int

    @property
    def is_as_expected(self) -> bool:
        """Whether state and number of versions are those that the demo announced."""
        return (self.status.state, self.status.version) == (self.expected.state, self.expected.versions)


@dataclass(slots=True)
class _Sent:
    """A case whose ordinary messages are sent; the bytes of its files are let go."""

    case: DemoCase
    is_closed: bool
    refusals: list[str]
    repeats: int


def play(
    cases: Iterable[DemoCase], *, endpoint: Endpoint, total: int, waiting: Waiting | None = None, concurrency: int = 4
) -> list[PlayedCase]:
    """Play the cases, ``concurrency`` of them at once, and wait until all have come to rest.

    ``total`` is for the progress on the error stream only. Late material goes out when its case rests.

    Raises:
        ServerSilentError: the server did not answer for as long as ``waiting`` has patience.
    """
    waiting = waiting or Waiting()
    player = _Player(endpoint, waiting, Progress("办件", total))
    sent = player.send_all(cases, concurrency)
    with CaptureClient(endpoint, waiting=waiting) as client:
        _send_late(sent, client, waiting)
        closed = [each.case.number for each in sent if each.is_closed]
        statuses = settle(closed, client=client, patience_seconds=waiting.patience_seconds, label="归档")
        statuses |= ask_all([each.case.number for each in sent if not each.is_closed], client=client)
    return [_played(each, statuses[each.case.number]) for each in sent]


def _played(sent: _Sent, status: CaseStatus) -> PlayedCase:
    case = sent.case
    title = str(case.case.get("title", ""))
    return PlayedCase(case.number, title, case.twist, case.expected, status, tuple(sent.refusals), sent.repeats)


class _Player:
    """Sends whole cases from several threads; the cases themselves are made one after another."""

    def __init__(self, endpoint: Endpoint, waiting: Waiting, progress: Progress) -> None:
        self._endpoint, self._waiting, self._progress = endpoint, waiting, progress
        self._lock = threading.Lock()
        self._sent: list[tuple[int, _Sent]] = []

    def send_all(self, cases: Iterable[DemoCase], concurrency: int) -> list[_Sent]:
        """Send the ordinary messages of all cases; the result is in the order of the cases."""
        queue = enumerate(cases)
        with ThreadPoolExecutor(concurrency) as pool:
            for worker in [pool.submit(self._work, queue) for _ in range(concurrency)]:
                worker.result()
        self._progress.finish()
        return [sent for _, sent in sorted(self._sent, key=lambda pair: pair[0])]

    def _work(self, queue: Iterator[tuple[int, DemoCase]]) -> None:
        with CaptureClient(self._endpoint, waiting=self._waiting) as client:
            while True:
                with self._lock:
                    place, case = next(queue, (-1, None))
                if case is None:
                    return
                sent = _send_case(case, client)
                with self._lock:
                    self._sent.append((place, sent))
                self._progress.advance()


def _send_case(case: DemoCase, client: CaptureClient) -> _Sent:
    rng = Random(case.number)  # noqa: S311 - a repeatable order, no secret
    answers = [sending(client) for sending in _sendings(case, rng)]
    return _Sent(
        case=replace(case, files=(), steps=()),
        is_closed=case.closure is not None,
        refusals=[answer.reason for answer in answers if not answer.is_taken],
        repeats=sum(answer.is_replayed for answer in answers),
    )


def _sendings(case: DemoCase, rng: Random) -> list[Sending]:
    """Put the messages of a case into the order of an untidy business system, some of them more than once."""
    middle = [*(_file(case, file) for file in case.files), *(_steps(case, [step]) for step in case.steps)]
    rng.shuffle(middle)
    opening: Sending = lambda client: client.send_case(case.case)  # noqa: E731 - one of several alike
    ordered = [opening, *middle]
    rng.shuffle(ordered)
    if case.closure is not None:
        closing = _closure(case, case.closure)
        ordered = [closing, *middle, opening] if case.twist == CLOSURE_FIRST else [*ordered, closing]
    spoiled = [_spoiled(case, file) for file in case.files if case.twist == BAD_DIGEST and file.file_key == case.target]
    return spoiled + [sending for sending in ordered for _ in range(_times(case, rng))]


def _times(case: DemoCase, rng: Random) -> int:
    if case.twist == DUPLICATES:
        return rng.randint(2, MOST_REPEATS)
    return 2 if rng.random() < ORDINARY_REPEAT_SHARE else 1


def _file(case: DemoCase, file: DemoFile, digest: str = "") -> Sending:
    message = FileMessage(
        name=file.name,
        material=file.material_code,
        step=file.step,
        formed_at=file.formed_at,
        replaces=file.replaces,
    )

    def send(client: CaptureClient) -> Answer:
        body = Body.of_bytes(file.content)
        body = replace(body, content_digest=digest) if digest else body
        return client.put_file(case.number, file.file_key, message=message, body=body)

    return send


def _spoiled(case: DemoCase, file: DemoFile) -> Sending:
    """Send the file as if a bit had turned over on its way: the digest is that of other bytes."""
    return _file(case, file, content_digest_of(file.content[:-1]))


def _steps(case: DemoCase, steps: Sequence[dict[str, object]]) -> Sending:
    return lambda client: client.send_steps(case.number, steps)


def _closure(case: DemoCase, document: dict[str, object]) -> Sending:
    return lambda client: client.close_case(case.number, document)


def _send_late(sent: Sequence[_Sent], client: CaptureClient, waiting: Waiting) -> None:
    """Send what comes late, once the cases it belongs to rest."""
    late = [each for each in sent if each.case.late_files or each.case.late_steps]
    numbers = [each.case.number for each in late]
    settle(numbers, client=client, patience_seconds=waiting.patience_seconds, label="等待归档后补送")
    for each in late:
        case = each.case
        sendings = [_file(case, file) for file in case.late_files]
        sendings += [_steps(case, [step]) for step in case.late_steps]
        answers = [sending(client) for sending in sendings]
        each.refusals += [answer.reason for answer in answers if not answer.is_taken]
