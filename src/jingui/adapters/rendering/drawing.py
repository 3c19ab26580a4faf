"""Drawing one page of any format that has pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from jingui.adapters.rendering.ofd_pages import draw_ofd
from jingui.adapters.rendering.pdf_pages import draw_pdf
from jingui.adapters.rendering.picture_pages import draw_picture
from jingui.domain.errors import PermanentFailure

MIN_WIDTH, MAX_WIDTH = 16, 2000
PNG_LEVEL = 3  # a third of the time of the default at a few per cent more bytes
Draw = Callable[..., Image.Image]

DRAWERS: dict[str, Draw] = {
    "pdf": draw_pdf,
    "pdfa": draw_pdf,
    "ofd": draw_ofd,
    "jpeg": draw_picture,
    "png": draw_picture,
    "tiff": draw_picture,
    "gif": draw_picture,
    "bmp": draw_picture,
}
RENDERED_FORMATS = frozenset(DRAWERS)

# Stands beside the page image, never in it.
READING_AIDS = {"ofd": "本图按版式文件中文字、线条和图片的坐标绘出，仅供阅读参考；签章、底纹等未绘出，以原文件为准。"}


def reading_aid_caption(format_name: str) -> str:
    """Return what must be said beside a page image that is not a true rendering; ``""`` if it is one."""
    return READING_AIDS.get(format_name, "")


def draw_page(path: Path, format_name: str, *, page: int, width: int) -> bytes:
    """Draw a page as PNG. Raises PermanentFailure; decoders may raise anything else over broken files."""
    draw = DRAWERS.get(format_name)
    if draw is None:
        raise PermanentFailure("format_not_rendered", format_name)
    if page < 0:
        raise PermanentFailure("no_such_page", str(page))
    image = draw(path, format_name, page=page, width=min(max(width, MIN_WIDTH), MAX_WIDTH))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=PNG_LEVEL)
    return buffer.getvalue()
