"""Scans for tests: pages drawn as paper, turned, blurred, and put into the forms that scanners write."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from jingui.adapters.rendering.fonts import SERIF
from jingui.formats.scanning.separators import separator_sheets

WIDTH, HEIGHT, DPI = 1654, 2339, 200


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(SERIF), size)


@cache
def paper(title: str = "", *lines: str, ruled: bool = True) -> Image.Image:
    """Draw an A4 page at 200 dpi with a title and ruled lines of text; without any text it is blank."""
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(page)
    draw.text((WIDTH / 2, 240), title, font=_font(56), fill=0, anchor="mm")
    for row, line in enumerate(lines):
        top = 360 + row * 70
        draw.text((200, top + 14), line, font=_font(32), fill=20)
        if ruled:
            draw.line((160, top, WIDTH - 160, top), fill=0, width=2)
    return page


FORM = tuple(
    f"{label}　　{value}"
    for label, value in [
        ("申请人姓名", "欧阳某某"),
        ("公民身份号码", "略"),
        ("工作单位", "云泽市第一人民医院护理部"),
        ("通信地址", "云泽市人民路五号"),
        ("学历", "大学本科"),
        ("毕业院校", "云泽医学院护理系"),
        ("联系电话", "略"),
        ("申请事项", "首次注册"),
        ("执业地点", "云泽市"),
        ("本人承诺", "以上情况属实"),
        ("申请人签名", "欧阳某某"),
        ("日期", "二〇二五年三月三日"),
    ]
)


def form(title: str = "护士执业注册申请审核表") -> Image.Image:
    """Draw a filled form."""
    return paper(title, *FORM)


def scanned(
    page: Image.Image, *, clockwise: float = 0.0, turns: int = 0, blur: float = 0.0, light: float = 1.0
) -> Image.Image:
    """Lay a page on the glass: turned clockwise by degrees and quarter turns, blurred, darker, with grain."""
    turned = page.rotate(-clockwise, Image.Resampling.BICUBIC, fillcolor=255)
    blurred = turned.filter(ImageFilter.GaussianBlur(blur)) if blur else turned
    grain = Image.effect_noise(blurred.size, 20)
    lit = Image.blend(blurred, grain, 0.05).point([min(255, int(value * light * 1.03)) for value in range(256)])
    ways = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
    return lit.transpose(ways[turns]) if turns else lit


def separator(code: str, name: str = "") -> Image.Image:
    """Return a separator sheet as it comes out of the printer and into the scanner."""
    document = pdfium.PdfDocument(separator_sheets([(code, name)], heading="云泽市政务服务中心"))
    sheet: Image.Image = document[0].render(scale=DPI / 72).to_pil()
    return sheet.convert("L")


def jpeg(page: Image.Image, *, quality: int = 75, dpi: int = DPI) -> bytes:
    """Return a JPEG."""
    target = io.BytesIO()
    page.save(target, "JPEG", quality=quality, dpi=(dpi, dpi))
    return target.getvalue()


def write_tiff(path: Path, pages: list[Image.Image], *, compression: str = "jpeg") -> Path:
    """Write a multi-page TIFF."""
    pages[0].save(path, "TIFF", save_all=True, append_images=pages[1:], compression=compression, dpi=(DPI, DPI))
    return path


def write_pdf(path: Path, pages: list[Image.Image]) -> Path:
    """Write a PDF of pictures, as scanners do."""
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return path
