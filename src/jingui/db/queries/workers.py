"""The processes that take on work, by the signs of life they leave in the database, and what waits for them.

Whether they live is told by the database's own clock: the clocks of machines differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Now

from jingui.db.models import Job, WorkerBeat

SILENCE = timedelta(minutes=2)
"""After so long without a beat a process on another machine is taken for dead."""


def _living() -> QuerySet[WorkerBeat]:
    return WorkerBeat.objects.filter(at__gte=Now() - SILENCE)


def has_beaten(name: str) -> bool:
    """Say whether a process gave a sign of life within ``SILENCE``."""
    return _living().filter(name=name).exists()


def first_of_living() -> str:
    """Return the process that is first by name of all that gave a sign of life within ``SILENCE``; "" if none did."""
    return _living().order_by("name").values_list("name", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases and long acts are due, the first of them since when."""

    count: int
    since: datetime | None


def waiting_work(*, now: datetime) -> Waiting:
    """Return what is due."""
    due = Job.objects.filter(state="ready", run_after__lte=now)
    return Waiting(**due.aggregate(count=Count("pk"), since=Min("run_after")))


def living_workers() -> int:
    """Count the processes that take on work."""
    return _living().count()


def unattended_work(*, now: datetime) -> Waiting | None:
    """Return what is due if it has waited longer than a restart takes and nobody is there to do it; None otherwise."""
    due = waiting_work(now=now)
    has_long_waited = due.since is not None and now - due.since > SILENCE
    return due if has_long_waited and not living_workers() else None
