"""Preparing a page: measured, its barcodes read, and an upright picture of it made."""

from __future__ import annotations

from io import BytesIO

import zxingcpp
from PIL import Image

from jingui.domain.capture.pages import PageFacts
from jingui.formats.scanning.measuring import (
    ink_mask,
    ink_share,
    lies_on_side,
    paper_brightness,
    sharpness,
    skew_degrees,
)
from jingui.formats.scanning.opening import Picture, Scan, fitted

A4_LONG_INCHES = 297 / 25.4
BARCODE_SIDES = (1_200, 2_400)
BARCODES_KEPT = 8
BARCODE_CHARACTERS = 500
LEAST_SKEW = 0.3  # degrees; less is not worth resampling for
LEAST_INK = 0.0002
LEAST_SKEW_INK = 0.001  # a few words are too short to tell an angle
LEAST_PAGE_SIDE = 1_000  # of the ink mask; on a cutting the letters are too large to tell lines from columns
UPRIGHT_QUALITY = 85

_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


def prepare(scan: Scan, number: int) -> tuple[PageFacts, bytes]:
    """Measure one page (from 0) and return it with its upright picture, a JPEG for eyes and recogniser.

    Raises:
        Invalid: the page cannot be decoded, see ``opening.opened``.
    """
    picture = scan.picture(number)
    facts = measure(picture, number)
    return facts, _jpeg(upright(picture.image, quarter_turns=facts.quarter_turns, skew_degrees=facts.skew_degrees))


def measure(picture: Picture, number: int) -> PageFacts:
    """Measure a decoded page."""
    image = picture.image
    mask = ink_mask(image)
    ink = ink_share(mask)
    skew = skew_degrees(mask) if ink >= LEAST_SKEW_INK else 0.0
    return PageFacts(
        number=number,
        width=picture.width,
        height=picture.height,
        dpi=picture.dpi or round(max(picture.width, picture.height) / A4_LONG_INCHES),
        is_dpi_stated=bool(picture.dpi),
        quarter_turns=picture.quarter_turns or _turns(mask, ink, skew),
        skew_degrees=skew,
        ink_share=round(ink, 6),
        sharpness=round(sharpness(image, ink), 3),
        brightness=paper_brightness(image),
        barcodes=_barcodes(image),
    )


def _turns(mask: Image.Image, ink: float, skew: float) -> int:
    """Return the quarter turns clockwise that make lines run across; which of the two sides is up is read, not seen."""
    if ink < LEAST_INK or max(mask.size) < LEAST_PAGE_SIDE:
        return 0
    return 1 if lies_on_side(mask.rotate(-skew)) else 0


def _barcodes(image: Image.Image) -> tuple[str, ...]:
    """Read barcodes; on a small picture first, where they are found fast and noise matters less."""
    page = image.convert("L")
    for side in BARCODE_SIDES:
        found = [code.text[:BARCODE_CHARACTERS] for code in zxingcpp.read_barcodes(fitted(page, side)) if code.text]
        if found or max(page.size) <= side:
            return tuple(dict.fromkeys(found[:BARCODES_KEPT]))
    return ()


def upright(image: Image.Image, *, quarter_turns: int, skew_degrees: float) -> Image.Image:
    """Turn a page clockwise by quarter turns, then level it; the corners that come free are filled with paper."""
    turned = image.transpose(_TURNS[quarter_turns % 4]) if quarter_turns % 4 else image
    if abs(skew_degrees) < LEAST_SKEW:
        return turned
    paper: int | tuple[int, ...] = _ON if turned.mode == "L" else (_ON,) * 3
    return turned.rotate(-skew_degrees, Image.Resampling.BICUBIC, fillcolor=paper)


_ON = 255


def _jpeg(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", quality=UPRIGHT_QUALITY)
    return target.getvalue()
