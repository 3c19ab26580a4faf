"""Checks of one version block of an inventory (OCFL 1.1 §3.5.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from jingui.formats.ocfl.paths import conflicting, has_bad_element, is_bounded_by_slash

Code = tuple[str, str]

_KEYS = {"created", "state", "message", "user"}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:.+")


def version_block_findings(block: object, manifest: Mapping[str, Any]) -> Iterator[Code]:
    """List the codes that a version block earns, each with what was found."""
    if not isinstance(block, dict):
        yield "E047", "no object"
        return
    yield from (("E048", f"no {key}") for key in ("created", "state") if key not in block)
    yield from (("W007", f"no {key}") for key in ("message", "user") if key not in block)
    yield from (("E102", key) for key in block if key not in _KEYS)
    if "created" in block and not is_rfc3339(block["created"]):
        yield "E049", str(block["created"])
    if not isinstance(block.get("message", ""), str):
        yield "E094", "message is no text"
    if "user" in block:
        yield from _user(block["user"])
    if "state" in block:
        yield from _state(block["state"], manifest)


def is_rfc3339(value: object) -> bool:
    """Say whether this is a date and time down to seconds with its time zone (RFC 3339)."""
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper().replace(":60", ":59"))  # a leap second is no error
    except ValueError:
        return False
    return True


def _user(user: object) -> Iterator[Code]:
    if not isinstance(user, dict) or not isinstance(user.get("name"), str):
        yield "E054", "user without a name"
    elif "address" not in user:
        yield "W008", "user without an address"
    elif not isinstance(user["address"], str):
        yield "E054", "address is no text"
    elif not _ADDRESS.fullmatch(user["address"]):
        yield "W009", user["address"]


def _state(state: object, manifest: Mapping[str, Any]) -> Iterator[Code]:
    if not isinstance(state, dict):
        yield "E050", "state is no object"
        return
    listed: list[str] = []
    for digest, paths in state.items():
        if digest not in manifest:
            yield "E050", f"{digest} is not in the manifest"
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            yield "E051", f"{digest} has no list of paths"
        else:
            listed += paths
    yield from (("E053", path) for path in listed if is_bounded_by_slash(path))
    yield from (("E052", path) for path in listed if has_bad_element(path.strip("/")))
    yield from (("E095", path) for path in conflicting(listed))
