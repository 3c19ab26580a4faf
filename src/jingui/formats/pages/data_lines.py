"""Turns the answer of a data-sharing service (JSON or XML) into lines for a reader: how deep, which item, what value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from jingui.formats.packages.elements import XmlMalformedError, XmlUnsafeError, parse

MAX_LINES = 3000  # some 125 pages, a second to lay out
MAX_CHARACTERS = 400_000
MAX_BYTES = 8 << 20
_MAX_DEPTH = 60
_ENCODINGS = ("utf-8-sig", "gb18030")

Line = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class DataLines:
    """The lines of some data. ``is_structured`` is false for plain text; ``is_cut`` says that there is more in the data."""

    lines: tuple[Line, ...]
    is_structured: bool
    is_cut: bool


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON with every member in its order, a name that stands twice included."""


def read_lines(data: bytes, *, format_name: str) -> DataLines:
    """Read data as lines; what is not well-formed is given as its plain text, so that nothing is made up."""
    reader = {"json": _json_lines, "xml": _xml_lines}.get(format_name)
    is_whole = len(data) <= MAX_BYTES
    if reader and is_whole:
        try:
            return _limited(reader(data), is_structured=True)
        except (ValueError, RecursionError):
            pass
    return _limited(_text_lines(data[:MAX_BYTES]), is_structured=False, is_cut=not is_whole)


def _limited(lines: Iterator[Line], *, is_structured: bool, is_cut: bool = False) -> DataLines:
    found: list[Line] = []
    left = MAX_CHARACTERS
    for depth, name, value in lines:
        if len(found) == MAX_LINES or left <= 0:
            is_cut = True
            break
        is_cut = is_cut or len(name) + len(value) > left
        found.append((depth, name[:left], value[: max(0, left - len(name))]))
        left -= len(name) + len(value)
    return DataLines(tuple(found), is_structured, is_cut)


def _json_lines(data: bytes) -> Iterator[Line]:
    # Numbers stay as they are written: no digit is lost, none is added.
    value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_Pairs, parse_int=_Written, parse_float=_Written)
    return _value_lines("", value, 0)


class _Written(str):
    """A number as its sender wrote it."""

    __slots__ = ()


def _value_lines(name: str, value: Any, depth: int) -> Iterator[Line]:  # noqa: ANN401 - any JSON value
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, _Pairs):
        members = list(value)
    elif isinstance(value, list):
        members = [(f"第 {number} 项", item) for number, item in enumerate(value, start=1)]
    else:
        yield depth, name, _leaf(value)
        return
    if name or not members:
        yield depth, name, "" if members else "（空）"
    for key, item in members:
        yield from _value_lines(key or "（无名）", item, depth + bool(name))


def _leaf(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _xml_lines(data: bytes) -> Iterator[Line]:
    try:
        root = parse(data)
    except (XmlUnsafeError, XmlMalformedError) as error:
        raise ValueError(str(error)) from error
    return _element_lines(root, 0)


def _element_lines(element: etree._Element, depth: int) -> Iterator[Line]:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    text = (element.text or "").strip()
    yield depth, _tag(element), text
    for name, value in element.attrib.items():
        yield depth + 1, f"@{_local(str(name))}", str(value)
    for child in element:
        if isinstance(child.tag, str):
            yield from _element_lines(child, depth + 1)
        if tail := (child.tail or "").strip():
            yield depth + 1, "", tail


def _tag(element: etree._Element) -> str:
    return _local(str(element.tag))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _text_lines(data: bytes) -> Iterator[Line]:
    return ((0, "", line) for line in _decoded(data).splitlines())


def _decoded(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")
