"""Where backups are written to and read from, and the bytes beside the database that they take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Protocol

from jingui.ports.octets import Octets


class WaitingBytes(Protocol):
    """Bytes that rows speak of and no object holds, each under a token: staging areas are such."""

    def tokens(self) -> Iterator[tuple[str, float]]:
        """List what there is, with the time it was last written (seconds since the epoch)."""
        ...

    def open(self, token: str) -> BinaryIO:
        """Open bytes for reading. Raises FileNotFoundError."""
        ...


class BackupWriter(Protocol):
    """Writes one backup, whole or not at all; each file is digested on its way."""

    def put(self, path: str, chunks: Iterable[Octets]) -> None:
        """Write a file, durable. Raises TransientFailure if there is no room."""
        ...

    def put_lines(self, path: str, values: Iterable[Any]) -> int:
        """Write JSON values, one a line, compressed; return how many."""
        ...

    def finish(self, manifest: dict[str, Any]) -> str:
        """Write the manifest and make the backup whole; return the SHA-256 of the manifest."""
        ...


class BackupReader(Protocol):
    """Reads a whole backup. Everything raises NotFound (``backup_damaged``) for what is not as it was written."""

    manifest: dict[str, Any]
    sha256: str

    def check(self) -> int:
        """Digest every file; return how many there are."""
        ...

    def read(self, path: str) -> Iterator[Octets]:
        """Yield the bytes of a file."""
        ...

    def lines(self, path: str) -> Iterator[Any]:
        """Yield the JSON values of a file."""
        ...
