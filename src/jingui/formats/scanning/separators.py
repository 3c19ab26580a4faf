"""Separator sheets (分隔页): one page per material with a QR code, printed and laid between the papers of a batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO

import segno

from jingui.domain.capture.pages import SEPARATOR_PREFIX
from jingui.formats.typesetting import compile_template


def separator_sheets(materials: Iterable[tuple[str, str]], *, heading: str) -> bytes:
    """Return a PDF with a sheet for each (code, name); an empty code makes a sheet that only separates."""
    sheets = [
        {"code": code, "name": name or "仅作分隔", "drawing": _drawing(SEPARATOR_PREFIX + code)}
        for code, name in materials
    ]
    data = json.dumps({"heading": heading, "sheets": sheets})
    return compile_template("jingui.formats.scanning", "separators.typ", data=data, pdf_tags=False)


def _drawing(content: str) -> str:
    target = BytesIO()
    segno.make(content, error="h", micro=False).save(target, kind="svg", border=4, xmldecl=False, light="#ffffff")
    return target.getvalue().decode()
