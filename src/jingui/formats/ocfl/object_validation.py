"""Validation of one OCFL object on disk: structure, inventories, sidecars, and every digest that is stated."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jingui.formats.digests import ALGORITHMS, digest_file
from jingui.formats.ocfl.declaration import OBJECT_PREFIX, PREFIX, SPEC_VERSIONS, declaration_bytes
from jingui.formats.ocfl.findings import BadInventory, OcflFinding
from jingui.formats.ocfl.inventory import INVENTORY, load_json
from jingui.formats.ocfl.inventory_checks import (
    InventoryFacts,
    inventory_facts,
    inventory_findings,
    listed_paths,
)
from jingui.formats.ocfl.prior_versions import history_findings, identity_findings
from jingui.formats.ocfl.walking import Kind, entries, walk

REGISTERED_EXTENSIONS = frozenset(
    {
        "0001-digest-algorithms",
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0005-mutable-head",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0008-schema-registry",
        "0009-digest-algorithms",
        "0010-differential-n-tuple-omit-prefix-storage-layout",
        "0011-direct-clean-path-layout",
        "initial",
    }
)
_SIDECAR = re.compile(r"([0-9a-fA-F]+)[ \t]+inventory\.json\s*")
_VERSION_LIKE = re.compile(r"v\d+", re.ASCII)

Stated = dict[str, set[tuple[str, str, str]]]
"""Content path to (algorithm, digest, code if it does not match)."""


@dataclass(slots=True)
class _Object:
    """An object while it is looked at: what its inventories state and which content files are there."""

    folder: Path
    document: dict[str, Any]
    facts: InventoryFacts
    is_sound: bool = True
    prior: dict[str, dict[str, Any]] = field(default_factory=dict)
    content: dict[str, set[str]] = field(default_factory=dict)


def validate_object(folder: Path, *, check_digests: bool = True) -> Iterator[OcflFinding]:
    """List what is wrong with the object in a folder, as OCFL 1.1 (or 1.0, if it declares that) sees it.

    Paths of findings are below ``folder``. Links are never followed. Raises OSError if a file cannot be read.
    """
    names = entries(folder)
    declared = [name for name, _ in names if name.startswith(PREFIX)]
    yield from _declarations(folder, declared)
    if (INVENTORY, Kind.FILE) not in names:
        yield OcflFinding("E063", INVENTORY, "missing")
        return
    data = (folder / INVENTORY).read_bytes()
    try:
        document = load_json(data)
    except BadInventory as bad:
        yield from bad.findings
        return
    item = _Object(folder, document, inventory_facts(document))
    yield from _root_inventory(item, data, declared)
    yield from _object_root(item, names)
    for version in item.facts.versions:
        yield from _version(item, version, data)
    if item.is_sound:
        yield from _content(item, check_digests=check_digests)


def _declarations(folder: Path, declared: list[str]) -> Iterator[OcflFinding]:
    if len(declared) != 1:
        yield OcflFinding("E003", "", f"{len(declared)} declarations")
    for name in declared:
        if name.removeprefix(OBJECT_PREFIX) not in SPEC_VERSIONS:
            yield OcflFinding("E006", name, "unknown declaration")
        elif (folder / name).read_bytes() != declaration_bytes(name):
            yield OcflFinding("E007", name, "its text is not its name")


def _root_inventory(item: _Object, data: bytes, declared: list[str]) -> Iterator[OcflFinding]:
    for finding in inventory_findings(item.document, where=INVENTORY):
        item.is_sound = item.is_sound and not finding.is_error
        yield finding
    if len(declared) == 1 and declared[0] != OBJECT_PREFIX + item.facts.spec_version:
        yield OcflFinding("E038", INVENTORY, f"{item.facts.spec_version} under {declared[0]}")
    yield from _sidecar(item.folder, "", item.facts.algorithm, data)


def _sidecar(folder: Path, prefix: str, algorithm: str, data: bytes) -> Iterator[OcflFinding]:
    path = f"{prefix}{INVENTORY}.{algorithm}"
    if not (folder / path).is_file() or (folder / path).is_symlink():
        yield OcflFinding("E058", path, "missing")
        return
    match = _SIDECAR.fullmatch((folder / path).read_bytes()[:4096].decode(errors="replace"))
    if not match:
        yield OcflFinding("E061", path, "not of the form: digest inventory.json")
    elif match[1].lower() != hashlib.new(algorithm, data).hexdigest():
        yield OcflFinding("E060", path, "is not the digest of the inventory beside it")


def _object_root(item: _Object, names: list[tuple[str, Kind]]) -> Iterator[OcflFinding]:
    expected = {INVENTORY, f"{INVENTORY}.{item.facts.algorithm}"}
    for name, kind in names:
        if kind is Kind.OTHER:
            yield OcflFinding("E090", name, "neither file nor folder")
        elif kind is Kind.FILE and name not in expected and not name.startswith(PREFIX):
            yield OcflFinding("E001", name, "unexpected file")
        elif kind is Kind.FOLDER and name == "extensions":
            yield from extension_findings(item.folder / name, codes=("E067", "W013"))
        elif kind is Kind.FOLDER and name not in item.facts.versions and name != "logs":
            yield OcflFinding("E046" if _VERSION_LIKE.fullmatch(name) else "E001", name, "unexpected folder")


def extension_findings(folder: Path, *, codes: tuple[str, str]) -> Iterator[OcflFinding]:
    """List what an ``extensions`` folder must not hold, and folders of no registered extension."""
    for name, kind in entries(folder):
        if kind is not Kind.FOLDER:
            yield OcflFinding(codes[0], f"extensions/{name}", "not a folder")
        elif name not in REGISTERED_EXTENSIONS:
            yield OcflFinding(codes[1], f"extensions/{name}", "not registered")


def _version(item: _Object, version: str, root_data: bytes) -> Iterator[OcflFinding]:
    folder = item.folder / version
    if not folder.is_dir() or folder.is_symlink():
        yield OcflFinding("E010", version, "missing")
        yield OcflFinding("E046", version, "missing")
        return
    names = entries(folder)
    algorithm = item.facts.algorithm
    if (INVENTORY, Kind.FILE) not in names:
        yield OcflFinding("W010", version, "no inventory")
    elif version == item.facts.versions[-1]:
        yield from _newest_inventory(item, version, root_data)
    else:
        yield from _prior_inventory(item, version)
        algorithm = inventory_facts(item.prior.get(version, {})).algorithm
    yield from _version_folder(item, version, names, {INVENTORY, f"{INVENTORY}.{algorithm}"})


def _newest_inventory(item: _Object, version: str, root_data: bytes) -> Iterator[OcflFinding]:
    data = (item.folder / version / INVENTORY).read_bytes()
    if data != root_data:
        yield OcflFinding("E064", f"{version}/{INVENTORY}", "is not the root's")
    yield from _sidecar(item.folder, f"{version}/", item.facts.algorithm, data)


def _prior_inventory(item: _Object, version: str) -> Iterator[OcflFinding]:
    where = f"{version}/{INVENTORY}"
    data = (item.folder / where).read_bytes()
    try:
        document = load_json(data)
    except BadInventory as bad:
        yield from (OcflFinding(finding.code, where, finding.detail) for finding in bad.findings)
        return
    findings = list(inventory_findings(document, where=where))
    yield from findings
    yield from _sidecar(item.folder, f"{version}/", inventory_facts(document).algorithm, data)
    yield from identity_findings(item.facts, inventory_facts(document), version=version)
    yield from _older_specification(item, inventory_facts(document), version)
    item.prior[version] = document
    if any(finding.is_error for finding in findings):
        item.is_sound = False
    elif item.is_sound:
        yield from history_findings(item.document, document, version=version)


def _older_specification(item: _Object, facts: InventoryFacts, version: str) -> Iterator[OcflFinding]:
    """No version follows an older specification than the versions before it (E103)."""
    newest = max((inventory_facts(each).spec_version for each in item.prior.values()), default=facts.spec_version)
    if facts.spec_version < newest:
        yield OcflFinding("E103", f"{version}/{INVENTORY}", f"{facts.spec_version} after {newest}")


def _version_folder(
    item: _Object, version: str, names: list[tuple[str, Kind]], expected: set[str]
) -> Iterator[OcflFinding]:
    item.content[version] = set()
    for name, kind in names:
        path = f"{version}/{name}"
        if kind is Kind.OTHER:
            yield OcflFinding("E090", path, "neither file nor folder")
        elif kind is Kind.FILE and name not in expected:
            yield OcflFinding("E015", path, "unexpected file")
        elif kind is Kind.FOLDER and name != item.facts.content_directory:
            yield OcflFinding("W002", path, "unexpected folder")
        elif kind is Kind.FOLDER:
            yield from _content_folder(item, version, path)


def _content_folder(item: _Object, version: str, content: str) -> Iterator[OcflFinding]:
    for path, kind, is_empty in walk(lambda inner: entries(item.folder / inner), "", f"{content}/"):
        if kind is Kind.OTHER:
            yield OcflFinding("E090", path, "neither file nor folder")
        elif kind is Kind.FILE:
            item.content[version].add(path)
        elif is_empty:
            yield OcflFinding("E024", path, "empty folder")
    if not item.content[version]:
        yield OcflFinding("W003", content, "empty")


def _content(item: _Object, *, check_digests: bool) -> Iterator[OcflFinding]:
    present: set[str] = set().union(*item.content.values())
    listed = set(listed_paths(item.document["manifest"]))
    with_fixity = {path for block in item.document.get("fixity", {}).values() for path in listed_paths(block)}
    yield from (OcflFinding("E092", path, "missing") for path in sorted(listed - present))
    yield from (OcflFinding("E093", path, "missing") for path in sorted(with_fixity - present))
    yield from (OcflFinding("E023", path, "not in the manifest") for path in sorted(present - listed))
    yield from _prior_manifests(item)
    if check_digests:
        stated = _stated(item)
        for path in sorted(present & stated.keys()):
            yield from _digests(item.folder, path, stated[path])


def _prior_manifests(item: _Object) -> Iterator[OcflFinding]:
    """Each version's content must stand in the manifest of that version's own inventory (E023)."""
    present: set[str] = set()
    for version in item.facts.versions:
        present |= item.content.get(version, set()) & set(listed_paths(item.document["manifest"]))
        if version in item.prior:
            missing = present - set(listed_paths(item.prior[version]["manifest"]))
            yield from (OcflFinding("E023", f"{version}/{INVENTORY}", f"{path} not listed") for path in sorted(missing))


def _stated(item: _Object) -> Stated:
    stated: Stated = {}
    for document in (item.document, *item.prior.values()):
        blocks = [(inventory_facts(document).algorithm, document["manifest"], "E092")]
        blocks += [(name, digests, "E093") for name, digests in document.get("fixity", {}).items()]
        for algorithm, digests, code in blocks:
            for digest, paths in digests.items():
                for path in paths:
                    stated.setdefault(path, set()).add((algorithm, digest.lower(), code))
    return stated


def _digests(folder: Path, path: str, stated: set[tuple[str, str, str]]) -> Iterator[OcflFinding]:
    # A client ignores fixity algorithms that it does not support (E028).
    actual = digest_file(folder / path, {algorithm for algorithm, _, _ in stated} & ALGORITHMS)
    for algorithm, digest, code in sorted(stated):
        if algorithm in actual and actual[algorithm] != digest:
            yield OcflFinding(code, path, f"{algorithm} is {actual[algorithm]}, stated {digest}")
