"""Extension schemas of XMP: properties that are not predefined, described in the file (ISO 19005-1 6.7.8, -2 6.6.2.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from jingui.formats.reading.pdfa.claims import Checked
from jingui.formats.reading.pdfa.xmp_types import plain_type
from jingui.formats.reading.pdfa.xmp_values import RDF

EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
SCHEMA_FIELDS = frozenset(("schema", "namespaceURI", "prefix"))
PROPERTY_FIELDS = frozenset(("name", "valueType", "category", "description"))
TYPE = "http://www.aiim.org/pdfa/ns/type#"
FIELD = "http://www.aiim.org/pdfa/ns/field#"
ANY = "any"
TYPE_FIELDS = frozenset(("type", "namespaceURI", "prefix", "description"))
FIELD_FIELDS = frozenset(("name", "valueType", "description"))
KNOWN_FIELDS = {
    SCHEMA: SCHEMA_FIELDS | {"property", "valueType"},
    PROPERTY: PROPERTY_FIELDS,
    TYPE: TYPE_FIELDS | {"field"},
    FIELD: FIELD_FIELDS,
}
ORDER = re.compile(
    r"^(?:(?:open|closed)\s+choice(?:\s+of)?\s*|(?:ordered|unordered|bag|seq|alt)(?:\s+of)?\b\s*)+", re.IGNORECASE
)
VALUE_TYPES = frozenset(
    ("", "text", "date", "integer", "boolean", "real", "rational", "uri", "url", "mimetype", "propername", "agentname",
     "guid", "locale", "xpath", "lang alt", "choice", "gpscoordinate", "renditionclass", "resourceevent", "resourceref",
     "version", "job", "dimensions", "thumbnail", "font", "colorant", "flash", "oecf/sfr", "cfapattern", "devicesettings",
     "media", "marker", "track", "beatsplicestretch", "resamplestretch", "timescalestretch", "time", "timecode",
     "projectlink", "frameofreference", "frame rate", "xmp", "ancestor", "layer", "any", "field", "property", "valuetype",
     "schema", "part", "framerate", "framecount", "simple"))  # fmt: skip
PREFIXES = {
    EXTENSION: "pdfaExtension",
    SCHEMA: "pdfaSchema",
    PROPERTY: "pdfaProperty",
    "http://www.aiim.org/pdfa/ns/type#": "pdfaType",
    "http://www.aiim.org/pdfa/ns/field#": "pdfaField",
}


def check_extensions(checked: Checked, tree: etree._Element) -> None:
    """Check every extension schema: its container, its fields, and what it describes."""
    _check_prefixes(checked, tree)
    for bag in tree.iter(f"{{{EXTENSION}}}schemas"):
        if bag.find(f"{{{RDF}}}Bag") is None:
            checked.fault("6.7.8", "6.6.2.3.3", "extension schemas that are no bag")
    for node in tree.iterfind(f".//{{{EXTENSION}}}schemas/{{{RDF}}}Bag/{{{RDF}}}li"):
        _check_schema(checked, node)


def _check_schema(checked: Checked, node: etree._Element) -> None:
    described = list(_items(node, f"{{{SCHEMA}}}valueType"))
    types = {
        _fields(item, TYPE).get("type", "")
        for item in described
        if next(_items(item, f"{{{TYPE}}}field"), None) is not None
    }
    if not _fields(node, SCHEMA).keys() >= SCHEMA_FIELDS:
        checked.fault("6.7.8", "6.6.2.3.3", "an extension schema without name, namespace or prefix")
    if any(not _is_known(item) for item in node.iter()):
        checked.fault("6.7.8", "6.6.2.3.2", "an extension schema with a field that there is not")
    for name, what in ((f"{{{SCHEMA}}}property", "properties"), (f"{{{SCHEMA}}}valueType", "types")):
        if any(sequence.find(f"{{{RDF}}}Seq") is None for sequence in node.iter(name)):
            checked.fault("6.7.8", "6.6.2.3.3", f"described {what} that are no sequence")
    for item in _items(node, f"{{{SCHEMA}}}property"):
        _check_property(checked, _fields(item, PROPERTY), types)
    _check_fields(checked, node)


def _items(node: etree._Element, name: str) -> Iterator[etree._Element]:
    for sequence in node.iter(name):
        yield from sequence.iterfind(f"{{{RDF}}}Seq/{{{RDF}}}li")


def _is_known(item: etree._Element) -> bool:
    if not isinstance(item.tag, str):
        return True
    name = etree.QName(item)
    return name.namespace not in KNOWN_FIELDS or name.localname in KNOWN_FIELDS[name.namespace]


def _check_fields(checked: Checked, node: etree._Element) -> None:
    if any(not _fields(item, TYPE).keys() >= TYPE_FIELDS for item in _items(node, f"{{{SCHEMA}}}valueType")):
        checked.fault("6.7.8", "6.6.2.3.3", "a described type without name, namespace, prefix or description")
    if any(not _fields(item, FIELD).keys() >= FIELD_FIELDS for item in _items(node, f"{{{TYPE}}}field")):
        checked.fault("6.7.8", "6.6.2.3.3", "a described field without name, type or description")


def _check_prefixes(checked: Checked, tree: etree._Element) -> None:
    for uri, prefix in PREFIXES.items():
        if any(uri == told and name != prefix for node in tree.iter() for name, told in node.nsmap.items()):
            checked.fault("6.7.8", "6.6.2.3.3", f"an extension schema with another namespace prefix than {prefix}")


def _check_property(checked: Checked, told: dict[str, str], types: set[str]) -> None:
    kind = ORDER.sub("", told.get("valueType", "")).strip()
    if kind and kind.lower() not in VALUE_TYPES and kind not in types:
        checked.fault("6.7.8", "6.6.2.3.3", f"a property of a type that is not defined: {kind[:40]}")
    if told.get("category") not in ("internal", "external"):
        checked.fault("6.7.8", "6.6.2.3.3", "a property whose category is neither internal nor external")
    if not told.keys() >= PROPERTY_FIELDS:
        checked.fault("6.7.8", "6.6.2.3.3", "a property without name, type, category or description")


def _fields(node: etree._Element, space: str) -> dict[str, str]:
    """Return the fields of a described schema or property, written as elements or attributes."""
    holders = [node, *node.iterfind(f"{{{RDF}}}Description")]
    told: dict[str, str] = {}
    for holder in holders:
        told |= {
            etree.QName(key).localname: str(value)
            for key, value in holder.attrib.items()
            if etree.QName(key).namespace == space
        }
        children = [child for child in holder if isinstance(child.tag, str) and etree.QName(child).namespace == space]
        told |= {etree.QName(child).localname: str(child.text or "").strip() for child in children}
    return told


def described_properties(tree: etree._Element) -> dict[str, dict[str, str]]:
    """Return the properties that extension schemas describe, by namespace, with their types."""
    found: dict[str, dict[str, str]] = {}
    for node in tree.iterfind(f".//{{{EXTENSION}}}schemas/{{{RDF}}}Bag/{{{RDF}}}li"):
        space = _fields(node, SCHEMA).get("namespaceURI", "").strip()
        own = {_fields(item, TYPE).get("type", "").lower() for item in _items(node, f"{{{SCHEMA}}}valueType")}
        known = found.setdefault(space, {})
        for item in _items(node, f"{{{SCHEMA}}}property"):
            told = _fields(item, PROPERTY)
            kind = plain_type(told.get("valueType", ""))
            known[told.get("name", "")] = ANY if own & {kind, kind.partition(" ")[2]} else kind
    return found
