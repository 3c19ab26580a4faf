"""Walking through folders without following links and without holding more than one folder in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path


class Kind(Enum):
    """What a name in a folder is."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"  # links, devices, sockets


Entry = tuple[str, Kind, bool]
"""Path below the folder that is walked through, with ``/``; kind; and whether it is a folder with nothing in it."""


def entries(folder: Path | str) -> list[tuple[str, Kind]]:
    """List a folder by name. A folder that is not there is empty; NotADirectoryError for a file."""
    try:
        with os.scandir(folder) as names:
            return sorted([(entry.name, _kind(entry)) for entry in names])  # no name is there twice
    except FileNotFoundError:
        return []


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_file(follow_symlinks=False):
        return Kind.FILE
    return Kind.FOLDER if entry.is_dir(follow_symlinks=False) else Kind.OTHER


def walk(listed: Callable[[str], list[tuple[str, Kind]]], folder: str, prefix: str = "") -> Iterator[Entry]:
    """List all below a folder of whatever ``listed`` lists by name, one folder in memory at a time."""
    for name, kind in listed(f"{folder}/{prefix}".strip("/")):
        path = f"{prefix}{name}"
        if kind is not Kind.FOLDER:
            yield path, kind, False
            continue
        below = walk(listed, folder, f"{path}/")
        first = next(below, None)
        yield path, kind, first is None
        if first is not None:
            yield first
            yield from below
