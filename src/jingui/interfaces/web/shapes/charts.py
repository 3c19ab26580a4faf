"""Small charts as numbers for SVG attributes; the page has no style of its own in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_WIDTH, _BASE, _TALLEST, _STEP, _FIRST = 24, 40, 26, 52, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place and size in the drawing, and what it counts."""

    day: date
    count: int
    x: int
    y: float
    height: float
    middle: int
    is_last: bool

    @property
    def label_y(self) -> float:
        """Where its number stands."""
        return round(self.y - 3, 1)


def day_bars(counts: list[tuple[date, int]]) -> list[Bar]:
    """Return a bar for each day, the tallest filling the drawing."""
    most = max((count for _, count in counts), default=0) or 1
    bars = []
    for place, (day, count) in enumerate(counts):
        x, height = _FIRST + place * _STEP, round(_TALLEST * count / most, 1)
        bars.append(Bar(day, count, x, _BASE - height, height, x + _WIDTH // 2, place == len(counts) - 1))
    return bars
