"""The fonts that pages are drawn with when they bring none."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import ImageFont

SHIPPED = Path(pylopdf_fonts_zh_cn.__file__).parent
SANS, SERIF = SHIPPED / "NotoSansSC-Regular.otf", SHIPPED / "NotoSerifSC-Regular.otf"
FONT_FOLDERS = (SHIPPED, Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
SERIF_MARKS = ("宋", "仿", "楷", "song", "sun", "kai", "ming", "times", "serif", "courier")
MIN_PIXELS, MAX_PIXELS = 1, 400


@lru_cache(maxsize=64)
def drawing_font(pixels: int, *, is_serif: bool) -> ImageFont.FreeTypeFont:
    """Open a font at a size in pixels."""
    size = min(max(pixels, MIN_PIXELS), MAX_PIXELS)
    return ImageFont.truetype(str(SERIF if is_serif else SANS), size, layout_engine=ImageFont.Layout.BASIC)


def looks_serif(font_name: str) -> bool:
    """Guess from a font's name whether a serif face stands in for it better."""
    name = font_name.lower()
    return any(mark in name for mark in SERIF_MARKS)
