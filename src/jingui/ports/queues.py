"""The queue of cases that have work to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A case a worker has taken on. ``ticket`` says which requests it has seen."""

    case_key: str
    ticket: int
    attempts: int


class JobQueue(Protocol):
    """Cases that have work to do. ``put`` writes in the caller's transaction (an outbox)."""

    def put(self, case_key: str, *, now: datetime) -> None:
        """Ask for a case to be taken on; asking again while it waits or runs is remembered, not repeated."""
        ...

    def claim(self, worker: str, *, now: datetime) -> ClaimedJob | None:
        """Take the longest-waiting case, or nothing."""
        ...

    def finish(self, job: ClaimedJob, *, now: datetime) -> None:
        """Give the case back: gone if nobody asked meanwhile, ready again otherwise."""
        ...

    def fail(self, job: ClaimedJob, *, error: str, retry_at: datetime | None) -> None:
        """Give the case back after an error: to be tried again at a time, or kept as failed for a person."""
        ...

    def release_dead(self, is_alive: Callable[[str], bool]) -> int:
        """Give back the cases claimed by workers that no longer live; return how many."""
        ...
