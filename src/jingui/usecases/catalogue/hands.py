"""What a worker has at hand for a long act on catalogue and plans, and how it gives its place up."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from jingui.db.models import CatalogueWork
from jingui.domain.catalogue.works import WorkKind
from jingui.ports import JobQueue
from jingui.usecases.catalogue.plan_profile import PlanProfile

SLICE_SECONDS = 5.0
_TOLD_SECONDS = 0.5
_OPENING_SHARE = 4


class SliceOver(Exception):
    """The slice of an act is over; it goes on later."""


@dataclass(frozen=True, slots=True)
class WorkBench:
    """What the acts need. ``cache``: where lists lie, uploaded ones and those being imported; ``seconds``: of a slice."""

    profile: PlanProfile
    cache: Path
    queue: JobQueue
    clock: Callable[[], datetime]
    seconds: float = SLICE_SECONDS
    others: Mapping[WorkKind, Callable[[Hand], dict[str, Any]]] = field(default_factory=dict)
    """Acts of other parts of the archives that are done in the same way."""

    @property
    def imports(self) -> Path:
        """The folder of the imports, each under its identity."""
        return self.cache / "imports"

    @property
    def uploads(self) -> Path:
        """The folder of the files that wait for a person to confirm their import."""
        return self.cache / "uploads"


@dataclass(slots=True)
class Hand:
    """An act being done: how far it is, and when its slice is over."""

    work: CatalogueWork
    bench: WorkBench
    ends_at: float = 0.0
    told_at: float = field(default_factory=time.monotonic)

    def begin(self, *, opened_in: float = 0.0) -> None:
        """Begin the slice; opening a large file again takes at most a fifth of the time."""
        self.ends_at = time.monotonic() + max(self.bench.seconds, _OPENING_SHARE * opened_in)

    def expect(self, total: int) -> None:
        """Note how much there is to do, once it is known."""
        if total and total != self.work.total_count:
            self.work.total_count = total
            self.work.save(update_fields=["total_count"])

    def reach(self, done: int, state: Callable[[], Mapping[str, Any]] = dict) -> None:
        """Tell how much is done. Raises SliceOver when the time is over; ``state`` is then kept to go on from."""
        now = time.monotonic()
        if now >= self.ends_at:
            self.work.done_count, self.work.saved = done, dict(state())
            self.work.save(update_fields=["done_count", "saved"])
            raise SliceOver
        if now - self.told_at >= _TOLD_SECONDS:
            self.told_at = now
            CatalogueWork.objects.filter(pk=self.work.pk).update(done_count=done)
