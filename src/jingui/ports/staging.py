"""What stages uploaded bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from jingui.domain.records.facts import Digests
from jingui.ports.octets import Octets


@dataclass(frozen=True, slots=True)
class StagedFile:
    """Bytes that stand in the staging area and belong to no object yet; durable unless they were asked for at once."""

    token: str
    bytes: int
    digests: Digests
    head: Octets
    tail: Octets


class StagingArea(Protocol):
    """Where uploaded bytes rest, written once, until they are moved into an object."""

    def receive(self, stream: Iterable[bytes], *, limit: int | None = None, is_durable: bool = True) -> StagedFile:
        """Write the stream while digesting it, make it durable, and return what it was. Raises on ``limit`` bytes.

        With ``is_durable=False`` the disk is not waited for; ``make_durable`` comes before any row names the token.
        """
        ...

    def make_durable(self, tokens: Iterable[str]) -> None:
        """Return when the bytes and names of these tokens are on the disk. Raises FileNotFoundError."""
        ...

    def receive_all(self, streams: Iterable[Iterable[bytes]], *, limit: int | None = None) -> list[StagedFile]:
        """Receive several streams with one wait for the disk; all or none."""
        ...

    def open(self, token: str) -> BinaryIO:
        """Open staged bytes for reading. Raises FileNotFoundError."""
        ...

    def path(self, token: str) -> Path:
        """Return a local path of staged bytes, for readers that need one."""
        ...

    def discard(self, token: str) -> None:
        """Remove staged bytes; nothing happens if they are gone."""
        ...

    def adopt(self, path: Path) -> str:
        """Give durable bytes of ours another name here, on the same file system without copying; return the token.

        Raises:
            FileNotFoundError: they are not there any more.
        """
        ...

    def tokens(self) -> Iterator[tuple[str, float]]:
        """List what is staged, with the time it was last written (seconds since the epoch)."""
        ...

    def sweep_parts(self, *, older_than_seconds: float) -> int:
        """Remove uploads that broke off and were last written so long ago; return how many."""
        ...
