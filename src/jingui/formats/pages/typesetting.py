"""Lays out our templates as PDF/A: data goes in as JSON and can never become markup; the same data gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

import pikepdf
import typst

from jingui.formats.pages.glyphs import FONT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jingui.domain.records.origins import PageProfile

_SETTING = Lock()


@dataclass(frozen=True, slots=True)
class MadePages:
    """A document made here: its bytes, how many pages it has, and what it says."""

    data: bytes
    page_count: int
    text: str


def typeset(
    template: str, content: Mapping[str, object], *, profile: PageProfile, dated: datetime
) -> tuple[bytes, int]:
    """Return the PDF/A of a template with its number of pages. ``dated`` is the time the document bears, not that of now.

    Raises:
        TypeError: what typst gave is no single document.
    """
    with _SETTING:
        made = _compiler().compile(
            _template(template),
            format="pdf",
            sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
            pdf_standards=profile.value,
            pdf_tags=False,
            timestamp=dated,
        )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave no single document for {template}")
    with pikepdf.open(BytesIO(made)) as pdf:
        return made, len(pdf.pages)


@cache
def _compiler() -> typst.Compiler:
    """Load the font once per process; nothing is taken from the machine, so documents look alike everywhere."""
    return typst.Compiler(font_paths=[str(FONT.parent)], ignore_system_fonts=True)


@cache
def _template(name: str) -> bytes:
    return resources.files("jingui.formats.pages").joinpath(name).read_bytes()
