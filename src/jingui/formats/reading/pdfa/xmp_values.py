"""Values of XMP as RDF writes them: simple ones, arrays, and structures in each of their spellings (XMP 2005, RDF/XML)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
LANGUAGE = f"{{{XML}}}lang"
CONTAINERS = {f"{{{RDF}}}{name}": name.lower() for name in ("Bag", "Seq", "Alt")}
ITEM, DESCRIPTION, VALUE, RESOURCE = (f"{{{RDF}}}{name}" for name in ("li", "Description", "value", "resource"))
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Simple:
    """A text."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An array: ``bag``, ``seq`` or ``alt``; ``is_by_language``: every item tells its language."""

    kind: str
    items: tuple[Value, ...]
    is_by_language: bool


@dataclass(frozen=True, slots=True)
class Structure:
    """Fields by namespace and name."""

    fields: tuple[tuple[str, str, Value], ...]


Value: TypeAlias = Simple | Listed | Structure


def value_of(node: etree._Element | str, *, depth: int = 0) -> Value:
    """Read the value of a property element, or of a property written as an attribute."""
    if isinstance(node, str):
        return Simple(node)
    inner = next((child for child in node if isinstance(child.tag, str)), None)
    if inner is None or depth > MAX_DEPTH:
        fields = tuple(_attributes(node))
        return Structure(fields) if fields else Simple(node.get(RESOURCE) or node.text or "")
    if inner.tag in CONTAINERS:
        return _listed(inner, depth)
    qualified = next((one for one in (node.find(VALUE), node.find(f"{DESCRIPTION}/{VALUE}")) if one is not None), None)
    if qualified is not None:
        return value_of(qualified, depth=depth + 1)
    holder = node if node.get(f"{{{RDF}}}parseType") == "Resource" else inner
    return Structure((*_attributes(node), *_attributes(holder), *_children(holder, depth)))


def _listed(container: etree._Element, depth: int) -> Listed:
    items = container.findall(ITEM)
    return Listed(
        CONTAINERS[str(container.tag)],
        tuple(value_of(item, depth=depth + 1) for item in items),
        all(item.get(LANGUAGE) is not None for item in items),
    )


def _attributes(node: etree._Element) -> Iterator[tuple[str, str, Value]]:
    for key, text in node.attrib.items():
        name = etree.QName(str(key))
        if name.namespace not in (RDF, XML, None):
            yield name.namespace or "", name.localname, Simple(str(text))


def _children(node: etree._Element, depth: int) -> Iterator[tuple[str, str, Value]]:
    for child in node:
        if isinstance(child.tag, str):
            name = etree.QName(child)
            yield name.namespace or "", name.localname, value_of(child, depth=depth + 1)
