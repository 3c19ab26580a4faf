"""A tree of stored files, read the same way wherever it lies, so that one verifier judges every storage root."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from jingui.adapters.stores.disk import storage_failures
from jingui.formats.digests import digest_file
from jingui.formats.ocfl.walking import Kind, entries

BLOCK = 1 << 20


class Tree(Protocol):
    """Files below one place. Paths have ``/`` and no leading one; ``""`` is the place itself."""

    def entries(self, path: str) -> list[tuple[str, Kind]]:
        """List a folder by name; one that is not there is empty."""
        ...

    def kind(self, path: str) -> Kind | None:
        """Say what stands there; nothing for nothing. Links are ``OTHER``."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a small file; nothing if it is not there or no file."""
        ...

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises FileNotFoundError."""
        ...

    def digest(self, path: str, algorithms: tuple[str, ...]) -> dict[str, str]:
        """Digest a file in one pass. Raises FileNotFoundError, and OSError if it cannot be read."""
        ...


class FolderTree:
    """A tree in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        """Read below ``root``."""
        self.root = root

    def entries(self, path: str) -> list[tuple[str, Kind]]:
        """List a folder; see ``Tree``. Raises NotADirectoryError for a file."""
        return entries(self.root / path)

    def kind(self, path: str) -> Kind | None:
        """Say what stands there; see ``Tree``."""
        place = self.root / path
        if place.is_symlink():
            return Kind.OTHER
        if place.is_file():
            return Kind.FILE
        if place.is_dir():
            return Kind.FOLDER
        return Kind.OTHER if place.exists() else None

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a small file; see ``Tree``."""
        with suppress(OSError):
            return (self.root / path).read_bytes()
        return None

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file; see ``Tree``."""
        with storage_failures(), (self.root / path).open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                yield block

    def digest(self, path: str, algorithms: tuple[str, ...]) -> dict[str, str]:
        """Digest a file; see ``Tree``. A link is no file, wherever it leads."""
        place = self.root / path
        if place.is_symlink() or not place.is_file():
            raise FileNotFoundError(path)
        return digest_file(place, algorithms)
