"""RAR 4 and 5: headers followed to the end, so that encryption, names and sizes are known; nothing is unpacked.

There is no open decoder of the format, but its headers are published (technote of RARLAB).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from jingui.formats.reading.listed_entries import Listed, check_listed
from jingui.formats.reading.source import Outcome, Source

READER = "jingui rar"
MAX_HEADER_BYTES = 2 * 1024**2
MARK_4, MARK_5 = 7, 8
ARCHIVE_4, FILE_4, END_4 = 0x73, 0x74, 0x7B
HAS_DATA_4, PASSWORD_4, LARGE_4, HEADERS_ENCRYPTED_4 = 0x8000, 0x0004, 0x0100, 0x0080
FILE_5, ENCRYPTION_5, END_5 = 2, 4, 5
EXTRA_5, DATA_5 = 1, 2
HAS_TIME_5, HAS_CHECKSUM_5, UNKNOWN_SIZE_5 = 2, 4, 8
ENCRYPTED_RECORD = 1


class BrokenRarError(ValueError):
    """Headers cannot be followed; ``code`` is a defect code."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep a defect code and a detail."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


def read_rar(source: Source) -> Outcome:
    """List an archive by its headers; whether the packed content unpacks is not established."""
    outcome = Outcome(READER)
    walk = _entries_5 if source.found.version == "5" else _entries_4
    entries: list[Listed] = []
    try:
        for entry in walk(source.stream, source.size):
            entries.append(entry)
            if len(entries) > source.limits.entries:
                break
    except BrokenRarError as error:
        return outcome.refuse(error.code, error.detail)
    except (struct.error, IndexError):
        return outcome.refuse("truncated", "a header is cut off")
    check_listed(entries, source, outcome)
    return outcome


def _entries_4(stream: BinaryIO, size: int) -> Iterator[Listed]:
    at = MARK_4
    while at + 7 <= size:
        stream.seek(at)
        head = stream.read(7)
        checksum, kind, flags, length = struct.unpack("<HBHH", head)
        if length < 7:  # noqa: PLR2004 - the fixed part
            raise BrokenRarError("damaged_structure", f"header at {at}")
        header = head + stream.read(length - 7)
        if len(header) == length and zlib.crc32(header[2:]) & 0xFFFF != checksum:
            raise BrokenRarError("checksum_mismatch", f"header at {at}")
        if kind == ARCHIVE_4 and flags & HEADERS_ENCRYPTED_4:
            raise BrokenRarError("encrypted", "headers are encrypted")
        data = struct.unpack_from("<I", header, 7)[0] if flags & HAS_DATA_4 else 0
        if kind == FILE_4:
            entry, data = _file_4(header, flags)
            yield entry
        if kind == END_4:
            return
        at += length + data
    if at > size:
        raise BrokenRarError("truncated", f"{at - size} bytes are missing")


def _file_4(header: bytes, flags: int) -> tuple[Listed, int]:
    packed, unpacked, _, _, _, _, _, name_bytes, _ = struct.unpack_from("<IIBIIBBHI", header, 7)
    at = 32
    if flags & LARGE_4:
        more_packed, more_unpacked = struct.unpack_from("<II", header, at)
        packed, unpacked, at = packed | more_packed << 32, unpacked | more_unpacked << 32, at + 8
    name = header[at : at + name_bytes].split(b"\0", 1)[0].decode("utf-8", "replace").replace("\\", "/")
    return Listed(name, unpacked, bool(flags & PASSWORD_4)), packed


def _entries_5(stream: BinaryIO, size: int) -> Iterator[Listed]:
    at = MARK_5
    while at + 7 <= size:
        stream.seek(at)
        header, end = _header_5(stream, at)
        kind, position = _number(header, 0)
        flags, position = _number(header, position)
        extra, position = _number(header, position) if flags & EXTRA_5 else (0, position)
        data, position = _number(header, position) if flags & DATA_5 else (0, position)
        if kind == ENCRYPTION_5:
            raise BrokenRarError("encrypted", "headers are encrypted")
        if kind == FILE_5:
            yield _file_5(header, position, extra)
        if kind == END_5:
            return
        at = end + data
    raise BrokenRarError("truncated", "no end of archive")


def _header_5(stream: BinaryIO, at: int) -> tuple[bytes, int]:
    start = stream.read(7)
    length, position = _number(start, 4)
    if not 0 < length <= MAX_HEADER_BYTES:
        raise BrokenRarError("damaged_structure", f"header at {at}")
    stream.seek(at + position)
    header = stream.read(length)
    if len(header) < length:
        raise BrokenRarError("truncated", "a header is cut off")
    if zlib.crc32(start[4:position] + header) != int.from_bytes(start[:4], "little"):
        raise BrokenRarError("checksum_mismatch", f"header at {at}")
    return header, at + position + length


def _file_5(header: bytes, at: int, extra: int) -> Listed:
    flags, at = _number(header, at)
    unpacked, at = _number(header, at)
    _, at = _number(header, at)
    at += (4 if flags & HAS_TIME_5 else 0) + (4 if flags & HAS_CHECKSUM_5 else 0)
    _, at = _number(header, at)
    _, at = _number(header, at)
    length, at = _number(header, at)
    name = header[at : at + length].decode("utf-8", "replace")
    return Listed(name, 0 if flags & UNKNOWN_SIZE_5 else unpacked, _has_record(header[len(header) - extra :], extra))


def _has_record(records: bytes, extra: int) -> bool:
    at = 0
    while extra and at < len(records):
        size, at = _number(records, at)
        kind, _ = _number(records, at)
        if kind == ENCRYPTED_RECORD:
            return True
        at += size
    return False


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, lowest first, and return where it ends."""
    value = 0
    for place in range(10):
        byte = data[at + place]
        value |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            return value, at + place + 1
    raise BrokenRarError("damaged_structure", "a number without end")
