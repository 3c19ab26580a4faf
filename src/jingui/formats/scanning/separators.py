"""Separator sheets (分隔页): one page per material with a QR code, printed and laid between the papers of a batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from threading import Lock

import pylopdf_fonts_zh_cn
import segno
import typst

from jingui.domain.capture.pages import SEPARATOR_PREFIX

_COMPILING = Lock()


def separator_sheets(materials: Iterable[tuple[str, str]], *, heading: str) -> bytes:
    """Return a PDF with a sheet for each (code, name); an empty code makes a sheet that only separates."""
    sheets = [
        {"code": code, "name": name or "仅作分隔", "drawing": _drawing(SEPARATOR_PREFIX + code)}
        for code, name in materials
    ]
    data = json.dumps({"heading": heading, "sheets": sheets})
    with _COMPILING:
        made = _compiler().compile(_template(), format="pdf", sys_inputs={"data": data}, pdf_tags=False)
    if not isinstance(made, bytes):
        message = "typst gave no single document"
        raise TypeError(message)
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)], ignore_system_fonts=True)


@cache
def _template() -> bytes:
    return resources.files("jingui.formats.scanning").joinpath("separators.typ").read_bytes()


def _drawing(content: str) -> str:
    target = BytesIO()
    segno.make(content, error="h", micro=False).save(target, kind="svg", border=4, xmldecl=False, light="#ffffff")
    return target.getvalue().decode()
