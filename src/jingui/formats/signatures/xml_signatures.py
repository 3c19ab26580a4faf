"""XML signatures and XAdES inside an XML document (XMLDSig Core 1.1, ETSI EN 319 132-1), with SM2 as well."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, scheme_name
from jingui.formats.signatures.assessment import SIGNATURE, Assessment, Context
from jingui.formats.signatures.certificates import Certificate
from jingui.formats.signatures.cms import readable
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.keys import PublicKey, Signed, holds
from jingui.formats.signatures.opc_relationships import identifiers_in
from jingui.formats.signatures.timestamps import attach_token
from jingui.formats.signatures.xml_canonical import canonical, form_of
from jingui.formats.signatures.xml_names import DS, parameters_of, xml_digest_name, xml_scheme
from jingui.formats.signatures.xml_properties import (
    Reference,
    claimed_time,
    decoded,
    kept_certificates,
    kept_revocations,
    own,
    package_time,
    signing_certificates,
)
from jingui.formats.signatures.xml_references import SIGNATURE as SIGNATURE_NAME
from jingui.formats.signatures.xml_references import (
    Document,
    Nodes,
    Outside,
    chooses_relationships,
    digested,
    is_inside,
    target_of,
)

MAX_SIGNATURES, MAX_REFERENCES, MAX_TOKENS = 16, 2_000, 8
MAX_OCTETS = 1 << 30
MAX_BESIDE = 32
MANIFEST = f"{DS}Manifest"
COUNTERSIGNED = "另一个签名的值"
MAX_HOLDERS = 3
_HOLDERS = tuple(etree.QName(DS, name) for name in ("Object", "SignatureProperties"))
_BROKEN = (MalformedError, binascii.Error, ValueError, etree.LxmlError)


@dataclass(slots=True)
class _Signature:
    """A signature while it is checked. ``covered`` are the elements it is about, ``outside`` the URIs of other content."""

    node: etree._Element
    document: Document
    subject: Assessment
    covered: list[Nodes] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    properties: etree._Element | None = None
    package: etree._Element | None = None
    left: int = MAX_REFERENCES
    octets_left: int = MAX_OCTETS


def check_xml(
    root: etree._Element, *, context: Context, outside: Outside | None = None, is_in_package: bool = False
) -> list[Assessment]:
    """Check every signature of a parsed document; its parser must not have resolved entities.

    ``outside`` finds content that stands beside the document, by the URI of the reference; ``is_in_package``: the document
    is a part of an Office Open XML package or the like.
    """
    found = list(root.iter(SIGNATURE_NAME))
    document = Document(root, outside, is_in_package) if outside else Document(root)
    rows = [_check(_opened(node, document), context) for node in found[:MAX_SIGNATURES]]
    if len(found) > MAX_SIGNATURES:
        rest = Assessment("xmldsig", root.getroottree().getpath(found[MAX_SIGNATURES]))
        rest.flaw(Flaw.UNREADABLE, f"{len(found)} 个签名，多于能验的 {MAX_SIGNATURES} 个")
        rows.append(rest)
    return rows


def _opened(node: etree._Element, document: Document) -> _Signature:
    is_qualified = next(own(node, "QualifyingProperties"), None) is not None
    place = f"{document.root.getroottree().getpath(node)}#{node.get('Id', '')}".rstrip("#")
    return _Signature(node, document, Assessment("xades" if is_qualified else "xmldsig", place))


def _check(signature: _Signature, context: Context) -> Assessment:
    subject = signature.subject
    for check in (_check_all_references, _note_coverage, _check_value):
        try:
            check(signature)
        except UnsupportedAlgorithmError as error:
            subject.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
        except _BROKEN as error:
            subject.flaw(Flaw.UNREADABLE, str(error)[:120])
    _attach_tokens(signature, context)
    subject.judge_signer(context, purpose=SIGNATURE)
    return subject


def _check_all_references(signature: _Signature) -> None:
    rows = signature.node.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    if not rows:
        raise MalformedError("没有列出任何被签部分")
    _check_references(signature, rows)


def _check_references(signature: _Signature, rows: Sequence[etree._Element]) -> None:
    signature.left -= len(rows)
    if signature.left < 0:
        raise MalformedError(f"被签部分多于 {MAX_REFERENCES} 个")
    for row in rows:
        try:
            _check_reference(row, signature)
        except UnsupportedAlgorithmError as error:
            signature.subject.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))


def _check_reference(row: etree._Element, signature: _Signature) -> None:
    uri, subject = row.get("URI"), signature.subject
    given = _given(uri, signature)
    if given is None:
        return
    method = row.find(f"{{{DS}}}DigestMethod")
    name = xml_digest_name(method.get("Algorithm", "") if method is not None else "")
    octets, nodes = digested(row, given, signature=signature.node, document=signature.document)
    signature.octets_left -= len(octets)
    if signature.octets_left < 0:
        raise MalformedError("more octets than are digested")
    actual = digest(name, (octets,))
    subject.digests.append((uri or "/", name, actual.hex()))
    if actual != decoded(row.find(f"{{{DS}}}DigestValue")):
        subject.flaw(Flaw.DIGEST_WRONG, uri or "全文")
    if nodes is not None:
        _take_in(nodes, row, signature)
    if uri and chooses_relationships(row):
        subject.relationships[uri] = identifiers_in(octets) | subject.relationships.get(uri, frozenset())


def _given(uri: str | None, signature: _Signature) -> Nodes | bytes | None:
    """Return what a reference names, or note that it is not at hand."""
    if uri is not None and is_inside(uri):
        found = target_of(uri, signature.document)
        if found is None:
            signature.subject.flaw(Flaw.PART_MISSING, uri)
        return found
    signature.outside.append(uri or "")
    content = signature.document.outside(uri) if uri else None
    if content is None:
        signature.subject.flaw(Flaw.CONTENT_UNKNOWN, uri or "引用没有写明所签的内容")
    return content


def _take_in(nodes: Nodes, row: etree._Element, signature: _Signature) -> None:
    """Note what a reference covers: content, the signature's own properties, or a list of further references."""
    apex = nodes.apex
    is_own = next(apex.iterancestors(SIGNATURE_NAME), None) is signature.node
    if is_own and etree.QName(apex).localname == "SignedProperties":
        signature.properties = apex
        return
    signature.covered.append(nodes)
    manifest = apex.find(f"{{{DS}}}Manifest")
    if signature.document.is_in_package and apex.getparent() is signature.node and manifest is not None:
        # The object of the package (ECMA-376 part 2, §13.2.4.17): parts are signed by the digests that it lists.
        signature.package = apex
        _check_references(signature, manifest.findall(f"{{{DS}}}Reference"))
    if row.get("Type") == MANIFEST and etree.QName(apex) == etree.QName(DS, "Manifest"):
        _check_references(signature, apex.findall(f"{{{DS}}}Reference"))


def _note_coverage(signature: _Signature) -> None:
    """Say what the signature leaves out of its document, and of what it says itself."""
    subject, node, root = signature.subject, signature.node, signature.document.root
    if signature.properties is None and next(own(node, "SignedProperties"), None) is not None:
        subject.flaw(Flaw.PARTS_UNCOVERED, "签名属性（时间、证书）没有签")
    apexes = [nodes.apex for nodes in signature.covered]
    outer = next(node.iterancestors(SIGNATURE_NAME), None)
    countersigned = outer.find(f"{{{DS}}}SignatureValue") if outer is not None else None
    if countersigned is not None and any(apex is countersigned for apex in apexes):
        subject.covered = COUNTERSIGNED
        return
    if any(apex is root for apex in apexes):
        subject.covered = "全文"
        return
    inside, outside = len(apexes), len(signature.outside)
    subject.covered = f"{inside} 个部分" if not outside else f"{inside} 个部分，另有文件外的 {outside} 个"
    if any(not _is_taken_in(one, apexes) for one in _contents(root)):
        subject.flaw(Flaw.PARTS_UNCOVERED, "只签了文件的一部分")
    elif not outside:
        subject.covered = "全文"


def _contents(root: etree._Element) -> list[etree._Element]:
    """Return what of a document is content: all of it, or the objects of a document that is nothing but signatures."""
    signatures = [root] if root.tag == SIGNATURE_NAME else list(root.iterchildren("*"))
    if any(one.tag != SIGNATURE_NAME for one in signatures) or not signatures:
        return [root]
    objects = [one for signature in signatures for one in signature.iterchildren(f"{{{DS}}}Object")]
    return [one for one in objects if one.find("{*}QualifyingProperties") is None]


def _is_taken_in(content: etree._Element, apexes: list[etree._Element], depth: int = 0) -> bool:
    """Say whether content is covered, by itself or, where it is an object of a signature, by all of its parts."""
    if any(apex is content for apex in apexes):
        return True
    parts = list(content.iterchildren("*"))
    is_holder = etree.QName(content) in _HOLDERS and depth < MAX_HOLDERS and not (content.text or "").strip()
    return is_holder and bool(parts) and all(_is_taken_in(part, apexes, depth + 1) for part in parts)


def _check_value(signature: _Signature) -> None:
    node, subject = signature.node, signature.subject
    info, value_node = node.find(f"{{{DS}}}SignedInfo"), node.find(f"{{{DS}}}SignatureValue")
    if info is None or value_node is None:
        raise MalformedError("没有签名值")
    method = info.find(f"{{{DS}}}SignatureMethod")
    found = xml_scheme(method.get("Algorithm", "") if method is not None else "")
    subject.algorithm = scheme_name(found)
    subject.claimed_at = claimed_time(signature.properties) or package_time(signature.package)
    subject.revocations = kept_revocations(node)
    subject.value = decoded(value_node)
    candidates, named = _candidates(signature)
    if not candidates:
        subject.flaw(Flaw.SIGNER_UNKNOWN)
        return
    message = canonical(info, form_of(info.find(f"{{{DS}}}CanonicalizationMethod")))
    signed = Signed("", subject.value, parameters=parameters_of(found))
    is_held = partial(holds, found=found, signed=signed, pieces=lambda: (message,))
    subject.signer = next((one for one in candidates if _is_key(one, is_held)), candidates[0])
    if not is_held(subject.signer.key):
        subject.flaw(Flaw.VALUE_WRONG)
    if named and not any(reference.is_to(subject.signer) for reference in named):
        subject.flaw(Flaw.CERTIFICATE_MISMATCH)


def _is_key(certificate: Certificate, is_held: Callable[[PublicKey], bool]) -> bool:
    """Say whether a value is made with a certificate's key; a key of another kind did not make it."""
    try:
        return is_held(certificate.key)
    except UnsupportedAlgorithmError:
        return False


def _candidates(signature: _Signature) -> tuple[list[Certificate], list[Reference]]:
    """Return the certificates that may be the signer's, and what the signed properties name.

    The named ones come first, then those beside the key, where a whole path may stand in any order.
    """
    keys = signature.node.find(f"{{{DS}}}KeyInfo")
    nodes = list(keys.iter(f"{{{DS}}}X509Certificate"))[:MAX_BESIDE] if keys is not None else []
    beside = [decoded(one) for one in nodes]
    signature.subject.certificates = (*beside, *kept_certificates(signature.node))
    named = signing_certificates(signature.properties)
    first = readable(beside)
    every = [*first, *readable(signature.subject.certificates[len(beside) :])]
    pointed = [one for one in every if any(reference.is_to(one) for reference in named)]
    return [*pointed, *(one for one in first if one not in pointed)], named


def _attach_tokens(signature: _Signature, context: Context) -> None:
    """Check the time-stamps over the value."""
    value = signature.node.find(f"{{{DS}}}SignatureValue")
    for holder in list(own(signature.node, "SignatureTimeStamp"))[:MAX_TOKENS]:
        try:
            stamped = (
                canonical(value, form_of(holder.find(f"{{{DS}}}CanonicalizationMethod"))) if value is not None else b""
            )
            tokens = [decoded(one) for one in holder.iterfind("{*}EncapsulatedTimeStamp")]
        except (UnsupportedAlgorithmError, *_BROKEN) as error:
            signature.subject.flaw(Flaw.TIMESTAMP_WRONG, str(error)[:120])
            continue
        for token in tokens[:MAX_TOKENS]:
            attach_token(signature.subject, token, lambda stamped=stamped: (stamped,), context=context)  # type: ignore[misc]
