"""Signs of life of the processes that take on work, by which those on other machines know whose work is to be given back.

All times are the database's own: the clocks of machines differ.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models.functions import Now

from jingui.db.models import WorkerBeat

SILENCE = timedelta(minutes=2)
"""After so long without a beat a process on another machine is taken for dead."""

_KEPT = timedelta(days=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def beat(name: str) -> None:
    """Note that a process lives."""
    if not WorkerBeat.objects.filter(name=name).update(at=Now()):
        WorkerBeat.objects.create(name=name, at=Now())


def beat_no_more(name: str) -> None:
    """Note that a process ends of its own accord and holds nothing any more."""
    WorkerBeat.objects.filter(name=name).update(at=_NEVER)


def has_beaten(name: str) -> bool:
    """Say whether a process gave a sign of life within ``SILENCE``."""
    return WorkerBeat.objects.filter(name=name, at__gte=Now() - SILENCE).exists()


def forget_old_beats() -> int:
    """Forget processes that have long been gone; return how many."""
    return WorkerBeat.objects.filter(at__lt=Now() - _KEPT).delete()[0]
