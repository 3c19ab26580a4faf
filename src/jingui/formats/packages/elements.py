"""Writes XML whose elements carry their Chinese name as ``title``, and reads XML without trusting it."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from datetime import datetime

# What XML 1.0 §2.2 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class XmlUnsafeError(ValueError):
    """The document declares a document type or entities, or is not UTF-8."""


class XmlMalformedError(ValueError):
    """The document is not well-formed."""


def root_element(name: str, title: str) -> etree._Element:
    """Start a document."""
    return etree.Element(name, {"title": title})


def add_group(parent: etree._Element, name: str, title: str, /, **attributes: str) -> etree._Element:
    """Add an element that holds others."""
    element = etree.SubElement(parent, name, {"title": title})
    for key, text in attributes.items():
        _set_attribute(element, key, text)
    return element


def add_value(parent: etree._Element, name: str, title: str, value: str, /, **attributes: str) -> None:
    """Add an element with a text, verbatim; text that XML cannot hold is written in base64 and says so."""
    element = etree.SubElement(parent, name, {"title": title})
    for key, text in attributes.items():
        _set_attribute(element, key, text)
    if value and _NOT_XML.search(value):
        element.set("encoding", "base64")
        element.text = _base64(value)
    else:
        element.text = value


def xml_text(value: str) -> str:
    """Return a text that XML can hold, for forms that have no way to say base64: what it cannot hold becomes U+FFFD."""
    return _NOT_XML.sub("\ufffd", value)


def read_value(element: etree._Element) -> str:
    """Return the text that ``add_value`` was given.

    Raises:
        ValueError: the base64 is damaged.
    """
    text = element.text or ""
    if element.get("encoding") != "base64":
        return text
    return base64.b64decode(text, validate=True).decode("utf-8", "surrogatepass")


def read_attribute(element: etree._Element, key: str) -> str:
    """Return the attribute that ``add_value`` or ``add_group`` was given, ``""`` without one.

    Raises:
        ValueError: the base64 is damaged.
    """
    text = element.get(key, "")
    if element.get(f"{key}_encoding") != "base64":
        return text
    return base64.b64decode(text, validate=True).decode("utf-8", "surrogatepass")


def to_bytes(root: etree._Element) -> bytes:
    """Return the document in UTF-8; the same tree gives the same bytes."""
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return data


def moment(value: datetime | None) -> str:
    """Write a moment as its source gave it, with its own offset."""
    return value.isoformat() if value else ""


def parse(data: bytes) -> etree._Element:
    """Parse a document of unknown origin: UTF-8 only, no document type, no entities, no network.

    Raises:
        XmlUnsafeError: it declares something, or it is not UTF-8.
        XmlMalformedError: it is not well-formed.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise XmlUnsafeError("not UTF-8") from error
    if _DECLARATION.search(data):
        raise XmlUnsafeError("declares a document type or entities")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlMalformedError(str(error)) from error


def _set_attribute(element: etree._Element, key: str, text: str) -> None:
    if _NOT_XML.search(text):
        element.set(f"{key}_encoding", "base64")
        text = _base64(text)
    element.set(key, text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
