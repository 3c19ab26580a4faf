"""Text and XML in the three encodings that transfer packages may use: UTF-8, GB18030 and GB2312."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jingui.formats.handover.documents import DocumentRefusedError, parse_xml
from jingui.formats.handover.problems import problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
# One decoder reads both Chinese sets: GB18030 holds GB2312.
_CODECS = {"utf-8": "utf-8", "utf8": "utf-8", "gb18030": "gb18030", "gb2312": "gb18030"}
_LINE = re.compile(r"\s*([^:：=]+?)\s*[:：=]\s*(.*?)\s*")


def parse_chinese_xml(data: bytes, path: str) -> etree._Element:
    """Parse an XML document in one of the three encodings.

    Raises:
        DocumentRefusedError: it is in another, declares a document type or entities, or is not well-formed.
    """
    declared = _DECLARED.match(data[:400])
    codec = _CODECS.get(declared[1].decode("ascii").lower() if declared else "utf-8")
    if codec is None or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentRefusedError(problem("document_encoding_unknown", path))
    try:
        text = data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise DocumentRefusedError(problem("document_encoding_wrong", path, encoding=codec)) from None
    return parse_xml(_PROLOG.sub("", text).encode("utf-8", "surrogatepass"), path)


def write_statement(facts: Mapping[str, str]) -> bytes:
    """Write a 说明文件: one ``key：value`` per line, in UTF-8."""
    return "".join(f"{key}：{' '.join(value.split())}\n" for key, value in facts.items()).encode("utf-8", "replace")


def read_statement(data: bytes, path: str) -> dict[str, str]:
    """Read a 说明文件; the first line of a key counts.

    Raises:
        DocumentRefusedError: it is in none of the three encodings.
    """
    facts: dict[str, str] = {}
    for line in _decoded(data, path).splitlines():
        if found := _LINE.fullmatch(line):
            facts.setdefault(found[1], found[2])
    return facts


def _decoded(data: bytes, path: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentRefusedError(problem("document_encoding_unknown", path))
    for codec in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise DocumentRefusedError(problem("document_encoding_unknown", path))
