"""JPEG (ITU-T T.81): markers first, then the whole entropy-coded data at an eighth of the size.

Decoding small reads every coded bit but skips most of the arithmetic, so cut-off data are found at a fraction
of the cost. What Huffman decoding cannot notice (a flipped bit) is the business of digests.
"""

from __future__ import annotations

import mmap

from PIL import ImageFile

from jingui.formats.reading.foreign import named_foreign
from jingui.formats.reading.pictures import READER, decoding, too_large
from jingui.formats.reading.source import Outcome, Source

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
ALONE = frozenset((0x01, SOI, *range(0xD0, 0xD8)))
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
TRAILING_TOLERATED = 64


def read_jpeg(source: Source) -> Outcome:
    """Walk the markers, then decode."""
    outcome = Outcome(READER, page_count=1)
    with source.mapped() as data:
        scan = _walk(data, source, outcome)
        if scan is None:
            return outcome
        end = data.rfind(b"\xff\xd9", scan)
    if end < 0:
        return outcome.refuse("truncated", "no end of image")
    if source.size - end - 2 > TRAILING_TOLERATED:
        outcome.note("trailing_bytes", str(source.size - end - 2))
        _name_trailing(source, end + 2, outcome)
    with decoding(source, outcome) as picture:
        _decode_small(picture, outcome)
    return outcome


def _name_trailing(source: Source, end: int, outcome: Outcome) -> None:
    """A second picture of a phone is usual behind the first; anything else that programs open is not."""
    source.stream.seek(end)
    if foreign := named_foreign(source.stream.read(4096).lstrip(b"\0")):
        outcome.note("polyglot", f"jpeg and {foreign}")


def _decode_small(picture: ImageFile.ImageFile, outcome: Outcome) -> None:
    picture.draft("L", (max(1, picture.width // 8), max(1, picture.height // 8)))
    try:
        picture.load()
    except (OSError, ValueError) as error:
        outcome.refuse("truncated" if "truncated" in str(error) else "damaged_structure", str(error))
        return
    outcome.is_readable = True


def _walk(data: mmap.mmap, source: Source, outcome: Outcome) -> int | None:
    """Follow the segments to the first scan and return where it starts; ``None`` if that fails."""
    position = 0
    has_frame = False
    while position + 4 <= source.size:
        if data[position] != 0xFF:  # noqa: PLR2004 - every marker begins with it
            outcome.refuse("damaged_structure", f"no marker at {position}")
            return None
        marker = data[position + 1]
        if marker == 0xFF or marker in ALONE:  # noqa: PLR2004 - fill byte
            position += 1 if marker == 0xFF else 2  # noqa: PLR2004 - fill byte
            continue
        if marker == SOS and has_frame:
            return position
        if marker in FRAMES:
            has_frame = True
            height, width = (
                int.from_bytes(data[position + 5 : position + 7]),
                int.from_bytes(data[position + 7 : position + 9]),
            )
            if too_large((width, height), source, outcome):
                return None
        position += 2 + int.from_bytes(data[position + 2 : position + 4])
    outcome.refuse("truncated", "no picture data")
    return None
