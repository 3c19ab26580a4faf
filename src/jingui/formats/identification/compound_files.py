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
STREAM, ROOT = 2, 5
MAX_DIRECTORY_BYTES = 8 * 1024 * 1024


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


class CompoundFile:
    """An opened compound file. ``streams`` are all streams by name; names of storages are left out."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read header, allocation table and directory. Raises CompoundFileError."""
        self._stream = stream
        header = stream.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES:
            raise CompoundFileError("truncated", "compound file header")
        shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if shift not in SECTOR_SHIFTS or mini_shift != MINI_SHIFT:
            raise CompoundFileError("damaged_structure", "sector size")
        self._sector = 1 << shift
        self.size = stream.seek(0, 2)
        self._fat = self._read_fat(header)
        self.streams: dict[str, StreamEntry] = {}
        self._mini = StreamEntry(END_OF_CHAIN, 0)
        self._read_directory(struct.unpack_from("<I", header, 48)[0])
        self._mini_fat = self._words(self._chain(struct.unpack_from("<I", header, 60)[0]))

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Return a stream, or its first ``limit`` bytes. Raises CompoundFileError if it is not all there."""
        entry = self.streams.get(name)
        if entry is None:
            raise CompoundFileError("damaged_structure", f"no stream {name}")
        wanted = entry.size if limit is None else min(limit, entry.size)
        data = self._mini_stream(entry, wanted) if entry.size < MINI_CUTOFF else self._chain(entry.start, wanted)
        if len(data) < wanted:
            raise CompoundFileError("truncated", f"stream {name}")
        return data[:wanted]

    def places(self, name: str) -> tuple[list[int], int]:
        """Return where the pieces of a stream begin in the file, in their order, and how long a piece is."""
        entry = self.streams[name]
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
        for offset in range(0, len(data) - ENTRY_BYTES + 1, ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", data, offset + 64)
            entry = StreamEntry(*struct.unpack_from("<II", data, offset + 116))
            if kind == ROOT:
                self._mini = entry
            elif kind == STREAM and length in NAME_BYTES:
                name = data[offset : offset + length - 2].decode("utf-16-le", "replace")
                self.streams.setdefault(name, entry)

    def _mini_stream(self, entry: StreamEntry, wanted: int) -> bytes:
        container = self._chain(self._mini.start, self._mini.size)
        parts: list[bytes] = []
        sector = entry.start
        while sector < len(self._mini_fat) and len(parts) * MINI_SECTOR < wanted:
            parts.append(container[sector * MINI_SECTOR : (sector + 1) * MINI_SECTOR])
            sector = self._mini_fat[sector]
        return b"".join(parts)
