"""Copying files into what is being written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BLOCK_BYTES = 1 << 18


def copy_into(target: Path, source: Path) -> str:
    """Copy a file, making the folders above it, and return its SHA-256. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("xb") as written:
        while block := read.read(BLOCK_BYTES):
            digest.update(block)
            written.write(block)
    return digest.hexdigest()
