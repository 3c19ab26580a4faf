"""The preservation store on a folder: an OCFL 1.1 storage root, written once, durable, moved in by renames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from jingui.adapters.stores.building import Builder, read_build
from jingui.adapters.stores.disk import Disk, storage_failures
from jingui.adapters.stores.moving import Mover, head_of, sha512_of
from jingui.adapters.stores.places import OBJECT, Places
from jingui.adapters.stores.root_files import identifier_of, initialise_root, object_folders, verify_root_files
from jingui.adapters.stores.trees import FolderTree, Tree
from jingui.adapters.stores.verification import Digested, Expected, verify_object
from jingui.domain.errors import PermanentFailure
from jingui.formats.ocfl.inventory import INVENTORY, SIDECAR
from jingui.formats.ocfl.paths import is_safe
from jingui.ports import BuiltVersion, Depth, StagingArea, StoreFinding, VersionSpec

DEFAULT_FIXITY = ("sha256",)
"""SM3 is no digest name of OCFL 1.1 (§3.4, E056) and an independent validator rejects a fixity block that has it."""


class FolderStore:
    """``PreservationStore`` over ``<home>/store``, with ``<home>/work`` beside it on the same file system.

    Codes of findings: ``<role>_missing``, ``<role>_damaged`` and ``<role>_unreadable`` with the roles ``content``,
    ``inventory``, ``sidecar``, ``declaration``, ``layout``, ``layout_config`` and ``readme``; ``object_missing``,
    ``file_unexpected``, ``folder_unexpected``, ``folder_empty``, ``entry_not_a_file``; and those of ``reconcile``.
    """

    def __init__(
        self,
        home: Path,
        *,
        staging: StagingArea,
        fixity: tuple[str, ...] = DEFAULT_FIXITY,
        disk: Disk | None = None,
    ) -> None:
        """Use the folder ``home``; staged bytes on the same file system are linked in, others copied.

        ``fixity`` names digests of ``Digests`` that new inventories carry besides SHA-512.
        """
        self._places = Places(home)
        self._tree = FolderTree(self._places.root)
        self._disk = disk or Disk()
        self._builder = Builder(self._places, self._disk, staging, fixity=fixity)
        self._mover = Mover(self._places, self._disk)

    @property
    def tree(self) -> Tree:
        """All files of the storage root, to be read."""
        return self._tree

    @property
    def root(self) -> Path:
        """The OCFL storage root."""
        return self._places.root

    def initialise(self) -> None:
        """Make the storage root if there is none. Raises PermanentFailure if one has lost its declaration."""
        with storage_failures():
            initialise_root(self._places, self._disk)

    def build(self, spec: VersionSpec) -> BuiltVersion:
        """Build the version beside the root and make it durable. Building again starts afresh.

        ``BuiltVersion.bytes`` counts what is stored new. Bytes that the object holds already are not stored again.

        Raises:
            Invalid: bad or conflicting logical paths, no or other bytes than stated, or a time without zone.
            Conflict: ``version_gap``, the version before this one is not in the root.
            PermanentFailure: ``inventory_damaged``, ``staged_bytes_missing`` or ``staged_bytes_differ``.
            TransientFailure: ``storage_full`` and other failures of the disk.
        """
        with storage_failures(), self._places.held(self._places.build(spec.object_id)):
            return self._builder.build(spec)

    def commit(self, built: BuiltVersion) -> None:
        """Move the built version in. Committing the same version again changes nothing.

        Raises:
            Conflict: ``version_differs``, the root holds another version of this number.
            TransientFailure: ``build_missing``, neither in the root nor built: build it again.
            PermanentFailure: ``inventory_damaged``, the object's root inventory is not sound.
        """
        with storage_failures(), self._places.held(self._places.build(built.object_id)):
            self._mover.commit(built)

    def waiting_build(self, object_id: str) -> BuiltVersion | None:
        """Return the version of an object that is built and not committed, if there is one."""
        return read_build(self._places.build(object_id))

    def has_version(self, object_id: str, number: int, inventory_sha512: str) -> bool:
        """Say whether exactly this version stands in the root, all of it; digests of contents are not read."""
        folder = self._places.object_folder(object_id)
        if sha512_of(folder / f"v{number}" / INVENTORY) != inventory_sha512:
            return False
        if sha512_of(folder / INVENTORY) != inventory_sha512:
            return _head_or_zero(folder) > number
        return sha512_of(folder / SIDECAR) == sha512_of(folder / f"v{number}" / SIDECAR)

    def open_content(self, object_id: str, content_path: str) -> BinaryIO:
        """Open stored bytes by their path inside the object. Raises FileNotFoundError."""
        return self._places.content(object_id, content_path).open("rb")

    def content_location(self, object_id: str, content_path: str) -> Path:
        """Return the path of stored bytes; never write to it. Raises FileNotFoundError."""
        path = self._places.content(object_id, content_path)
        if not path.is_file():
            raise FileNotFoundError(content_path)
        return path

    def built_location(self, built: BuiltVersion, content_path: str) -> Path:
        """Return the path of a file of a built version; what an earlier version holds already lies in the root."""
        path = Path(f"{self._places.build(built.object_id)}/{OBJECT}/{content_path}")  # one parse instead of three
        if is_safe(content_path) and path.is_file():
            return path
        return self.content_location(built.object_id, content_path)

    def object_ids(self) -> Iterator[str]:
        """List the objects in the order of their places, one folder in memory at a time."""
        for path, _, is_object in object_folders(self._tree):
            if is_object:
                yield identifier_of(self._tree, path)

    def discard_build(self, object_id: str) -> None:
        """Remove what a broken-off build left behind."""
        with self._places.held(self._places.build(object_id)):
            self._mover.discard(object_id)

    def verify_object(
        self,
        object_id: str,
        *,
        expected: Mapping[str, str] | None = None,
        expected_inventory_sha512: str | None = None,
        older_inventories: Mapping[int, str] | None = None,
        further: Digested | None = None,
        depth: Depth = Depth.PLAIN,
    ) -> Iterator[StoreFinding]:
        """Read an object whole and name each damaged, missing or unexpected file of it.

        Args:
            object_id: the object.
            expected: SHA-512 of every content path of all versions, as the database knows them.
            expected_inventory_sha512: SHA-512 of the newest inventory, as the database knows it.
            older_inventories: SHA-512 of the inventories of earlier versions, by version number. They can also
                be made again from a sound newest one; given, they leave no doubt when all its copies are damaged.
            further: digests of content paths that the inventory does not carry, for ``Depth.FULL``.
            depth: which digests of the contents are measured.

        Without the last three the object is measured by its own inventory, so far as a copy agrees with a sidecar.
        An object whose next version is being committed at this moment may show findings: verify it again.
        """
        known = Expected(expected, expected_inventory_sha512 or "", older_inventories or {}, further or {}, depth)
        return verify_object(self._tree, object_id, known)

    def verify_root(self) -> Iterator[StoreFinding]:
        """Name what is wrong with the root's own files, and files and folders that belong to no object."""
        return verify_root_files(self._tree)

    def reconcile(self) -> Iterator[StoreFinding]:
        """Finish or name what a crash left half done; see ``Mover.reconcile`` for the codes."""
        return self._mover.reconcile()


def _head_or_zero(folder: Path) -> int:
    try:
        return head_of(folder)
    except PermanentFailure:
        return 0
