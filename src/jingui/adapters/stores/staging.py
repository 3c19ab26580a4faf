"""The staging area on a folder: uploads are written once, digested on the way, and durable when they have a name."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from jingui.adapters.stores.disk import Disk, storage_failures, write_all
from jingui.domain.errors import Refused
from jingui.formats.digests import DigestPass
from jingui.ports import StagedFile

EDGE_BYTES = 4096
"""How much of the beginning and the end of a file is handed on, so that its format can be told without reading it."""

GATHER_BYTES = 64 << 10
"""Smaller pieces are gathered to this size: digesting and writing have a cost per call."""

PART = ".part"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_PART = re.compile(r"[0-9a-f]{32}\.part")


class FolderStagingArea:
    """A folder of files named by random tokens; ``*.part`` are uploads that have not ended."""

    def __init__(self, folder: Path, *, disk: Disk | None = None) -> None:
        """Use a folder that ``initialise`` has made, or will make."""
        self.folder = folder
        self._disk = disk or Disk()

    def initialise(self) -> None:
        """Make the folder. Doing it again changes nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def receive(self, stream: Iterable[bytes], *, limit: int | None = None, is_durable: bool = True) -> StagedFile:
        """Write a stream to the disk and return what it was, once it is durable under its token.

        Memory does not grow with the stream. If anything fails nothing is left behind. Who asks for no durability owes
        ``make_durable`` before any row names the token.

        Raises:
            Refused: ``file_too_large``, the stream has more than ``limit`` bytes.
            TransientFailure: ``storage_full`` and other failures of the disk.
        """
        return self._receive([stream], limit, is_synced_each=is_durable)[0]

    def receive_all(self, streams: Iterable[Iterable[bytes]], *, limit: int | None = None) -> list[StagedFile]:
        """Write several streams and return what they were, in order, once all are durable: one wait instead of two each.

        If one fails nothing is left of any.

        Raises:
            Refused: ``file_too_large``, a stream has more than ``limit`` bytes.
            TransientFailure: ``storage_full`` and other failures of the disk.
        """
        can = self._disk.can_sync_all
        return self._receive(streams, limit, is_synced_each=not can, is_synced_at_end=can)

    def make_durable(self, tokens: Iterable[str]) -> None:
        """Return when what was received without waiting is on the disk, bytes and names.

        Raises:
            FileNotFoundError: there is no such token.
            TransientFailure: ``storage_full`` and other failures of the disk; nothing is removed.
        """
        with storage_failures():
            for token in tokens:
                # An error of writing that nobody was told of yet is told to whoever opens the file next.
                descriptor = os.open(self._place(token), os.O_RDONLY | os.O_CLOEXEC)
                try:
                    self._disk.sync_data(descriptor)
                finally:
                    os.close(descriptor)
            self._disk.sync(self.folder)

    def _receive(
        self,
        streams: Iterable[Iterable[bytes]],
        limit: int | None,
        *,
        is_synced_each: bool,
        is_synced_at_end: bool = False,
    ) -> list[StagedFile]:
        staged: list[StagedFile] = []
        begun: list[str] = []
        try:
            with storage_failures():
                for stream in streams:
                    begun.append(secrets.token_hex(16))
                    staged.append(self._write(begun[-1], stream, limit, is_synced=is_synced_each))
                if is_synced_at_end:
                    self._disk.sync_all(self.folder)
        except BaseException:
            for token in begun:
                for name in (token + PART, token):
                    (self.folder / name).unlink(missing_ok=True)
            raise
        return staged

    def _write(self, token: str, stream: Iterable[bytes], limit: int | None, *, is_synced: bool) -> StagedFile:
        path = f"{self.folder}/{token}"  # plain text: a path object costs more than the call that takes it
        part = path + PART
        descriptor = self._disk.create(part)
        try:
            intake = _Intake(descriptor, limit)
            for block in gathered(stream):
                intake.take(block)
            # Named first, so that one commit of the file system's log carries bytes and name. A token means nothing
            # to anyone before it is returned.
            self._disk.rename(part, path)
            if is_synced:
                self._disk.sync_data(descriptor)
                self._disk.sync(self.folder)
            else:
                self._disk.begin_sync(descriptor)
        finally:
            os.close(descriptor)
        return StagedFile(token, intake.count, intake.digests.finish(), bytes(intake.head), intake.tail)

    def open(self, token: str) -> BinaryIO:
        """Open staged bytes for reading. Raises FileNotFoundError."""
        return self.path(token).open("rb")

    def path(self, token: str) -> Path:
        """Return the path of staged bytes. Raises FileNotFoundError for what cannot be a token."""
        return Path(self._place(token))

    def _place(self, token: str) -> str:
        if not _TOKEN.fullmatch(token):
            raise FileNotFoundError(token)
        return f"{self.folder}/{token}"

    def discard(self, token: str) -> None:
        """Remove staged bytes; nothing happens if they are gone."""
        if _TOKEN.fullmatch(token):
            with suppress(FileNotFoundError):
                os.unlink(f"{self.folder}/{token}")  # noqa: PTH108 - as in _write

    def adopt(self, path: Path) -> str:
        """Give durable bytes another name here; where they cannot have one (another file system) they are copied.

        Raises:
            FileNotFoundError: they are not there any more.
            TransientFailure: ``storage_full`` and other failures of the disk.
        """
        target = self.folder / secrets.token_hex(16)
        with storage_failures():
            try:
                self._disk.link(path, target)
            except FileNotFoundError:
                raise
            except OSError:  # another file system, too many links, or none at all
                with path.open("rb") as file:
                    return self.receive(iter(partial(file.read, GATHER_BYTES), b"")).token
            self._disk.sync(self.folder)
        return target.name

    def tokens(self) -> Iterator[tuple[str, float]]:
        """List what is staged, with the time it was last written (seconds since the epoch)."""
        return self._listed(_TOKEN)

    def sweep_parts(self, *, older_than_seconds: float) -> int:
        """Remove uploads that broke off and were last written so long ago; return how many."""
        newest = time.time() - older_than_seconds
        old = [name for name, written in self._listed(_PART) if written <= newest]
        for name in old:
            (self.folder / name).unlink(missing_ok=True)
        return len(old)

    def _listed(self, form: re.Pattern[str]) -> Iterator[tuple[str, float]]:
        with os.scandir(self.folder) as names:
            for entry in names:
                if form.fullmatch(entry.name) and (written := _written_at(entry)) is not None:
                    yield entry.name, written


def _written_at(entry: os.DirEntry[str]) -> float | None:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:  # renamed or discarded while the folder was listed
        return None


class _Intake:
    """What is known of a stream so far, while it goes to the disk."""

    __slots__ = ("_descriptor", "_limit", "count", "digests", "head", "tail")

    def __init__(self, descriptor: int, limit: int | None) -> None:
        self._descriptor, self._limit = descriptor, limit
        self.count, self.digests, self.head, self.tail = 0, DigestPass(), bytearray(), b""

    def take(self, block: bytes | bytearray | memoryview) -> None:
        """Digest and write one block."""
        self.count += len(block)
        if self._limit is not None and self.count > self._limit:
            raise Refused("file_too_large", limit=str(self._limit))
        self.digests.update(block)
        write_all(self._descriptor, block)
        if len(self.head) < EDGE_BYTES:
            self.head += block[: EDGE_BYTES - len(self.head)]
        end = bytes(block[-EDGE_BYTES:])
        self.tail = end if len(end) == EDGE_BYTES else (self.tail + end)[-EDGE_BYTES:]


def gathered(stream: Iterable[bytes]) -> Iterator[bytes | bytearray]:
    """Pass large pieces on as they are and put small ones together; a piece is used before the next is asked for."""
    small = bytearray()
    for piece in stream:
        if len(piece) < GATHER_BYTES:
            small += piece
        elif small:
            yield small
            small = bytearray()
        if len(piece) >= GATHER_BYTES:
            yield piece
        elif len(small) >= GATHER_BYTES:
            yield small
            small = bytearray()
    if small:
        yield small
