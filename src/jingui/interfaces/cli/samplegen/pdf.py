"""Makes PDF/A-2b files of forms and drawings with Typst; the same input gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from jingui.interfaces.cli.samplegen.drawing import Drawing, Mark, Portrait, Seal, seal_characters, star_points
from jingui.interfaces.cli.samplegen.photos import portrait_jpeg

_DATA = Path(__file__).parent / "data"
FONT_FOLDER = Path(pylopdf_fonts_zh_cn.__file__).parent
_STAR_SHARE = 0.32


@cache
def _compiler(template: str) -> typst.Compiler:
    """Keep one compiler per template: fonts and the parsed template stay warm."""
    return typst.Compiler(
        str(_DATA / template), root=str(_DATA), font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True
    )


def _compile(template: str, data: dict[str, Any]) -> bytes:
    made_on = datetime.fromisoformat(data["made_on"]).replace(tzinfo=UTC)
    pdf = _compiler(template).compile(
        format="pdf",
        sys_inputs={"d": json.dumps(data, ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=made_on,
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"{template} gave no single PDF")
    return pdf


def seal_data(seal: Seal) -> dict[str, Any]:
    """Return a seal as the templates draw it: star and characters about the centre."""
    around = Seal(0, 0, seal.name, seal.foot, seal.radius)
    return {
        "kind": "seal",
        "x": seal.x,
        "y": seal.y,
        "radius": seal.radius,
        "star": star_points(0, 0, seal.radius * _STAR_SHARE),
        "characters": [asdict(character) for character in seal_characters(around)],
    }


def portrait_data(variant: int) -> list[int]:
    """Return a portrait's JPEG as the templates take it, a list of bytes."""
    return list(portrait_jpeg(variant, width=220))


def _mark_data(mark: Mark) -> dict[str, Any]:
    if isinstance(mark, Seal):
        return seal_data(mark)
    if isinstance(mark, Portrait):
        return {"kind": "portrait", "data": portrait_data(mark.variant)} | asdict(mark)
    return {"kind": type(mark).__name__.lower()} | asdict(mark)


def drawing_pdf(drawing: Drawing) -> bytes:
    """Return a drawing as PDF/A-2b."""
    sheets = [
        {"width": sheet.width, "height": sheet.height, "marks": [_mark_data(mark) for mark in sheet.marks]}
        for sheet in drawing.sheets
    ]
    return _compile("marks.typ", {"title": drawing.title, "made_on": drawing.made_on, "sheets": sheets})


def form_pdf(form: dict[str, Any]) -> bytes:
    """Return a table form (see ``forms.form_data``) as PDF/A-2b."""
    return _compile("form.typ", form)
