"""Checks of the inventory kept in an older version against that of the object root (OCFL 1.1 §3.5, §3.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jingui.formats.ocfl.findings import OcflFinding
from jingui.formats.ocfl.inventory_checks import InventoryFacts, inventory_facts

Code = tuple[str, str]


def identity_findings(root: InventoryFacts, prior: InventoryFacts, *, version: str) -> Iterator[OcflFinding]:
    """List where the inventory kept in ``version`` is of another object, version or form than the root's."""
    for code, detail in _identity(root, prior, version):
        yield OcflFinding(code, f"{version}/inventory.json", detail)


def history_findings(root: Mapping[str, Any], prior: Mapping[str, Any], *, version: str) -> Iterator[OcflFinding]:
    """List where the inventory kept in ``version`` tells another story than the root's. Both are sound in themselves."""
    root_facts, prior_facts = inventory_facts(root), inventory_facts(prior)
    for name in prior_facts.versions:
        if name not in root_facts.versions:
            yield OcflFinding("E066", f"{version}/inventory.json", f"{name} is not in the root inventory")
            continue
        for code, detail in _same_version(root, prior, name):
            yield OcflFinding(code, f"{version}/inventory.json", f"{name}: {detail}")


def _identity(root: InventoryFacts, prior: InventoryFacts, version: str) -> Iterator[Code]:
    if prior.object_id != root.object_id:
        yield "E037", f"{prior.object_id} is not {root.object_id}"
        yield "E110", f"{prior.object_id} is not {root.object_id}"
    if prior.versions and prior.versions[-1] != version:
        yield "E040", f"{prior.versions[-1]} is not {version}"
    if prior.spec_version > root.spec_version:
        yield "E103", f"{prior.spec_version} before {root.spec_version}"
    is_other = prior.content_directory != root.content_directory
    is_unset = root.is_content_directory_set and not prior.is_content_directory_set
    if version == root.versions[0] and (is_other or is_unset):
        yield "E019", "contentDirectory is not what the first version set"
    if is_other:
        yield "E020", f"{prior.content_directory} is not {root.content_directory}"


def _same_version(root: Mapping[str, Any], prior: Mapping[str, Any], name: str) -> Iterator[Code]:
    now, then = root["versions"][name], prior["versions"][name]
    yield from (("W011", key) for key in ("created", "message", "user") if now.get(key) != then.get(key))
    paths_now, paths_then = _content_by_logical_path(root, name), _content_by_logical_path(prior, name)
    for path in sorted(paths_now.keys() ^ paths_then.keys()):
        yield "E066", f"{path} is in one of the two only"
    for path in sorted(paths_now.keys() & paths_then.keys()):
        if not paths_then[path] <= paths_now[path]:
            yield "E066", f"{path} has other content"
    if root.get("digestAlgorithm") == prior.get("digestAlgorithm"):
        digests_now, digests_then = _digest_by_logical_path(now), _digest_by_logical_path(then)
        for path in sorted(digests_now.keys() & digests_then.keys()):
            if digests_now[path] != digests_then[path]:
                yield "E066", f"{path} has another digest"


def _digest_by_logical_path(block: Mapping[str, Any]) -> dict[str, str]:
    state: dict[str, list[str]] = block["state"]
    return {path: digest.lower() for digest, paths in state.items() for path in paths}


def _content_by_logical_path(document: Mapping[str, Any], name: str) -> dict[str, set[str]]:
    state: dict[str, list[str]] = document["versions"][name]["state"]
    return {path: set(document["manifest"].get(digest, ())) for digest, paths in state.items() for path in paths}
