"""Geometry of OFD objects: matrices, character positions, path data (GB/T 33190-2016 §8.2, §9, §11.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from jingui.formats.reading.ofd_package import floats

Point = tuple[float, float]
DEFAULT_SIZE = 4.0  # millimetres
FIRST_WIDE = "\u2e80"
CURVE_STEPS = 12
MAX_CHARACTERS = 100_000
MAX_POINTS = 200_000
# How many numbers follow each operator of AbbreviatedData.
OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


@dataclass(frozen=True, slots=True)
class Matrix:
    """An affine map: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def apply(self, x: float, y: float) -> Point:
        """Map a point."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then_shifted(self, right: float, down: float) -> Matrix:
        """Return this map followed by a shift."""
        return Matrix(self.a, self.b, self.c, self.d, self.e + right, self.f + down)

    def then_scaled(self, factor: float) -> Matrix:
        """Return this map followed by a scaling."""
        return Matrix(*(value * factor for value in (self.a, self.b, self.c, self.d, self.e, self.f)))

    @property
    def stretch(self) -> float:
        """How much areas grow, as a length."""
        return float(abs(self.a * self.d - self.b * self.c) ** 0.5)


def matrix_of(text: str) -> Matrix:
    """Read a CTM; none or a broken one changes nothing."""
    numbers = floats(text)
    return Matrix(*numbers) if len(numbers) == 6 else Matrix()  # noqa: PLR2004 - a CTM


def number(text: str | None, otherwise: float) -> float:
    """Read one number."""
    numbers = floats(text or "")
    return numbers[0] if numbers else otherwise


def placed_characters(node: etree._Element, to_pixels: Matrix) -> Iterator[tuple[float, float, str]]:
    """Yield each character of a TextObject with the pixel where its base line starts."""
    for code in node.iterfind("{*}TextCode"):
        text = (code.text or "")[:MAX_CHARACTERS]
        down = _deltas(code.get("DeltaY", ""), len(text))
        across = _deltas(code.get("DeltaX", ""), len(text)) or ([] if any(down) else _natural(text, node))
        x, y = number(code.get("X"), 0.0), number(code.get("Y"), 0.0)
        for index, character in enumerate(text):
            if not character.isspace():
                yield (*to_pixels.apply(x, y), character)
            x += across[index] if index < len(across) else 0.0
            y += down[index] if index < len(down) else 0.0


def _natural(text: str, node: etree._Element) -> list[float]:
    """Advance by the usual widths where a file gives none: a whole em for CJK, half of one for the rest."""
    size = number(node.get("Size"), DEFAULT_SIZE)
    return [size if character >= FIRST_WIDE else size / 2 for character in text]


def _deltas(text: str, count: int) -> list[float]:
    """Spell out a delta array: ``g 3 1.5`` stands for three times 1.5 (§11.3); the last one holds for what is left."""
    words = iter(text.split())
    deltas: list[float] = []
    for word in words:
        if word == "g":
            times, value = int(number(next(words, "0"), 0.0)), number(next(words, "0"), 0.0)
            deltas += [value] * min(max(times, 0), count)
        else:
            deltas.append(number(word, 0.0))
        if len(deltas) >= count:
            break
    return (deltas + deltas[-1:] * (count - len(deltas)))[:count]


def outlines(data: str, to_pixels: Matrix) -> list[list[Point]]:
    """Flatten path data into lines of pixels; an arc becomes a straight line."""
    found: list[list[Point]] = []
    current: list[Point] = []
    for operator, numbers in _operations(data):
        if operator in "SM":
            current = [(numbers[0], numbers[1])]
            found.append(current)
        elif operator == "C" and current:
            current.append(current[0])
        elif current:
            current += _flattened(current[-1], operator, numbers)
    return [[to_pixels.apply(*point) for point in outline] for outline in found]


def _operations(data: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    words = iter(data.split())
    for count, word in enumerate(words):
        if word not in OPERANDS or count > MAX_POINTS:
            return
        numbers = floats(" ".join(next(words, "") for _ in range(OPERANDS[word])))
        if len(numbers) != OPERANDS[word]:
            return
        yield word, numbers


def _flattened(start: Point, operator: str, numbers: tuple[float, ...]) -> list[Point]:
    """Turn a line, a Bézier curve of two or three further points, or an arc into points."""
    end = numbers[-2], numbers[-1]
    if operator in "LA":
        return [end]
    controls = [start, *zip(numbers[::2], numbers[1::2], strict=True)]
    return [_on_curve(controls, step / CURVE_STEPS) for step in range(1, CURVE_STEPS + 1)]


def _on_curve(controls: list[Point], t: float) -> Point:
    """Find a point of a Bézier curve by de Casteljau's construction."""
    points = controls
    while len(points) > 1:
        points = [(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t) for (x1, y1), (x2, y2) in pairwise(points)]
    return points[0]
