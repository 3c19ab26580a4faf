"""Draws the strokes of a signature: as SVG for paper and as PNG for viewers. Pressure makes a stroke wider."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw

from jingui.domain.capture.handwriting import WIDTH, Handwriting, StrokePoint

PNG_WIDTH = 1000
_INK = "#0b1730"
_THIN, _THICK = 55, 150  # ten-thousandths of the field's width
_EVEN = 500  # pressure taken for devices that have none
_FINER = 2  # drawn so many times larger and made smaller, so that edges are smooth


def signature_svg(written: Handwriting) -> str:
    """Return the signature as SVG without any other content."""
    lines = "".join(
        f'<line x1="{a.x}" y1="{a.y}" x2="{b.x}" y2="{b.y}" stroke-width="{_width(a, b)}"/>'
        for a, b in _segments(written)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {written.height}">'
        f'<g stroke="{_INK}" stroke-linecap="round" fill="none">{lines}</g></svg>'
    )


def signature_png(written: Handwriting) -> bytes:
    """Return the signature as a PNG on white, 1,000 pixels wide."""
    scale = PNG_WIDTH * _FINER / WIDTH
    height = max(1, round(written.height * PNG_WIDTH / WIDTH))
    canvas = Image.new("L", (PNG_WIDTH * _FINER, height * _FINER), 255)
    draw = ImageDraw.Draw(canvas)
    for a, b in _segments(written):
        radius = _width(a, b) * scale / 2
        ends = [(point.x * scale, point.y * scale) for point in (a, b)]
        draw.line(ends, fill=30, width=max(1, round(2 * radius)))
        for x, y in ends:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=30)
    buffer = BytesIO()
    canvas.resize((PNG_WIDTH, height), Image.Resampling.LANCZOS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _segments(written: Handwriting) -> Iterator[tuple[StrokePoint, StrokePoint]]:
    for stroke in written.strokes:
        yield from pairwise(stroke.points if len(stroke.points) > 1 else stroke.points * 2)


def _width(a: StrokePoint, b: StrokePoint) -> int:
    pressure = (a.pressure + b.pressure) // 2 or _EVEN
    return _THIN + (_THICK - _THIN) * pressure // 1000
