"""Documents that typst made to conform to PDF/A, changed in one place."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import typst
from pikepdf import Dictionary

from jingui.formats.reading import read

SOURCE = b"""#set document(title: "t", date: datetime(year: 2024, month: 1, day: 2))
#set text(font: "Liberation Serif")
Licence *valid* until 2030. #rect(fill: red, width: 2cm)"""
Change = Callable[[pikepdf.Pdf], None]


@cache
def conforming(standard: str) -> bytes:
    """Return a document that keeps a standard as typst names it, such as ``a-2b``."""
    asked: list[Any] = [standard]  # typst has them as literals
    return bytes(typst.compile(SOURCE, pdf_standards=asked, ignore_system_fonts=False))


def faults(folder: Path, standard: str, change: Change | None = None) -> list[str]:
    """Change such a document, read it, and return what contradicts its claim."""
    path, buffer = folder / "a.pdf", io.BytesIO()
    with pikepdf.open(io.BytesIO(conforming(standard))) as pdf:
        if change:
            change(pdf)
        pdf.save(
            buffer,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            fix_metadata_version=False,
            compress_streams=False,
        )
    path.write_bytes(buffer.getvalue().replace(b"/Resourcez", b"/Resources"))
    notes = read(path, "a.pdf")[0].notes
    assert any(note.startswith("pdfa_") for note in notes)
    return [note.partition(": ")[2] for note in notes if note.startswith("pdfa_fault")]


def in_metadata(old: bytes, new: bytes) -> Change:
    """Change the metadata of the document."""

    def change(pdf: pikepdf.Pdf) -> None:
        data = pdf.Root.Metadata.read_bytes()
        assert old in data
        pdf.Root.Metadata.write(data.replace(old, new))

    return change


def fonts_of(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the fonts of the document."""
    return [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == "/Font"]
