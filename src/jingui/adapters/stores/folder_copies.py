"""Copies of objects in another folder: built beside its root, made durable, and moved in by the same renames."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jingui.adapters.stores.building import build_bytes
from jingui.adapters.stores.copying import Read, contents_of, inventory_of, proved, small_files
from jingui.adapters.stores.disk import Disk, storage_failures, write_all
from jingui.adapters.stores.held_tree import HeldTree
from jingui.adapters.stores.moving import Mover, sha512_of
from jingui.adapters.stores.places import BUILD_FILE, OBJECT, Places, discard_build
from jingui.adapters.stores.root_files import ROOT_FILES, initialise_root
from jingui.adapters.stores.trees import FolderTree
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.formats.ocfl.declaration import OBJECT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.inventory import INVENTORY, SIDECAR, sidecar_bytes
from jingui.formats.ocfl.layout import object_path
from jingui.formats.ocfl.paths import is_safe
from jingui.ports import BuiltVersion, CopiedVersion, Room


class FolderObjects(HeldTree):
    """``HeldObjects`` over ``<home>/store``: reading, verifying and mending what stands there."""

    def __init__(self, home: Path, *, disk: Disk | None = None) -> None:
        """Use the folder ``home``, with ``work`` beside the root on the same file system."""
        self._places = Places(home)
        self._tree = FolderTree(self._places.root)
        self._disk = disk or Disk()

    def read_file(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file; see ``HeldObjects``."""
        if not is_safe(path):
            raise FileNotFoundError(path)
        return self._tree.chunks(path)

    def mend(self, path: str, chunks: Iterable[bytes], *, sha512: str) -> None:
        """Put a file in its place again; see ``HeldObjects``. What stood there gives way in the same step."""
        if not is_safe(path):
            raise PermanentFailure("path_unsafe", path)
        target, part = self._places.root / path, self._places.mending(path)
        with storage_failures(), self._places.held(part):
            part.unlink(missing_ok=True)
            self._write(part, proved(chunks, sha512, path))
            self._make_way(target)
            self._disk.rename(part, target)
            self._disk.sync(target.parent)

    def mend_root(self, path: str) -> bool:
        """Write one of the root's own files again; see ``HeldObjects``."""
        if path not in ROOT_FILES:
            return False
        data = ROOT_FILES[path][1]
        self.mend(path, (data,), sha512=hashlib.sha512(data).hexdigest())
        return True

    def _make_way(self, target: Path) -> None:
        """Make the folders above a file and remove what is no file at its place: it was damaged with it."""
        for folder in reversed(target.relative_to(self._places.root).parents[:-1]):
            place = self._places.root / folder
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                place.unlink()
            self._disk.make_folder(place)
        if target.is_dir() and not target.is_symlink():
            raise PermanentFailure("folder_in_the_way", str(target))

    def _write(self, target: Path, chunks: Iterable[bytes]) -> None:
        descriptor = self._disk.create(target)
        try:
            for chunk in chunks:
                write_all(descriptor, chunk)
            self._disk.sync_data(descriptor)
        finally:
            os.close(descriptor)

    def room(self) -> Room:
        """Say how much place the file system has; see ``HeldObjects``."""
        try:
            usage = shutil.disk_usage(self._places.root)
        except OSError as error:
            raise TransientFailure("storage_away", str(error)) from error
        return Room(usage.total, usage.free)


class FolderCopies(FolderObjects):
    """``CopyRoot`` in a folder, which may be another disk or a network share."""

    def initialise(self) -> None:
        """Make the root if there is none; see ``CopyRoot``. The folder itself must be there: a disk may be unplugged."""
        if not self._places.root.parent.is_dir():
            raise TransientFailure("storage_away", str(self._places.root.parent))
        with storage_failures():
            initialise_root(self._places, self._disk)

    def put_version(self, version: CopiedVersion, read: Read) -> None:
        """Copy a version in; see ``CopyRoot``."""
        data, inventory = inventory_of(version, read)
        built = BuiltVersion(version.object_id, version.number, version.inventory_sha512, {}, 0)
        target = self._places.object_folder(version.object_id)
        with storage_failures(), self._places.held(self._places.build(version.object_id)):
            if sha512_of(target / f"v{version.number}" / INVENTORY) != version.inventory_sha512:
                if version.number > 1 and not (target / f"v{version.number - 1}" / INVENTORY).is_file():
                    raise TransientFailure("version_gap", f"{version.object_id} v{version.number}")
                self._build(built, contents_of(version, inventory), small_files(version, data), read)
            Mover(self._places, self._disk).commit(built)

    def object_lock(self) -> None:
        """Say that no server guards what lies in a folder; see ``CopyRoot``."""
        return

    def kept_until(self, path: str) -> None:
        """Say that whoever may write a folder may delete what is in it; see ``CopyRoot``."""
        del path

    def _build(self, built: BuiltVersion, contents: Mapping[str, str], small: Mapping[str, bytes], read: Read) -> None:
        discard_build(self._places, self._disk, built.object_id)
        part = self._places.unfinished(built.object_id)
        home = object_path(built.object_id)
        files = {f"{OBJECT}/{path}": data for path, data in (*small.items(), *_root_files(built, small).items())}
        files[BUILD_FILE] = build_bytes(built)
        for path, data in files.items():
            self._place(part / path, (data,))
        for path, sha512 in contents.items():
            self._place(part / OBJECT / path, proved(read(f"{home}/{path}"), sha512, path))
        if self._disk.can_sync_all:
            self._disk.sync_all(part)
        else:
            for place in sorted(part.rglob("*"), reverse=True):
                self._disk.sync(place)
        self._disk.rename(part, self._places.build(built.object_id))
        self._disk.sync(self._places.work)

    def _place(self, target: Path, chunks: Iterable[bytes]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = self._disk.create(target)
        try:
            for chunk in chunks:
                write_all(descriptor, chunk)
        finally:
            os.close(descriptor)


def _root_files(built: BuiltVersion, small: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what stands in the object's own folder once this version is the newest."""
    data = small[f"v{built.number}/{INVENTORY}"]
    files = {INVENTORY: data, SIDECAR: sidecar_bytes(data)}
    if built.number == 1:
        files[OBJECT_DECLARATION] = declaration_bytes(OBJECT_DECLARATION)
    return files
