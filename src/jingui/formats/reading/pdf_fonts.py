"""Fonts that a PDF shows text with but does not carry: on another machine it will look different."""

from __future__ import annotations

from typing import Any

import pikepdf

from jingui.formats.reading.pdf_names import name_text, values_of
from jingui.formats.reading.source import Outcome

PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
MAX_FORMS = 500
TOLD = 8


def note_fonts(pdf: pikepdf.Pdf, outcome: Outcome, *, pages: int) -> None:
    """Note the fonts of the first ``pages`` pages, and of the forms on them, that are not embedded."""
    seen: set[tuple[int, int]] = set()
    missing: dict[str, None] = {}
    for number, page in enumerate(pdf.pages):
        if number >= pages:
            break
        _gather(page.obj.get("/Resources"), seen, missing, depth=0)
    if missing:
        names = list(missing)
        more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
        outcome.note("fonts_not_embedded", ", ".join(names[:TOLD]) + more)


def _gather(resources: Any, seen: set[tuple[int, int]], missing: dict[str, None], *, depth: int) -> None:  # noqa: ANN401 - pikepdf
    if not isinstance(resources, pikepdf.Dictionary) or depth > 3 or len(seen) > MAX_FORMS:  # noqa: PLR2004 - forms in forms
        return
    fonts = resources.get("/Font")
    if isinstance(fonts, pikepdf.Dictionary):
        for key, font in values_of(fonts):
            if isinstance(font, pikepdf.Dictionary) and _is_new(font, seen) and not _is_embedded(font):
                missing[(name_text(font.get("/BaseFont")) or key)[:60]] = None
    forms = resources.get("/XObject")
    if isinstance(forms, pikepdf.Dictionary):
        for _, form in values_of(forms):
            if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == "/Form" and _is_new(form, seen):
                _gather(form.get("/Resources"), seen, missing, depth=depth + 1)


def _is_new(found: Any, seen: set[tuple[int, int]]) -> bool:  # noqa: ANN401 - pikepdf
    if not found.is_indirect:
        return True
    if found.objgen in seen:
        return False
    seen.add(found.objgen)
    return True


def _is_embedded(font: Any) -> bool:  # noqa: ANN401 - pikepdf
    """Type 3 fonts are drawn in the file; composite ones are what their descendant is."""
    kind = font.get("/Subtype")
    if kind == "/Type3":
        return True
    if kind == "/Type0":
        parts = font.get("/DescendantFonts")
        if not isinstance(parts, pikepdf.Array) or not len(parts):
            return False
        font = parts[0]
    descriptor = font.get("/FontDescriptor") if isinstance(font, pikepdf.Dictionary) else None
    return isinstance(descriptor, pikepdf.Dictionary) and any(key in descriptor for key in PROGRAMS)
