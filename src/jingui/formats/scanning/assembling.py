"""Assembling pages of scans into one PDF without encoding any picture anew.

A JPEG and the data of a plain PNG go in as they are, a TIFF frame is packed without loss, a page of a PDF is copied.
What makes a page upright is the matrix it is placed with, so the scanner's pixels stay untouched below it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from jingui.formats.scanning.opening import (
    DEFAULT_LIMITS,
    PDF_MARK,
    PictureScan,
    ScanLimits,
    opened,
    refusal,
)
from jingui.formats.scanning.pixels import Pixels, pixels_of
from jingui.formats.scanning.placing import Placement
from jingui.formats.scanning.preparing import A4_LONG_INCHES, LEAST_SKEW
from jingui.formats.scanning.text_layer import FONT_NAME, text_font, text_operators

MAX_BYTES = 240 * 1024**2

Matrix = tuple[float, float, float, float, float, float]


def assemble(pages: Iterable[Placement], *, title: str, limits: ScanLimits = DEFAULT_LIMITS) -> bytes:
    """Return a PDF of the pages in their order.

    Raises:
        Invalid: a page cannot be taken, see ``opening.opened``; ``scan_too_large`` above 240 MiB.
    """
    with pikepdf.Pdf.new() as target:
        binding = _Binding(target, limits)
        for page in pages:
            binding.add(page)
        if not len(target.pages):
            raise refusal("scan_without_pages")
        with target.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = title
        return binding.saved()


@dataclass(frozen=True, slots=True)
class _Room:
    """The size of an upright page in points, and what turns its picture into place."""

    width: float
    height: float
    matrix: Matrix


class _Binding:
    """A PDF that is being put together."""

    def __init__(self, target: pikepdf.Pdf, limits: ScanLimits) -> None:
        self._target = target
        self._limits = limits
        self._font: pikepdf.Object | None = None
        self._documents: dict[Path, pikepdf.Pdf] = {}

    def add(self, placement: Placement) -> None:
        with placement.path.open("rb") as stream:
            is_pdf = PDF_MARK in stream.read(1024)
        if is_pdf:
            self._add_copied(placement)
        else:
            self._add_picture(placement)

    def _add_picture(self, placement: Placement) -> None:
        with opened(placement.path, limits=self._limits) as scan:
            if not isinstance(scan, PictureScan):
                raise refusal("scan_form_unknown")
            pixels = pixels_of(scan.frame(placement.number), placement.path)
        room = _room(pixels, placement)
        page = self._target.add_blank_page(page_size=(max(3.0, room.width), max(3.0, room.height)))
        page.add_resource(_image(self._target, pixels), pikepdf.Name.XObject, pikepdf.Name("/Im0"))
        drawing = f"q {_numbers(room.matrix)} cm /Im0 Do Q".encode("ascii")
        page.contents_add(drawing)
        self._add_text(page, placement, room.width, room.height)

    def _add_copied(self, placement: Placement) -> None:
        source = self._document(placement.path)
        if not 0 <= placement.number < len(source.pages):
            raise refusal("scan_no_such_page", number=str(placement.number + 1))
        self._target.pages.append(source.pages[placement.number])
        page = self._target.pages[-1]
        for name in ("/AA", "/Annots", "/B", "/Thumb"):  # a page that only shows takes no actions along
            if name in page:
                del page[name]
        turned = (int(page.get("/Rotate", 0)) + 90 * placement.quarter_turns) % 360
        page.Rotate = turned
        left, bottom, right, top = (float(side) for side in page.mediabox)
        width, height = right - left, top - bottom
        if abs(placement.skew_degrees) >= LEAST_SKEW:
            middle = (left + width / 2, bottom + height / 2)
            matrix = _turn((1.0, 1.0), middle, placement.skew_degrees, (left + width / 2, bottom + height / 2))
            page.contents_add(f"q {_numbers(matrix)} cm".encode("ascii"), prepend=True)
            page.contents_add(b"Q")
        if placement.text is None or not placement.text.lines or _has_text(page):
            return
        upright = (height, width) if turned % 180 else (width, height)
        self._add_text(self._unturned(page, upright) if turned else page, placement, *upright)

    def _unturned(self, page: pikepdf.Page, size: tuple[float, float]) -> pikepdf.Page:
        """Draw the last page, which viewers turn, upright on a page of its own: not all of them find text that is turned."""
        form = page.as_form_xobject()
        fresh = self._target.add_blank_page(page_size=size)
        name = fresh.add_resource(form, pikepdf.Name.XObject)
        place = pikepdf.Rectangle(0, 0, *size)
        fresh.contents_add(
            fresh.calc_form_xobject_placement(
                form, name, place, invert_transformations=True, allow_shrink=True, allow_expand=False
            )
        )
        del self._target.pages[-2]
        return fresh

    def _add_text(self, page: pikepdf.Page, placement: Placement, width: float, height: float) -> None:
        if placement.text is None or not placement.text.lines:
            return
        self._font = self._font or text_font(self._target)
        page.add_resource(self._font, pikepdf.Name.Font, pikepdf.Name(FONT_NAME))
        page.contents_add(b"q\n" + text_operators(placement.text.lines, width=width, height=height) + b"\nQ")

    def _document(self, path: Path) -> pikepdf.Pdf:
        if path not in self._documents:
            try:
                self._documents[path] = pikepdf.open(path)
            except pikepdf.PasswordError:
                raise refusal("scan_encrypted") from None
            except pikepdf.PdfError as error:
                raise refusal("scan_damaged", detail=str(error)[:200]) from None
        return self._documents[path]

    def saved(self) -> bytes:
        buffer = BytesIO()
        self._target.save(buffer, deterministic_id=True)
        if buffer.tell() > MAX_BYTES:
            raise refusal("scan_too_large", size=f"{buffer.tell()} bytes")
        return buffer.getvalue()


def _room(pixels: Pixels, placement: Placement) -> _Room:
    dpi = pixels.dpi or max(pixels.width, pixels.height) / A4_LONG_INCHES
    wide, high = pixels.width * 72 / dpi, pixels.height * 72 / dpi
    width, height = (high, wide) if placement.quarter_turns % 2 else (wide, high)
    skew = placement.skew_degrees if abs(placement.skew_degrees) >= LEAST_SKEW else 0.0
    angle = 90.0 * (placement.quarter_turns % 4) + skew
    return _Room(width, height, _turn((wide, high), (width / 2, height / 2), angle, (0.5, 0.5)))


def _turn(scale: tuple[float, float], middle: tuple[float, float], angle: float, source: tuple[float, float]) -> Matrix:
    """Return the matrix that scales, turns clockwise by ``angle`` and moves the point ``source`` to ``middle``."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    a, b, c, d = scale[0] * cosine, -scale[0] * sine, scale[1] * sine, scale[1] * cosine
    x, y = source
    return a, b, c, d, middle[0] - a * x - c * y, middle[1] - b * x - d * y


def _has_text(page: pikepdf.Page) -> bool:
    """Say whether a copied page brings letters of its own, of which no second set is wanted."""
    resources: Any = page.obj.get("/Resources", {})
    return bool(resources.get("/Font", {}))


def _numbers(matrix: Matrix) -> str:
    return " ".join(f"{value:.5f}" for value in matrix)


def _image(target: pikepdf.Pdf, pixels: Pixels) -> pikepdf.Object:
    stream = pikepdf.Stream(target, pixels.data)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = pixels.width, pixels.height
    stream.BitsPerComponent = pixels.bits
    stream.ColorSpace = _colour_space(target, pixels)
    stream.Filter = pikepdf.Name("/" + pixels.filter)
    if pixels.is_inverted:
        stream.Decode = [1, 0] * pixels.channels
    if pixels.is_predicted:
        stream.DecodeParms = pikepdf.Dictionary(
            Predictor=15, Colors=pixels.channels, BitsPerComponent=pixels.bits, Columns=pixels.width
        )
    return target.make_indirect(stream)


_SPACES = {1: pikepdf.Name.DeviceGray, 3: pikepdf.Name.DeviceRGB, 4: pikepdf.Name.DeviceCMYK}


def _colour_space(target: pikepdf.Pdf, pixels: Pixels) -> pikepdf.Object:
    if not pixels.palette:
        return _SPACES[pixels.channels]
    table = target.make_stream(pixels.palette)
    last = len(pixels.palette) // 3 - 1
    return pikepdf.Array([pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, last, table])
