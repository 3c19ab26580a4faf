"""Makes OFD files of drawings."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from datetime import date
from functools import singledispatch
from itertools import pairwise

from jingui.formats.ofd_writer import OfdDescription, OfdPage, Outline, Picture, TextRun, write_ofd
from jingui.interfaces.cli.samplegen.drawing import (
    RED,
    Box,
    Drawing,
    Line,
    Mark,
    Portrait,
    Seal,
    Text,
    advances,
    seal_characters,
    star_points,
)
from jingui.interfaces.cli.samplegen.photos import portrait_jpeg

_FONTS = {"serif": "宋体", "sans": "黑体"}
_SLANT = (1.0, 0.0, -0.21, 1.0)
_ARC = 0.5523
Object = TextRun | Outline | Picture


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _path(points: tuple[tuple[float, float], ...], *, close: bool) -> str:
    words = [f"{'L' if i else 'M'} {x:.3f} {y:.3f}" for i, (x, y) in enumerate(points)]
    return " ".join([*words, "C"] if close else words)


def _circle(x: float, y: float, radius: float) -> str:
    handle = radius * _ARC
    corners = [(0, -1), (1, 0), (0, 1), (-1, 0), (0, -1)]
    words = [f"M {x:.3f} {y - radius:.3f}"]
    for (ax, ay), (bx, by) in pairwise(corners):
        first = (x + ax * radius + bx * handle, y + ay * radius + by * handle)
        second = (x + bx * radius + ax * handle, y + by * radius + ay * handle)
        end = (x + bx * radius, y + by * radius)
        words.append("B " + " ".join(f"{value:.3f}" for value in (*first, *second, *end)))
    return " ".join([*words, "C"])


@singledispatch
def _objects(mark: Mark) -> Iterator[Object]:
    raise TypeError(f"no OFD form of {type(mark).__name__}")


@_objects.register
def _(mark: Text) -> Iterator[Object]:
    yield TextRun(
        mark.x,
        mark.y,
        mark.text,
        mark.size,
        advances(mark.text, mark.size),
        font=_FONTS[mark.face],
        weight=700 if mark.bold else 400,
        colour=_rgb(mark.colour),
        transform=_SLANT if mark.slant else None,
    )


@_objects.register
def _(mark: Line) -> Iterator[Object]:
    left, top = min(mark.x1, mark.x2) - mark.width, min(mark.y1, mark.y2) - mark.width
    size = (abs(mark.x2 - mark.x1) + 2 * mark.width, abs(mark.y2 - mark.y1) + 2 * mark.width)
    data = _path(((mark.x1, mark.y1), (mark.x2, mark.y2)), close=False)
    yield Outline((left, top, *size), data, line_width=mark.width, colour=_rgb(mark.colour))


@_objects.register
def _(mark: Box) -> Iterator[Object]:
    right, bottom = mark.x + mark.width, mark.y + mark.height
    data = _path(((mark.x, mark.y), (right, mark.y), (right, bottom), (mark.x, bottom)), close=True)
    edge = max(mark.stroke, 0.1)
    bounds = (mark.x - edge, mark.y - edge, mark.width + 2 * edge, mark.height + 2 * edge)
    if mark.fill:
        yield Outline(bounds, data, colour=_rgb(mark.fill), is_filled=True)
    if mark.stroke:
        yield Outline(bounds, data, line_width=mark.stroke, colour=_rgb(mark.colour))


@_objects.register
def _(mark: Seal) -> Iterator[Object]:
    reach = mark.radius * 1.05
    bounds = (mark.x - reach, mark.y - reach, 2 * reach, 2 * reach)
    red = _rgb(RED)
    yield Outline(bounds, _circle(mark.x, mark.y, mark.radius), line_width=mark.radius * 0.055, colour=red)
    star = _path(star_points(mark.x, mark.y, mark.radius * 0.32), close=True)
    yield Outline(bounds, star, colour=red, is_filled=True)
    for char in seal_characters(mark):
        # The run turns about its own origin, so that origin is moved to the lower left corner of the turned glyph.
        cos, sin = math.cos(char.angle), math.sin(char.angle)
        across, down = -char.size / 2, char.size * 0.36
        yield TextRun(
            char.x + across * cos - down * sin,
            char.y + across * sin + down * cos,
            char.text,
            char.size,
            (char.size,),
            weight=700,
            colour=red,
            transform=(cos, sin, -sin, cos),
        )


@_objects.register
def _(mark: Portrait) -> Iterator[Object]:
    yield Picture(mark.x, mark.y, mark.width, mark.height, portrait_jpeg(mark.variant, width=220))


def drawing_ofd(drawing: Drawing, *, author: str = "") -> bytes:
    """Return a drawing as OFD; its document id follows from its content."""
    digest = hashlib.sha256(repr(drawing).encode()).hexdigest()[:32]
    info = OfdDescription(
        digest, drawing.title, date.fromisoformat(drawing.made_on), author=author, creator="云泽市政务服务平台"
    )
    pages = (
        OfdPage(sheet.width, sheet.height, tuple(item for mark in sheet.marks for item in _objects(mark)))
        for sheet in drawing.sheets
    )
    return write_ofd(pages, info=info)
