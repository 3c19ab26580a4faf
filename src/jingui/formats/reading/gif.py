"""GIF (87a and 89a): blocks followed to the trailer, then every frame decoded within the pixel limit."""

from __future__ import annotations

import mmap

from jingui.formats.reading.foreign import named_foreign
from jingui.formats.reading.pictures import READER, decoding, too_large
from jingui.formats.reading.source import Outcome, Source

HEADER_BYTES = 13
EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
HAS_TABLE = 0x80
TRAILING_TOLERATED = 64


def read_gif(source: Source) -> Outcome:
    """Walk the blocks, then decode the frames."""
    outcome = Outcome(READER, page_count=1)
    if source.size < HEADER_BYTES:
        return outcome.refuse("truncated", "header")
    size = int.from_bytes(source.head[6:8], "little"), int.from_bytes(source.head[8:10], "little")
    if too_large(size, source, outcome):
        return outcome
    with source.mapped() as data:
        frames, end = _walk(data, outcome)
    if outcome.is_readable is False:
        return outcome
    if not frames:
        return outcome.refuse("damaged_structure", "no picture in it")
    _check_end(source, end, outcome)
    _decode(source, outcome, frames)
    return outcome


def _walk(data: mmap.mmap, outcome: Outcome) -> tuple[int, int]:
    """Follow block after block; return the number of frames and where the trailer ends."""
    frames, at = 0, HEADER_BYTES + _table_bytes(data[10])
    while at < len(data):
        kind = data[at]
        if kind == TRAILER:
            return frames, at + 1
        if kind == EXTENSION:
            at += 2
        elif kind == IMAGE and at + 10 < len(data):
            frames += 1
            at += 11 + _table_bytes(data[at + 9])
        else:
            outcome.refuse("truncated" if kind == IMAGE else "damaged_structure", f"no block at {at}")
            return frames, at
        at = _after_pieces(data, at)
    if at > len(data):
        outcome.refuse("truncated", "a block goes beyond the end")
    else:
        outcome.defect("needs_repair", "no trailer")
    return frames, len(data)


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & HAS_TABLE else 0


def _after_pieces(data: mmap.mmap, at: int) -> int:
    """Skip the pieces of a block, each with its length before it, to behind the empty one."""
    while at < len(data):
        length = data[at]
        at += 1 + length
        if not length:
            return at
    return len(data) + 1


def _check_end(source: Source, end: int, outcome: Outcome) -> None:
    behind = source.size - end
    if behind <= TRAILING_TOLERATED:
        return
    outcome.defect("trailing_data", f"{behind} bytes")
    source.stream.seek(end)
    if foreign := named_foreign(source.stream.read(4096).lstrip(b"\0")):
        outcome.note("polyglot", f"gif and {foreign}")


def _decode(source: Source, outcome: Outcome, frames: int) -> None:
    with decoding(source, outcome) as picture:
        room = source.limits.pixels
        for number in range(frames):
            room -= picture.width * picture.height
            if room < 0 or number >= source.limits.loaded_pages:
                outcome.note("not_all_pages_loaded", f"{number} of {frames} frames")
                break
            picture.seek(number)
            picture.load()
    outcome.is_readable = True
