"""A minimal reader of OLE2 compound files ([MS-CFB]): directory and streams, every chain bounded by the file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

END_OF_CHAIN = 0xFFFFFFFE
FREE = 0xFFFFFFFF
MINI_CUTOFF = 4096
MINI_SECTOR = 64
ENTRY_BYTES = 128
HEADER_BYTES = 512
HEADER_DIFAT = 109
SECTOR_SHIFTS, MINI_SHIFT = (9, 12), 6
NAME_BYTES = range(2, 65)
STORAGE, STREAM, ROOT = 1, 2, 5
MAX_DIRECTORY_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 32


class CompoundFileError(ValueError):
    """The structure is broken; ``code`` is ``truncated`` or ``damaged_structure``."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep a defect code and a detail."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """Where a stream starts and how long it is, in bytes."""

    start: int
    size: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the directory: name, kind, left and right sibling, first child, and where its content is."""

    name: str
    kind: int
    links: tuple[int, int, int]
    place: StreamEntry


class CompoundFile:
    """An opened compound file.

    A stream is named by its path from the root, ``ObjectPool/_1/WordDocument``: documents hold others, with streams of
    the same names. Names are the same in upper and lower case ([MS-CFB] 2.6.4).
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Read header, allocation table and directory. Raises CompoundFileError."""
        self._stream = stream
        stream.seek(0)
        header = stream.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES:
            raise CompoundFileError("truncated", "compound file header")
        shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if shift not in SECTOR_SHIFTS or mini_shift != MINI_SHIFT:
            raise CompoundFileError("damaged_structure", "sector size")
        self._sector = 1 << shift
        self.size = stream.seek(0, 2)
        self._fat = self._read_fat(header)
        self._streams: dict[str, StreamEntry] = {}
        self.paths: tuple[str, ...] = ()
        self._mini = StreamEntry(END_OF_CHAIN, 0)
        self._read_directory(struct.unpack_from("<I", header, 48)[0])
        self._mini_fat = self._words(self._chain(struct.unpack_from("<I", header, 60)[0]))

    def __contains__(self, path: str) -> bool:
        """Say whether there is a stream at this path."""
        return path.upper() in self._streams

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Return a stream, or its first ``limit`` bytes. Raises CompoundFileError if it is not all there."""
        entry = self._streams.get(name.upper())
        if entry is None:
            raise CompoundFileError("damaged_structure", f"no stream {name}")
        wanted = entry.size if limit is None else min(limit, entry.size)
        data = self._mini_stream(entry, wanted) if entry.size < MINI_CUTOFF else self._chain(entry.start, wanted)
        if len(data) < wanted:
            raise CompoundFileError("truncated", f"stream {name}")
        return data[:wanted]

    def places(self, name: str) -> tuple[list[int], int]:
        """Return where the pieces of a stream begin in the file, in their order, and how long a piece is."""
        entry = self._streams[name.upper()]
        if entry.size >= MINI_CUTOFF:
            return self._places(entry.start), self._sector
        container, sector = self._places(self._mini.start), entry.start
        found: list[int] = []
        while sector < len(self._mini_fat) and len(found) * MINI_SECTOR < entry.size:
            piece, within = divmod(sector * MINI_SECTOR, self._sector)
            if piece >= len(container):
                raise CompoundFileError("damaged_structure", "chain leaves the small streams")
            found.append(container[piece] + within)
            sector = self._mini_fat[sector]
        return found, MINI_SECTOR

    def holds(self, offset: int) -> bool:
        """Say whether a place in the file belongs to a stream of more than a few sectors: its chain is followed back."""
        before = {following: sector for sector, following in enumerate(self._fat)}
        starts = {entry.start for entry in self._streams.values() if entry.size >= MINI_CUTOFF}
        sector: int | None = offset // self._sector - 1
        for _ in self._fat:
            if sector is None or sector in starts:
                break
            sector = before.get(sector)
        return sector in starts

    def _places(self, start: int) -> list[int]:
        found: list[int] = []
        sector = start
        while sector < len(self._fat) and len(found) <= len(self._fat):
            found.append((sector + 1) * self._sector)
            sector = self._fat[sector]
        return found

    def _at(self, sector: int) -> bytes:
        self._stream.seek((sector + 1) * self._sector)
        data = self._stream.read(self._sector)
        if not data:
            raise CompoundFileError("truncated", f"sector {sector} lies past the end")
        return data

    def _read_fat(self, header: bytes) -> tuple[int, ...]:
        count, next_difat, difat_count = struct.unpack_from("<I20xII", header, 44)
        sectors = list(struct.unpack_from(f"<{HEADER_DIFAT}I", header, 76))
        per_sector = self._sector // 4
        if max(count, difat_count) * self._sector > self.size:
            raise CompoundFileError("truncated", "allocation table is longer than the file")
        for _ in range(difat_count):
            if next_difat >= END_OF_CHAIN:
                break
            words = self._words(self._at(next_difat))
            sectors += words[: per_sector - 1]
            next_difat = words[-1] if words else END_OF_CHAIN
        return self._words(b"".join(self._at(sector) for sector in sectors[:count] if sector < END_OF_CHAIN))

    @staticmethod
    def _words(data: bytes) -> tuple[int, ...]:
        count = len(data) // 4
        return struct.unpack_from(f"<{count}I", data)

    def _chain(self, start: int, limit: int = MAX_DIRECTORY_BYTES) -> bytes:
        """Follow a chain of sectors for at most ``limit`` bytes; a loop ends with the number of sectors."""
        parts: list[bytes] = []
        sector, room = start, limit
        while sector < END_OF_CHAIN and room > 0 and len(parts) <= len(self._fat):
            parts.append(self._at(sector))
            room -= self._sector
            if sector >= len(self._fat):
                raise CompoundFileError("damaged_structure", "chain leaves the allocation table")
            sector = self._fat[sector]
        return b"".join(parts)

    def _read_directory(self, start: int) -> None:
        data = self._chain(start)
        entries = [_entry(data, offset) for offset in range(0, len(data) - ENTRY_BYTES + 1, ENTRY_BYTES)]
        folders = _folders(entries)
        paths: list[str] = []
        for number, entry in enumerate(entries):
            if entry.kind == ROOT:
                self._mini = entry.place
            elif entry.kind == STREAM and entry.name:
                path = _path(number, entries, folders)
                paths.append(path)
                self._streams.setdefault(path.upper(), entry.place)
        self.paths = tuple(paths)

    def _mini_stream(self, entry: StreamEntry, wanted: int) -> bytes:
        container = self._chain(self._mini.start, self._mini.size)
        parts: list[bytes] = []
        sector = entry.start
        while sector < len(self._mini_fat) and len(parts) * MINI_SECTOR < wanted:
            parts.append(container[sector * MINI_SECTOR : (sector + 1) * MINI_SECTOR])
            sector = self._mini_fat[sector]
        return b"".join(parts)


def _entry(data: bytes, offset: int) -> _Entry:
    length, kind = struct.unpack_from("<HB", data, offset + 64)
    name = data[offset : offset + length - 2].decode("utf-16-le", "replace") if length in NAME_BYTES else ""
    return _Entry(
        name,
        kind,
        struct.unpack_from("<III", data, offset + 68),
        StreamEntry(*struct.unpack_from("<II", data, offset + 116)),
    )


def _folders(entries: list[_Entry]) -> dict[int, int]:
    """Map the entries in storages to their storage; what hangs on the root, or on nothing, is left out."""
    found: dict[int, int] = {}
    for number, entry in enumerate(entries):
        waiting = [entry.links[2]] if entry.kind == STORAGE else []
        while waiting:
            child = waiting.pop()
            if child < len(entries) and child not in found and child != number:
                found[child] = number
                waiting += entries[child].links[:2]
    return found


def _path(number: int, entries: list[_Entry], folders: dict[int, int]) -> str:
    """Join the names from the root; a loop ends at the usual depth."""
    parts = [entries[number].name]
    while number in folders and len(parts) < MAX_DEPTH:
        number = folders[number]
        parts.append(entries[number].name)
    return "/".join(reversed(parts))
