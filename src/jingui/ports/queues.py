"""The queue of cases that have work to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol


class Lane(IntEnum):
    """What goes first. Within a lane, what has waited longest; what gives its place up waits behind the others."""

    CASES = 0  # cases on their way into the archive
    LONG = 1  # long acts: lists, plans, format migrations, scans of the counter; done in slices


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A case a worker has taken on. ``ticket`` says which requests it has seen.

    When the worker was taken for dead and the case given to another one, giving it back changes nothing.
    """

    case_key: str
    ticket: int
    attempts: int
    lane: Lane
    worker: str


class JobQueue(Protocol):
    """Cases that have work to do. ``put`` writes in the caller's transaction (an outbox)."""

    def put(self, case_key: str, *, now: datetime, lane: Lane = Lane.CASES) -> None:
        """Ask for a case to be taken on; asking again while it waits or runs is remembered, not repeated."""
        ...

    def claim(self, worker: str, *, now: datetime, first: Lane = Lane.CASES) -> ClaimedJob | None:
        """Take what has waited longest in the lane ``first`` or one behind it, else in any lane, or nothing."""
        ...

    def finish(self, job: ClaimedJob, *, now: datetime) -> None:
        """Give the case back: gone if nobody asked meanwhile, ready again otherwise."""
        ...

    def fail(self, job: ClaimedJob, *, error: str, retry_at: datetime | None, now: datetime) -> None:
        """Give the case back after an error: to be tried again at a time, or kept as failed for a person.

        What somebody asked for meanwhile is not failed: it is ready again.
        """
        ...

    def take_back(self, worker: str) -> int:
        """Make ready again what stands as claimed by a worker that has nothing in hand; return how many.

        For when the database went away in the middle: the worker lives, and does not know what it had claimed.
        """
        ...

    def release_dead(self, is_alive: Callable[[str], bool], *, now: datetime, most_attempts: int) -> int:
        """Give back the cases claimed by workers that no longer live; return how many.

        One whose workers died again and again waits longer each time, so that the others are not held up by it; after
        ``most_attempts`` it is kept as failed for a person.
        """
        ...
