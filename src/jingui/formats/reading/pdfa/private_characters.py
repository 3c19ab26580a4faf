"""Characters whose meaning is agreed upon privately (Unicode, private use areas)."""

from __future__ import annotations

import pikepdf

PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))


def is_private(text: str) -> bool:
    """Say whether a text holds private characters."""
    return any(low <= ord(one) <= high for one in text for low, high in PRIVATE)


def has_private(text: object) -> bool:
    """Say whether a string of a PDF holds private characters; anything else holds none."""
    return isinstance(text, pikepdf.String) and is_private(str(text))
