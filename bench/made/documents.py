"""PDFs as pikepdf, img2pdf and typst write them: versions, object streams, standards of PDF/A, pictures of all kinds."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import img2pdf
import pikepdf
import typst
from bench.made.pictures import drawn

TEXT = """
#set document(title: "准予许可决定书", author: "政务服务局", date: datetime(year: 2024, month: 1, day: 2))
#set text(font: {fonts}, lang: "zh")
#set page(paper: "{paper}")
= 决定书 {number}
经审查，符合法定条件，准予许可。Licence No. {number}: valid until 2030.
#table(columns: 3, [事项], [日期], [结果], [食品经营], [2024-01-02], [准予])
#figure(rect(width: 3cm, height: 1cm, fill: rgb("#c00")), caption: [印章], alt: "印章")
#link("https://example.org/")[说明] — *重点* _斜体_ `代码` #math.equation(alt: "和", $x^2 + y^2$)
{more}
"""
STANDARDS: tuple[tuple[str, ...], ...] = (
    (), ("1.4",), ("1.5",), ("1.6",), ("1.7",), ("2.0",), ("a-1b",), ("a-1a",), ("a-2b",), ("a-2u",), ("a-2a",), ("a-3b",),
    ("a-3u",), ("a-3a",), ("a-4",), ("ua-1",),
)  # fmt: skip
FONTS = (
    '"Noto Serif CJK SC"',
    '"Noto Sans CJK SC"',
    '("DejaVu Sans", "Noto Sans CJK SC")',
    '("Liberation Serif", "Noto Serif CJK SC")',
)


def made() -> Iterator[tuple[str, bytes]]:
    """Yield all documents."""
    for number, data in enumerate(itertools.chain(_typeset(), _of_pictures(), _rewritten(), _printed())):
        yield f"{number:03}.pdf", data


def typeset(
    standards: tuple[str, ...], *, fonts: str = FONTS[0], paper: str = "a4", number: int = 1, more: str = ""
) -> bytes:
    """Typeset a document with typst as one or more standards ask."""
    source = TEXT.format(fonts=fonts, paper=paper, number=number, more=more)
    asked: list[Any] = list(standards)  # typst has them as literals
    return bytes(typst.compile(source.encode(), pdf_standards=asked))


def _typeset() -> Iterator[bytes]:
    for number, (standards, fonts) in enumerate(itertools.product(STANDARDS, FONTS)):
        more = "#pagebreak()\n第二页\n" if number % 2 else ""
        yield typeset(standards, fonts=fonts, paper=("a4", "a3", "us-letter")[number % 3], number=number, more=more)


def _of_pictures() -> Iterator[bytes]:
    pictures = []
    for mode, kind in (
        ("1", "PNG"),
        ("L", "PNG"),
        ("RGB", "PNG"),
        ("RGB", "JPEG"),
        ("L", "JPEG"),
        ("1", "TIFF"),
        ("P", "GIF"),
    ):
        buffer = io.BytesIO()
        drawn(mode).save(buffer, kind, dpi=(300, 300))
        pictures.append(buffer.getvalue())
    for picture in pictures:
        yield img2pdf.convert(picture)
    yield img2pdf.convert(pictures)
    for options in (
        {"with_pdfrw": False, "title": "扫描件"},
        {"author": "甲", "layout_fun": img2pdf.get_layout_fun((595, 842))},
    ):
        yield img2pdf.convert(pictures[:3], **options)


def _rewritten() -> Iterator[bytes]:
    plain = typeset(("1.7",))
    modes = pikepdf.ObjectStreamMode
    for mode, linearize, is_packed in itertools.product(
        (modes.disable, modes.generate, modes.preserve), (False, True), (False, True)
    ):
        yield _saved(plain, None, object_stream_mode=mode, linearize=linearize, compress_streams=is_packed)
    yield _saved(plain, None, qdf=True)
    for version in ("1.4", "1.5", "1.7", "2.0"):
        yield _saved(plain, None, min_version=version)
    for change in (_rotate, _outline, _attach, _describe, _grow):
        yield _saved(plain, change)


def _saved(data: bytes, change: Callable[[pikepdf.Pdf], None] | None, **options: object) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if change:
            change(pdf)
        pdf.save(buffer, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def _rotate(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].rotate(90, relative=True)


def _outline(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("目录", 0))


def _attach(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["名册.txt"] = pikepdf.AttachedFileSpec(
        pdf, "名册".encode(), description="", filename="名册.txt", mime_type="", creation_date="", mod_date=""
    )


def _describe(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = "决定书"
        metadata["xmp:CreatorTool"] = "test"


def _grow(pdf: pikepdf.Pdf) -> None:
    for _ in range(30):
        pdf.pages.append(pdf.pages[0])


def _printed() -> Iterator[bytes]:
    for mode in ("1", "L", "RGB", "CMYK"):
        buffer = io.BytesIO()
        drawn(mode).save(buffer, "PDF", resolution=300, save_all=True, append_images=[drawn(mode)])
        yield buffer.getvalue()
