"""Moving a built version into the storage root, and finishing after a crash what had been begun.

The only state that counts is in the root: a version 1 comes in by one rename. A later version comes in by
one rename of its folder, then the root inventory and its sidecar are replaced, each in one step. The build folder
is removed last, so whatever was begun is found again by looking at ``work/`` alone, however large the root is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from jingui.adapters.stores.building import read_build
from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.places import OBJECT, PART, Places, discard_build
from jingui.domain.errors import Conflict, PermanentFailure, TransientFailure
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import INVENTORY, SIDECAR, read_inventory, sidecar_bytes
from jingui.ports import BuiltVersion, StoreFinding

MOVE_ATTEMPTS = 5


class Mover:
    """Moves built versions in. The caller holds the object."""

    def __init__(self, places: Places, disk: Disk) -> None:
        """Use these."""
        self._places, self._disk = places, disk

    def commit(self, built: BuiltVersion) -> None:
        """Bring the version into the root, or finish bringing it in; see ``PreservationStore.commit``.

        Raises:
            Conflict: ``version_differs``, the root holds another version of this number.
            TransientFailure: ``build_missing``, the version is neither in the root nor built.
            PermanentFailure: ``inventory_damaged``, the root inventory of the object is not sound.
        """
        target = self._places.object_folder(built.object_id)
        standing = sha512_of(target / f"v{built.number}" / INVENTORY)
        if standing not in (None, built.inventory_sha512):
            raise Conflict("version_differs", object_id=built.object_id, number=str(built.number))
        if built.number == 1:
            self._commit_first(built, target, is_in=standing is not None)
        elif self._is_next(built, target):
            self._commit_next(built, target, is_in=standing is not None)
        discard_build(self._places, self._disk, built.object_id)

    def _commit_first(self, built: BuiltVersion, target: Path, *, is_in: bool) -> None:
        if not is_in:
            self._move(self._whole_build(built, target), target)
        folder = target.parent
        while True:  # also those that an earlier, broken-off try has made
            self._disk.sync(folder)
            if folder == self._places.root:
                return
            folder = folder.parent

    def _commit_next(self, built: BuiltVersion, target: Path, *, is_in: bool) -> None:
        version = target / f"v{built.number}"
        if not is_in:
            self._disk.rename(self._whole_build(built, version) / version.name, version)
            self._disk.sync(target)
        data = (version / INVENTORY).read_bytes()
        for name, wanted in ((INVENTORY, data), (SIDECAR, sidecar_bytes(data))):
            if _bytes_of(target / name) != wanted:
                self._disk.rename(self._at_hand(built, name, wanted), target / name)
        self._disk.sync(target)

    def _whole_build(self, built: BuiltVersion, target: Path) -> Path:
        """Return the built object folder, if it is of this version and nothing is in its way."""
        if target.exists():
            raise Conflict("version_differs", object_id=built.object_id, number=str(built.number))
        folder = self._places.build(built.object_id)
        whole = read_build(folder)
        if whole is None or whole.inventory_sha512 != built.inventory_sha512:
            raise TransientFailure("build_missing", f"{built.object_id} v{built.number}")
        return folder / OBJECT

    def _move(self, source: Path, target: Path) -> None:
        self._make_way(target)
        for _ in range(MOVE_ATTEMPTS):
            with suppress(FileNotFoundError):  # another process found the way empty and removed it
                return self._disk.rename(source, target)
            self._make_way(target)
        raise TransientFailure("store_busy", str(target))

    def _make_way(self, target: Path) -> None:
        for folder in reversed(target.relative_to(self._places.root).parents[:-1]):
            self._disk.make_folder(self._places.root / folder)

    def _is_next(self, built: BuiltVersion, target: Path) -> bool:
        """Say whether the root inventory is this version's or the one before; newer ones stay."""
        standing = sha512_of(target / INVENTORY)
        if standing in (built.inventory_sha512, sha512_of(target / f"v{built.number - 1}" / INVENTORY)):
            return True
        head = head_of(target)
        if head > built.number:
            return False
        raise PermanentFailure("inventory_damaged", str(target / INVENTORY))

    def _at_hand(self, built: BuiltVersion, name: str, wanted: bytes) -> Path:
        """Return a durable file of these bytes in the work folder, made again if a crash has lost it."""
        source = self._places.build(built.object_id) / OBJECT / name
        if _bytes_of(source) != wanted:
            source = self._places.unfinished(built.object_id) / name
            self._disk.remove_tree(source.parent)
            self._disk.make_folder(source.parent)
            self._disk.write(source, wanted)
            self._disk.sync(source)
        return source

    def discard(self, object_id: str) -> None:
        """Remove a build and the empty way that a broken-off move may have made for it."""
        discard_build(self._places, self._disk, object_id)
        folder = self._places.object_folder(object_id).parent
        while folder != self._places.root and self._disk.remove_folder(folder):
            folder = folder.parent

    def reconcile(self) -> Iterator[StoreFinding]:
        """Finish or name what a crash left in ``work/``; what another live process holds is left alone.

        Codes: ``commit_completed`` (was half in, is whole now), ``build_waiting`` (whole, not in the root: commit or
        discard it), ``build_unfinished`` (removed), ``build_conflicts`` (the root holds something else).
        """
        for folder in self._places.left_builds():
            finding = None
            with self._places.held_if_free(folder) as is_held:
                if is_held and folder.exists():
                    finding = self._reconciled(folder)
            if finding is not None:
                yield finding

    def _reconciled(self, folder: Path) -> StoreFinding:
        built = read_build(folder)
        if built is None or folder.suffix == PART:
            self._disk.remove_tree(folder)
            return StoreFinding(built.object_id if built else "", folder.name, "build_unfinished")
        detail = f"v{built.number}"
        if sha512_of(self._places.object_folder(built.object_id) / detail / INVENTORY) is None:
            return StoreFinding(built.object_id, folder.name, "build_waiting", detail)
        try:
            self.commit(built)
        except (Conflict, PermanentFailure) as error:
            return StoreFinding(built.object_id, folder.name, "build_conflicts", f"{detail}: {error.code}")
        return StoreFinding(built.object_id, folder.name, "commit_completed", detail)


def head_of(folder: Path) -> int:
    """Return the number of an object's newest version by its root inventory. Raises PermanentFailure."""
    try:
        return read_inventory((folder / INVENTORY).read_bytes()).head
    except (FileNotFoundError, BadInventory) as error:
        raise PermanentFailure("inventory_damaged", f"{folder / INVENTORY}: {error}") from error


def sha512_of(path: Path) -> str | None:
    """Return the digest of a small file, or nothing if it is not there."""
    data = _bytes_of(path)
    return None if data is None else hashlib.sha512(data).hexdigest()


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
