"""The inventory of an object (OCFL 1.1 §3.5): made, extended, cut back, written and read.

The bytes of an inventory follow from its content alone, so that any copy of it, also that of an earlier
version, can be made again and compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from json.encoder import encode_basestring
from typing import Any

from jingui.formats.ocfl.declaration import SPEC_VERSION
from jingui.formats.ocfl.findings import BadInventory, OcflFinding
from jingui.formats.ocfl.inventory_checks import inventory_findings

INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
ALGORITHM = "sha512"
CONTENT = "content"
TYPE = f"https://ocfl.io/{SPEC_VERSION}/spec/#inventory"

Paths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a version's logical state: its path, its SHA-512 and further digests by OCFL name."""

    logical_path: str
    sha512: str
    fixity: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VersionBlock:
    """What one version is: when and why it was made by whom, and ``state`` from digest to logical paths."""

    created: str
    message: str
    user_name: str
    user_address: str
    state: Mapping[str, Paths] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inventory:
    """The inventory of an object at its newest version; ``versions[0]`` is ``v1``.

    ``manifest`` and each block of ``fixity`` go from digest to content paths.
    """

    object_id: str
    versions: tuple[VersionBlock, ...] = ()
    manifest: Mapping[str, Paths] = field(default_factory=dict)
    fixity: Mapping[str, Mapping[str, Paths]] = field(default_factory=dict)

    @property
    def head(self) -> int:
        """Number of the newest version."""
        return len(self.versions)

    def content_path(self, sha512: str) -> str:
        """Return where bytes of this digest lie. Raises KeyError."""
        return self.manifest[sha512][0]


def version_of(content_path: str) -> int:
    """Return the number of the version that a content path belongs to."""
    return int(content_path.partition("/")[0].removeprefix("v"))


def with_version(inventory: Inventory, block: VersionBlock, entries: Iterable[Entry]) -> Inventory:
    """Add a version with these files; bytes that the object already holds are referred to, not listed again."""
    number = inventory.head + 1
    manifest = dict(inventory.manifest)
    fixity = {name: dict(digests) for name, digests in inventory.fixity.items()}
    state: dict[str, Paths] = {}
    for entry in entries:
        if entry.sha512 not in manifest:
            path = f"v{number}/{CONTENT}/{entry.logical_path}"
            manifest[entry.sha512] = (path,)
            for name, digest in entry.fixity.items():
                listed = fixity.setdefault(name, {})
                listed[digest] = (*listed.get(digest, ()), path)
        state[entry.sha512] = (*state.get(entry.sha512, ()), entry.logical_path)
    versions = (*inventory.versions, replace(block, state=state))
    return Inventory(inventory.object_id, versions, manifest, fixity)


def at_version(inventory: Inventory, number: int) -> Inventory:
    """Return the inventory as it was when ``number`` was the newest version."""
    return Inventory(
        inventory.object_id,
        inventory.versions[:number],
        _up_to(inventory.manifest, number),
        {name: kept for name, digests in inventory.fixity.items() if (kept := _up_to(digests, number))},
    )


def _up_to(digests: Mapping[str, Paths], number: int) -> dict[str, Paths]:
    kept = {digest: tuple(p for p in paths if version_of(p) <= number) for digest, paths in digests.items()}
    return {digest: paths for digest, paths in kept.items() if paths}


def inventory_bytes(inventory: Inventory) -> bytes:
    """Return the one way to write this inventory: UTF-8, Chinese as it is, ordered by path."""
    document: dict[str, Any] = {
        "id": inventory.object_id,
        "type": TYPE,
        "digestAlgorithm": ALGORITHM,
        "head": f"v{inventory.head}",
        "manifest": _ordered(inventory.manifest),
        "versions": {f"v{n}": _block_json(block) for n, block in enumerate(inventory.versions, 1)},
    }
    if inventory.fixity:
        document["fixity"] = {name: _ordered(inventory.fixity[name]) for name in sorted(inventory.fixity)}
    return _indented(document, "\n").encode() + b"\n"


def _indented(value: object, margin: str) -> str:
    """Write texts, lists and objects as ``json.dumps(indent=1)`` does, which is many times slower with an indent."""
    if isinstance(value, str):
        return encode_basestring(value)
    deeper = margin + " "
    if isinstance(value, dict):
        lines = [f"{encode_basestring(key)}: {_indented(item, deeper)}" for key, item in value.items()]
        return f"{{{deeper}{f',{deeper}'.join(lines)}{margin}}}" if lines else "{}"
    if isinstance(value, list):
        return f"[{deeper}{f',{deeper}'.join(_indented(item, deeper) for item in value)}{margin}]" if value else "[]"
    raise TypeError(type(value).__name__)


def _block_json(block: VersionBlock) -> dict[str, object]:
    user = {"name": block.user_name, "address": block.user_address}
    return {"created": block.created, "message": block.message, "user": user, "state": _ordered(block.state)}


def _ordered(digests: Mapping[str, Paths]) -> dict[str, list[str]]:
    pairs = sorted((sorted(paths), digest) for digest, paths in digests.items())
    return {digest: paths for paths, digest in pairs}


def sidecar_bytes(inventory: bytes) -> bytes:
    """Return the content of the sidecar that stands beside these inventory bytes (§3.7)."""
    return f"{hashlib.sha512(inventory).hexdigest()} {INVENTORY}\n".encode()


def read_inventory(data: bytes) -> Inventory:
    """Read an inventory as this module writes it.

    Raises:
        BadInventory: it breaks a rule of OCFL, or uses a variant that is never written here.
    """
    document = load_json(data)
    errors = tuple(finding for finding in inventory_findings(document, where=INVENTORY) if finding.is_error)
    if errors:
        raise BadInventory(errors)
    _refuse_variants(document)
    return _inventory(document)


def read_proven_inventory(data: bytes) -> Inventory:
    """Read an inventory whose digest proves that it is the one written here, so that no rule need be examined again.

    Raises:
        BadInventory: it is none after all.
    """
    try:
        return _inventory(json.loads(data))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return read_inventory(data)


def _inventory(document: dict[str, Any]) -> Inventory:
    versions: dict[str, Any] = document["versions"]
    return Inventory(
        document["id"],
        tuple(_block(versions[f"v{number}"]) for number in range(1, len(versions) + 1)),
        _frozen(document["manifest"]),
        {name: _frozen(digests) for name, digests in document.get("fixity", {}).items()},
    )


def _refuse_variants(document: dict[str, Any]) -> None:
    if document["digestAlgorithm"] != ALGORITHM or document.get("contentDirectory", CONTENT) != CONTENT:
        raise BadInventory((OcflFinding("E025", INVENTORY, "neither sha512 nor content/"),))
    if "v1" not in document["versions"]:
        raise BadInventory((OcflFinding("W001", INVENTORY, "zero-padded versions"),))


def _block(block: dict[str, Any]) -> VersionBlock:
    user = block.get("user", {})
    return VersionBlock(
        block["created"],
        block.get("message", ""),
        user.get("name", ""),
        user.get("address", ""),
        _frozen(block["state"]),
    )


def _frozen(digests: dict[str, list[str]]) -> dict[str, Paths]:
    return {digest: tuple(paths) for digest, paths in digests.items()}


def load_json(data: bytes) -> dict[str, Any]:
    """Read the JSON object of an inventory file.

    Raises:
        BadInventory: E033, it is not UTF-8, not JSON (as ``NaN``), not an object, names a key twice, or holds half of a
            surrogate pair, which is no character.
    """
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
        if b"\\u" in data:
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadInventory((OcflFinding("E033", INVENTORY, str(error)),)) from error
    if not isinstance(document, dict):
        raise BadInventory((OcflFinding("E033", INVENTORY, "not a JSON object"),))
    return document


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return keys
