"""Lays out the text of an original whose pages cannot be drawn as pictures (OFD)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pikepdf

from jingui.domain.errors import PermanentFailure
from jingui.formats.typesetting import compile_template

MAX_CHARACTERS = 2_000_000
NOTICE = "本副本只列出 OFD 原件的文字，没有原件的版式、图像和印章。下面的摘要值可用来核对原件。"


@dataclass(frozen=True, slots=True)
class TextOriginal:
    """The text of an original, page by page, and the SHA-256 of its bytes (lower-case hexadecimal)."""

    pages: tuple[str, ...]
    sha256: str


@contextmanager
def pdf_of_text(original: TextOriginal) -> Iterator[pikepdf.Pdf]:
    """Give a PDF of the text that says on every original page that it is text only, and of which bytes.

    Raises:
        PermanentFailure: ``copy_text_missing`` or ``copy_source_too_large``.
    """
    pages = [_printable(page) for page in original.pages]
    if not any(page.strip() for page in pages):
        raise PermanentFailure("copy_text_missing")
    if sum(map(len, pages)) > MAX_CHARACTERS:
        raise PermanentFailure("copy_source_too_large", f"{sum(map(len, pages))} characters")
    data = json.dumps({"pages": pages, "sha256": original.sha256, "notice": NOTICE})
    laid_out = compile_template("jingui.formats.copies", "text.typ", data=data, pdf_tags=False)
    with pikepdf.open(BytesIO(laid_out)) as pdf:
        yield pdf


def _printable(text: str) -> str:
    """Drop what has no picture: control characters, direction marks, halves of pairs."""
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return "".join(kept)
