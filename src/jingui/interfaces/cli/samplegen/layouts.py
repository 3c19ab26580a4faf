"""Lays out letters, certificates and cards on pages. Specifications are plain data already filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jingui.interfaces.cli.samplegen.drawing import (
    GREY,
    INK,
    PEN,
    Box,
    Drawing,
    Line,
    Mark,
    Portrait,
    Seal,
    Sheet,
    Text,
    text_width,
    wrap,
)

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 210.0, 297.0, 27.0, 183.0, 30.0, 268.0
_TITLE_REACH, _ROWS_ABOVE_ISSUER = 220, 140
_BODY = 4.94  # 14 pt, the size of ordinary official letters
_LEADING = 9.2
Spec = dict[str, Any]


@dataclass(slots=True)
class _Writer:
    """Writes downwards and opens a new page at the bottom."""

    y: float = _TOP
    marks: list[Mark] = field(default_factory=list)
    pages: list[list[Mark]] = field(default_factory=list)

    def need(self, height: float) -> None:
        if self.y + height > _BOTTOM:
            self.pages.append(self.marks)
            self.marks, self.y = [], _TOP

    def centred(self, text: str, *, size: float, bold: bool = False, face: str = "serif", colour: str = INK) -> None:
        x = (_WIDTH - text_width(text, size)) / 2
        self.marks.append(Text(x, self.y, text, size, bold=bold, face=face, colour=colour))

    def line(self, text: str, *, x: float = _LEFT, size: float = _BODY) -> None:
        self.need(_LEADING)
        self.marks.append(Text(x, self.y, text, size))
        self.y += _LEADING

    def paragraph(self, text: str, *, size: float = _BODY) -> None:
        for i, line in enumerate(wrap("　　" + text, width=_RIGHT - _LEFT, size=size)):
            self.line(line if i else line.removeprefix("　　"), x=_LEFT if i else _LEFT + 2 * size, size=size)

    def sheets(self) -> tuple[Sheet, ...]:
        pages = [*self.pages, self.marks]
        for number, marks in enumerate(pages, start=1):
            if len(pages) > 1:
                label = f"第 {number} 页　共 {len(pages)} 页"
                marks.append(Text((_WIDTH - text_width(label, 3.2)) / 2, 283, label, 3.2, colour=GREY))
        return tuple(Sheet(_WIDTH, _HEIGHT, tuple(marks)) for marks in pages)


def letter(spec: Spec, *, made_on: str) -> Drawing:
    """Lay out a notice, proof or contract: title, number, addressee, paragraphs, table, signature, seal."""
    writer = _Writer()
    _heading(writer, spec)
    for paragraph in spec.get("body", ()):
        writer.paragraph(paragraph)
    if spec.get("table"):
        _table(writer, spec["table"])
    for paragraph in spec.get("after", ()):
        writer.paragraph(paragraph)
    _signature(writer, spec)
    for note in spec.get("notes", ()):
        writer.need(6)
        writer.marks.append(Text(_LEFT, writer.y, note, 3.5, colour=GREY))
        writer.y += 6
    return Drawing(spec["title"], made_on, writer.sheets())


def _heading(writer: _Writer, spec: Spec) -> None:
    """Write letterhead, title, number and addressee, as far as there are any."""
    if spec.get("head"):
        _letterhead(writer, spec["head"])
    for part in wrap(spec["title"], width=150, size=7.4):
        writer.centred(part, size=7.4, bold=True)
        writer.y += 11
    if spec.get("number"):
        writer.centred(spec["number"], size=4.4)
        writer.y += 6
    writer.y += 7
    if spec.get("to"):
        writer.line(spec["to"] + "：")


def _letterhead(writer: _Writer, name: str) -> None:
    writer.centred(name, size=9.2, bold=True, colour="#c8201e")
    writer.marks.append(Line(_LEFT, writer.y + 6, _RIGHT, writer.y + 6, 0.6, "#c8201e"))
    writer.y += 24


def _table(writer: _Writer, table: Spec) -> None:
    """Draw a ruled table; the rows' cells are wrapped inside their columns (widths are shares)."""
    total = sum(table["widths"])
    widths = [share / total * (_RIGHT - _LEFT) for share in table["widths"]]
    rows = [table["head"], *table["rows"]] if table.get("head") else table["rows"]
    writer.y -= 2
    for row in rows:
        cells = [wrap(text, width=width - 3, size=4.0) for text, width in zip(row, widths, strict=True)]
        height = max(len(lines) for lines in cells) * 5.6 + 3.6
        writer.need(height + 4)
        x = _LEFT
        for number, (lines, width) in enumerate(zip(cells, widths, strict=True)):
            writer.marks.append(Box(x, writer.y, width, height))
            top = writer.y + (height - len(lines) * 5.6) / 2 + 4.3
            is_centred = number in table.get("centre", ()) or row is table.get("head")
            for i, line in enumerate(lines):
                indent = (width - text_width(line, 4.0)) / 2 if is_centred else 1.8
                writer.marks.append(Text(x + indent, top + i * 5.6, line, 4.0, bold=row is table.get("head")))
            x += width
        writer.y += height
    writer.y += 11


def _signature(writer: _Writer, spec: Spec) -> None:
    """Write what is signed by hand on the left, the signing body and date on the right, the seal over them."""
    hands = spec.get("hands", ())
    has_body = bool(spec.get("sign"))
    writer.need(26 + 10 * len(hands))
    writer.y += 6
    for label, name in hands:
        writer.marks.append(Text(_LEFT + 9.9, writer.y, label, 4.6))
        x = _LEFT + 12 + text_width(label, 4.6)
        writer.marks.append(Text(x, writer.y, name, 6.0, colour=PEN, slant=True))
        writer.y += 10
    if not has_body:
        return
    writer.y += 10
    sign, date = spec["sign"], spec["date"]
    middle = max(_RIGHT - 8 - max(text_width(sign, _BODY), text_width(date, _BODY)) / 2, 118)
    for text in (sign, date):
        writer.marks.append(Text(middle - text_width(text, _BODY) / 2, writer.y, text, _BODY))
        writer.y += _LEADING
    if spec.get("seal"):
        writer.marks.append(Seal(middle, writer.y - 1.5 * _LEADING - 2, spec["seal"], spec.get("foot", "")))
    writer.y += 14


def certificate(spec: Spec, *, made_on: str) -> Drawing:
    """Lay out a certificate on A4 across: double frame, title, rows, portrait, issuer and seal."""
    width, height = 297.0, 210.0
    tone, pale = spec.get("tone", "#9c2b2b"), spec.get("pale", "#fdf8f1")
    marks: list[Mark] = [
        Box(0, 0, width, height, 0, fill=pale),
        Box(10, 10, width - 20, height - 20, 1.4, tone),
        Box(12.6, 12.6, width - 25.2, height - 25.2, 0.35, tone),
        *_corners(width, height, tone),
    ]
    y = 40.0
    title_size = 13 if text_width(spec["title"], 13) < _TITLE_REACH else 10.5
    spaced = spec["title"]
    marks.append(Text((width - text_width(spaced, title_size)) / 2, y, spaced, title_size, bold=True, colour=tone))
    if spec.get("subtitle"):
        y += 9
        marks.append(Text((width - text_width(spec["subtitle"], 4.6)) / 2, y, spec["subtitle"], 4.6, colour="#555555"))
    y += 12
    number = spec["number"]
    marks.append(Text(width - 34 - text_width(number, 4.4), y, number, 4.4))
    marks += _certificate_rows(spec, y + 6)
    if spec.get("portrait") is not None:
        marks.append(Portrait(222, 70, 35, 49, int(spec["portrait"])))
    middle = 224.0
    for i, text in enumerate((spec["issuer"], spec["date"])):
        marks.append(Text(middle - text_width(text, 5) / 2, 165 + i * 10, text, 5))
    marks.append(Seal(middle, 162, spec["seal"], spec.get("foot", "")))
    if spec.get("note"):
        marks.append(Text((width - text_width(spec["note"], 3.2)) / 2, 193, spec["note"], 3.2, colour=GREY))
    return Drawing(spec["title"], made_on, (Sheet(width, height, tuple(marks)),))


def _corners(width: float, height: float, tone: str) -> list[Mark]:
    """Draw small nested squares in the corners of the frame."""
    marks: list[Mark] = []
    for x in (14.2, width - 14.2):
        for y in (14.2, height - 14.2):
            for size in (9.0, 6.0, 3.0):
                left = x if x < width / 2 else x - size
                top = y if y < height / 2 else y - size
                marks.append(Box(left, top, size, size, 0.3, tone))
    return marks


def _certificate_rows(spec: Spec, y: float) -> list[Mark]:
    marks: list[Mark] = []
    size, left = 5.0, 32.0
    widest = max(text_width(label, size) for label, _ in spec["rows"])
    reach = 210.0 if spec.get("portrait") is not None else 265.0
    step = min(13.0, 96.0 / len(spec["rows"]))
    for label, value in spec["rows"]:
        y += step
        marks.append(Text(left, y, label, size, colour="#444444"))
        value_x = left + widest + 5
        limit = reach if y < _ROWS_ABOVE_ISSUER else 185.0
        lines = wrap(value, width=limit - value_x, size=size)
        for i, line in enumerate(lines):
            y += 6.8 if i else 0
            marks.append(Text(value_x, y, line, size))
        marks.append(Line(value_x - 1, y + 2.2, limit, y + 2.2, 0.15, "#b9a78f"))
    return marks


def card_copies(spec: Spec, *, made_on: str) -> Drawing:
    """Lay out a photocopy of two cards on one sheet with a line on what the copy may be used for."""
    marks: list[Mark] = []
    for top, card in zip((38.0, 112.0), spec["cards"], strict=False):
        marks += _card(card, 58.0, top)
    if spec.get("use"):
        marks.append(Text(58, 186, spec["use"], 4.4, colour=PEN, slant=True))
        marks.append(Text(58, 196, spec["hand"], 5.4, colour=PEN, slant=True))
    if spec.get("checked"):
        marks.append(Box(128, 204, 42, 22, 0.4, "#1f3f8f"))
        for i, text in enumerate(spec["checked"]):
            marks.append(Text(149 - text_width(text, 4.0) / 2, 213 + i * 8, text, 4.0, bold=not i, colour="#1f3f8f"))
    return Drawing(spec["title"], made_on, (Sheet(_WIDTH, _HEIGHT, tuple(marks)),))


def _card(card: Spec, left: float, top: float) -> list[Mark]:
    """Draw one card, 85.6 x 54 mm enlarged a little, as a copy machine shows it."""
    marks: list[Mark] = [Box(left, top, 94, 60, 0.4, "#8a8a8a", fill=card.get("fill", "#eef3f4"))]
    if card.get("title"):
        size = card.get("title_size", 6.4)
        x = left + 47 - text_width(card["title"], size) / 2
        marks.append(Text(x, top + 15, card["title"], size, bold=True, colour=card.get("colour", "#333333")))
    y = top + card.get("start", 11)
    for label, value in card["rows"]:
        marks.append(Text(left + 6, y, label, 3.3, face="sans", colour="#3d6f92"))
        lines = wrap(value, width=card.get("reach", 44), size=3.9)
        for i, line in enumerate(lines):
            marks.append(Text(left + 8 + text_width(label, 3.3), y + i * 5, line, 3.9, face="sans"))
        y += card.get("step", 7.2) + 5 * (len(lines) - 1)
    if card.get("portrait") is not None:
        marks.append(Portrait(left + 66, top + 9, 23, 32, int(card["portrait"])))
    return marks
