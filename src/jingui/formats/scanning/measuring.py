"""Measuring a page with Pillow alone: ink, paper, sharpness, skew, and which way its lines run.

Everything works on small grey images, so a page costs some tens of milliseconds whatever its resolution.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from PIL import Image, ImageChops, ImageFilter

from jingui.formats.scanning.opening import fitted

INK_SIDE = 1_100  # pixels of the longer side where ink is looked for: about 94 dpi of an A4 sheet
SKEW_SIDE = 700
MARGIN = 0.03  # edges of the glass, holes and staples lie here
INK_CONTRAST = 32  # grey levels darker than the paper around it
MAX_SKEW_DEGREES = 10.0
LINE_BLOCK = 24  # pixels of unbroken ink that are a ruled line, not a character
_ON = 255


def grey(image: Image.Image, side: int) -> Image.Image:
    """Return a small grey copy."""
    return fitted(image.convert("L"), side)


def ink_mask(image: Image.Image) -> Image.Image:
    """Return what is darker than the paper around it as 255, without the margins; shadows and tinted paper do not count."""
    small = grey(image, INK_SIDE)
    inset_x, inset_y = round(small.width * MARGIN), round(small.height * MARGIN)
    inner = small.crop((inset_x, inset_y, small.width - inset_x, small.height - inset_y))
    around = inner.filter(ImageFilter.BoxBlur(max(8, INK_SIDE // 50)))
    darker = ImageChops.subtract(around, inner)
    return darker.point([_ON if value > INK_CONTRAST else 0 for value in range(256)])


def ink_share(mask: Image.Image) -> float:
    """Return how much of a page is ink, 0..1; single specks (dust, sensor noise) are dropped."""
    kept = mask.filter(ImageFilter.MedianFilter(3))
    return kept.histogram()[_ON] / max(1, mask.width * mask.height)


def paper_brightness(image: Image.Image) -> int:
    """Return the grey level that nine tenths of a page stay below: the paper, not the print."""
    return _percentile(grey(image, INK_SIDE).histogram(), 0.9)


def sharpness(image: Image.Image, ink: float) -> float:
    """Return how steep the steepest edges are against the full contrast of the page, 0..1.

    Looked at in pixels of the prepared picture, so that what is blurred on paper is blurred here, whatever the
    dpi. ``ink`` (its share) says how rare edges are: a single line of text must not look blurred for being short.
    """
    page = image.convert("L")
    histogram = page.histogram()
    rare = min(0.001, max(0.00001, ink * 0.02))
    contrast = _percentile(histogram, 0.95) - _percentile(histogram, 5 * rare)
    if contrast < INK_CONTRAST:
        return 0.0
    steps = ImageChops.difference(page, ImageChops.offset(page, 1, 0)).crop((1, 0, page.width, page.height))
    return min(1.0, _percentile(steps.histogram(), 1 - rare) / contrast)


def _percentile(histogram: list[int], share: float) -> int:
    wanted, seen = share * sum(histogram), 0
    for value, count in enumerate(histogram):
        seen += count
        if seen >= wanted:
            return value
    return len(histogram) - 1


def skew_degrees(mask: Image.Image) -> float:
    """Return by how many degrees clockwise a page must be turned to be level, within ±10; 0 where nothing tells.

    Rows of text give the sharpest profile when they are level; the page is sheared, not turned, which is the
    same within these angles and needs no room at the corners. Columns tell where rows do not (a page on its side).
    """
    small = fitted(mask, SKEW_SIDE)
    rows, columns = _best_angle(small), _best_angle(small.transpose(Image.Transpose.ROTATE_90))
    return max(rows, columns)[1]


def _best_angle(mask: Image.Image) -> tuple[float, float]:
    coarse = _peak(mask, [step / 2 for step in range(-20, 21)])
    return _peak(mask, [round(coarse[1] + step / 10, 1) for step in range(-4, 5)])


def _peak(mask: Image.Image, angles: Iterable[float]) -> tuple[float, float]:
    scores = [(_edge_energy(_sheared(mask, angle)), -abs(angle), angle) for angle in angles]
    score, _, angle = max(scores)
    return score, max(-MAX_SKEW_DEGREES, min(MAX_SKEW_DEGREES, angle))


def _sheared(mask: Image.Image, angle: float) -> Image.Image:
    slope = math.tan(math.radians(angle))
    matrix = (1, 0, 0, -slope, 1, slope * mask.width / 2)
    return mask.transform(mask.size, Image.Transform.AFFINE, matrix, Image.Resampling.NEAREST)


def _edge_energy(mask: Image.Image) -> float:
    profile = mask.resize((1, mask.height), Image.Resampling.BOX).tobytes()
    return float(sum((after - before) ** 2 for before, after in pairwise(profile)))


def lies_on_side(mask: Image.Image) -> bool:
    """Say whether the lines of text run from top to bottom; ruled lines, which run both ways, are left out.

    ``mask`` must be level already. Whether a page is upside down cannot be told without reading it.
    """
    text = _without_rules(mask)
    rows, columns = _edge_energy(text), _edge_energy(text.transpose(Image.Transpose.ROTATE_90))
    return columns > 1.6 * rows + 1


def _without_rules(mask: Image.Image) -> Image.Image:
    """Take away what is inked without a break over a block's length, across or down."""
    rules = ImageChops.lighter(_unbroken(mask, (LINE_BLOCK, 1)), _unbroken(mask, (1, LINE_BLOCK)))
    return ImageChops.subtract(mask, rules.filter(ImageFilter.MaxFilter(3)))


def _unbroken(mask: Image.Image, block: tuple[int, int]) -> Image.Image:
    full = mask.reduce(block).point([_ON if value > 230 else 0 for value in range(256)])  # noqa: PLR2004 - nearly 255
    return full.resize(mask.size, Image.Resampling.NEAREST)
