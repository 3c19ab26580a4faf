"""The content of pages that is packed by Flate: a page whose content cannot be unpacked is shown in part or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from jingui.formats.reading.source import Outcome

PIECE = 1 << 18
MAX_UNPACKED = 64 * 1024**2
# A wrong checksum behind sound content is common and shows in no program.
TOLERATED = "incorrect data check"


def check_contents(pdf: pikepdf.Pdf, outcome: Outcome, *, pages: int) -> None:
    """Unpack the content of the first ``pages`` pages, 64 MiB of it at most, and tell the first that is broken."""
    if pdf.is_encrypted:
        return
    room = MAX_UNPACKED
    for number, stream in _packed(pdf, pages):
        fault, taken = _fault(stream, room)
        room -= taken
        if fault:
            outcome.defect("damaged_structure", f"the content of page {number} cannot be unpacked: {fault}")
        if fault or room <= 0:
            return


def _packed(pdf: pikepdf.Pdf, pages: int) -> Iterator[tuple[int, Any]]:
    seen: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, 1):
        if number > pages:
            return
        content = page.obj.get("/Contents")
        for stream in content if isinstance(content, pikepdf.Array) else (content,):
            if isinstance(stream, pikepdf.Stream) and stream.objgen not in seen:
                seen.add(stream.objgen)
                if stream.get("/Filter") == "/FlateDecode":
                    yield number, stream


def _fault(stream: Any, room: int) -> tuple[str, int]:  # noqa: ANN401 - pikepdf
    """Return what is wrong with a stream, ``""`` if nothing is, and how many bytes came out of it."""
    unpacking, taken = zlib.decompressobj(), 0
    try:
        waiting = bytes(stream.get_raw_stream_buffer()).lstrip(b"\r\n")
        while waiting and taken < room:
            taken += len(unpacking.decompress(waiting, PIECE))
            waiting = unpacking.unconsumed_tail
    except zlib.error as error:
        return ("" if TOLERATED in str(error) else str(error).rpartition(": ")[2]), taken
    except pikepdf.PdfError as error:
        return str(error), taken
    return "", taken
