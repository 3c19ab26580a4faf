"""A tree of stored files, read the same way wherever it lies, so that one verifier judges every storage root."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from jingui.adapters.stores.disk import storage_failures
from jingui.formats.digests import digest_descriptor
from jingui.formats.ocfl.walking import Kind, entries

BLOCK = 1 << 20

_NO_FILE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO})
"""Nothing there, nothing below a file, a link, a socket."""


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
        self._root = str(root)

    def entries(self, path: str) -> list[tuple[str, Kind]]:
        """List a folder; see ``Tree``. Raises NotADirectoryError for a file."""
        return entries(f"{self._root}/{path}")

    def kind(self, path: str) -> Kind | None:
        """Say what stands there; see ``Tree``."""
        try:
            mode = os.lstat(f"{self._root}/{path}").st_mode
        except OSError as error:
            if error.errno in _NO_FILE:
                return None
            raise
        if stat.S_ISREG(mode):
            return Kind.FILE
        return Kind.FOLDER if stat.S_ISDIR(mode) else Kind.OTHER

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
        descriptor = self._open(path)
        try:
            return digest_descriptor(descriptor, algorithms)
        finally:
            os.close(descriptor)

    def _open(self, path: str) -> int:
        try:
            # Not blocking: a pipe that nobody writes to would never open.
            descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            if error.errno in _NO_FILE:
                raise FileNotFoundError(path) from error
            raise
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(path)
        return descriptor
