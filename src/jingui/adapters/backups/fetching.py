"""Objects brought from another root into the primary one, version after version, each proved on its way."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jingui.adapters.stores.folder_copies import FolderCopies
from jingui.adapters.stores.root_files import object_folders
from jingui.adapters.stores.trees import Tree
from jingui.domain.errors import NotFound, PermanentFailure, TransientFailure
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import INVENTORY, at_version, inventory_bytes, read_inventory
from jingui.ports import CopiedVersion

Lost = list[tuple[str, str]]
_ENDING = frozenset({"storage_full", "storage_away"})
"""Failures after which no other object would fare better."""


def fetch_objects(home: Path, tree: Tree, *, name: str) -> tuple[int, Lost]:
    """Bring in every version that ``home`` lacks of the objects in a root; ``name`` is what people call it.

    Returns how many versions were brought, and the objects that could not be, with a technical detail.

    Raises:
        NotFound: ``rebuild_source_unlisted``, there is nothing.
        TransientFailure: there is no room here, or the root is away; the next run goes on.
    """
    _refuse_empty(tree, name)
    target = FolderCopies(home)
    fetched, lost = 0, Lost()
    for path, _, is_object in object_folders(tree):
        try:
            fetched += _fetch(tree, home / "store", path, target) if is_object else 0
        except (PermanentFailure, BadInventory, OSError) as error:
            lost.append((path.rpartition("/")[2], str(error)))
        except TransientFailure as error:
            if error.code in _ENDING:
                raise
            lost.append((path.rpartition("/")[2], str(error)))
    return fetched, lost


def _refuse_empty(tree: Tree, name: str) -> None:
    try:
        listed = tree.entries("")
    except OSError as error:
        raise NotFound("rebuild_source_unlisted", name=name) from error
    if not listed:
        raise NotFound("rebuild_source_unlisted", name=name)


def _fetch(tree: Tree, held: Path, path: str, target: FolderCopies) -> int:
    data = tree.read(f"{path}/{INVENTORY}") or b""
    inventory = read_inventory(data)
    digests = {
        number: hashlib.sha512(inventory_bytes(at_version(inventory, number))).hexdigest()
        for number in range(1, inventory.head + 1)
    }
    if digests[inventory.head] != hashlib.sha512(data).hexdigest():
        raise PermanentFailure("inventory_damaged", path)
    fetched = 0
    for number, digest in digests.items():
        if (held / path / f"v{number}" / INVENTORY).is_file():
            continue
        contents = {p: d for d, paths in at_version(inventory, number).manifest.items() for p in paths}
        older = {n: d for n, d in digests.items() if n < number}
        target.put_version(CopiedVersion(inventory.object_id, number, digest, contents, older), tree.chunks)
        fetched += 1
    return fetched
