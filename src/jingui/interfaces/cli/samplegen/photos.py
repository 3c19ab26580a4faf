"""Draws portrait photographs: nobody's face, only a silhouette in colour."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from jingui.interfaces.cli.samplegen.chance import seeded

_SKIN = ("#eccbac", "#e3bd9a", "#f0d3b8")
_COAT = ("#33415c", "#51616f", "#27313f", "#6d3b44", "#3f5a4a", "#efefef")
_HAIR = ("#26211f", "#3a2d27", "#1b1b1d")


@lru_cache(maxsize=64)
def portrait_jpeg(variant: int, *, width: int = 413, background: str = "#ffffff") -> bytes:
    """Return a JPEG portrait, 2:3 upright, on the given background; ``variant`` picks hair, coat and build."""
    pick = seeded(variant)
    w, h = width, width * 579 // 413
    image = Image.new("RGB", (w, h), background)
    draw = ImageDraw.Draw(image)
    skin, hair, coat = pick.choice(_SKIN), pick.choice(_HAIR), pick.choice(_COAT)
    breadth = 0.19 + pick.random() * 0.025
    has_long_hair = variant % 2 == 0
    if has_long_hair:
        draw.rounded_rectangle((w * (0.47 - breadth), h * 0.2, w * (0.53 + breadth), h * 0.7), w * 0.14, fill=hair)
    draw.ellipse((w * 0.08, h * 0.70, w * 0.92, h * 1.4), fill=coat)
    draw.polygon(((w * 0.40, h * 0.70), (w * 0.60, h * 0.70), (w * 0.50, h * 0.88)), fill="#fbfbfb")
    draw.rounded_rectangle((w * 0.42, h * 0.54, w * 0.58, h * 0.76), w * 0.06, fill=skin)
    draw.ellipse((w * (0.5 - breadth), h * 0.20, w * (0.5 + breadth), h * 0.62), fill=skin)
    draw.chord((w * (0.485 - breadth), h * 0.14, w * (0.515 + breadth), h * 0.52), 180, 360, fill=hair)
    for side in (-1, 1):
        x = w * (0.5 + side * 0.08)
        draw.ellipse((x - w * 0.018, h * 0.405, x + w * 0.018, h * 0.425), fill="#2b2523")
        draw.line((x - w * 0.04, h * 0.378, x + w * 0.04, h * 0.376), fill=hair, width=max(2, w // 90))
    draw.arc((w * 0.455, h * 0.49, w * 0.545, h * 0.54), 20, 160, fill="#a8564d", width=max(2, w // 110))
    target = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(w / 260)).save(target, "JPEG", quality=85)
    return target.getvalue()
