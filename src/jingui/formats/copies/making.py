"""Makes a restricted copy of one file, at the moment it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pikepdf

from jingui.domain.errors import PermanentFailure, Refused
from jingui.formats.copies.images import pdf_of_images
from jingui.formats.copies.pages import reading_pdf, write_stamped
from jingui.formats.copies.stamp import CopyStamp
from jingui.formats.copies.text import TextOriginal, pdf_of_text


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What was made: pages, bytes, and a stable code if the copy is less than a picture of the original (or "")."""

    pages: int
    bytes: int
    note: str = ""


Opening = Callable[[Path, str, TextOriginal | None], AbstractContextManager[pikepdf.Pdf]]


def _open_pdf(source: Path, _format_name: str, _text: TextOriginal | None) -> AbstractContextManager[pikepdf.Pdf]:
    return reading_pdf(source)


def _open_image(source: Path, format_name: str, _text: TextOriginal | None) -> AbstractContextManager[pikepdf.Pdf]:
    return pdf_of_images(source, format_name=format_name)


def _open_text(_source: Path, _format_name: str, text: TextOriginal | None) -> AbstractContextManager[pikepdf.Pdf]:
    return pdf_of_text(text or TextOriginal((), ""))


# Format name → how its pages are had, and the note on the copy.
_OPENINGS: dict[str, tuple[Opening, str]] = {
    "pdf": (_open_pdf, ""),
    "pdfa": (_open_pdf, ""),
    "jpeg": (_open_image, ""),
    "png": (_open_image, ""),
    "tiff": (_open_image, ""),
    "ofd": (_open_text, "copy_text_only"),
}
COPY_FORMATS = frozenset(_OPENINGS)


def make_copy(
    source: Path, format_name: str, *, stamp: CopyStamp, out: BinaryIO | Path, text: TextOriginal | None = None
) -> CopyResult:
    """Write a PDF of the file with the stamp on every page.

    ``format_name`` is the one identified by content; ``text`` is needed for OFD, whose text is laid out.

    A failure may leave the beginning of a PDF in ``out``, which the caller throws away.

    Raises:
        Refused: ``copy_format_unsupported``.
        PermanentFailure: ``copy_source_encrypted``, ``copy_source_broken``, ``copy_source_too_large``, ``copy_text_missing``.
    """
    if format_name not in _OPENINGS:
        raise Refused("copy_format_unsupported", format=format_name)
    opening, note = _OPENINGS[format_name]
    with opening(source, format_name, text) as pages:
        if isinstance(out, Path):
            with out.open("w+b") as stream:
                return _stamped(pages, stamp=stamp, out=stream, note=note)
        return _stamped(pages, stamp=stamp, out=out, note=note)


def _stamped(pages: pikepdf.Pdf, *, stamp: CopyStamp, out: BinaryIO, note: str) -> CopyResult:
    start = out.tell()
    try:
        count = write_stamped(pages, stamp=stamp, out=out)
    except (pikepdf.PdfError, RecursionError) as error:
        raise PermanentFailure("copy_source_broken", f"{type(error).__name__}: {error}") from error
    return CopyResult(count, out.tell() - start, note)
