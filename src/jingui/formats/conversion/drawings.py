"""Drawings (SVG) onto a page of PDF/A-2b: as they stand without scripts and without what lies elsewhere, their words behind."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from lxml import etree

from jingui.formats.conversion.made import Converted, NotConvertibleError
from jingui.formats.conversion.texts import MAX_CHARACTERS, PROFILE
from jingui.formats.pages.glyphs import shown
from jingui.formats.typesetting import compile_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_CODE = frozenset(("script", "style"))
_NOT_DRAWN = frozenset(("script", "foreignObject"))
_LINKS = ("href", "{http://www.w3.org/1999/xlink}href")
_PICTURE_INSIDE = re.compile(r"\s*data:image/(?:png|jpeg|jpg|gif|webp)[;,]", re.IGNORECASE)
_AWAY = re.compile(r"\s*(?:(?:https?|ftp|file):|//)", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*([a-z%]*)\s*$")
_BOX = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) (\d{1,9}(?:\.\d{1,9})?)$")


def drawing_pdf(data: bytes, *, title: str, dated: datetime) -> Converted:
    """Lay a drawing out as PDF/A-2b. The same bytes, title and time give the same result.

    Raises:
        NotConvertibleError: ``markup_not_read``, ``text_too_long``, ``drawing_not_taken``.
    """
    root = _parsed(data)
    words, code = _lines(root, is_code=False), _lines(root, is_code=True)
    if sum(map(len, (*words, *code))) > MAX_CHARACTERS:
        raise NotConvertibleError("text_too_long", f"more than {MAX_CHARACTERS} characters")
    _leave_drawing_only(root)
    content = {
        "title": shown(title),
        "is_wide": _is_wide(root),
        "drawing": etree.tostring(root, encoding="unicode"),
        "words": words,
        "code": code,
    }
    try:
        made = compile_template(
            "jingui.formats.conversion",
            "drawing.typ",
            data=json.dumps(content, ensure_ascii=False),
            pdf_standards=PROFILE,
            pdf_tags=False,
            timestamp=dated.replace(microsecond=0),
        )
    except RuntimeError as error:  # what typst says of a drawing that it cannot read
        raise NotConvertibleError("drawing_not_taken", str(error).partition("\n")[0]) from None
    return Converted(made)


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotConvertibleError("markup_not_read", str(error)) from None
    if any(True for _ in root.iter(etree.Entity)):
        raise NotConvertibleError("markup_not_read", "entities of its own")
    return root


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _lines(root: etree._Element, *, is_code: bool) -> list[str]:
    """Return the lines of all texts: those of scripts and style sheets, or all others."""
    return [line for element in root.iter() for piece in _pieces(element, is_code) for line in _split(piece)]


def _pieces(element: etree._Element, is_code: bool) -> Iterator[str]:  # noqa: FBT001 - of this module
    parent = element.getparent()
    if (_name(element) in _CODE) is is_code:
        yield element.text or ""
    if parent is not None and (_name(parent) in _CODE) is is_code:
        yield element.tail or ""


def _split(text: str) -> Iterator[str]:
    yield from filter(None, (shown(" ".join(line.split())) for line in text.split("\n")))


def _leave_drawing_only(root: etree._Element) -> None:
    """Take away what is not drawn and what would be fetched; the readers tell of both."""
    for element in list(root.iter()):
        parent = element.getparent()
        if parent is not None and (_name(element) in _NOT_DRAWN or _is_elsewhere(element)):
            parent.remove(element)


def _is_elsewhere(element: etree._Element) -> bool:
    if _name(element) not in {"image", "feImage"}:
        return False
    address = next(filter(None, map(element.get, _LINKS)), "")
    if _PICTURE_INSIDE.match(address) or address.startswith("#"):
        return False
    if not _AWAY.match(address):
        raise NotConvertibleError("drawing_not_taken", f"{address[:60]} within or beside the drawing")
    return True


def _is_wide(root: etree._Element) -> bool:
    width, height = (_NUMBER.match(root.get(name, "").lower()) for name in ("width", "height"))
    if width and height and width[2] == height[2]:
        return float(width[1]) > float(height[1])
    box = " ".join(root.get("viewBox", "").replace(",", " ").split()[2:])
    sides = _BOX.match(box)
    return sides is not None and float(sides[1]) > float(sides[2])
