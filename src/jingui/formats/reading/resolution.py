"""The resolution of scans: as the file tells it, or as the only picture of a PDF page has it by its size on the page."""

from __future__ import annotations

from typing import Any

import pikepdf

from jingui.formats.reading.pdf_names import values_of
from jingui.formats.reading.source import Outcome

POINTS = 72
METRES = 0.0254
LARGEST = 10_000
MAX_PAGES = 100


def note_resolution(told: object, outcome: Outcome) -> None:
    """Note dots per inch as a file tells them, the lower of both directions; what cannot be is left out."""
    if not isinstance(told, tuple) or len(told) < 2:  # noqa: PLR2004 - across and down
        return
    try:
        least = round(min(float(told[0]), float(told[1])))
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return
    if 1 < least <= LARGEST:
        outcome.note("resolution", f"{least} dpi")


def note_scanned_pages(pdf: pikepdf.Pdf, outcome: Outcome) -> None:
    """Note the lowest resolution among the pages that hold one picture and no text; nothing if there is no such page."""
    found: list[tuple[int, int]] = []
    for number, page in enumerate(pdf.pages):
        if number >= MAX_PAGES:
            break
        if dots := _of_page(page.obj):
            found.append((dots, number + 1))
    if found and 1 < min(found)[0] <= LARGEST:
        outcome.note("resolution", "{} dpi, page {}".format(*min(found)))


def _of_page(page: Any) -> int:  # noqa: ANN401 - pikepdf
    resources, box = page.get("/Resources"), page.get("/MediaBox")
    if not isinstance(resources, pikepdf.Dictionary) or not isinstance(box, pikepdf.Array) or len(box) != 4:  # noqa: PLR2004
        return 0
    objects = resources.get("/XObject")
    if "/Font" in resources or not isinstance(objects, pikepdf.Dictionary) or len(objects) != 1:
        return 0
    picture = next((one for _, one in values_of(objects)), None)
    if not isinstance(picture, pikepdf.Stream) or picture.get("/Subtype") != "/Image":
        return 0
    try:
        page_sides = sorted((abs(float(box[2]) - float(box[0])), abs(float(box[3]) - float(box[1]))))
        sides = sorted((int(picture.get("/Width", 0)), int(picture.get("/Height", 0))))
    except (TypeError, ValueError, OverflowError):
        return 0
    if page_sides[0] < 1:
        return 0
    return round(min(side * POINTS / length for side, length in zip(sides, page_sides, strict=True)))
