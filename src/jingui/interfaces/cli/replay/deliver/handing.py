"""What every way of handing over shares: where to, whole cases out of messages, digests, what is counted."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from jingui.formats.handover.cases import HandedCase, HandedFile
from jingui.interfaces.cli.replay.feed import FeedResult
from jingui.interfaces.cli.replay.plan import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jingui.interfaces.cli.client import Endpoint, Waiting
    from jingui.interfaces.cli.replay.plan import Message

FIELDS = ("name", "material", "title", "step", "formed_at", "replaces")


@dataclass(frozen=True, slots=True)
class Handing:
    """Where to hand over: a folder, or the address of a broker or database.

    ``files`` is the folder that files are copied into where messages only name them; ``serve`` is the address at which
    they are offered to be fetched. ``together`` is how many cases make one batch.
    """

    into: str
    endpoint: Endpoint
    waiting: Waiting
    files: Path
    queue: str = "jingui"
    serve: str = "127.0.0.1:0"
    together: int = 50


@dataclass(frozen=True, slots=True)
class Connecting:
    """What the connection at the archives needs to read what is handed over."""

    kind: str
    configuration: dict[str, Any]
    mapping: dict[str, Any] = field(default_factory=dict)


class Delivery(Protocol):
    """A way of handing over. It may be used again for what is mended."""

    def connecting(self) -> Connecting:
        """Return the configuration of the connection that reads this."""
        ...

    def deliver(self, sendings: Sequence[Message]) -> FeedResult:
        """Hand over everything; repeats are handed over again. Raises OSError and what its medium raises."""
        ...

    def close(self) -> None:
        """Stop offering what was handed over."""
        ...


@cache
def sha256_of(path: Path) -> str:
    """Digest a file once."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_body(message: Message) -> dict[str, str]:
    """Return what is said of a file, with its key, without what is empty."""
    if message.file is None:
        raise ValueError(message.kind)
    said = {name: getattr(message.file, name) for name in FIELDS}
    return {"file_key": message.key, **{name: value for name, value in said.items() if value}}


def step_bodies(message: Message) -> list[dict[str, Any]]:
    """Return the steps of a message."""
    steps = message.document["steps"]
    return list(steps) if isinstance(steps, list) else []


@dataclass(slots=True)
class Gathered:
    """All messages of one case, with the local file of each path, and how often the case is handed over."""

    case: HandedCase
    sources: dict[str, Path]
    times: int = 1


def gather(sendings: Iterable[Message]) -> list[Gathered]:
    """Put the messages together by case, the cases in the order of their first message."""
    counted = Counter(id(message) for message in sendings)
    by_case: dict[str, list[Message]] = {}
    unique = {id(message): message for message in sendings}
    for message in unique.values():
        by_case.setdefault(message.case_number, []).append(message)
    times = {m.case_number: counted[key] for key, m in unique.items() if m.kind is Kind.CASE}
    return [_gathered(number, found, times.get(number, 1)) for number, found in by_case.items()]


def _gathered(number: str, messages: list[Message], times: int) -> Gathered:
    messages.sort(key=lambda message: message.at)
    files = [_file(message) for message in messages if message.kind is Kind.FILE]
    case = HandedCase(
        number,
        next((dict(m.document) for m in messages if m.kind is Kind.CASE), None),
        tuple(handed for handed, _ in files),
        tuple(step for m in messages if m.kind is Kind.STEP for step in step_bodies(m)),
        next((dict(m.document) for m in messages if m.kind is Kind.CLOSURE), None),
    )
    return Gathered(case, {handed.path: path for handed, path in files}, times)


def _file(message: Message) -> tuple[HandedFile, Path]:
    if message.file is None or message.path is None:
        raise ValueError(message.kind)
    path = f"data/{message.key}/{message.file.name}"
    size = message.path.stat().st_size
    return HandedFile(path, size, sha256_of(message.path), file_body(message)), message.path


def tallied(sendings: Sequence[Message], *, seconds: float) -> FeedResult:
    """Count what was handed over. Whether it was taken is not heard this way; the cases tell later."""
    result = FeedResult(seconds=seconds, is_answered=True)
    seen: set[int] = set()
    for message in sendings:
        tally, is_new = result.tallies[message.kind], id(message) not in seen
        seen.add(id(message))
        tally.sent += 1
        tally.messages += is_new
        tally.repeated += not is_new
    return result
