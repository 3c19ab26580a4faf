"""Telling text formats apart: which encoding, and XML, SVG, HTML, JSON, mail or plain text."""

from __future__ import annotations

import codecs
import json
import re

from jingui.formats.identification.names import UNKNOWN, Identification, named

BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
CODECS: dict[str, str] = {"UTF-8": "utf-8-sig", "GB18030": "gb18030", "UTF-16": "utf-16", "UTF-32": "utf-32"}
# Control characters that no text holds; bell, tab, line breaks, form feed, escape and DOS end of file are let through.
BINARY = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 26, 27})
HIGH_HALF = bytes(range(128, 256))
ROOT_ELEMENT = re.compile(r"<(?:[\w.\-]+:)?([\w.\-]+)([^>]*)")
XML_MISC = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]|\[.*?\])*>", re.DOTALL)
XML_START = re.compile(
    r"<\?xml[\s?]|<!DOCTYPE|<(?:[^\W\d][\w.\-]*:)?[^\W\d][\w.\-]*(?:\s+[\w:.\-]+\s*=\s*[\"']|\s*/?>)"
)
# The first element of a page or of a piece of one; of the WHATWG's list those that no XML is likely to begin with.
HTML_START = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script|style|iframe|div|h1|font|br)\b",
    re.DOTALL | re.IGNORECASE,
)
BOOKMARKS_START = re.compile(r"<!doctype\s+netscape-bookmark", re.IGNORECASE)
JSON_START = re.compile(r"(?:\{\s*[\"}]|\[\s*[\[{\]\"\d\-tfn])")
SVG_VERSION = re.compile(r"\bversion\s*=\s*[\"']([\d.]{1,4})[\"']")
UOF_NAMESPACE = "schemas.uof.org"  # GB/T 20916, all years of it
HEADER_LINE = re.compile(
    r"^([A-Za-z][A-Za-z0-9\-]*):", re.MULTILINE
)  # a blank behind the colon is usual, not asked for
MAIL_HEADERS = frozenset(
    (
        "received",
        "return-path",
        "from",
        "to",
        "mime-version",
        "message-id",
        "date",
        "subject",
        "delivered-to",
        "cc",
        "reply-to",
    )
)
MAIL_HEADERS_NEEDED = 3


def encoding_of(data: bytes, *, is_whole: bool) -> str:
    """Name the encoding of text bytes: UTF-8, GB18030, UTF-16 or UTF-32 (``""``: no text, or another encoding).

    GB 18030 and UTF-8 overlap only in ASCII in practice, so UTF-8 is tried first. Without ``is_whole`` a
    character may be cut at the end.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            return name if _decodes(data, name, is_whole=is_whole) else ""
    if len(data.translate(None, BINARY)) != len(data):
        return ""
    return next((name for name in ("UTF-8", "GB18030") if _decodes(data, name, is_whole=is_whole)), "")


def _decodes(data: bytes, encoding: str, *, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(CODECS[encoding])().decode(data, is_whole)
    except UnicodeDecodeError:
        return False
    return True


def identify_text(head: bytes, tail: bytes, *, size: int) -> Identification:
    """Name a text by its first characters, or say that it is none known."""
    encoding = encoding_of(head, is_whole=size <= len(head))
    if not encoding and not _is_mostly_ascii(head):
        return UNKNOWN
    # Marks are ASCII in every encoding that may come here, whatever else the bytes say.
    start = head.decode(CODECS.get(encoding, "latin-1"), "ignore").lstrip("\ufeff \t\r\n")
    return _marked_up(start) or _structured(start, tail, is_whole=size <= len(head)) or named("text", encoding)


def _is_mostly_ascii(data: bytes) -> bool:
    """Say whether bytes look like text in an encoding not told here: no control characters, half of it ASCII."""
    return bool(data) and len(data.translate(None, BINARY + HIGH_HALF)) * 2 >= len(data) == len(
        data.translate(None, BINARY)
    )


def _marked_up(start: str) -> Identification | None:
    if not start.startswith("<"):
        return None
    if HTML_START.match(start):
        return named("html")
    if BOOKMARKS_START.match(start):
        return named("html", "bookmarks")
    return _xml(start) if XML_START.match(start) or start.startswith("<!--") else None


def _xml(start: str) -> Identification | None:
    """Name an XML document by its root element."""
    position = 0
    while found := XML_MISC.match(start, position):
        position = found.end()
    root = ROOT_ELEMENT.match(start, position)
    if not root:
        return named("xml") if start.startswith(("<?xml", "<!DOCTYPE")) else None
    if root[1] == "svg":
        version = SVG_VERSION.search(root[2])
        return named("svg", version[1] if version else "")
    if root[1] == "UOF" and UOF_NAMESPACE in root[2]:
        return named("uof")
    return named("html" if root[1] == "html" else "xml")


def _structured(start: str, tail: bytes, *, is_whole: bool) -> Identification | None:
    if JSON_START.match(start):
        return named("json") if _looks_like_json(start, tail, is_whole=is_whole) else None
    head_block = start.split("\r\n\r\n", 1)[0].split("\n\n", 1)[0]
    first = HEADER_LINE.match(head_block)
    if not first:
        return None
    seen = {name.lower() for name in HEADER_LINE.findall(head_block)}
    return named("eml") if len(seen & MAIL_HEADERS) >= MAIL_HEADERS_NEEDED else None


def _looks_like_json(start: str, tail: bytes, *, is_whole: bool) -> bool:
    """A text may begin with a bracket (〔2024〕 typed as [2024]): small ones are parsed, big ones must close."""
    if start.startswith("{"):
        return True
    if not is_whole:
        return tail.rstrip().endswith(b"]")
    try:
        json.loads(start)
    except (ValueError, RecursionError):
        return False
    return True
