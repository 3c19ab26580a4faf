"""Parsing XML that strangers made: no entities, no DTD, no network, no giant trees."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

PROLOG_CHARACTERS = 65_536
MISC = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
DOCTYPE = re.compile(r"<!DOCTYPE(?:[^\[>]*)(?P<subset>\[?)", re.IGNORECASE)
SUBSET_END = re.compile(r"\]\s*>")
ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)


class XmlRefusedError(ValueError):
    """The XML is not parsed or not well-formed; ``code`` is a defect code."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep a defect code and a detail."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


def parse(data: bytes, *, where: str = "") -> etree._Element:
    """Parse XML and return its root. A plain DOCTYPE is let through and ignored.

    Raises:
        XmlRefusedError: ``xml_entities`` if it declares entities, ``not_well_formed``.
    """
    refuse_entities(data, where=where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlRefusedError("not_well_formed", f"{where} {error}".strip()) from None
    # A prolog padded beyond what is looked at first still shows its DTD here.
    if any(True for _ in declared_entities(root)):
        raise XmlRefusedError("xml_entities", f"{where} entity declarations".strip())
    return root


def declared_entities(root: etree._Element) -> Iterator[object]:
    """Yield the entities that the document's own DTD declares."""
    docinfo: Any = root.getroottree().docinfo
    if docinfo.internalDTD is not None:
        yield from docinfo.internalDTD.iterentities()


def doctype(root: etree._Element) -> str:
    """Return the document type declaration, ``""`` if there is none."""
    docinfo: Any = root.getroottree().docinfo
    return str(docinfo.doctype or "")


def refuse_entities(data: bytes, *, where: str = "") -> None:
    """Look through the prolog only. Raises XmlRefusedError with ``xml_entities``."""
    prolog = _start(data)
    position = 0
    while found := MISC.match(prolog, position):
        position = found.end()
    declaration = DOCTYPE.match(prolog, position)
    if declaration and _declares(prolog, declaration):
        raise XmlRefusedError("xml_entities", f"{where} internal DTD subset".strip())


def _declares(prolog: str, declaration: re.Match[str]) -> bool:
    """Elements and attributes may be declared; a subset that does not end within what is looked at is not trusted."""
    is_open = declaration["subset"] and not SUBSET_END.search(prolog, declaration.end())
    return bool(is_open) or ENTITY.search(prolog, declaration.start()) is not None


def _start(data: bytes) -> str:
    """Decode the start well enough to see ASCII declarations in any encoding that XML allows."""
    piece = data[:PROLOG_CHARACTERS]
    if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return piece.decode("utf-16", "ignore")
    if piece[:2] in (b"<\0", b"\0<"):
        return piece.decode("utf-16-le" if piece[:1] == b"<" else "utf-16-be", "ignore")
    return piece.removeprefix(codecs.BOM_UTF8).decode("latin-1")
