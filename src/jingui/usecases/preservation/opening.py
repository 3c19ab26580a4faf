"""How acts on storage roots reach what they act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from jingui.db.models import CopyTask, CycleProgress, StorageRoot
from jingui.ports import CopyRoot, HeldObjects

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""When a copy is due that a dead process had begun: before all others, for the next version may be among them."""

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
    """Give back the copies and audits that processes hold which no longer live; return how many."""
    released = 0
    for model, due, at in ((CopyTask, "run_after", FIRST), (CycleProgress, "next_at", now)):
        held = model._default_manager.exclude(claimed_by="")
        for name in set(held.values_list("claimed_by", flat=True)):
            if not is_alive(name):
                released += held.filter(claimed_by=name).update(claimed_by="", **{due: at})
    return released
