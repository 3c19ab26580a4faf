"""JPEG 2000 pictures in PDF/A-2 and -3 (6.2.8.3): channels, depth and colour specifications, by their boxes (ISO/IEC 15444-1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

SIGNATURE = b"\x00\x00\x00\x0cjP  "
MAX_BOXES = 200
APPROXIMATE, CIE_JAB = 1, 19
METHODS = (1, 2, 3)


def faults_of(data: bytes, *, has_space: bool) -> list[str]:
    """Say what is wrong with a picture; ``has_space``: the PDF tells the colour space itself, so that its own does not count."""
    if not data.startswith(SIGNATURE):
        return []
    boxes = [box for kind, content in _boxes(data) if kind == b"jp2h" for box in _boxes(content)]
    header = next((content for kind, content in boxes if kind == b"ihdr"), b"")
    colours = [content for kind, content in boxes if kind == b"colr" and len(content) > 2]  # noqa: PLR2004 - its head
    found: list[str] = []
    if len(header) >= 14:  # noqa: PLR2004 - image header
        found += _depth_and_channels(header, boxes)
    if not has_space:
        found += _specifications(colours)
    return found


def _depth_and_channels(header: bytes, boxes: list[tuple[bytes, bytes]]) -> Iterator[str]:
    count, depth = struct.unpack_from(">HB", header, 8)
    definitions = next((content for kind, content in boxes if kind == b"cdef"), b"")
    opaque = [struct.unpack_from(">HHH", definitions, at)[1] for at in range(2, len(definitions) - 5, 6)]
    channels = count - sum(kind in (1, 2) for kind in opaque)
    palette = next((content for kind, content in boxes if kind == b"pclr"), b"")
    if (palette[2] if len(palette) > 2 else channels) not in (1, 3, 4):  # noqa: PLR2004 - its head
        yield "a JPEG 2000 picture with another number of colour channels than 1, 3 or 4"
    has_own = any(kind == b"bpcc" for kind, _ in boxes)
    if has_own or not 1 <= (depth & 0x7F) + 1 <= 38:  # noqa: PLR2004 - as the clause says
        yield "a JPEG 2000 picture whose channels differ in depth"


def _specifications(colours: list[bytes]) -> Iterator[str]:
    if len(colours) > 1 and sum(one[2] == APPROXIMATE for one in colours) != 1:
        yield "a JPEG 2000 picture with several colour spaces, none or several of them marked as the one that counts"
    counted = next((one for one in colours if one[2] == APPROXIMATE), colours[0] if colours else b"")
    if counted and counted[0] not in METHODS:
        yield "a JPEG 2000 picture with a colour space told by an unknown method"
    if counted and counted[0] == 1 and counted[3:7] == CIE_JAB.to_bytes(4):
        yield "a JPEG 2000 picture in CIEJab"


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(MAX_BOXES):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= len(data):
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        size = size or len(data) - at
        if size < head:
            return
        yield kind, data[at + head : at + size]
        at += size
