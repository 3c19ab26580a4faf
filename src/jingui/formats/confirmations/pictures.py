"""Pictures of pages as screens show them: turned by quarter turns, and small."""

from __future__ import annotations

import io

from PIL import Image

_WAYS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


def turned_jpeg(data: bytes, *, turned: int, side: int = 0) -> bytes:
    """Return a JPEG of ours turned clockwise and, with a ``side`` (pixels), made small; as it is if neither is asked."""
    if not turned and not side:
        return data
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        if side:
            image.draft(None, (side * 2, side * 2))
            image.thumbnail((side, side), Image.Resampling.BILINEAR)
        shown = image.transpose(_WAYS[turned]) if turned else image
        buffer = io.BytesIO()
        shown.save(buffer, "JPEG", quality=70 if side else 88)
    return buffer.getvalue()
