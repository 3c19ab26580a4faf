"""The files of the storage root itself, and the way through its folders to the objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.places import Places
from jingui.adapters.stores.readme import README, README_DIGESTS, README_TEXT
from jingui.adapters.stores.trees import Tree
from jingui.domain.errors import PermanentFailure
from jingui.formats.ocfl.declaration import ROOT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import INVENTORY, read_inventory
from jingui.formats.ocfl.layout import (
    CONFIG_FILE,
    LAYOUT_FILE,
    NUMBER_OF_TUPLES,
    TUPLE,
    config_bytes,
    layout_bytes,
    object_id_of,
    object_path,
)
from jingui.formats.ocfl.walking import Kind, entries, walk
from jingui.ports import StoreFinding

ROOT_FILES: dict[str, tuple[str, bytes]] = {
    README: ("readme", README_TEXT.encode()),
    CONFIG_FILE: ("layout_config", config_bytes()),
    LAYOUT_FILE: ("layout", layout_bytes()),
    ROOT_DECLARATION: ("declaration", declaration_bytes(ROOT_DECLARATION)),
}
"""Path to role and content, in the order in which they are written: the declaration makes it a storage root."""


def initialise_root(places: Places, disk: Disk) -> None:
    """Make the folders and, in a new root, its files; a root that has its declaration is left as it is.

    Raises:
        PermanentFailure: ``store_damaged``, there are objects but no declaration; ``verify_root`` names what is wrong.
    """
    for folder in (places.root, places.work, places.locks):
        folder.mkdir(parents=True, exist_ok=True)
    if (places.root / ROOT_DECLARATION).exists():
        return
    if any(TUPLE.fullmatch(name) for name, _ in entries(places.root)):
        raise PermanentFailure("store_damaged", str(places.root / ROOT_DECLARATION))
    for path, (_, data) in ROOT_FILES.items():
        target, part = places.root / path, places.work / "root-file"
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        disk.write(part, data)
        disk.sync(part)
        disk.rename(part, target)
        disk.sync(target.parent)
    disk.sync(places.root.parent)


def verify_root_files(tree: Tree) -> Iterator[StoreFinding]:
    """List what is wrong with the root's own files, and files and folders that belong to no object."""
    for path, (role, data) in ROOT_FILES.items():
        digests = README_DIGESTS if path == README else {hashlib.sha512(data).hexdigest()}
        yield from _root_file(tree, path, role, digests)
    for name, kind in tree.entries(""):
        if name == "extensions" and kind is Kind.FOLDER:
            yield from _extension_files(tree)
        elif name not in ROOT_FILES and not (kind is Kind.FOLDER and TUPLE.fullmatch(name)):
            yield _stray(name, kind)
    for path, kind, is_object in object_folders(tree):
        if not is_object:
            yield _stray(path, kind)


def _root_file(tree: Tree, path: str, role: str, digests: set[str] | frozenset[str]) -> Iterator[StoreFinding]:
    if tree.kind(path) is None:
        yield StoreFinding("", path, f"{role}_missing")
    elif (data := tree.read(path)) is None:
        yield StoreFinding("", path, f"{role}_unreadable")
    elif hashlib.sha512(data).hexdigest() not in digests:
        yield StoreFinding("", path, f"{role}_damaged")


def _extension_files(tree: Tree) -> Iterator[StoreFinding]:
    for inner, kind, is_empty in walk(tree.entries, "extensions"):
        path = f"extensions/{inner}"
        if (kind is Kind.FOLDER and is_empty) or (kind is not Kind.FOLDER and path not in ROOT_FILES):
            yield _stray(path, kind)


def _stray(path: str, kind: Kind) -> StoreFinding:
    codes = {Kind.FILE: "file_unexpected", Kind.FOLDER: "folder_unexpected", Kind.OTHER: "entry_not_a_file"}
    return StoreFinding("", path, codes[kind])


def object_folders(tree: Tree) -> Iterator[tuple[str, Kind, bool]]:
    """List the folders of objects, and in between (``False``) what is neither one nor a way to one."""
    for name, kind in tree.entries(""):
        if kind is Kind.FOLDER and TUPLE.fullmatch(name):
            yield from _below(tree, name, depth=1)


def _below(tree: Tree, path: str, *, depth: int) -> Iterator[tuple[str, Kind, bool]]:
    names = tree.entries(path)
    if not names:
        yield path, Kind.FOLDER, False
    for name, kind in names:
        inner = f"{path}/{name}"
        if depth == NUMBER_OF_TUPLES:
            yield inner, kind, kind is Kind.FOLDER and bool(identifier_of(tree, inner))
        elif kind is Kind.FOLDER and TUPLE.fullmatch(name):
            yield from _below(tree, inner, depth=depth + 1)
        else:
            yield inner, kind, False


def identifier_of(tree: Tree, path: str) -> str:
    """Return the identifier of the object in a folder, or ``""`` if no object belongs there.

    The folder's name tells it, unless the identifier was too long; then any of the inventories does.
    """
    by_name = object_id_of(path)
    if by_name:
        return by_name
    versions = sorted(name for name, kind in tree.entries(path) if kind is Kind.FOLDER and name.startswith("v"))
    for place in (path, *(f"{path}/{name}" for name in versions)):
        try:
            object_id = read_inventory(tree.read(f"{place}/{INVENTORY}") or b"").object_id
        except BadInventory:
            continue
        if object_path(object_id) == path:
            return object_id
    return ""
