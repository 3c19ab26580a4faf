"""What an XML signature is about: its references, followed and transformed (XMLDSig Core 1.1 §4.4.3).

Only transforms that cannot run code are followed. Anything else is an algorithm that is not supported.
"""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.opc_relationships import RELATIONSHIP_TRANSFORM, chosen_relationships
from jingui.formats.signatures.xml_canonical import (
    Form,
    canonical,
    form_of,
    is_canonical_form,
    parsed,
    removed,
    same_place,
    steps_to,
)
from jingui.formats.signatures.xml_names import DS

SIGNATURE = f"{{{DS}}}Signature"
ENVELOPED = f"{DS}enveloped-signature"
BASE64 = f"{DS}base64"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XPATH_FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"
MAX_COPIES = 16
_ID_NAMES = (
    "Id", "ID", "id", "AssertionID", "{http://www.w3.org/XML/1998/namespace}id",
    "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id",
)  # fmt: skip
_POINTER = re.compile(r"#xpointer\((?:(/)|id\((['\"])([^'\"]*)\2\))\)")
# The expressions that leave out signatures, with the prefix that they use.
_NOT_SIGNATURES = re.compile(r"not\(ancestor-or-self::(?P<top>)(?:(?P<prefix>\w+):)?Signature\)")
_ALL_SIGNATURES = re.compile(r"(?:/descendant::|//|/descendant-or-self::|(?P<top>/\*/))(?:(?P<prefix>\w+):)?Signature")

Outside = Callable[[str], bytes | None]
"""Finds content that stands outside the document by the URI of a reference; ``None``: it is not at hand."""


@dataclass(slots=True)
class Document:
    """A parsed document with signatures; its parser must not have resolved entities.

    ``is_in_package``: it is a part of an Office Open XML package or the like, whose signatures list parts in manifests.
    """

    root: etree._Element
    outside: Outside = lambda _uri: None
    is_in_package: bool = False
    _ids: dict[str, list[etree._Element]] = field(default_factory=dict)
    _pruned: dict[tuple[tuple[int, ...], ...], etree._Element] = field(default_factory=dict)

    def by_id(self, name: str) -> etree._Element | None:
        """Return the one element with an identifier. Raises MalformedError where two have it."""
        if not self._ids:
            for node in self.root.iter("*"):
                for value in {node.get(attribute) for attribute in _ID_NAMES} - {None}:
                    self._ids.setdefault(str(value), []).append(node)
        found = self._ids.get(name, [])
        if len(found) > 1:
            # Two elements of one name are how a signature is moved onto other content.
            raise MalformedError(f"标识 {name[:60]} 不止一处")
        return found[0] if found else None

    def without(self, gone: list[etree._Element]) -> etree._Element:
        """Return the root of a copy of the document without these elements. Raises MalformedError."""
        key = tuple(tuple(steps_to(one)) for one in gone)
        if key not in self._pruned:
            if len(self._pruned) >= MAX_COPIES:
                raise MalformedError("too many transforms")
            root = copy.deepcopy(self.root.getroottree()).getroot()
            for node in [same_place(root, one) for one in gone]:
                removed(node)
            self._pruned[key] = root
        return self._pruned[key]


@dataclass(frozen=True, slots=True)
class Nodes:
    """An element with all it holds, but for those that a transform took out.

    ``is_document`` says that it is the document, with the instructions that stand around its element.
    """

    apex: etree._Element
    is_document: bool = False
    with_comments: bool = False
    gone: tuple[etree._Element, ...] = ()


def target_of(uri: str, document: Document) -> Nodes | None:
    """Return what a reference into the document names; ``None``: nothing in it. Raises MalformedError."""
    if not uri:
        return Nodes(document.root, is_document=True)
    pointed = _POINTER.fullmatch(uri)
    if pointed:
        apex = document.root if pointed[1] else document.by_id(pointed[3])
        return None if apex is None else Nodes(apex, is_document=bool(pointed[1]), with_comments=True)
    if uri.startswith("#xpointer"):
        raise UnsupportedAlgorithmError(f"pointer {uri[:60]}")
    apex = document.by_id(uri[1:])
    return None if apex is None else Nodes(apex)


def is_inside(uri: str) -> bool:
    """Say whether a reference leads into the document itself."""
    return not uri or uri.startswith("#")


def digested(
    reference: etree._Element, given: Nodes | bytes, *, signature: etree._Element, document: Document
) -> tuple[bytes, Nodes | None]:
    """Return the octets that a reference digests, and the nodes they are made of.

    Raises:
        UnsupportedAlgorithmError: a transform is not one of those followed here.
        MalformedError, ValueError: what is given is not what a transform takes.
    """
    state = given
    seen = given if isinstance(given, Nodes) else None
    for transform in reference.iterfind(f"{{{DS}}}Transforms/{{{DS}}}Transform"):
        state = _transformed(transform, state, signature, document)
        seen = state if isinstance(state, Nodes) else seen
    if isinstance(state, Nodes):
        state = _octets(state, Form(), document)
    return state, seen


def _transformed(
    transform: etree._Element, state: Nodes | bytes, signature: etree._Element, document: Document
) -> Nodes | bytes:
    name = transform.get("Algorithm", "")
    if name == BASE64:
        text = b"".join(_texts(state)) if isinstance(state, Nodes) else state
        return base64.b64decode(b"".join(text.split()), validate=True)
    if isinstance(state, bytes) and is_canonical_form(name):
        return canonical(parsed(state), form_of(transform), is_document=True)
    if isinstance(state, bytes) and name == RELATIONSHIP_TRANSFORM:
        return chosen_relationships(transform, state)
    if isinstance(state, bytes):
        raise UnsupportedAlgorithmError(f"transform {name[:80]} of octets")
    if is_canonical_form(name):
        return _octets(state, form_of(transform), document)
    if name == ENVELOPED:
        return replace(state, gone=(*state.gone, signature))
    if name in (XPATH, XPATH_FILTER):
        return replace(state, gone=(*state.gone, *_signatures(transform, name, document)))
    raise UnsupportedAlgorithmError(f"transform {name[:80]}")


def chooses_relationships(reference: etree._Element) -> bool:
    """Say whether a reference is about some of the relationships of a part only."""
    rows = reference.iterfind(f"{{{DS}}}Transforms/{{{DS}}}Transform")
    return any(row.get("Algorithm") == RELATIONSHIP_TRANSFORM for row in rows)


def _texts(state: Nodes) -> Iterator[bytes]:
    for text in state.apex.itertext():
        yield str(text).encode()


def _signatures(transform: etree._Element, name: str, document: Document) -> list[etree._Element]:
    """Return the signatures that an expression leaves out; an expression about anything else is not supported."""
    rows = transform.findall("{*}XPath")
    text = "".join((rows[0].text or "").split()) if len(rows) == 1 else ""
    is_filter = name == XPATH_FILTER
    found = (_ALL_SIGNATURES if is_filter else _NOT_SIGNATURES).fullmatch(text)
    if not found or (is_filter and rows[0].get("Filter") != "subtract"):
        raise UnsupportedAlgorithmError(f"XPath {text[:60]}")
    if rows[0].nsmap.get(found["prefix"] or "") != DS:
        raise UnsupportedAlgorithmError("XPath without the namespace of signatures")
    return list(document.root.iterchildren(SIGNATURE) if found["top"] else document.root.iter(SIGNATURE))


def _octets(nodes: Nodes, form: Form, document: Document) -> bytes:
    form = replace(form, with_comments=form.with_comments and nodes.with_comments)
    gone = _outermost(nodes)
    if gone and gone[0] is nodes.apex:
        return b""
    apex = same_place(document.without(gone), nodes.apex) if gone else nodes.apex
    return canonical(apex, form, is_document=nodes.is_document)


def _outermost(nodes: Nodes) -> list[etree._Element]:
    """Return what is to be taken out of the apex: each once, and none that goes with another.

    All of it stands in the apex, so that the way to the apex is the same in a copy without it.
    """
    inside = {one: None for one in nodes.gone if one is nodes.apex or nodes.apex in one.iterancestors()}
    return [one for one in inside if not any(above in inside for above in one.iterancestors())]
