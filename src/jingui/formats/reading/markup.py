"""XML, SVG and HTML."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from jingui.formats.identification.texts import CODECS, encoding_of
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import doctype, parse
from jingui.formats.signatures.noticing import xml_signatures

READER = f"lxml {etree.__version__}"
TEXT_NODES: Any = etree.XPath("descendant-or-self::text()", smart_strings=False)
HANDLER = re.compile(r"on[a-z]{3,20}", re.IGNORECASE)
AWAY = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]*:)?//|\s*file:", re.IGNORECASE)
HREF = re.compile(r".*?href\s*=\s*[\"']([^\"']*)[\"'].*", re.DOTALL)
FETCHED = frozenset(
    ("img", "image", "script", "iframe", "frame", "embed", "object", "link", "source", "video", "audio", "use")
)
ADDRESSES = frozenset(("src", "href", "data"))
UNSEEN = ("script", "style", "template")


def read_xml(source: Source) -> Outcome:
    """Parse XML without entities; SVG scripts are noted."""
    outcome = Outcome(READER)
    data = source.whole()
    root = parse(data)
    if declaration := doctype(root):
        outcome.defect("xml_dtd", declaration)
    if source.found.format_name == "svg":
        note_active(root, outcome)
    note_stylesheets(root, outcome)
    outcome.text = gathered_text(root, source.limits.text_characters)
    outcome.signatures = xml_signatures(data, root)
    outcome.is_readable = True
    return outcome


def note_active(root: etree._Element, outcome: Outcome) -> None:
    """Note scripts and handlers, and pictures, styles and frames that are fetched from elsewhere."""
    for node in root.iter(etree.Element):
        name = etree.QName(node).localname.lower()
        if name == "script" or any(HANDLER.match(etree.QName(key).localname) for key in node.attrib):
            outcome.note("javascript")
        told = [str(value) for key, value in node.items() if str(key).rpartition("}")[2] in ADDRESSES]
        if name in FETCHED and any(AWAY.match(value) for value in told):
            outcome.note("external_links", f"{name} from elsewhere")


def note_stylesheets(root: etree._Element, outcome: Outcome) -> None:
    """Note a style sheet or an inclusion from elsewhere."""
    before: Any = root.getprevious()
    while before is not None:
        if getattr(before, "target", "") == "xml-stylesheet" and AWAY.search(HREF.sub(r"\1", before.text or "")):
            outcome.note("external_links", "a style sheet from elsewhere")
        before = before.getprevious()
    if next(root.iter("{http://www.w3.org/2001/XInclude}include"), None) is not None:
        outcome.note("external_links", "content included from elsewhere")


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
    note_active(root, outcome)
    etree.strip_elements(root, etree.Comment, *UNSEEN, with_tail=False)
    outcome.text = gathered_text(root, source.limits.text_characters)
    outcome.is_readable = True
    return outcome
