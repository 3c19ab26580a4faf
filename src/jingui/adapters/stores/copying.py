"""Which files make up a version of an object, and bytes that are proved on their way from one root to another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import INVENTORY, SIDECAR, Inventory, read_inventory, sidecar_bytes, version_of
from jingui.formats.ocfl.layout import object_path
from jingui.ports import CopiedVersion

Read = Callable[[str], Iterator[bytes]]


def proved(chunks: Iterable[bytes], sha512: str, place: str) -> Iterator[bytes]:
    """Pass bytes on and raise PermanentFailure (``bytes_differ``) at their end if they are not those of the digest."""
    hasher = hashlib.sha512()
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk
    if hasher.hexdigest() != sha512:
        raise PermanentFailure("bytes_differ", place)


def inventory_of(version: CopiedVersion, read: Read) -> tuple[bytes, Inventory]:
    """Read the inventory of a version from the primary root. Raises PermanentFailure or TransientFailure."""
    place = f"{object_path(version.object_id)}/v{version.number}/{INVENTORY}"
    try:
        data = b"".join(proved(read(place), version.inventory_sha512, place))
        return data, read_inventory(data)
    except FileNotFoundError as error:
        raise TransientFailure("source_missing", place) from error
    except BadInventory as error:
        raise PermanentFailure("inventory_damaged", f"{place}: {error}") from error


def contents_of(version: CopiedVersion, inventory: Inventory) -> dict[str, str]:
    """Return content path → SHA-512 of what is stored new with this version."""
    return {
        path: digest
        for digest, paths in inventory.manifest.items()
        for path in paths
        if version_of(path) == version.number
    }


def small_files(version: CopiedVersion, data: bytes) -> dict[str, bytes]:
    """Return the version's own inventory and sidecar by path inside the object."""
    folder = f"v{version.number}"
    return {f"{folder}/{INVENTORY}": data, f"{folder}/{SIDECAR}": sidecar_bytes(data)}
