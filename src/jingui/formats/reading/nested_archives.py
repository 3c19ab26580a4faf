"""Archives in archives: opened in memory within limits, so that a bomb shows before anybody unpacks it."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from jingui.formats.reading.source import Outcome, Source

MAX_DEPTH = 4
MAX_NESTED = 200
MAX_NESTED_BYTES = 32 * 1024**2
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError, NotImplementedError, LookupError)
ARCHIVE_NAMES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".jar")


@dataclass(slots=True)
class _Sum:
    """What all levels together would unpack to."""

    archives: int = 0
    entries: int = 0
    unpacked: int = 0
    deepest: int = 0


def note_nested(archive: zipfile.ZipFile, source: Source, outcome: Outcome) -> None:
    """Count archives inside and what they would unpack to; beyond the limits of one archive it is a bomb."""
    found = _Sum()
    bomb = _look_into(archive, source, found, depth=1)
    if found.archives:
        outcome.note("nested_archives", str(found.archives))
    if bomb:
        outcome.refuse("zip_bomb", bomb)


def _look_into(archive: zipfile.ZipFile, source: Source, found: _Sum, *, depth: int) -> str:
    for entry in archive.infolist():
        if not entry.filename.lower().endswith(ARCHIVE_NAMES):
            continue
        found.archives += 1
        if depth > MAX_DEPTH:
            return f"archives nested deeper than {MAX_DEPTH}"
        if found.archives > MAX_NESTED or entry.file_size > MAX_NESTED_BYTES:
            continue
        bomb = _open(archive, entry, source, found, depth)
        if bomb:
            return bomb
    return ""


def _open(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: Source, found: _Sum, depth: int) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(archive.read(entry))) as inner:
            entries = inner.infolist()
            found.entries += len(entries)
            found.unpacked += sum(one.file_size for one in entries)
            bomb = _measure(found, source)
            return bomb or _look_into(inner, source, found, depth=depth + 1)
    except BROKEN:
        return ""


def _measure(found: _Sum, source: Source) -> str:
    limits = source.limits
    if found.entries > limits.entries:
        return f"{found.entries} entries in archives inside"
    if found.unpacked > limits.unpacked_bytes:
        return f"{found.unpacked} bytes in archives inside"
    if found.unpacked > limits.ratio_from_bytes and found.unpacked > limits.ratio * source.size:
        return f"{found.unpacked} bytes in archives inside {source.size}"
    return ""
