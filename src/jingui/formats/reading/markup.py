"""XML, SVG and HTML."""

from __future__ import annotations

from typing import Any

from lxml import etree

from jingui.formats.identification.texts import CODECS, encoding_of
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import doctype, parse

READER = f"lxml {etree.__version__}"
TEXT_NODES: Any = etree.XPath("descendant-or-self::text()", smart_strings=False)
UNSEEN = ("script", "style", "template")


def read_xml(source: Source) -> Outcome:
    """Parse XML without entities; SVG scripts are noted."""
    outcome = Outcome(READER)
    root = parse(source.whole())
    if declaration := doctype(root):
        outcome.defect("xml_dtd", declaration)
    if source.found.format_name == "svg" and next(root.iter("{*}script"), None) is not None:
        outcome.note("javascript")
    outcome.text = gathered_text(root, source.limits.text_characters)
    outcome.is_readable = True
    return outcome


def gathered_text(root: etree._Element, limit: int) -> str:
    """Join the character data with single spaces, up to ``limit`` characters."""
    pieces: list[str] = TEXT_NODES(root)
    return " ".join(" ".join(pieces).split())[:limit]


def read_html(source: Source) -> Outcome:
    """Read HTML as browsers do, that is, mending it; scripts are noted."""
    outcome = Outcome(READER)
    data = source.whole()
    encoding = encoding_of(data, is_whole=True)
    if not encoding:
        return outcome.refuse("unknown_encoding")
    outcome.note("encoding", encoding)
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    root = etree.fromstring(data.decode(CODECS[encoding]).encode("utf-8", "replace"), parser)
    if root is None:
        return outcome.refuse("damaged_structure", "no element")
    if next(root.iter("script"), None) is not None:
        outcome.note("javascript")
    etree.strip_elements(root, etree.Comment, *UNSEEN, with_tail=False)
    outcome.text = gathered_text(root, source.limits.text_characters)
    outcome.is_readable = True
    return outcome
