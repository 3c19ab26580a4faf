"""Loading the pages of a PDF with pdfium and taking their text.

The raw interface is used: the objects of pypdfium2 cost more than the work on short documents.
pdfium is not thread safe, so one lock guards it for the process.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

from jingui.formats.reading.source import Outcome, Source

PDFIUM_LOCK = threading.Lock()
_KEPT_ALIVE: list[object] = []  # pdfium keeps a pointer to the font folders


@contextmanager
def opened(path: os.PathLike[str]) -> Iterator[Any]:
    """Hold pdfium and an opened document; ``None`` if pdfium cannot open it."""
    with PDFIUM_LOCK:
        document = pdfium.FPDF_LoadDocument(os.fsencode(path), None)
        try:
            yield document or None
        finally:
            if document:
                pdfium.FPDF_CloseDocument(document)


def use_fonts(*folders: Path) -> None:
    """Let pdfium look for fonts that are not embedded in these folders only, for the rest of this process.

    Taking text needs none, and loading the machine's CJK fonts costs several milliseconds a document.
    """
    with PDFIUM_LOCK:
        paths = [ctypes.create_string_buffer(os.fsencode(folder)) for folder in folders or (Path("/nonexistent"),)]
        array = (ctypes.POINTER(ctypes.c_char) * (len(paths) + 1))()  # the last stays NULL and ends the list
        for number, path in enumerate(paths):
            array[number] = ctypes.cast(path, ctypes.POINTER(ctypes.c_char))
        _KEPT_ALIVE[:] = [paths, array]
        pdfium.FPDF_DestroyLibrary()
        pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=array))


def load_pages(source: Source, outcome: Outcome) -> None:
    """Load every page (the first ``limits.loaded_pages``) and gather the text."""
    with opened(source.path) as document:
        if document is None:
            outcome.defect("damaged_structure", "pdfium cannot open it")
            return
        count = pdfium.FPDF_GetPageCount(document)
        if count != outcome.page_count:
            outcome.defect("needs_repair", f"{outcome.page_count} pages in the tree, {count} by its count")
        if count > source.limits.loaded_pages:
            outcome.note("not_all_pages_loaded", f"{source.limits.loaded_pages} of {count}")
        outcome.text = _texts(document, min(count, source.limits.loaded_pages), source, outcome)


def _texts(document: Any, count: int, source: Source, outcome: Outcome) -> str:  # noqa: ANN401 - ctypes pointer
    parts: list[str] = []
    missing: list[str] = []
    room = source.limits.text_characters
    for number in range(count):
        page = pdfium.FPDF_LoadPage(document, number)
        if not page:
            missing.append(str(number + 1))
            continue
        if room > 0:
            parts.append(_page_text(page, room))
            room -= len(parts[-1])
        pdfium.FPDF_ClosePage(page)
    if missing:
        outcome.defect("page_missing", f"{len(missing)} of {count}: {', '.join(missing[:20])}")
    return "\n".join(parts)


def _page_text(page: Any, room: int) -> str:  # noqa: ANN401 - ctypes pointer
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return ""
    count = min(pdfium.FPDFText_CountChars(text_page), room)
    if count <= 0:
        pdfium.FPDFText_ClosePage(text_page)
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    pdfium.FPDFText_ClosePage(text_page)
    return bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "ignore")
