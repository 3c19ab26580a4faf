"""Laying out our own templates with typst. One compiler serves the process: loading the fonts is the dear part."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any

import pylopdf_fonts_zh_cn
import typst

FONT_FOLDER = Path(pylopdf_fonts_zh_cn.__file__).parent
"""The fonts of every document made here; nothing is taken from the machine, so documents look alike everywhere."""

_COMPILING = Lock()


def compile_template(package: str, template: str, *, data: str, **options: Any) -> bytes:  # noqa: ANN401 - typst's own
    """Return the PDF of a template that lies in a package of ours. ``data`` is JSON; it can never become markup.

    ``options`` are those of ``typst.Compiler.compile``: the PDF standard, tags, the time that the document bears.

    Raises:
        TypeError: what typst gave is no single document.
    """
    with _COMPILING:
        made = _compiler().compile(_source(package, template), format="pdf", sys_inputs={"data": data}, **options)
    if not isinstance(made, bytes):
        message = f"typst gave no single document for {template}"
        raise TypeError(message)
    return made


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True)


@cache
def _source(package: str, template: str) -> bytes:
    return resources.files(package).joinpath(template).read_bytes()
