"""What keeps a root from being emptied, asked of the root itself: its lock, its files' times of retention, its room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jingui.db.models import StorageRoot
from jingui.db.queries.copies_held import active_roots, held_packages
from jingui.domain.errors import NotFound
from jingui.domain.preservation.roots import RootKind
from jingui.formats.ocfl.declaration import ROOT_DECLARATION
from jingui.formats.ocfl.inventory import INVENTORY
from jingui.formats.ocfl.layout import object_path
from jingui.ports import ObjectLock, Room, StoreFinding
from jingui.usecases.preservation.opening import Vaults

NEWEST = 20
"""Inventories of so many newest versions are asked for, beside the root's declaration."""


@dataclass(frozen=True, slots=True)
class RootCheck:
    """How a root is guarded. ``unguarded`` are files, of those looked at, that anybody with the key can delete now."""

    room: Room
    faults: tuple[StoreFinding, ...]
    lock: ObjectLock | None
    is_lock_wanted: bool
    looked: int = 0
    unguarded: tuple[str, ...] = ()
    soonest: datetime | None = None

    @property
    def is_as_wanted(self) -> bool:
        """Say whether nothing is wrong, and whatever was to be retained is."""
        is_locked = self.lock is not None and bool(self.lock.is_enabled)
        return not self.faults and not self.unguarded and (is_locked or not self.is_lock_wanted)


def check_root(name: str, vaults: Vaults, *, now: datetime) -> RootCheck:
    """Ask a root how it is guarded; nothing is written.

    Raises:
        NotFound: ``root_unknown``.
        TransientFailure: the root is away.
    """
    row = active_roots().filter(name=name).first()
    if row is None:
        raise NotFound("root_unknown", name=name)
    if row.kind == RootKind.PRIMARY.value:
        return RootCheck(vaults.primary.room(), tuple(vaults.primary.verify_root()), None, is_lock_wanted=False)
    root = vaults.open_root(row)
    room, faults, lock = root.room(), tuple(root.verify_root()), root.object_lock()
    is_wanted = bool(row.configuration.get("lock_mode"))
    if lock is None or not lock.is_enabled:
        return RootCheck(room, faults, lock, is_wanted)
    until = {path: root.kept_until(path) for path in _newest(row)}
    times = [at for at in until.values() if at is not None and at > now]
    unguarded = tuple(path for path, at in until.items() if at is None or at <= now)
    return RootCheck(room, faults, lock, is_wanted, len(until), unguarded, min(times, default=None))


def _newest(row: StorageRoot) -> list[str]:
    versions = held_packages(row).order_by("-stored_at").values_list("object_id", "number")[:NEWEST]
    return [ROOT_DECLARATION, *(f"{object_path(object_id)}/v{number}/{INVENTORY}" for object_id, number in versions)]
