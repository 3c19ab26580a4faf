"""The visible stamp of a restricted copy: watermark, terms and QR code, as one PDF page per page size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import segno

from jingui.formats.typesetting import compile_template

STRIP_POINTS = 66.0
PAPER_WIDTH = 595.0
_LEAST_SCALE, _GREATEST_SCALE = 0.5, 12.0
_MARK_PURPOSE, _MARK_RECEIVER = 22, 18


@dataclass(frozen=True, slots=True)
class CopyStamp:
    """What is printed on every page of a copy. ``expires_on`` is the last day it stands."""

    copy_number: str
    issuer: str
    purpose: str
    receiver: str
    issued_on: date
    expires_on: date
    verify_url: str


@dataclass(frozen=True, slots=True, order=True)
class PageSize:
    """Width and height of a page as it is looked at, in points."""

    width: float
    height: float

    @property
    def scale(self) -> float:
        """How large the stamp is drawn; 1 on A4. It follows the paper, so a large drawing gets a large stamp."""
        return min(_GREATEST_SCALE, max(_LEAST_SCALE, min(self.width, self.height) / PAPER_WIDTH))

    @property
    def strip(self) -> float:
        """Height of the strip at the foot, in points; never more than a third of the page."""
        return min(STRIP_POINTS * self.scale, self.height / 3)


def draw_stamp(stamp: CopyStamp, sizes: tuple[PageSize, ...]) -> bytes:
    """Return a PDF whose pages are the stamp in each of the sizes, in their order."""
    pages = [{"width": size.width, "height": size.height, "scale": size.strip / STRIP_POINTS} for size in sizes]
    data = {
        "number": stamp.copy_number,
        "mark": _mark(stamp),
        "terms": _terms(stamp),
        "code": _code(stamp.verify_url),
        "strip": STRIP_POINTS,
        "pages": pages,
    }
    return compile_template("jingui.formats.copies", "stamp.typ", data=json.dumps(data), pdf_tags=False)


def _mark(stamp: CopyStamp) -> tuple[str, str]:
    purpose, receiver = _shortened(stamp.purpose, _MARK_PURPOSE), _shortened(stamp.receiver, _MARK_RECEIVER)
    return f"仅限：{purpose}", f"{receiver} · {stamp.issued_on.isoformat()} · {stamp.copy_number}"


def _terms(stamp: CopyStamp) -> list[tuple[str, str]]:
    span = f"{_chinese_date(stamp.issued_on)}出具，有效期到 {_chinese_date(stamp.expires_on)}"
    return [
        ("副本编号", f"{stamp.copy_number}　{stamp.issuer}{span}"),
        ("用途", stamp.purpose),
        ("领用", stamp.receiver),
        ("验证", f"扫右边的码，或打开 {stamp.verify_url}"),
    ]


def _code(url: str) -> str:
    """Draw the QR code as SVG with its quiet zone, correcting up to 15 % damage."""
    drawing = BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", border=3, xmldecl=False, light="#ffffff")
    return drawing.getvalue().decode("ascii")


def _chinese_date(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
