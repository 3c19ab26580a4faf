"""Waiting for the disk."""

from __future__ import annotations

import os
from pathlib import Path


def make_durable(path: Path | str) -> None:
    """Return when a file, or the names in a folder, are on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
