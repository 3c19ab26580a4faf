"""Opening scans: which of the four forms a file has, how many pages, and one page at a time as a picture."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pypdfium2 as pdfium
from PIL import Image

from jingui.domain.errors import Invalid, Problem
from jingui.formats.reading.pdf_text import PDFIUM_LOCK

PDF_DPI = 200
PICTURE_FORMATS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
PDF_MARK = b"%PDF-"
DEEP_MODES = ("I;16", "I;16B", "I;16L", "I")


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Bounds of one scan: ``pages`` of it, ``pixels`` of one page, and the longer ``side`` of a prepared picture."""

    pages: int = 2_000
    pixels: int = 150_000_000
    side: int = 2_400


DEFAULT_LIMITS = ScanLimits()


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it lies in the file: its own pixels and stated dpi (0: none), and the image, perhaps smaller, L or RGB.

    ``quarter_turns`` clockwise are what the file itself says (Exif); the image has not been turned by them.
    """

    width: int
    height: int
    dpi: int
    quarter_turns: int
    image: Image.Image


class Scan(Protocol):
    """An opened scan."""

    @property
    def page_count(self) -> int:
        """How many pages it has."""
        ...

    def picture(self, number: int) -> Picture:
        """Decode one page (from 0). Raises Invalid."""
        ...


Opener = Callable[[Path, ScanLimits], AbstractContextManager[Scan]]


def refusal(code: str, **params: str) -> Invalid:
    """Return the refusal of a scan."""
    return Invalid((Problem("scan", code, params),))


@contextmanager
def opened(path: Path, *, limits: ScanLimits = DEFAULT_LIMITS) -> Iterator[Scan]:
    """Open a scan.

    Raises:
        Invalid: ``scan_form_unknown``, ``scan_damaged``, ``scan_encrypted``, ``scan_too_many_pages`` or
            ``scan_too_large``, here or when a page is decoded.
    """
    with path.open("rb") as stream:
        head = stream.read(1024)
    opener = _opener(head)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd but decodes is shown to the clerk as a picture
            with opener(path, limits) as scan:
                yield scan
    except Image.DecompressionBombError:
        raise refusal("scan_too_large", size=f"> {Image.MAX_IMAGE_PIXELS} pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, pdfium.PdfiumError) as error:
        raise refusal("scan_damaged", detail=f"{type(error).__name__}: {error}"[:200]) from None


def _opener(head: bytes) -> Opener:
    if head.startswith(TIFF_MARKS):
        return _tiff
    if PDF_MARK in head:
        return _pdf
    if any(head.startswith(mark) for mark in PICTURE_FORMATS):
        return _single
    raise refusal("scan_form_unknown")


@contextmanager
def _single(path: Path, limits: ScanLimits) -> Iterator[Scan]:
    with Image.open(path, formats=tuple(PICTURE_FORMATS.values())) as picture:
        yield PictureScan(picture, 1, limits)


@contextmanager
def _tiff(path: Path, limits: ScanLimits) -> Iterator[Scan]:
    with Image.open(path, formats=("TIFF",)) as picture:
        yield PictureScan(picture, _frames(picture, limits), limits)


def _frames(picture: Image.Image, limits: ScanLimits) -> int:
    """Count the directories one by one, so that endless ones are given up early."""
    for number in range(limits.pages + 1):
        try:
            picture.seek(number)
        except EOFError:
            return number
    raise refusal("scan_too_many_pages", limit=str(limits.pages))


@contextmanager
def _pdf(path: Path, limits: ScanLimits) -> Iterator[Scan]:
    with PDFIUM_LOCK:
        try:
            document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as error:
            code = "scan_encrypted" if "password" in str(error).lower() else "scan_damaged"
            raise refusal(code, detail=str(error)[:200]) from None
        try:
            if len(document) > limits.pages:
                raise refusal("scan_too_many_pages", limit=str(limits.pages))
            yield PdfScan(document, limits)
        finally:
            document.close()


class PictureScan:
    """A JPEG or PNG, or the frames of a TIFF."""

    def __init__(self, source: Image.Image, page_count: int, limits: ScanLimits) -> None:
        """Keep the opened image; the caller closes it."""
        self.source = source
        self.page_count = page_count
        self._limits = limits

    def frame(self, number: int) -> Image.Image:
        """Go to a frame without decoding it. Raises Invalid beyond the pixel limit."""
        if not 0 <= number < self.page_count:
            raise refusal("scan_no_such_page", number=str(number + 1))
        self.source.seek(number)
        width, height = self.source.size
        if not 0 < width * height <= self._limits.pixels:
            raise refusal("scan_too_large", size=f"{width}×{height}")
        return self.source

    def picture(self, number: int) -> Picture:
        """Decode one frame; a JPEG larger than needed is decoded at a half, a quarter or an eighth."""
        source = self.frame(number)
        width, height = source.size
        turns, dpi = _exif_turns(source), stated_dpi(source)
        side = self._limits.side
        if source.format == "JPEG" and max(width, height) >= 2 * side:
            source.draft("RGB", (side, side))
        return Picture(width, height, dpi, turns, fitted(flat(source), side))


class PdfScan:
    """A PDF: pages are drawn at ``PDF_DPI``, whatever is on them."""

    def __init__(self, document: pdfium.PdfDocument, limits: ScanLimits) -> None:
        """Keep the opened document; the caller closes it."""
        self._document = document
        self._limits = limits

    @property
    def page_count(self) -> int:
        """How many pages it has."""
        return len(self._document)

    def picture(self, number: int) -> Picture:
        """Draw one page."""
        if not 0 <= number < self.page_count:
            raise refusal("scan_no_such_page", number=str(number + 1))
        page = self._document[number]
        wide, high = page.get_size()
        if wide <= 0 or high <= 0:
            raise refusal("scan_damaged", detail="page without area")
        scale = min(PDF_DPI / 72, self._limits.side / max(wide, high))
        dpi = _picture_dpi(page, wide, high)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        image = bitmap.to_pil().convert("RGB")
        bitmap.close()
        page.close()
        stated = dpi or PDF_DPI
        return Picture(round(wide * stated / 72), round(high * stated / 72), stated, 0, image)


def _picture_dpi(page: pdfium.PdfPage, wide: float, high: float) -> int:
    """Return the resolution of the largest picture on a PDF page; 0 where none covers half of it."""
    found = 0
    for shape in page.get_objects(filter=(3,), max_depth=2):  # 3: FPDF_PAGEOBJ_IMAGE
        left, bottom, right, top = shape.get_bounds()
        if (right - left) * (top - bottom) >= wide * high / 2:
            pixels = max(shape.get_px_size())
            found = max(found, round(pixels * 72 / max(right - left, top - bottom)))
    return found


_EXIF_ORIENTATION = 0x0112
_EXIF_TURNS = {3: 2, 6: 1, 8: 3}
_NATIVE_DPI = (1, 72, 96)  # what programs write that know nothing of the scanner


def _exif_turns(source: Image.Image) -> int:
    return _EXIF_TURNS.get(int(source.getexif().get(_EXIF_ORIENTATION, 1) or 1), 0)


def stated_dpi(source: Image.Image) -> int:
    """Return the resolution a file states; 0 for none, or for what programs write that know nothing of a scanner."""
    stated = source.info.get("dpi") or (0, 0)
    try:
        dpi = round(float(min(stated)))
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return 0
    return 0 if dpi in _NATIVE_DPI or not 0 < dpi <= 9_600 else dpi  # noqa: PLR2004 - no scanner gives more


def flat(picture: Image.Image) -> Image.Image:
    """Return a picture as grey or RGB, transparency on white."""
    if picture.mode in DEEP_MODES:
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def fitted(image: Image.Image, side: int) -> Image.Image:
    """Shrink an image so that its longer side fits; a smaller one stays as it is."""
    longer = max(image.size)
    if longer <= side:
        return image
    size = (max(1, image.width * side // longer), max(1, image.height * side // longer))
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
