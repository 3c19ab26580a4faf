"""Texts and markup onto pages: text, JSON and XML line by line as they stand, HTML by its headings, lists and tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lxml import etree

from jingui.formats.conversion.made import Converted, NotConvertibleError
from jingui.formats.identification.texts import CODECS, encoding_of
from jingui.formats.pages.glyphs import shown
from jingui.formats.typesetting import compile_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MAX_CHARACTERS = 180_000  # our reader takes 200,000 of the result, so that all of it can be compared
MAX_DEPTH = 200
PROFILE = "a-2b"
Block = dict[str, Any]

_UNSEEN = frozenset(("script", "style", "template", "noscript", "head"))
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
    ]
)
_LEVELS = {f"h{level}": level for level in range(1, 7)}


def text_pdf(data: bytes, *, format_name: str, title: str, dated: datetime) -> Converted:
    """Lay a text out as PDF/A-2b. The same bytes, title and time give the same result.

    Raises:
        NotConvertibleError: ``text_not_decoded``, ``text_too_long``, ``markup_not_read``.
    """
    text = _decoded(data)
    blocks = list(_html_blocks(text) if format_name == "html" else _line_blocks(text))
    content = {"title": shown(title), "is_code": format_name in {"xml", "json"}, "blocks": blocks}
    made = compile_template(
        "jingui.formats.conversion",
        "text.typ",
        data=json.dumps(content, ensure_ascii=False),
        pdf_standards=PROFILE,
        pdf_tags=False,
        timestamp=dated.replace(microsecond=0),
    )
    return Converted(made)


def _decoded(data: bytes) -> str:
    encoding = encoding_of(data, is_whole=True)
    text = data.decode(CODECS[encoding]) if encoding else ""
    if not encoding or "\0" in text:
        raise NotConvertibleError("text_not_decoded")
    if len(text) > MAX_CHARACTERS:
        raise NotConvertibleError("text_too_long", f"{len(text)} characters")
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _line_blocks(text: str) -> Iterator[Block]:
    for line in text.split("\n"):
        yield {"kind": "line", "text": shown(line.expandtabs(4))}


def _html_blocks(text: str) -> Iterator[Block]:
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotConvertibleError("markup_not_read", str(error)) from None
    if root is None:
        raise NotConvertibleError("markup_not_read", "no element")
    for title in root.iter("title"):
        yield from _paragraph("heading", _all_text(title), level=1)
    body = root.find("body")
    yield from _walk(root if body is None else body, 0)


def _walk(element: etree._Element, depth: int) -> Iterator[Block]:
    """Yield the blocks of an element in reading order; runs of inline content become paragraphs."""
    if depth > MAX_DEPTH:
        raise NotConvertibleError("markup_not_read", "nested too deeply")
    running = element.text or ""
    for child in element:
        name = child.tag.lower() if isinstance(child.tag, str) else ""
        if name in _INLINE and not _has_block(child):
            running += _all_text(child)
        elif name == "br":
            running += "\n"
        elif name == "img":
            running += f"〔图像：{child.get('alt') or child.get('src') or ''}〕"[:200]
        elif name and name not in _UNSEEN:
            yield from _paragraph("paragraph", running)
            running = ""
            yield from _block(child, name, depth + 1)
        running += child.tail or ""
    yield from _paragraph("paragraph", running)


def _block(element: etree._Element, name: str, depth: int) -> Iterator[Block]:
    if name in _LEVELS:
        yield from _paragraph("heading", _all_text(element), level=_LEVELS[name])
    elif name == "pre":
        yield from ({"kind": "line", "text": shown(line)} for line in _all_text(element).split("\n"))
    elif name == "li" and not _has_block(element):
        yield from _paragraph("item", _all_text(element))
    elif name == "table" and next(element.iter("table"), None) is element and not _has_inner_table(element):
        yield from _table(element)
    else:
        yield from _walk(element, depth)


def _all_text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def _has_block(element: etree._Element) -> bool:
    return any(isinstance(one.tag, str) and one.tag.lower() not in _INLINE for one in element.iterdescendants())


def _has_inner_table(element: etree._Element) -> bool:
    return any(True for _ in element.iterdescendants("table"))


def _table(element: etree._Element) -> Iterator[Block]:
    caption = element.find("caption")
    if caption is not None:
        yield from _paragraph("paragraph", _all_text(caption))
    rows = [[_squeezed(_all_text(cell)) for cell in row if cell.tag in {"td", "th"}] for row in element.iter("tr")]
    width = max(map(len, rows), default=0)
    if width:
        yield {"kind": "table", "columns": width, "rows": [row + [""] * (width - len(row)) for row in rows]}


def _paragraph(kind: str, text: str, **more: int) -> Iterator[Block]:
    told = _squeezed(text)
    if told:
        yield {"kind": kind, "text": told, **more}


def _squeezed(text: str) -> str:
    return "\n".join(filter(None, (shown(" ".join(line.split())) for line in text.split("\n"))))
