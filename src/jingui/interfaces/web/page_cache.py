"""Page images once drawn, kept on the instance's own disk up to a limit. Permission is asked before this is."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

LIMIT_BYTES = 256 * 2**20
_LOOK_EVERY = 50  # writes between two looks at the size of the folder
_writes = itertools.count()


@dataclass(frozen=True, slots=True)
class PageKey:
    """What decides the pixels of a page image: the file's content, the page, its width in pixels, its turn in degrees."""

    sha256: str
    page: int
    width: int
    turn: int

    @property
    def name(self) -> str:
        """The file name in the cache."""
        text = f"{self.sha256}/{self.page}/{self.width}/{self.turn}"
        return hashlib.sha256(text.encode()).hexdigest() + ".png"


def cached_page(folder: Path, key: PageKey, draw: Callable[[], bytes]) -> bytes:
    """Return the page image, drawn only if it is not kept. A cache that cannot be written is no reason to fail."""
    place = folder / key.name
    with suppress(OSError):
        data = place.read_bytes()
        os.utime(place)
        return data
    data = turned(draw(), key.turn)
    with suppress(OSError):
        _keep(place, data)
    return data


def turned(png: bytes, degrees: int) -> bytes:
    """Turn a page image clockwise by quarter turns."""
    if degrees % 360 == 0:
        return png
    ways = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    with Image.open(io.BytesIO(png)) as image:
        buffer = io.BytesIO()
        image.transpose(ways[degrees % 360]).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _keep(place: Path, data: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    Path(temporary).replace(place)
    if next(_writes) % _LOOK_EVERY == 0:
        shrink(place.parent, limit=LIMIT_BYTES)


def shrink(folder: Path, *, limit: int) -> int:
    """Remove the images used longest ago until the folder is within the limit (bytes); return how many went."""
    images = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in os.scandir(folder))
    total = sum(size for _, size, _ in images)
    removed = 0
    for _, size, path in images:
        if total <= limit:
            break
        Path(path).unlink(missing_ok=True)
        total, removed = total - size, removed + 1
    return removed
