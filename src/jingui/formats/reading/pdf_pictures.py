"""Pictures in PDFs that are packed as files of their own: their frame against the size that the PDF tells (ISO 32000-1 §8.9.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from jingui.formats.reading.pdf_names import values_of
from jingui.formats.reading.source import Outcome

MAX_PICTURES = 200
MAX_SEGMENTS = 500
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
HEADER_BOX = b"ihdr"


def check_pictures(pdf: pikepdf.Pdf, outcome: Outcome, *, pages: int) -> None:
    """Tell the first picture whose own size is not the one told: programs show it cut off, stretched or not at all."""
    for number, picture in enumerate(_pictures(pdf, pages)):
        if number >= MAX_PICTURES:
            return
        own = _own_size(picture)
        told = (picture.get("/Width"), picture.get("/Height"))
        if own and own != told:
            outcome.defect("needs_repair", f"a picture of {own[0]}×{own[1]} pixels is said to have {told[0]}×{told[1]}")
            return


def _pictures(pdf: pikepdf.Pdf, pages: int) -> Iterator[Any]:
    seen: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages):
        if number >= pages:
            return
        resources = page.obj.get("/Resources")
        objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        for _, one in values_of(objects) if isinstance(objects, pikepdf.Dictionary) else ():
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image" and one.objgen not in seen:
                seen.add(one.objgen)
                yield one


def _own_size(picture: Any) -> tuple[int, int] | None:  # noqa: ANN401 - pikepdf
    kind = picture.get("/Filter")
    if kind not in ("/DCTDecode", "/JPXDecode"):
        return None
    try:
        data = memoryview(picture.get_raw_stream_buffer())
    except pikepdf.PdfError:
        return None
    return _jpeg_size(data) if kind == "/DCTDecode" else _wavelet_size(bytes(data[:4096]))


def _jpeg_size(data: memoryview) -> tuple[int, int] | None:
    """Follow the segments to the first frame (ITU-T T.81 B.2); its height may be left to a later segment."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        if at + 9 > len(data) or data[at] != 0xFF:  # noqa: PLR2004 - every marker begins with it
            return None
        marker = data[at + 1]
        if marker == 0xFF or marker in ALONE:  # noqa: PLR2004 - fill byte
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004 - fill byte
            continue
        if marker in FRAMES:
            height, width = int.from_bytes(data[at + 5 : at + 7]), int.from_bytes(data[at + 7 : at + 9])
            return (width, height) if width and height else None
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _wavelet_size(head: bytes) -> tuple[int, int] | None:
    at = head.find(HEADER_BOX)
    if at < 0 or at + 12 > len(head):
        return None
    return int.from_bytes(head[at + 8 : at + 12]), int.from_bytes(head[at + 4 : at + 8])
