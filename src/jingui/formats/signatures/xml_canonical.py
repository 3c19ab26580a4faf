"""Canonical forms of XML elements (Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0), made with libxml2."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError

INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Form:
    """A canonical form: exclusive or not, of version 1.1, with comments, and the prefixes that it keeps."""

    is_exclusive: bool = False
    is_newer: bool = False
    with_comments: bool = False
    prefixes: tuple[str, ...] = ()


_FORMS = {
    INCLUSIVE: Form(),
    f"{INCLUSIVE}#WithComments": Form(with_comments=True),
    INCLUSIVE_11: Form(is_newer=True),
    f"{INCLUSIVE_11}#WithComments": Form(is_newer=True, with_comments=True),
    EXCLUSIVE: Form(is_exclusive=True),
    f"{EXCLUSIVE}WithComments": Form(is_exclusive=True, with_comments=True),
}


def is_canonical_form(name: str) -> bool:
    """Say whether an algorithm makes a canonical form."""
    return name in _FORMS


def form_of(method: etree._Element | None) -> Form:
    """Return the form that an element names, without one Canonical XML 1.0. Raises UnsupportedAlgorithmError."""
    name = method.get("Algorithm", "") if method is not None else INCLUSIVE
    if name not in _FORMS:
        raise UnsupportedAlgorithmError(f"canonicalisation {name[:80]}")
    found = _FORMS[name]
    kept = method.find("{*}InclusiveNamespaces") if method is not None and found.is_exclusive else None
    listed = tuple((kept.get("PrefixList") or "").split()) if kept is not None else ()
    return Form(found.is_exclusive, found.is_newer, found.with_comments, listed)


def parsed(data: bytes) -> etree._Element:
    """Parse a document; one that cannot be parsed or declares a type of its own is refused. Raises ValueError."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"XML: {error}"[:120]) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("XML with a document type")
    return root


def canonical(node: etree._Element, form: Form, *, is_document: bool = False) -> bytes:
    """Canonicalise an element with all it holds, or the document whose root it is. Raises UnsupportedAlgorithmError."""
    is_part = node.getparent() is not None and not form.is_exclusive
    apex = _on_its_own(node, form) if is_part else node
    return bytes(
        etree.tostring(
            apex.getroottree() if is_document else apex,
            method="c14n",
            exclusive=form.is_exclusive,
            with_comments=form.with_comments,
            inclusive_ns_prefixes=list(form.prefixes) or None,
        )
    )


def _on_its_own(node: etree._Element, form: Form) -> etree._Element:
    """Return a part as the root of a document, with the namespaces around it and what its ancestors hand down.

    libxml2 writes empty default namespaces into parts, and leaves out the attributes of the xml namespace around them.
    """
    written = etree.tostring(node, encoding="utf-8", with_tail=False)
    apex = etree.fromstring(written, etree.XMLParser(resolve_entities=False, no_network=True))
    for name, value in _handed_down(node, form).items():
        apex.set(name, value)
    return apex


def _handed_down(node: etree._Element, form: Form) -> dict[str, str]:
    handed: dict[str, str] = {}
    for ancestor in node.iterancestors():
        for name, value in ancestor.attrib.items():
            if str(name).startswith(_XML) and name not in node.attrib:
                handed.setdefault(str(name), str(value))
    if form.is_newer:
        # Version 1.1 §2.4: identifiers are not handed down, and bases are joined, which is not done here.
        handed.pop(f"{_XML}id", None)
        if f"{_XML}base" in handed:
            raise UnsupportedAlgorithmError("canonicalisation 1.1 below xml:base")
    return handed


def steps_to(node: etree._Element) -> list[int]:
    """Return the way from the root to an element, as positions among the children."""
    steps: list[int] = []
    parent = node.getparent()
    while parent is not None:
        steps.append(parent.index(node))
        node, parent = parent, parent.getparent()
    return steps[::-1]


def same_place(root: etree._Element, node: etree._Element) -> etree._Element:
    """Return the element that stands in a copy of a document where another stands in the document."""
    for step in steps_to(node):
        root = root[step]
    return root


def removed(node: etree._Element) -> None:
    """Take an element out of its document; the text behind it stays."""
    parent, before, tail = node.getparent(), node.getprevious(), node.tail or ""
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(node)
