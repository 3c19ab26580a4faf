"""Verification of one stored object, wherever it lies, against what the database knows of it.

The caller's digests are the truth. They also show which copy of the inventory is sound, and from a sound copy
every older copy can be made again byte for byte, so a damaged inventory never casts doubt on other files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from jingui.adapters.stores.trees import Tree
from jingui.formats.ocfl.declaration import OBJECT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import (
    INVENTORY,
    SIDECAR,
    Inventory,
    at_version,
    inventory_bytes,
    read_inventory,
    read_proven_inventory,
    sidecar_bytes,
    version_of,
)
from jingui.formats.ocfl.layout import object_path
from jingui.formats.ocfl.walking import Kind
from jingui.ports import Depth, StoreFinding

_VERSION = re.compile(r"v([1-9][0-9]{0,8})")
_ROLES = {INVENTORY: "inventory", SIDECAR: "sidecar", OBJECT_DECLARATION: "declaration"}

Fault = tuple[str, str, str]
"""Code, path inside the object, and detail."""

Wanted = dict[str, str]
"""Path inside the object to SHA-512; ``""`` where only its fellow file can tell."""

Digested = Mapping[str, Mapping[str, str]]
"""Content path to digests by algorithm."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller knows of an object: SHA-512 by content path, of the newest inventory, and of older ones by version.

    Whatever is not known is taken from the object itself, as far as one file of it proves another. ``head`` is the number
    of the newest version, 0 if that is not known. ``further`` are digests that the inventory does not carry, measured
    when ``depth`` is full.
    """

    contents: Mapping[str, str] | None = None
    inventory: str = ""
    older: Mapping[int, str] = field(default_factory=dict)
    further: Digested = field(default_factory=dict)
    depth: Depth = Depth.PLAIN
    head: int = 0

    @property
    def is_whole(self) -> bool:
        """Say whether every digest that is to be measured is known, so that no inventory need be understood."""
        is_told = bool(self.head and self.inventory) and self.contents is not None
        return is_told and self.depth is Depth.PLAIN and all(self.older.get(n) for n in range(1, self.head))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the newest inventory: its digest (``""``: nothing), its number, and its content if a copy is sound."""

    sha512: str
    head: int
    data: bytes = b""
    inventory: Inventory | None = None


def verify_object(tree: Tree, object_id: str, expected: Expected) -> Iterator[StoreFinding]:
    """List each damaged, missing or unexpected file of an object; see ``FolderStore.verify_object``."""
    path = object_path(object_id)
    for code, where, detail in _object(_Object(tree, path), expected):
        yield StoreFinding(object_id, f"{path}/{where}".rstrip("/"), code, detail)


@dataclass(frozen=True, slots=True)
class _Object:
    """The folder of one object in a tree."""

    tree: Tree
    folder: str

    def place(self, path: str) -> str:
        """Return the place of a path inside the object."""
        return f"{self.folder}/{path}" if path else self.folder

    def bytes_of(self, path: str) -> bytes:
        """Return the bytes of a small file; empty if there is none."""
        return self.tree.read(self.place(path)) or b""


def _object(held: _Object, expected: Expected) -> Iterator[Fault]:
    if held.tree.kind(held.folder) is not Kind.FOLDER:
        yield "object_missing", "", ""
        return
    known = _known(held, expected)
    contents = expected.contents
    if contents is None:
        manifest = known.inventory.manifest if known.inventory else {}
        contents = {path: digest for digest, paths in manifest.items() for path in paths}
    wanted = {**_wanted_small(known, expected.older), **contents}
    measured = _measured(known, expected)
    yield from _strays(held, wanted)
    for path in sorted(wanted):
        fault = _compare(held, path, measured.get(path) or {"sha512": wanted[path]})
        if fault:
            yield fault
    for version in range(1, known.head + 1):
        if wanted[f"v{version}/{INVENTORY}"] == "":
            yield from _pair(held, f"v{version}/", contents)


def _measured(known: _Known, expected: Expected) -> dict[str, dict[str, str]]:
    """Return the digests to be measured of contents, where they are others than SHA-512 alone.

    Only an inventory that the caller's digest proves may tell them.
    """
    if expected.depth is Depth.PLAIN or known.inventory is None or not expected.inventory:
        return {}
    fixity: dict[str, dict[str, str]] = {}
    for name, digests in known.inventory.fixity.items():
        for digest, paths in digests.items():
            for path in paths:
                fixity.setdefault(path, {})[name] = digest
    if expected.depth is Depth.ROUTINE:
        return {path: {"sha256": digests["sha256"]} for path, digests in fixity.items() if "sha256" in digests}
    whole = expected.contents or {path: digest for digest, paths in known.inventory.manifest.items() for path in paths}
    return {
        path: {"sha512": sha512, **fixity.get(path, {}), **expected.further.get(path, {})}
        for path, sha512 in whole.items()
    }


def _strays(held: _Object, wanted: Wanted) -> Iterator[Fault]:
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        listed = held.tree.entries(held.place(folder))
        if folder and not listed:
            yield "folder_empty", folder, ""
        for name, kind in listed:
            path = f"{folder}/{name}" if folder else name
            if kind is Kind.FOLDER:
                waiting.append(path)
            elif kind is Kind.OTHER:
                yield "entry_not_a_file", path, ""
            elif path not in wanted:
                yield "file_unexpected", path, ""


def _compare(held: _Object, path: str, wanted: Mapping[str, str]) -> Fault | None:
    try:
        actual = held.tree.digest(f"{held.folder}/{path}", tuple(wanted))
    except FileNotFoundError:
        return f"{_role(path)}_missing", path, ""
    except OSError as error:
        return f"{_role(path)}_unreadable", path, str(error.strerror or error)
    for name, digest in wanted.items():
        if digest and actual[name] != digest:
            return f"{_role(path)}_damaged", path, f"{name} {actual[name]}, expected {digest}"
    return None


def _role(path: str) -> str:
    return "content" if "/content/" in path else _ROLES[path.rpartition("/")[2]]


def _known(held: _Object, expected: Expected) -> _Known:
    """Find a sound copy of the newest inventory, in the object's root or in its newest version, if one is needed."""
    sha512, contents = expected.inventory, expected.contents
    if expected.is_whole:
        return _Known(sha512, expected.head)
    listed = held.tree.entries(held.folder)
    names = [name for name, kind in listed if kind is Kind.FOLDER and _VERSION.fullmatch(name)]
    versions = sorted({int(name[1:]) for name in names}, reverse=True)
    places = ["", *(f"v{number}/" for number in versions)]
    for place in places if sha512 else places[:2]:
        data = held.bytes_of(f"{place}{INVENTORY}")
        digest = hashlib.sha512(data).hexdigest()
        if sha512 and digest != sha512:
            continue
        if not sha512 and not any(held.bytes_of(f"{other}{SIDECAR}") == sidecar_bytes(data) for other in places[:2]):
            continue
        # Paths of an inventory are used where the caller knows none, so these are examined however well it is proven.
        inventory = _sound(data, read_proven_inventory if sha512 and contents is not None else read_inventory)
        if inventory is not None:
            return _Known(digest, inventory.head, data, inventory)
    head = max((version_of(path) for path in contents or ()), default=0) or max(versions, default=1)
    return _Known(sha512, head)


def _sound(data: bytes, read: Callable[[bytes], Inventory] = read_inventory) -> Inventory | None:
    try:
        return read(data)
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


def _pair(held: _Object, prefix: str, expected: Mapping[str, str]) -> Iterator[Fault]:
    """Judge an inventory and its sidecar by each other, and by the content that is expected."""
    data, sidecar = held.bytes_of(f"{prefix}{INVENTORY}"), held.bytes_of(f"{prefix}{SIDECAR}")
    if not data or not sidecar or sidecar == sidecar_bytes(data):
        return
    inventory = _sound(data)
    is_sound = inventory is not None and all(
        expected.get(path) == digest for digest, paths in inventory.manifest.items() for path in paths
    )
    role, name = ("sidecar", SIDECAR) if is_sound else ("inventory", INVENTORY)
    yield f"{role}_damaged", f"{prefix}{name}", "inventory and sidecar do not agree"


def _sha512(data: bytes) -> str:
    return hashlib.sha512(data).hexdigest()
