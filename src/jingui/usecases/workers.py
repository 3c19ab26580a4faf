"""Signs of life of the processes that take on work, by which those on other machines know whose work is to be given back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models.functions import Now

from jingui.db.models import WorkerBeat

_KEPT = timedelta(days=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def beat(name: str) -> None:
    """Note that a process lives."""
    if not WorkerBeat.objects.filter(name=name).update(at=Now()):
        WorkerBeat.objects.create(name=name, at=Now())


def beat_no_more(name: str) -> None:
    """Note that a process ends of its own accord and holds nothing any more."""
    WorkerBeat.objects.filter(name=name).update(at=_NEVER)


def forget_old_beats() -> int:
    """Forget processes that have long been gone; return how many."""
    return WorkerBeat.objects.filter(at__lt=Now() - _KEPT).delete()[0]
