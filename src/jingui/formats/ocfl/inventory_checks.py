"""Checks of an inventory as data (OCFL 1.1 §3.5); nothing in storage is looked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jingui.formats.ocfl.declaration import SPEC_VERSIONS
from jingui.formats.ocfl.findings import OcflFinding
from jingui.formats.ocfl.paths import conflicting, has_bad_element, is_bounded_by_slash
from jingui.formats.ocfl.version_blocks import version_block_findings

DIGEST_FORMS: dict[str, re.Pattern[str]] = {
    name: re.compile(form)
    for name, form in {
        "md5": r"[0-9a-fA-F]{32}",
        "sha1": r"[0-9a-fA-F]{40}",
        "sha256": r"[0-9a-fA-F]{64}",
        "sha512": r"[0-9a-fA-F]{128}",
        "blake2b-512": r"[0-9a-fA-F]{128}",
        # extensions 0001 and 0009
        "blake2b-160": r"[0-9a-fA-F]{40}",
        "blake2b-256": r"[0-9a-fA-F]{64}",
        "blake2b-384": r"[0-9a-fA-F]{96}",
        "sha512/256": r"[0-9a-fA-F]{64}",
        "size": r"[0-9]+",
    }.items()
}

_KEYS = {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_TYPE = re.compile(r"https://ocfl\.io/(\d+\.\d+)/spec/#inventory")
_VERSION = re.compile(r"v(0*)([0-9]{1,9})", re.ASCII)

Code = tuple[str, str]
"""A code and what was found; the place is added at the end."""


@dataclass(frozen=True, slots=True)
class InventoryFacts:
    """What the check of an object needs to know of an inventory, as far as the inventory tells it."""

    object_id: str
    spec_version: str
    algorithm: str
    content_directory: str
    is_content_directory_set: bool
    versions: tuple[str, ...]


def inventory_facts(document: Mapping[str, Any]) -> InventoryFacts:
    """Read what can be read of a document that may be wrong in every part."""
    match = _TYPE.fullmatch(str(document.get("type")))
    content = document.get("contentDirectory")
    is_usable = isinstance(content, str) and not has_bad_element(content) and "/" not in content
    algorithm = document.get("digestAlgorithm")
    object_id = document.get("id")
    return InventoryFacts(
        object_id=object_id if isinstance(object_id, str) else "",
        spec_version=match[1] if match and match[1] in SPEC_VERSIONS else SPEC_VERSIONS[-1],
        algorithm=algorithm if algorithm in ("sha256", "sha512") else "sha512",
        content_directory=str(content) if is_usable else "content",
        is_content_directory_set="contentDirectory" in document,
        versions=version_names(document.get("versions")),
    )


def version_names(versions: object) -> tuple[str, ...]:
    """Return the well-formed version names in the order of their numbers."""
    names = versions if isinstance(versions, dict) else ()
    numbered = {name: int(match[2]) for name in names if (match := _VERSION.fullmatch(name))}
    return tuple(sorted((name for name, number in numbered.items() if number), key=numbered.__getitem__))


def inventory_findings(document: Mapping[str, Any], *, where: str) -> Iterator[OcflFinding]:
    """List what is wrong with an inventory; ``where`` is its path inside the object."""
    facts = inventory_facts(document)
    for check in (_keys, _identity, _content_directory, _versions, _manifest, _fixity):
        for code, detail in check(document, facts):
            yield OcflFinding(code, where, detail)


def _keys(document: Mapping[str, Any], facts: InventoryFacts) -> Iterator[Code]:
    yield from (("E036", f"no {key}") for key in ("id", "type", "digestAlgorithm", "head") if key not in document)
    yield from (("E041", f"no {key}") for key in ("manifest", "versions") if key not in document)
    if facts.spec_version != "1.0":
        yield from (("E102", key) for key in document if key not in _KEYS)


def _identity(document: Mapping[str, Any], facts: InventoryFacts) -> Iterator[Code]:
    if "id" in document and not facts.object_id:
        yield "E037", "id is no text"
    elif "id" in document and not _URI.fullmatch(facts.object_id):
        yield "W005", facts.object_id
    match = _TYPE.fullmatch(str(document.get("type")))
    if "type" in document and (not match or match[1] not in SPEC_VERSIONS):
        yield "E038", str(document["type"])
    if "digestAlgorithm" in document:
        codes = {"sha512": "", "sha256": "W004"}
        code = codes.get(str(document["digestAlgorithm"]), "E025")
        yield from [(code, str(document["digestAlgorithm"]))] if code else []


def _content_directory(document: Mapping[str, Any], _facts: InventoryFacts) -> Iterator[Code]:
    name = document.get("contentDirectory", "content")
    if not isinstance(name, str) or "/" in name or not name:
        yield "E017", str(name)
    elif has_bad_element(name):
        yield "E018", name


def _versions(document: Mapping[str, Any], facts: InventoryFacts) -> Iterator[Code]:
    versions = document.get("versions", {})
    if not isinstance(versions, dict):
        yield "E044", "versions is no object"
        return
    yield from _sequence(versions, facts) if versions else _no_versions(document)
    if "head" in document and facts.versions and document["head"] != facts.versions[-1]:
        yield "E040", f"{document['head']} is not {facts.versions[-1]}"
    manifest = document.get("manifest")
    known = manifest if isinstance(manifest, dict) else {}
    for name in facts.versions:
        yield from ((code, f"{name}: {detail}") for code, detail in version_block_findings(versions[name], known))


def _no_versions(document: Mapping[str, Any]) -> Iterator[Code]:
    if "versions" in document:
        yield "E008", "no version"


def _sequence(versions: dict[str, Any], facts: InventoryFacts) -> Iterator[Code]:
    yield from (("E104", name) for name in versions if not _VERSION.fullmatch(name))
    numbers = [int(name[1:]) for name in facts.versions]
    if not facts.versions or numbers[0] != 1:
        yield "E009", "no version 1"
        return
    if numbers != list(range(1, len(versions) + 1)):
        yield "E010", ", ".join(versions)
    yield from _naming(facts.versions)


def _naming(names: tuple[str, ...]) -> Iterator[Code]:
    """Follow the convention that version 1 set (E011 to E013)."""
    is_padded = names[0].startswith("v0")
    if is_padded:
        yield "W001", names[0]
    for name in names[1:]:
        if name.startswith("v0") != is_padded:
            yield "E011" if is_padded else "E012", name
            yield "E013", name
        elif is_padded and len(name) != len(names[0]):
            yield "E012", name


def _manifest(document: Mapping[str, Any], facts: InventoryFacts) -> Iterator[Code]:
    manifest = document.get("manifest", {})
    if not isinstance(manifest, dict):
        yield ("E041" if facts.spec_version == "1.0" else "E106"), "manifest is no object"
        return
    yield from _digest_map(manifest, facts.algorithm, {"form": "E025", "list": "E092", "twice": "E096"})
    paths = list(listed_paths(manifest))
    for path in paths:
        yield from _content_path(path, facts)
    yield from (("E101", path) for path in conflicting(paths))
    used = set(_state_digests(document))
    yield from (("E107", digest) for digest in manifest if digest.lower() not in used)


def _digest_map(digests: dict[str, Any], algorithm: str, codes: dict[str, str]) -> Iterator[Code]:
    form = DIGEST_FORMS[algorithm]
    for digest, paths in digests.items():
        if not form.fullmatch(digest):
            yield codes["form"], f"{digest} is no {algorithm}"
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            yield codes["list"], f"{digest} has no list of paths"
    counts = Counter(digest.lower() for digest in digests)
    yield from ((codes["twice"], digest) for digest, count in counts.items() if count > 1)


def listed_paths(digests: Mapping[str, Any]) -> Iterator[str]:
    """List the paths of a manifest or fixity block, passing over what is no path."""
    for paths in digests.values():
        yield from (path for path in paths if isinstance(path, str)) if isinstance(paths, list) else ()


def _content_path(path: str, facts: InventoryFacts) -> Iterator[Code]:
    bad = list(_unsafe(path))
    yield from bad
    parts = path.split("/", 2)
    if not bad and (len(parts) < 3 or parts[0] not in facts.versions or parts[1] != facts.content_directory):  # noqa: PLR2004
        yield "E042", path


def _unsafe(path: str) -> Iterator[Code]:
    if is_bounded_by_slash(path):
        yield "E100", path
    if has_bad_element(path.strip("/")):
        yield "E099", path


def _state_digests(document: Mapping[str, Any]) -> Iterator[str]:
    versions = document.get("versions")
    for block in versions.values() if isinstance(versions, dict) else ():
        state = block.get("state") if isinstance(block, dict) else None
        yield from (digest.lower() for digest in state) if isinstance(state, dict) else ()


def _fixity(document: Mapping[str, Any], facts: InventoryFacts) -> Iterator[Code]:
    fixity = document.get("fixity", {})
    if not isinstance(fixity, dict):
        yield ("E057" if facts.spec_version == "1.0" else "E111"), "fixity is no object"
        return
    manifest = document.get("manifest")
    known = set(listed_paths(manifest)) if isinstance(manifest, dict) else set()
    for algorithm, digests in fixity.items():
        if algorithm not in DIGEST_FORMS:
            yield "E056", algorithm
        elif not isinstance(digests, dict):
            yield "E057", f"{algorithm} is no object"
        else:
            yield from _fixity_block(algorithm, digests, known)


def _fixity_block(algorithm: str, digests: dict[str, Any], known: set[str]) -> Iterator[Code]:
    # Two files of one size share a key; nothing forbids it.
    yield from _digest_map(digests, algorithm, {"form": "E057", "list": "E057", "twice": "E097"})
    for path in listed_paths(digests):
        bad = list(_unsafe(path))
        yield from bad
        if not bad and path not in known:
            yield "E057", f"{path} is not in the manifest"
