"""PDF pages with pdfium, annotations and form fields included."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

from jingui.adapters.rendering.proportions import drawn_size
from jingui.domain.errors import PermanentFailure
from jingui.formats.reading.pdf_text import PDFIUM_LOCK


def draw_pdf(path: Path, format_name: str, *, page: int, width: int) -> Image.Image:  # noqa: ARG001 - as all drawers
    """Draw a page on white. Raises PermanentFailure."""
    with PDFIUM_LOCK:
        document = _opened(path)
        try:
            if page >= len(document):
                raise PermanentFailure("no_such_page", str(page))
            document.init_forms()
            return _drawn(document[page], width)
        finally:
            document.close()


def _opened(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        code = "encrypted" if "password" in str(error).lower() else "page_not_drawn"
        raise PermanentFailure(code, str(error)) from None


def _drawn(page: pdfium.PdfPage, width: int) -> Image.Image:
    wide, high = page.get_size()
    if wide <= 0 or high <= 0:
        raise PermanentFailure("page_not_drawn", "page without area")
    scaled, _ = drawn_size(wide, high, width)
    # pdfium's binding rounds up, so a hair less than the exact scale gives the exact width.
    bitmap = page.render(scale=(scaled - 0.01) / wide, may_draw_forms=True, rev_byteorder=True)
    image: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    page.close()
    return image
