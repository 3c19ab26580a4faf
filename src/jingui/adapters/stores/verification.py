"""Verification of one stored object against what the database knows of it.

The caller's digests are the truth. They also show which copy of the inventory is sound, and from a sound copy
every older copy can be made again byte for byte, so a damaged inventory never casts doubt on other files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jingui.formats.digests import digest_file
from jingui.formats.ocfl.declaration import OBJECT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import (
    INVENTORY,
    SIDECAR,
    Inventory,
    at_version,
    inventory_bytes,
    read_inventory,
    sidecar_bytes,
    version_of,
)
from jingui.formats.ocfl.layout import object_path
from jingui.formats.ocfl.walking import Kind, entries, walk
from jingui.ports import StoreFinding

_VERSION = re.compile(r"v([1-9][0-9]{0,8})")
_ROLES = {INVENTORY: "inventory", SIDECAR: "sidecar", OBJECT_DECLARATION: "declaration"}

Fault = tuple[str, str, str]
"""Code, path inside the object, and detail."""

Wanted = dict[str, str]
"""Path inside the object to SHA-512; ``""`` where only its fellow file can tell."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller knows of an object: SHA-512 by content path, of the newest inventory, and of older ones by version.

    Whatever is not known is taken from the object itself, as far as one file of it proves another.
    """

    contents: Mapping[str, str] | None = None
    inventory: str = ""
    older: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the newest inventory: its digest (``""``: nothing), its number, and its content if a copy is sound."""

    sha512: str
    head: int
    data: bytes = b""
    inventory: Inventory | None = None


def verify_object(root: Path, object_id: str, expected: Expected) -> Iterator[StoreFinding]:
    """List each damaged, missing or unexpected file of an object; see ``FolderStore.verify_object``."""
    path = object_path(object_id)
    for code, where, detail in _object(root / path, expected):
        yield StoreFinding(object_id, f"{path}/{where}".rstrip("/"), code, detail)


def _object(folder: Path, expected: Expected) -> Iterator[Fault]:
    if not folder.is_dir():
        yield "object_missing", "", ""
        return
    known = _known(folder, expected.inventory, expected.contents)
    contents = expected.contents
    if contents is None:
        manifest = known.inventory.manifest if known.inventory else {}
        contents = {path: digest for digest, paths in manifest.items() for path in paths}
    wanted = {**_wanted_small(known, expected.older), **contents}
    yield from _strays(folder, wanted)
    for path in sorted(wanted):
        yield from _compare(path, wanted[path], folder / path)
    for version in range(1, known.head + 1):
        if wanted[f"v{version}/{INVENTORY}"] == "":
            yield from _pair(folder, f"v{version}/", contents)


def _strays(folder: Path, wanted: Wanted) -> Iterator[Fault]:
    for path, kind, is_empty in walk(folder):
        if kind is Kind.OTHER:
            yield "entry_not_a_file", path, ""
        elif kind is Kind.FILE and path not in wanted:
            yield "file_unexpected", path, ""
        elif is_empty:
            yield "folder_empty", path, ""


def _compare(path: str, wanted: str, file: Path) -> Iterator[Fault]:
    role = "content" if "/content/" in path else _ROLES[path.rpartition("/")[2]]
    if not file.is_file() or file.is_symlink():
        yield f"{role}_missing", path, ""
        return
    try:
        actual = digest_file(file, ("sha512",))["sha512"]
    except OSError as error:
        yield f"{role}_unreadable", path, str(error.strerror)
        return
    if wanted and actual != wanted:
        yield f"{role}_damaged", path, f"sha512 {actual}, expected {wanted}"


def _known(folder: Path, sha512: str, expected: Mapping[str, str] | None) -> _Known:
    """Find a sound copy of the newest inventory, in the object's root or in its newest version."""
    names = [name for name, kind in entries(folder) if kind is Kind.FOLDER and _VERSION.fullmatch(name)]
    versions = sorted({int(name[1:]) for name in names}, reverse=True)
    places = [folder, *(folder / f"v{number}" for number in versions)]
    for place in places if sha512 else places[:2]:
        data = _bytes_of(place / INVENTORY)
        digest = hashlib.sha512(data).hexdigest()
        if sha512 and digest != sha512:
            continue
        if not sha512 and not any(_bytes_of(other / SIDECAR) == sidecar_bytes(data) for other in places[:2]):
            continue
        inventory = _sound(data)
        if inventory is not None:
            return _Known(digest, inventory.head, data, inventory)
    head = max((version_of(path) for path in expected or ()), default=0) or max(versions, default=1)
    return _Known(sha512, head)


def _sound(data: bytes) -> Inventory | None:
    try:
        return read_inventory(data)
    except BadInventory:
        return None


def _wanted_small(known: _Known, older: Mapping[int, str]) -> Wanted:
    wanted = {OBJECT_DECLARATION: _sha512(declaration_bytes(OBJECT_DECLARATION))}
    for prefix, number in (("", known.head), *((f"v{n}/", n) for n in range(1, known.head + 1))):
        digest = older.get(number, "") if number < known.head else known.sha512
        digest = digest or _older_digest(known, number)
        wanted[prefix + INVENTORY] = digest
        wanted[prefix + SIDECAR] = _sha512(f"{digest} {INVENTORY}\n".encode()) if digest else ""
    return wanted


def _older_digest(known: _Known, number: int) -> str:
    if known.inventory is None or inventory_bytes(known.inventory) != known.data:
        return ""  # no sound copy, or written by other software: older copies cannot be made again
    return _sha512(inventory_bytes(at_version(known.inventory, number)))


def _pair(folder: Path, prefix: str, expected: Mapping[str, str]) -> Iterator[Fault]:
    """Judge an inventory and its sidecar by each other, and by the content that is expected."""
    data, sidecar = _bytes_of(folder / f"{prefix}{INVENTORY}"), _bytes_of(folder / f"{prefix}{SIDECAR}")
    if not data or not sidecar or sidecar == sidecar_bytes(data):
        return
    inventory = _sound(data)
    is_sound = inventory is not None and all(
        expected.get(path) == digest for digest, paths in inventory.manifest.items() for path in paths
    )
    role, name = ("sidecar", SIDECAR) if is_sound else ("inventory", INVENTORY)
    yield f"{role}_damaged", f"{prefix}{name}", "inventory and sidecar do not agree"


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _sha512(data: bytes) -> str:
    return hashlib.sha512(data).hexdigest()
