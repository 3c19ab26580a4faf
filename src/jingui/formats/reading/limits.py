"""How much a single file may ask of a reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of reading one file.

    ``pixels`` of one picture; ``text_characters`` taken; ``loaded_pages`` parsed whole; ``entries`` of an
    archive; ``unpacked_bytes`` of an archive; ``ratio`` of unpacked to packed bytes, looked at only above
    ``ratio_from_bytes``; ``parsed_bytes`` of one XML, JSON or text.
    """

    pixels: int = 200_000_000
    text_characters: int = 200_000
    loaded_pages: int = 500
    entries: int = 20_000
    unpacked_bytes: int = 2 * 1024**3
    ratio: int = 200
    ratio_from_bytes: int = 16 * 1024**2
    parsed_bytes: int = 128 * 1024**2


DEFAULT_LIMITS = Limits()
