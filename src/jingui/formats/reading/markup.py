"""XML, SVG and HTML."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from jingui.formats.identification import claims
from jingui.formats.reading.html_encodings import html_text
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
        name = _local(node.tag).lower()
        if name == "script" or any(HANDLER.match(_local(key)) for key in node.attrib):
            outcome.note("javascript")
        told = [str(value) for key, value in node.items() if _local(key) in ADDRESSES]
        if name in FETCHED and any(AWAY.match(value) for value in told):
            outcome.note("external_links", f"{name} from elsewhere")


def _local(name: object) -> str:
    """Return a name without its namespace, or in HTML, which knows none, without its prefix."""
    return str(name).rpartition("}")[2].rpartition(":")[2]


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
    """Read HTML as browsers do, that is, mending it; scripts are noted. Where the name says XML it has to be that."""
    outcome = Outcome(READER)
    data = source.whole()
    if "xml" in claims(source.name):
        parse(data)
    encoding, text, is_lossy = html_text(data)
    if not encoding:
        return outcome.refuse("unknown_encoding")
    outcome.note("encoding", encoding)
    if is_lossy:
        outcome.defect("needs_repair", f"bytes that are no characters of {encoding}")
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        return outcome.refuse("damaged_structure", "no element")
    note_active(root, outcome)
    etree.strip_elements(root, etree.Comment, *UNSEEN, with_tail=False)
    outcome.text = gathered_text(root, source.limits.text_characters)
    outcome.is_readable = True
    return outcome
