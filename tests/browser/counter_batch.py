"""A scanned batch as a counter's scanner gives it: separator sheets, pages, blank backs, one skewed and one blurred page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from jingui.formats.scanning.separators import separator_sheets
from jingui.interfaces.cli.samplegen.pdf import FONT_FOLDER

DPI = 200
SIZE = (1654, 2339)  # A4


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the batch: its material, its heading, its pages, and whether a separator sheet lies before it."""

    code: str
    heading: str
    pages: int
    is_marked: bool = True


PAPERS = (
    Paper("A01", "护士注销注册申请审核表", 12),
    Paper("B20", "受理材料接收凭证", 9),
    Paper("B17", "业务审批单", 14),
    Paper("C01", "注销护士执业注册决定书", 10),
    Paper("A03", "行政处罚决定书", 5, is_marked=False),
    Paper("A04", "死亡证明或者精神鉴定材料", 4, is_marked=False),
)
"""54 pages; with 4 separator sheets and 2 blank sheets before what is not marked the batch has 60."""


def batch() -> list[Image.Image]:
    """Return the sheets of the batch in their order."""
    sheets: list[Image.Image] = []
    for paper in PAPERS:
        sheets.append(_separator(paper.code) if paper.is_marked else _blank())
        sheets += [_page(paper, number) for number in range(1, paper.pages + 1)]
    sheets[3] = sheets[3].convert("L").rotate(1.6, fillcolor=255).convert("1")
    return sheets


def write_tiff(path: Path, sheets: list[Image.Image]) -> Path:
    """Write sheets as one TIFF, black and white as office scanners do."""
    first, *others = sheets
    first.save(path, save_all=True, append_images=others, compression="group4", dpi=(DPI, DPI))
    return path


def write_jpeg(path: Path, sheet: Image.Image) -> Path:
    """Write one sheet as a grey JPEG, a little out of focus."""
    sheet.convert("L").filter(ImageFilter.GaussianBlur(6)).save(path, "JPEG", quality=60, dpi=(DPI, DPI))
    return path


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / "NotoSansSC-Regular.otf"), size)


def _blank() -> Image.Image:
    return Image.new("1", SIZE, 1)


def _page(paper: Paper, number: int) -> Image.Image:
    sheet = _blank()
    draw = ImageDraw.Draw(sheet)
    heading = paper.heading if number == 1 else f"{paper.heading}（续 {number}）"
    draw.text((SIZE[0] // 2, 260), heading, fill=0, font=_font(76), anchor="mm")
    for line in range(22):
        text = f"第 {line + 1} 项　申请人所填内容与原件一致，经办人已核对，第 {number} 页。"
        draw.text((200, 420 + line * 76), text, fill=0, font=_font(38))
    draw.text((SIZE[0] // 2, 2240), f"— {number} —", fill=0, font=_font(34), anchor="mm")
    return sheet


def _separator(code: str) -> Image.Image:
    with pypdfium2.PdfDocument(separator_sheets([(code, "")], heading="护士注销注册")) as opened:
        page = opened[0]
        drawn: Image.Image = page.render(scale=DPI / 72).to_pil().convert("1").resize(SIZE)
        page.close()
    return drawn
