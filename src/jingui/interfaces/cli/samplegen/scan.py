"""Makes JPEG scans of drawings: paper, a slight turn, grain, a stamped seal. About 120 dpi."""

from __future__ import annotations

import io
import math
from functools import cache, singledispatch

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from jingui.interfaces.cli.samplegen.chance import seeded
from jingui.interfaces.cli.samplegen.drawing import (
    RED,
    Box,
    Drawing,
    Line,
    Mark,
    Portrait,
    Seal,
    Sheet,
    Text,
    advances,
    seal_characters,
    star_points,
)
from jingui.interfaces.cli.samplegen.pdf import FONT_FOLDER
from jingui.interfaces.cli.samplegen.photos import portrait_jpeg

_SCALE = 4.76  # pixels per millimetre
_FACES = {"serif": "NotoSerifSC-Regular.otf", "sans": "NotoSansSC-Regular.otf"}
_QUALITY = 60


@cache
def _font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / _FACES[face]), pixels)


@cache
def _paper(width: int, height: int, variant: int) -> Image.Image:
    """Draw a sheet of paper as a scanner sees it: warm, unevenly lit, grainy."""
    pick = seeded(variant)
    tone = ((250, 248, 240), (247, 246, 243), (252, 249, 236))[variant % 3]
    grain = Image.frombytes("L", (256, 256), pick.randbytes(256 * 256)).filter(ImageFilter.GaussianBlur(0.7))
    tiled = Image.new("L", (width, height))
    for x in range(0, width, 256):
        for y in range(0, height, 256):
            tiled.paste(grain, (x, y))
    light = Image.linear_gradient("L").rotate(90 * variant).resize((width, height))
    # Grain and light are mixed before the range is narrowed, so that the light falls off without steps.
    shade = Image.blend(tiled, light, 0.45).point([240 + value * 15 // 255 for value in range(256)]).convert("RGB")
    return ImageChops.multiply(Image.new("RGB", (width, height), tone), shade)


@cache
def _seal_tile(name: str, foot: str, radius: float) -> Image.Image:
    """Draw a stamped seal once: red where there is ink, white where there is none."""
    reach = round(radius * _SCALE * 1.06)
    tile = Image.new("L", (2 * reach, 2 * reach), 0)
    draw = ImageDraw.Draw(tile)
    edge = radius * _SCALE
    draw.ellipse(
        (reach - edge, reach - edge, reach + edge, reach + edge), outline=215, width=max(3, round(edge * 0.05))
    )
    draw.polygon([(reach + x, reach + y) for x, y in star_points(0, 0, edge * 0.32)], fill=215)
    for char in seal_characters(Seal(0, 0, name, foot, edge)):
        glyph = Image.new("L", (round(char.size * 1.5),) * 2, 0)
        middle = glyph.width / 2
        ImageDraw.Draw(glyph).text(
            (middle, middle), char.text, fill=225, font=_font("serif", round(char.size)), anchor="mm", stroke_width=0.4
        )
        turned = glyph.rotate(-math.degrees(char.angle), Image.Resampling.BICUBIC)
        place = (round(reach + char.x - middle), round(reach + char.y - middle))
        tile.paste(
            ImageChops.lighter(tile.crop((*place, place[0] + glyph.width, place[1] + glyph.height)), turned), place
        )
    patchy = Image.frombytes("L", (64, 64), seeded(name).randbytes(4096))
    patchy = patchy.resize(tile.size, Image.Resampling.BICUBIC).point([min(255, 150 + value) for value in range(256)])
    return ImageChops.multiply(tile, patchy)


def _pixels(*values: float) -> tuple[float, ...]:
    return tuple(value * _SCALE for value in values)


@singledispatch
def _put(mark: Mark, canvas: Image.Image) -> None:
    raise TypeError(f"no scan of {type(mark).__name__} on {canvas.size}")


@_put.register
def _(mark: Text, canvas: Image.Image) -> None:
    font = _font(mark.face, round(mark.size * _SCALE))
    draw = ImageDraw.Draw(canvas)
    if not mark.slant:
        # Character by character, so that lines are as wide as the layout counted.
        x = mark.x * _SCALE
        for char, width in zip(mark.text, advances(mark.text, mark.size), strict=True):
            if char not in " 　":
                draw.text(
                    (x, mark.y * _SCALE),
                    char,
                    fill=mark.colour,
                    font=font,
                    anchor="ls",
                    stroke_width=0.45 if mark.bold else 0,
                )
            x += width * _SCALE
        return
    height = round(mark.size * _SCALE * 1.5)
    strip = Image.new("L", (round(font.getlength(mark.text)) + height, height), 0)
    ImageDraw.Draw(strip).text(
        (height * 0.1, height * 0.75), mark.text, fill=255, font=font, anchor="ls", stroke_width=0.4
    )
    leaning = strip.transform(
        strip.size, Image.Transform.AFFINE, (1, 0.24, -height * 0.2, 0, 1, 0), Image.Resampling.BICUBIC
    )
    canvas.paste(mark.colour, (round(mark.x * _SCALE), round(mark.y * _SCALE - height * 0.75)), leaning)


@_put.register
def _(mark: Line, canvas: Image.Image) -> None:
    ends = _pixels(mark.x1, mark.y1, mark.x2, mark.y2)
    ImageDraw.Draw(canvas).line(ends, fill=mark.colour, width=max(1, round(mark.width * _SCALE)))


@_put.register
def _(mark: Box, canvas: Image.Image) -> None:
    corners = _pixels(mark.x, mark.y, mark.x + mark.width, mark.y + mark.height)
    width = max(1, round(mark.stroke * _SCALE)) if mark.stroke else 0
    outline = mark.colour if mark.stroke else None
    ImageDraw.Draw(canvas).rectangle(corners, outline=outline, fill=mark.fill or None, width=width)


@_put.register
def _(mark: Seal, canvas: Image.Image) -> None:
    tile = _seal_tile(mark.name, mark.foot, mark.radius)
    place = (round(mark.x * _SCALE) - tile.width // 2, round(mark.y * _SCALE) - tile.height // 2)
    canvas.paste(RED, place, tile)


@_put.register
def _(mark: Portrait, canvas: Image.Image) -> None:
    picture = Image.open(io.BytesIO(portrait_jpeg(mark.variant, width=220)))
    size = (round(mark.width * _SCALE), round(mark.height * _SCALE))
    canvas.paste(picture.resize(size), (round(mark.x * _SCALE), round(mark.y * _SCALE)))


def sheet_jpeg(sheet: Sheet, *, seed: int) -> bytes:
    """Return one page as a JPEG scan; ``seed`` decides turn and paper."""
    pick = seeded(seed)
    size = (round(sheet.width * _SCALE), round(sheet.height * _SCALE))
    canvas = Image.new("RGB", size, "white")
    for mark in sheet.marks:
        _put(mark, canvas)
    angle = pick.choice((-1, 1)) * (0.25 + pick.random() * 0.6)
    turned = canvas.rotate(angle, Image.Resampling.BILINEAR, fillcolor="white")
    target = io.BytesIO()
    ImageChops.multiply(turned, _paper(*size, pick.randrange(6))).save(target, "JPEG", quality=_QUALITY, dpi=(121, 121))
    return target.getvalue()


def drawing_jpeg(drawing: Drawing, *, seed: int) -> bytes:
    """Return the first page of a drawing as a JPEG scan."""
    return sheet_jpeg(drawing.sheets[0], seed=seed)
