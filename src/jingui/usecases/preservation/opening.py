"""How acts on storage roots reach what they act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jingui.db.models import CopyTask, CycleProgress, StorageRoot
from jingui.ports import CopyRoot, HeldObjects

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""When a copy is due that a dead process had begun: before all others, for the next version may be among them."""

MOST_DEATHS = 20
"""How often a copy that was under way when its process died is due at once."""

OpenRoot = Callable[[StorageRoot], CopyRoot]
"""Opens a root that holds copies. Raises TransientFailure or PermanentFailure (``secret_missing``)."""


@dataclass(frozen=True, slots=True)
class Vaults:
    """The primary root, and what opens the others."""

    primary: HeldObjects
    open_root: OpenRoot
    worker: str = ""  # who acts, so that what a dead process holds can be given back

    def of(self, root: StorageRoot) -> HeldObjects:
        """Return what reads, verifies and mends a root."""
        return self.primary if root.kind == "primary" else self.open_root(root)


def release_dead_claims(is_alive: Callable[[str], bool], *, now: datetime) -> int:
    """Give back the copies and audits that processes hold which no longer live; return how many.

    A copy that one process after another died of goes on behind the others, ever later.
    """
    released = 0
    for name in _dead(CopyTask, is_alive):
        for task in CopyTask.objects.filter(claimed_by=name):
            over = task.attempts + 1 - MOST_DEATHS
            due = now + timedelta(minutes=2 ** min(over, 6)) if over > 0 else FIRST
            mine = CopyTask.objects.filter(pk=task.pk, claimed_by=name)
            released += mine.update(claimed_by="", run_after=due, attempts=task.attempts + 1)
    for name in _dead(CycleProgress, is_alive):
        released += CycleProgress.objects.filter(claimed_by=name).update(claimed_by="", next_at=now)
    return released


def _dead(model: type[CopyTask | CycleProgress], is_alive: Callable[[str], bool]) -> list[str]:
    held = model._default_manager.exclude(claimed_by="").values_list("claimed_by", flat=True)
    return [name for name in set(held) if not is_alive(name)]
