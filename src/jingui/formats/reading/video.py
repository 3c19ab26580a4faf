"""MP4: boxes followed to the end (ISO/IEC 14496-12); streams are not decoded."""

from __future__ import annotations

import struct

from jingui.formats.reading.source import Outcome, Source

READER = "jingui mp4"
MAX_BOXES = 100_000


def read_mp4(source: Source) -> Outcome:
    """Walk the top-level boxes; without decoding, readability is not established."""
    outcome = Outcome(READER)
    kinds: set[bytes] = set()
    position = 0
    for _ in range(MAX_BOXES):
        if position + 8 > source.size:
            break
        size, kind = _box(source, position)
        kinds.add(kind)
        if size < 8:  # noqa: PLR2004 - the header itself
            return outcome.refuse("damaged_structure", f"box at {position}")
        position += size
    if position > source.size:
        return outcome.refuse("truncated", f"{position - source.size} bytes are missing")
    if missing := [name.decode() for name in (b"moov", b"mdat") if name not in kinds]:
        return outcome.refuse("truncated", f"no {' and no '.join(missing)} box")
    outcome.note("structure_only")
    return outcome


def _box(source: Source, position: int) -> tuple[int, bytes]:
    """Return the whole size of the box and its kind; size 0 means to the end of the file, 1 a 64-bit size."""
    source.stream.seek(position)
    size, kind = struct.unpack(">I4s", source.stream.read(8))
    if size == 1:
        return int.from_bytes(source.stream.read(8), "big"), kind
    return (source.size - position if size == 0 else size), kind
