"""PNG (ISO/IEC 15948): every chunk against its CRC, and the pixel data inflated and counted.

Filters cannot fail on well-sized data, so undoing them would cost time and tell nothing.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from jingui.formats.identification import named
from jingui.formats.reading.pictures import too_large
from jingui.formats.reading.resolution import METRES, note_resolution
from jingui.formats.reading.source import Outcome, Source

READER = "jingui png"
SIGNATURE_BYTES = 8
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = (1, 2, 4, 8, 16)
# Adam7: first column, first row, column step, row step of each pass.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
INFLATE_BYTES = 1 << 18


@dataclass(slots=True)
class _Pixels:
    """Inflates pixel data and counts what came out, never holding more than a piece."""

    expected: int
    produced: int = 0
    inflater: Any = field(default_factory=zlib.decompressobj)
    kinds: set[bytes] = field(default_factory=set)

    def add(self, data: bytes) -> None:
        while data and self.produced <= self.expected:
            self.produced += len(self.inflater.decompress(data, INFLATE_BYTES))
            data = self.inflater.unconsumed_tail


def read_png(source: Source) -> Outcome:
    """Walk the chunks to the end mark."""
    outcome = Outcome(READER, page_count=1)
    with source.mapped() as data:
        pixels = _header(data, source, outcome)
        if pixels is None:
            return outcome
        end = _walk(data, pixels, outcome)
    outcome.identification = named("png", _version(pixels.kinds))
    if outcome.has("truncated", "checksum_mismatch", "damaged_structure"):
        return outcome
    if pixels.produced != pixels.expected:
        return outcome.refuse("truncated", f"{pixels.produced} of {pixels.expected} bytes of pixels")
    if end < source.size:
        outcome.defect("trailing_data", f"{source.size - end} bytes")
    outcome.is_readable = True
    return outcome


def _version(kinds: set[bytes]) -> str:
    """Tell the version by the chunks that came with it; the signature is the same for all."""
    if b"iTXt" in kinds:
        return "1.2"
    return "1.1" if kinds & {b"iCCP", b"sRGB", b"sPLT"} else "1.0"


def _header(data: mmap.mmap, source: Source, outcome: Outcome) -> _Pixels | None:
    if len(data) < SIGNATURE_BYTES + 25 or data[12:16] != b"IHDR":
        outcome.refuse("truncated" if len(data) < SIGNATURE_BYTES + 25 else "damaged_structure", "no header chunk")
        return None
    width, height, depth, colour, _, _, interlace = struct.unpack_from(">IIBBBBB", data, 16)
    if colour not in CHANNELS or depth not in DEPTHS or interlace > 1:
        outcome.refuse("damaged_structure", "header chunk")
        return None
    if too_large((width, height), source, outcome):
        return None
    bits = CHANNELS[colour] * depth
    if not interlace:
        return _Pixels(height * (1 + (width * bits + 7) // 8))
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in PASSES]
    return _Pixels(sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0))


def _walk(data: mmap.mmap, pixels: _Pixels, outcome: Outcome) -> int:
    """Check chunk after chunk and return where the end mark ends."""
    position = SIGNATURE_BYTES
    size = len(data)
    while position + 12 <= size:
        length = int.from_bytes(data[position : position + 4])
        end = position + 12 + length
        if end > size:
            break
        body = data[position + 4 : end - 4]
        kind = body[:4]
        if zlib.crc32(body) != int.from_bytes(data[end - 4 : end]):
            outcome.refuse("checksum_mismatch", f"chunk {kind.decode('latin-1')} at {position}")
            return end
        pixels.kinds.add(kind)
        if kind == b"pHYs" and length == 9 and body[12] == 1:  # noqa: PLR2004 - two numbers and the unit
            note_resolution(tuple(dots * METRES for dots in struct.unpack_from(">II", body, 4)), outcome)
        if kind == b"IDAT":
            pixels.add(body[4:])
        elif kind == b"IEND":
            return end
        position = end
    outcome.refuse("truncated", "no end chunk")
    return size
