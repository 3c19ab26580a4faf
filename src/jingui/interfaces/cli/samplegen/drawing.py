"""Pages as lists of marks in millimetres, drawn alike as PDF, OFD and JPEG scan.

The origin is the top left corner; the y of a text is its baseline. Sizes of text are em heights in millimetres.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INK = "#1c1c1e"
PEN = "#1d2f6f"
RED = "#c8201e"
GREY = "#7a7a7a"

_WIDTHS = {
    0.24: " '",
    0.32: "!j|,.:;il[]",
    0.36: '-/\\()t{}"fJI',
    0.46: "?`r1s*z",
    0.56: "c$7evy02345689_ax#Sg+<=>^~",
    0.62: "ZokqLFdPbpEuThn",
    0.70: "BCYXRVAKG",
    0.78: "DOQ&NU",
    0.84: "wH",
    0.94: "@%Mm",
    1.04: "W",
}
_WIDTH_OF = {char: width for width, chars in _WIDTHS.items() for char in chars}
_NO_LINE_START = frozenset("，。、；：！？）》〉」』”’％%…·")
_PIECES = re.compile(r"[!-~]+|.", re.DOTALL)
_NO_LINE_END = frozenset("（《〈「『“‘〔")


@dataclass(frozen=True, slots=True)
class Text:
    """One run of text on one line."""

    x: float
    y: float
    text: str
    size: float = 4.2
    bold: bool = False
    colour: str = INK
    face: str = "serif"
    slant: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A straight rule."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float = 0.2
    colour: str = INK


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, filled or not."""

    x: float
    y: float
    width: float
    height: float
    stroke: float = 0.2
    colour: str = INK
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A round red seal with a star, a name around it and a word under the star."""

    x: float
    y: float
    name: str
    foot: str = ""
    radius: float = 20.0


@dataclass(frozen=True, slots=True)
class Portrait:
    """A drawn portrait: background, shoulders, head. ``variant`` picks its colours."""

    x: float
    y: float
    width: float
    height: float
    variant: int = 0


Mark = Text | Line | Box | Seal | Portrait


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, millimetres wide and high."""

    width: float
    height: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A document of one or more pages, with the day it was made (ISO date)."""

    title: str
    made_on: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class SealCharacter:
    """One character of a seal: its centre, its turn (radians clockwise) and its size."""

    x: float
    y: float
    angle: float
    text: str
    size: float


def advances(text: str, size: float) -> tuple[float, ...]:
    """Return the width of each character: a full em for Chinese, the widths of an ordinary serif for Latin."""
    return tuple(size * _WIDTH_OF.get(char, 1.0) for char in text)


def text_width(text: str, size: float) -> float:
    """Return the width of a line of text in millimetres."""
    return sum(advances(text, size))


def wrap(text: str, *, width: float, size: float) -> list[str]:
    """Break a paragraph into lines no wider than ``width``, by the rules of Chinese print.

    Punctuation does not begin a line, an opening bracket does not end one, and numbers and Latin words stay whole
    unless one alone is wider than the line.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width=width, size=size):
        if text_width(line + piece, size) > width + 0.01 and piece not in _NO_LINE_START:
            carried = line[-1] if line[-1:] in _NO_LINE_END and len(line) > 1 else ""
            lines.append(line.removesuffix(carried).rstrip(" ") if carried else line.rstrip(" "))
            line = carried
        line += piece if line else piece.lstrip(" ")
    return [*lines, line] if line or not lines else lines


def _pieces(text: str, *, width: float, size: float) -> Iterator[str]:
    """Give single Chinese characters and whole Latin words; a word wider than a line comes letter by letter."""
    for piece in _PIECES.findall(text):
        yield from piece if text_width(piece, size) > width else (piece,)


def star_points(x: float, y: float, radius: float) -> tuple[tuple[float, float], ...]:
    """Return the ten corners of a five-pointed star, its top first."""
    radii = (radius, radius * 0.382)
    return tuple(
        (x + radii[i % 2] * math.sin(i * math.pi / 5), y - radii[i % 2] * math.cos(i * math.pi / 5)) for i in range(10)
    )


def seal_characters(seal: Seal) -> Iterator[SealCharacter]:
    """Place the characters of a seal: the name along the ring from left to right, the foot word straight."""
    arc = math.radians(236 if seal.foot else 270)
    step = min(arc / max(len(seal.name) - 1, 1), math.radians(34))
    size = min(seal.radius * 0.3, seal.radius * 0.76 * step * 0.98)
    reach = seal.radius * 0.79
    for i, char in enumerate(seal.name):
        angle = (i - (len(seal.name) - 1) / 2) * step
        yield SealCharacter(seal.x + reach * math.sin(angle), seal.y - reach * math.cos(angle), angle, char, size)
    foot_size = seal.radius * 0.17
    for i, char in enumerate(seal.foot):
        along = (i - (len(seal.foot) - 1) / 2) * foot_size * 1.05
        yield SealCharacter(seal.x + along, seal.y + seal.radius * 0.62, 0.0, char, foot_size)
