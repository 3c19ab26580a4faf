"""A signature by hand (手写签名) as strokes: points with place, time and pressure, all whole numbers.

``x`` and ``y`` are ten-thousandths of the width of the writing field, ``at`` milliseconds since the first point,
``pressure`` thousandths (0 where the device has none). Strokes tell more than a picture: speed and order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from jingui.domain.errors import Invalid, Problem

WIDTH = 10_000
MOST_HEIGHT = 20_000
MOST_STROKES = 400
MOST_POINTS = 20_000
LONGEST_MS = 600_000
LEAST_POINTS = 8
LEAST_REACH = 500
"""A signature spans at least a twentieth of the field; less is a slip of the finger."""

_PRESSURE = 1000
_COORDINATES = 4


class Pointer(StrEnum):
    """What a stroke was written with."""

    PEN = "pen"
    TOUCH = "touch"
    MOUSE = "mouse"


@dataclass(frozen=True, slots=True)
class StrokePoint:
    """One point of a stroke."""

    x: int
    y: int
    at: int
    pressure: int


@dataclass(frozen=True, slots=True)
class Stroke:
    """What was written without lifting the pen."""

    pointer: Pointer
    points: tuple[StrokePoint, ...]


@dataclass(frozen=True, slots=True)
class Handwriting:
    """A signature on a field ``height`` high, in ten-thousandths of its width."""

    height: int
    strokes: tuple[Stroke, ...]

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        strokes = [
            {"pointer": stroke.pointer.value, "points": [[p.x, p.y, p.at, p.pressure] for p in stroke.points]}
            for stroke in self.strokes
        ]
        return {"width": WIDTH, "height": self.height, "strokes": strokes}


def check_handwriting(raw: object) -> Handwriting:
    """Read what the second screen sends.

    Raises:
        Invalid: it is malformed, too much, or too little to be a signature.
    """
    try:
        written = _written(raw)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise _invalid("signature_malformed") from error
    points = [point for stroke in written.strokes for point in stroke.points]
    if len(points) < LEAST_POINTS or _reach(points) < LEAST_REACH:
        raise _invalid("signature_missing")
    return written


def _invalid(code: str) -> Invalid:
    return Invalid((Problem("signature", code),))


def _written(raw: Any) -> Handwriting:  # noqa: ANN401 - any JSON value
    height = _whole(raw["height"], most=MOST_HEIGHT, least=1)
    listed = raw["strokes"]
    if not isinstance(listed, list) or len(listed) > MOST_STROKES:
        raise ValueError("strokes")
    if sum(len(each["points"]) for each in listed) > MOST_POINTS:
        raise ValueError("points")
    strokes = tuple(_stroke(each, height) for each in listed if each["points"])
    times = [point.at for stroke in strokes for point in stroke.points]
    if any(later < earlier for earlier, later in pairwise(times)):
        raise ValueError("time runs back")
    return Handwriting(height, strokes)


def _stroke(raw: Any, height: int) -> Stroke:  # noqa: ANN401
    return Stroke(Pointer(raw["pointer"]), tuple(_point(each, height) for each in raw["points"]))


def _point(raw: Any, height: int) -> StrokePoint:  # noqa: ANN401
    if not isinstance(raw, list) or len(raw) != _COORDINATES:
        raise ValueError("point")
    x, y, at, pressure = raw
    return StrokePoint(
        _whole(x, most=WIDTH), _whole(y, most=height), _whole(at, most=LONGEST_MS), _whole(pressure, most=_PRESSURE)
    )


def _whole(value: object, *, most: int, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("number")
    return value


def _reach(points: Sequence[StrokePoint]) -> int:
    across = [point.x for point in points]
    down = [point.y for point in points]
    return max(max(across) - min(across), max(down) - min(down))
