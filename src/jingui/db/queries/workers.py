"""The processes that take on work, by the signs of life they leave in the database, and what waits for them.

Whether they live is told by the database's own clock: the clocks of machines differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.db.models.functions import Now

from jingui.db.models import Job, WorkerBeat

SILENCE = timedelta(minutes=2)
"""After so long without a beat a process on another machine is taken for dead."""


def has_beaten(name: str) -> bool:
    """Say whether a process gave a sign of life within ``SILENCE``."""
    return WorkerBeat.objects.filter(name=name, at__gte=Now() - SILENCE).exists()


def first_of_living() -> str:
    """Return the process that is first by name of all that gave a sign of life within ``SILENCE``; "" if none did."""
    living = WorkerBeat.objects.filter(at__gte=Now() - SILENCE).order_by("name")
    return living.values_list("name", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many processes take on work, and how many cases and long acts are due, the first of them since when."""

    living: int
    waiting: int
    since: datetime | None

    def is_missing(self, *, now: datetime) -> bool:
        """Say whether work has waited longer than a restart takes, and nobody is there to do it."""
        return not self.living and self.since is not None and now - self.since > SILENCE


def attendance(*, now: datetime) -> Attendance:
    """Return who takes on work, and what is due."""
    living = WorkerBeat.objects.filter(at__gte=Now() - SILENCE).count()
    due = Job.objects.filter(state="ready", run_after__lte=now).aggregate(count=Count("pk"), since=Min("run_after"))
    return Attendance(living, due["count"], due["since"])
