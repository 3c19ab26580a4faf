"""Conformance declarations: files whose name and text both say what a folder is (OCFL 1.1 §3.2, §4.2)."""

from __future__ import annotations

SPEC_VERSION = "1.1"
SPEC_VERSIONS = ("1.0", "1.1")
PREFIX = "0="
OBJECT_PREFIX = "0=ocfl_object_"
ROOT_PREFIX = "0=ocfl_"
OBJECT_DECLARATION = OBJECT_PREFIX + SPEC_VERSION
ROOT_DECLARATION = ROOT_PREFIX + SPEC_VERSION


def declaration_bytes(name: str) -> bytes:
    """Return what a declaration of this name must contain: the name without ``0=``, and a newline (E007, E080)."""
    return name.removeprefix(PREFIX).encode() + b"\n"
