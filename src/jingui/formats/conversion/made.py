"""What a converter hands back, and how it says that it cannot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Converted:
    """The bytes of the result. ``sizes``: the pictures before and after, as ``width×height``.

    ``are_pixels_same``: they were taken out of the result again and compared; ``None`` where there are no pictures.
    ``remarks``: what whoever uses the result should know of how it was made, as codes.
    """

    data: bytes
    sizes: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    are_pixels_same: bool | None = None
    remarks: tuple[str, ...] = ()


class NotConvertibleError(Exception):
    """The file cannot be converted by this converter; ``code`` is stable."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep the code and a detail."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:200]
