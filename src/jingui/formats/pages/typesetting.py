"""Lays out our templates as PDF/A: data goes in as JSON and can never become markup; the same data gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf

from jingui.formats.typesetting import compile_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jingui.domain.records.origins import PageProfile


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
    made = compile_template(
        "jingui.formats.pages",
        template,
        data=json.dumps(content, ensure_ascii=False),
        pdf_standards=profile.value,
        pdf_tags=False,
        timestamp=dated,
    )
    with pikepdf.open(BytesIO(made)) as pdf:
        return made, len(pdf.pages)
