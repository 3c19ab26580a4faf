"""Relationships as signatures of packages see them: chosen, sorted and written out (ECMA-376 part 2, §13.2.4.24).

A program that opens a signed package adds relationships of its own, to the signature for one. So a signature names those
that it is about, and the transform leaves the others out.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.xml_canonical import Form, canonical, parsed

RELATIONSHIP_TRANSFORM = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
SIGNING = "http://schemas.openxmlformats.org/package/2006/digital-signature"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_RELATIONSHIP = f"{{{RELATIONSHIPS}}}Relationship"


def chosen_relationships(transform: etree._Element, data: bytes) -> bytes:
    """Return the relationships that a transform chooses from a part, as a document in canonical form.

    Raises:
        UnsupportedAlgorithmError: the part offers alternatives (part 3), of which nobody knows which a reader takes.
        MalformedError, ValueError: it is no part of relationships.
    """
    identifiers = {one.get("SourceId") for one in transform.iterfind(f"{{{SIGNING}}}RelationshipReference")}
    types = {one.get("SourceType") for one in transform.iterfind(f"{{{SIGNING}}}RelationshipsGroupReference")}
    made = etree.fromstring(f'<Relationships xmlns="{RELATIONSHIPS}"/>')
    rows = [
        row
        for row in map(_attributes, relationships_in(data))
        if row.get("Id", "") in identifiers or row.get("Type", "") in types
    ]
    for row in sorted(rows, key=lambda row: row.get("Id", "")):
        etree.SubElement(made, _RELATIONSHIP, {"TargetMode": "Internal"} | row)
    return canonical(made, Form())


def relationships_in(data: bytes) -> Iterator[etree._Element]:
    """Yield the relationships of a part, without what it declares may be passed over. Raises as the transform does."""
    root = parsed(data)
    if root.tag != f"{{{RELATIONSHIPS}}}Relationships":
        raise MalformedError("not a part of relationships")
    _check_names(root, root)
    for row in root.iterchildren("*"):
        if row.tag == _RELATIONSHIP:
            _check_names(row, root)
            yield row
        elif _namespace(row) not in _ignorable(root):
            _refuse(row)


def identifiers_in(data: bytes) -> frozenset[str]:
    """Return the names of relationships that have been chosen."""
    return frozenset(row.get("Id", "") for row in relationships_in(data))


def _attributes(row: etree._Element) -> dict[str, str]:
    """Return what a relationship says itself; names with a namespace are ignorable ones and versioning instructions."""
    return {str(name): str(value) for name, value in row.attrib.items() if not str(name).startswith("{")}


def _check_names(row: etree._Element, root: etree._Element) -> None:
    passed_over = _ignorable(root) | _ignorable(row)
    for name in map(str, row.attrib):
        space, _, local = name[1:].rpartition("}") if name.startswith("{") else ("", "", name)
        if space == COMPATIBILITY and local != "Ignorable":
            raise UnsupportedAlgorithmError(f"relationships with {local[:40]}")
        if space not in passed_over | {"", COMPATIBILITY}:
            raise MalformedError(f"relationships with {name[:80]}")


def _ignorable(row: etree._Element) -> set[str]:
    prefixes = (row.get(f"{{{COMPATIBILITY}}}Ignorable") or "").split()
    return {row.nsmap[prefix] for prefix in prefixes if prefix in row.nsmap}


def _namespace(row: etree._Element) -> str:
    return str(etree.QName(row).namespace or "")


def _refuse(row: etree._Element) -> None:
    if _namespace(row) == COMPATIBILITY:
        raise UnsupportedAlgorithmError("relationships with alternatives")
    raise MalformedError(f"relationships with {row.tag!s:.80}")
