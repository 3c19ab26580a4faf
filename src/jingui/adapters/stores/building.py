"""Building a version beside the storage root: contents linked in, inventory made, all of it durable."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC
from pathlib import Path
from urllib.parse import quote

from jingui.adapters.stores.disk import Disk, write_all
from jingui.adapters.stores.places import BUILD_FILE, OBJECT, Places, discard_build
from jingui.domain.errors import Conflict, Invalid, PermanentFailure, Problem
from jingui.formats.digests import scratch_buffer
from jingui.formats.ocfl.declaration import OBJECT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import (
    INVENTORY,
    SIDECAR,
    Entry,
    Inventory,
    VersionBlock,
    inventory_bytes,
    read_inventory,
    sidecar_bytes,
    version_of,
    with_version,
)
from jingui.formats.ocfl.paths import folders_of, logical_path_problems
from jingui.ports import BuiltVersion, Content, StagingArea, VersionSpec

SYNC_EACH_UP_TO = 2
"""More new files and folders than this are made durable by one ``syncfs`` instead of an ``fsync`` for each."""


class Builder:
    """Builds versions. The caller holds the object."""

    def __init__(self, places: Places, disk: Disk, staging: StagingArea, *, fixity: tuple[str, ...]) -> None:
        """Use these; ``fixity`` names the digests that inventories carry besides SHA-512."""
        self._places, self._disk, self._staging, self._fixity = places, disk, staging, fixity

    def build(self, spec: VersionSpec) -> BuiltVersion:
        """Build a version afresh.

        Raises:
            Invalid: bad or conflicting logical paths, no bytes for a file, or a time without zone.
            Conflict: ``version_gap``, the version before this one is not in the root.
            PermanentFailure: that version's inventory is damaged, or bytes are not what their digest says.
        """
        inventory = with_version(self._base(spec), _version_block(spec), self._entries(spec.contents))
        new = _new_contents(spec, inventory)
        _refuse_bad(spec, new)
        data = inventory_bytes(inventory)
        built = BuiltVersion(
            spec.object_id,
            spec.number,
            hashlib.sha512(data).hexdigest(),
            {content.logical_path: inventory.content_path(content.digests.sha512) for content in spec.contents},
            sum(content.bytes for content in new.values()),
        )
        discard_build(self._places, self._disk, spec.object_id)
        self._write(built, new, data)
        return built

    def _base(self, spec: VersionSpec) -> Inventory:
        if spec.number == 1:
            return Inventory(spec.object_id)
        folder = self._places.object_folder(spec.object_id) / f"v{spec.number - 1}"
        try:
            data, sidecar = (folder / INVENTORY).read_bytes(), (folder / SIDECAR).read_bytes()
        except FileNotFoundError as error:
            raise Conflict("version_gap", object_id=spec.object_id, number=str(spec.number)) from error
        try:
            inventory = read_inventory(data)
        except BadInventory as error:
            raise PermanentFailure("inventory_damaged", f"{folder}: {error}") from error
        if sidecar != sidecar_bytes(data) or (inventory.object_id, inventory.head) != (spec.object_id, spec.number - 1):
            raise PermanentFailure("inventory_damaged", str(folder))
        return inventory

    def _entries(self, contents: Iterable[Content]) -> Iterator[Entry]:
        for content in contents:
            fixity = {name: getattr(content.digests, name) for name in self._fixity}
            yield Entry(content.logical_path, content.digests.sha512, fixity)

    def _write(self, built: BuiltVersion, new: dict[str, Content], data: bytes) -> None:
        part = str(self._places.unfinished(built.object_id))  # text: a path object costs as much as the call it is for
        small = {f"{OBJECT}/{path}": content for path, content in _small_files(built, data).items()}
        small[BUILD_FILE] = build_bytes(built)
        folders = _folders([*small, *(f"{OBJECT}/{path}" for path in new)])
        for folder in ("", *folders):
            self._disk.make_folder(f"{part}/{folder}")
        for path, content in small.items():
            self._disk.write(f"{part}/{path}", content)
        copied = [path for path, content in new.items() if self._put(f"{part}/{OBJECT}/{path}", content)]
        self._make_durable(part, [*small, *(f"{OBJECT}/{path}" for path in copied), *reversed(folders), ""])
        self._disk.rename(part, self._places.build(built.object_id))
        self._disk.sync(self._places.work)

    def _put(self, target: str, content: Content) -> bool:
        """Put one file in its place; say whether its bytes were written now."""
        if content.data is not None:
            self._disk.write(target, content.data)
            return True
        source = self._staging.path(content.staged_token)
        if _size_of(source) != content.bytes:
            raise PermanentFailure("staged_bytes_differ", f"{source}: not {content.bytes} bytes")
        try:
            self._disk.link(source, target)
        except OSError:  # another file system, too many links, or none at all
            self._copy(source, target, content.digests.sha512)
            return True
        return False

    def _copy(self, source: Path, target: str, sha512: str) -> None:
        hasher, buffer = hashlib.sha512(), scratch_buffer()
        descriptor = self._disk.create(target)
        try:
            with source.open("rb", buffering=0) as file:
                while count := file.readinto(buffer):
                    hasher.update(buffer[:count])
                    write_all(descriptor, buffer[:count])
        finally:
            os.close(descriptor)
        if hasher.hexdigest() != sha512:
            raise PermanentFailure("staged_bytes_differ", str(source))

    def _make_durable(self, part: str, written: list[str]) -> None:
        if len(written) > SYNC_EACH_UP_TO and self._disk.can_sync_all:
            self._disk.sync_all(part)
            return
        for path in written:
            self._disk.sync(f"{part}/{path}")


def build_bytes(built: BuiltVersion) -> bytes:
    """Return what a build folder tells of the version in it, as ``read_build`` reads it."""
    return json.dumps({field.name: getattr(built, field.name) for field in fields(built)}).encode()


def read_build(folder: Path) -> BuiltVersion | None:
    """Read what a build folder holds; nothing if it does not tell."""
    try:
        return BuiltVersion(**json.loads((folder / BUILD_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _size_of(staged: Path) -> int:
    try:
        return staged.stat().st_size
    except FileNotFoundError as error:
        raise PermanentFailure("staged_bytes_missing", str(staged)) from error


def _version_block(spec: VersionSpec) -> VersionBlock:
    if spec.created.tzinfo is None:
        raise Invalid((Problem("created", "time_without_zone"),))
    created = spec.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return VersionBlock(created, spec.message, spec.user, f"urn:jingui:user:{quote(spec.user)}")


def _new_contents(spec: VersionSpec, inventory: Inventory) -> dict[str, Content]:
    """Return, by content path, what the object does not hold yet, each with a content that has the bytes."""
    new: dict[str, Content] = {}
    for content in spec.contents:
        path = inventory.content_path(content.digests.sha512)
        if version_of(path) == spec.number and not (path in new and _has_bytes(new[path])):
            new[path] = content
    return new


def _has_bytes(content: Content) -> bool:
    return bool(content.staged_token) or content.data is not None


def _refuse_bad(spec: VersionSpec, new: dict[str, Content]) -> None:
    problems = list(logical_path_problems(content.logical_path for content in spec.contents))
    problems += [
        Problem(content.logical_path, "content_without_bytes") for content in new.values() if not _has_bytes(content)
    ]
    problems += [
        Problem(content.logical_path, "digest_wrong") for content in new.values() if not _is_as_stated(content)
    ]
    if problems:
        raise Invalid(tuple(problems))


def _is_as_stated(content: Content) -> bool:
    if content.data is None:
        return True
    return len(content.data) == content.bytes and hashlib.sha512(content.data).hexdigest() == content.digests.sha512


def _small_files(built: BuiltVersion, data: bytes) -> dict[str, bytes]:
    sidecar, version = sidecar_bytes(data), f"v{built.number}"
    files = {
        f"{folder}{name}": content
        for folder in ("", f"{version}/")
        for name, content in ((INVENTORY, data), (SIDECAR, sidecar))
    }
    if built.number == 1:
        files[OBJECT_DECLARATION] = declaration_bytes(OBJECT_DECLARATION)
    return files


def _folders(paths: list[str]) -> list[str]:
    """Return every folder that the paths need, outer ones first."""
    return sorted(folders_of(paths))
