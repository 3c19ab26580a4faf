"""Recognised text behind a page picture: invisible, but found and copied (text rendering mode 3, ISO 32000-1 §9.3.6)."""

from __future__ import annotations

import pikepdf

from jingui.domain.capture.pages import RecognisedLine

FONT_NAME = "/JGText"
_UNITS = 1_000


def text_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Add a font without shapes, whose codes are UTF-16 units; nothing is ever painted with it."""
    descriptor = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=pikepdf.Name("/JGText"),
            Flags=4,
            FontBBox=[0, 0, _UNITS, _UNITS],
            ItalicAngle=0,
            Ascent=_UNITS,
            Descent=0,
            CapHeight=_UNITS,
            StemV=80,
        )
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=pikepdf.Name("/JGText"),
        CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=descriptor,
        CIDToGIDMap=pikepdf.Name.Identity,
        DW=_UNITS,
    )
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name("/JGText"),
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)],
            ToUnicode=pdf.make_stream(_to_unicode()),
        )
    )


def _to_unicode() -> bytes:
    """Map every code to itself; a range of a CMap may only differ in its last byte, and a block has at most 100."""
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256)]
    blocks = [ranges[start : start + 100] for start in range(0, len(ranges), 100)]
    body = "\n".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /JGText def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def text_operators(lines: tuple[RecognisedLine, ...], *, width: float, height: float) -> bytes:
    """Return the operators that set the lines over an upright page of this size in points."""
    return b"\n".join(_line(line, width, height) for line in lines if line.text)


def _line(line: RecognisedLine, width: float, height: float) -> bytes:
    left, top, right, bottom = line.box
    size = max(1.0, (bottom - top) * height * 0.85)
    units = len(line.text.encode("utf-16-be")) // 2
    stretch = max(1.0, 100 * (right - left) * width / (units * size))
    start = (left * width, height - bottom * height + size * 0.1)
    code = line.text.encode("utf-16-be").hex().upper()
    return (
        f"BT 3 Tr {FONT_NAME} {size:.2f} Tf {stretch:.2f} Tz 1 0 0 1 {start[0]:.2f} {start[1]:.2f} Tm <{code}> Tj ET"
    ).encode("ascii")
