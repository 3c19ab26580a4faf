"""Decoding pictures with Pillow, within the pixel limit and only as the format that was identified."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile
from PIL import __version__ as pillow_version

from jingui.formats.reading.limits import DEFAULT_LIMITS
from jingui.formats.reading.resolution import note_resolution
from jingui.formats.reading.source import Outcome, Source

READER = f"pillow {pillow_version}"
PILLOW_NAMES = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "gif": "GIF", "bmp": "BMP", "jp2": "JPEG2000"}

JP2_END = b"\xff\xd9"

# Our own limit, checked before decoding, takes the place of Pillow's.
Image.MAX_IMAGE_PIXELS = DEFAULT_LIMITS.pixels


@contextmanager
def decoding(source: Source, outcome: Outcome) -> Iterator[ImageFile.ImageFile]:
    """Open a picture; what Pillow warns of while it is open becomes a warning about the file.

    Filters of warnings belong to the whole process, so threads that decode at once may exchange such warnings.
    """
    source.stream.seek(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with Image.open(source.stream, formats=(PILLOW_NAMES[source.found.format_name],)) as picture:
            note_resolution(picture.info.get("dpi"), outcome)
            yield picture
    for warning in caught:
        outcome.defect("needs_repair", str(warning.message))


def read_picture(source: Source) -> Outcome:
    """Decode a GIF, BMP or JPEG 2000 whole, every frame counted."""
    outcome = Outcome(READER)
    with decoding(source, outcome) as picture:
        if too_large(picture.size, source, outcome):
            return outcome
        outcome.page_count = 1
        picture.load()
    if source.found.format_name == "jp2" and not source.tail.rstrip(b"\0").endswith(JP2_END):
        return outcome.refuse("truncated", "no end of code stream")
    outcome.is_readable = True
    return outcome


def too_large(size: tuple[int, int], source: Source, outcome: Outcome) -> bool:
    """Report a picture beyond the pixel limit, or without any pixel."""
    width, height = size
    if width <= 0 or height <= 0:
        outcome.refuse("damaged_structure", f"{width}×{height} pixels")
    elif width * height > source.limits.pixels:
        outcome.refuse("too_many_pixels", f"{width}×{height} pixels")
    return outcome.is_readable is False
