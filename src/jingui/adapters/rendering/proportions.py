"""How large a page is drawn."""

from __future__ import annotations

MAX_PIXELS = 16_000_000


def drawn_size(wide: float, high: float, width: int) -> tuple[int, int]:
    """Scale a page to ``width`` pixels, or less where it would take more than ``MAX_PIXELS``."""
    ratio = high / wide
    if width * width * ratio > MAX_PIXELS:
        width = int((MAX_PIXELS / ratio) ** 0.5)
    return max(1, width), min(max(1, round(width * ratio)), MAX_PIXELS)
