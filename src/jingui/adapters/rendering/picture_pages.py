"""Pictures, turned upright as their camera or scanner noted."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from jingui.adapters.rendering.proportions import drawn_size
from jingui.domain.errors import PermanentFailure
from jingui.formats.reading import DEFAULT_LIMITS
from jingui.formats.reading.pictures import PILLOW_NAMES

DEEP_MODES = ("I;16", "I;16B", "I;16L", "I")


def draw_picture(path: Path, format_name: str, *, page: int, width: int) -> Image.Image:
    """Draw a picture, or a page of a TIFF, on white. Raises PermanentFailure."""
    with Image.open(path, formats=(PILLOW_NAMES[format_name],)) as picture:
        if page >= (getattr(picture, "n_frames", 1) if format_name == "tiff" else 1):
            raise PermanentFailure("no_such_page", str(page))
        if page:
            picture.seek(page)
        if picture.width * picture.height > DEFAULT_LIMITS.pixels:
            raise PermanentFailure("too_many_pixels", f"{picture.width}×{picture.height}")
        picture.draft("RGB", (2 * width, 2 * width))
        upright = ImageOps.exif_transpose(picture)
        flat = _on_white(upright)
    return flat.resize(drawn_size(*flat.size, width), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in DEEP_MODES:
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
