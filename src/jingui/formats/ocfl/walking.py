"""Walking through folders without following links and without holding more than one folder in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path


class Kind(Enum):
    """What a name in a folder is."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"  # links, devices, sockets


def entries(folder: Path) -> list[tuple[str, Kind]]:
    """List a folder by name. A folder that is not there is empty; NotADirectoryError for a file."""
    try:
        with os.scandir(folder) as names:
            return sorted(((entry.name, _kind(entry)) for entry in names), key=lambda pair: pair[0])
    except FileNotFoundError:
        return []


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_file(follow_symlinks=False):
        return Kind.FILE
    return Kind.FOLDER if entry.is_dir(follow_symlinks=False) else Kind.OTHER


def walk(folder: Path, prefix: str = "") -> Iterator[tuple[str, Kind, bool]]:
    """List all below a folder: path with ``/``, kind, and whether it is a folder with nothing in it."""
    for name, kind in entries(folder):
        path = f"{prefix}{name}"
        if kind is not Kind.FOLDER:
            yield path, kind, False
            continue
        below = walk(folder / name, f"{path}/")
        first = next(below, None)
        yield path, kind, first is None
        if first is not None:
            yield first
            yield from below
