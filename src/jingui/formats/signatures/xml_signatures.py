"""XML signatures and XAdES inside an XML document (XMLDSig Core 1.1, ETSI EN 319 132-1), with SM2 as well.

Only references into the same document are followed, and only transforms that cannot run code: enveloped signature and
canonicalisation. Anything else is an algorithm that is not supported.
"""

from __future__ import annotations

import base64
import binascii
import copy
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.algorithms import (
    Scheme,
    UnsupportedAlgorithmError,
    digest,
    digest_name,
    scheme,
    scheme_name,
)
from jingui.formats.signatures.assessment import SIGNATURE, Assessment, Context
from jingui.formats.signatures.certificates import Certificate, matches_hash
from jingui.formats.signatures.cms import readable
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.keys import Signed, holds
from jingui.formats.signatures.timestamps import attach_token

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE, MORE_2007, ENC = (
    "http://www.w3.org/2001/04/xmldsig-more#",
    "http://www.w3.org/2007/05/xmldsig-more#",
    "http://www.w3.org/2001/04/xmlenc#",
)
ENVELOPED = f"{DS}enveloped-signature"
MAX_SIGNATURES, MAX_REFERENCES = 16, 200
_ID_NAMES = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")

# Canonicalisation by its name: exclusive, with comments.
CANONICAL: dict[str, tuple[bool, bool]] = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": (False, False),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (False, True),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
}
DIGEST_NAMES: dict[str, str] = {
    f"{DS}sha1": "sha1",
    f"{ENC}sha256": "sha256",
    f"{MORE}sha384": "sha384",
    f"{ENC}sha512": "sha512",
    f"{MORE}sm3": "sm3",
    f"{MORE_2007}sm3": "sm3",
}
SCHEME_NAMES: dict[str, Scheme] = {
    f"{DS}rsa-sha1": Scheme("rsa", "sha1"),
    f"{MORE}rsa-sha256": Scheme("rsa", "sha256"),
    f"{MORE}rsa-sha384": Scheme("rsa", "sha384"),
    f"{MORE}rsa-sha512": Scheme("rsa", "sha512"),
    f"{MORE}ecdsa-sha256": Scheme("ecdsa-plain", "sha256"),
    f"{MORE}ecdsa-sha384": Scheme("ecdsa-plain", "sha384"),
    f"{MORE}ecdsa-sha512": Scheme("ecdsa-plain", "sha512"),
    f"{MORE}sm2-sm3": Scheme("sm2", "sm3"),
    f"{MORE_2007}sm2-sm3": Scheme("sm2", "sm3"),
}


@dataclass(frozen=True, slots=True)
class _Reference:
    node: etree._Element
    uri: str
    is_properties: bool


def check_xml(root: etree._Element, *, context: Context) -> list[Assessment]:
    """Check every signature of a parsed document; its parser must not have resolved entities."""
    found = list(root.iter(f"{{{DS}}}Signature"))[:MAX_SIGNATURES]
    return [_check(node, root, context) for node in found]


def _check(node: etree._Element, root: etree._Element, context: Context) -> Assessment:
    is_qualified = node.find(".//{*}QualifyingProperties") is not None
    place = f"{root.getroottree().getpath(node)}#{node.get('Id', '')}".rstrip("#")
    subject = Assessment("xades" if is_qualified else "xmldsig", place)
    try:
        _check_references(node, root, subject)
        _check_value(node, subject, context)
    except UnsupportedAlgorithmError as error:
        subject.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
    except (MalformedError, binascii.Error, ValueError, etree.LxmlError) as error:
        subject.flaw(Flaw.UNREADABLE, str(error)[:120])
    subject.judge_signer(context, purpose=SIGNATURE)
    return subject


def _check_references(node: etree._Element, root: etree._Element, subject: Assessment) -> None:
    rows = node.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")[:MAX_REFERENCES]
    references = [_Reference(row, row.get("URI") or "", "SignedProperties" in (row.get("Type") or "")) for row in rows]
    if not references:
        raise MalformedError("没有列出任何被签部分")
    for reference in references:
        _check_reference(reference, node, root, subject)
    targets = [reference.uri for reference in references if not reference.is_properties]
    is_whole = any(not uri or _target(uri, root) is root for uri in targets)
    subject.covered = "全文" if is_whole else f"{len(targets)} 个部分"
    if not is_whole:
        subject.flaw(Flaw.PARTS_UNCOVERED, "只签了文件的一部分")


def _check_reference(reference: _Reference, node: etree._Element, root: etree._Element, subject: Assessment) -> None:
    target = _target(reference.uri, root)
    if target is None:
        subject.flaw(Flaw.PART_MISSING, reference.uri)
        return
    method = reference.node.find(f"{{{DS}}}DigestMethod")
    name = _digest_name(method.get("Algorithm", "") if method is not None else "")
    stated = base64.b64decode("".join((reference.node.findtext(f"{{{DS}}}DigestValue") or "").split()))
    actual = digest(name, (_transformed(reference.node, target, node),))
    subject.digests.append((reference.uri or "/", name, actual.hex()))
    if actual != stated:
        subject.flaw(Flaw.DIGEST_WRONG, reference.uri or "全文")


def _target(uri: str, root: etree._Element) -> etree._Element | None:
    """Return what a reference names: the document, or the one element with the identifier. Raises MalformedError."""
    if not uri:
        return root
    if not uri.startswith("#") or uri.startswith("#xpointer"):
        return None
    found = [node for node in root.iter("*") if any(node.get(name) == uri[1:] for name in _ID_NAMES)]
    if len(found) > 1:
        # Two elements of one name are how a signature is moved onto other content.
        raise MalformedError(f"标识 {uri[:60]} 不止一处")
    return found[0] if found else None


def _transformed(reference: etree._Element, target: etree._Element, signature: etree._Element) -> bytes:
    names = [node.get("Algorithm", "") for node in reference.iterfind(f"{{{DS}}}Transforms/{{{DS}}}Transform")]
    unknown = [name for name in names if name != ENVELOPED and name not in CANONICAL]
    if unknown:
        raise UnsupportedAlgorithmError(f"transform {unknown[0][:80]}")
    chosen = next((node for node in reference.iter(f"{{{DS}}}Transform") if node.get("Algorithm") in CANONICAL), None)
    if ENVELOPED in names:
        target = _without(signature, target)
    return _canonical(target, chosen)


def _without(signature: etree._Element, target: etree._Element) -> etree._Element:
    """Return a copy of the target without this signature; the text behind it stays."""
    steps: list[int] = []
    node = signature
    while node is not target:
        parent = node.getparent()
        if parent is None:
            return target
        steps.append(parent.index(node))
        node = parent
    copied = copy.deepcopy(target)
    holder = copied
    for step in reversed(steps[1:]):
        holder = holder[step]
    gone = holder[steps[0]]
    before, tail = gone.getprevious(), gone.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        holder.text = (holder.text or "") + tail
    holder.remove(gone)
    return copied


def _canonical(node: etree._Element, method: etree._Element | None) -> bytes:
    """Canonicalise an element as a method says; without one by inclusive canonicalisation 1.0."""
    name = method.get("Algorithm", "") if method is not None else "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    if name not in CANONICAL:
        raise UnsupportedAlgorithmError(f"canonicalisation {name[:80]}")
    is_exclusive, with_comments = CANONICAL[name]
    prefixes = method.find("{*}InclusiveNamespaces") if method is not None else None
    listed = (prefixes.get("PrefixList") or "").split() if prefixes is not None else []
    return bytes(
        etree.tostring(
            node,
            method="c14n",
            exclusive=is_exclusive,
            with_comments=with_comments,
            inclusive_ns_prefixes=listed if is_exclusive and listed else None,
        )
    )


def _check_value(node: etree._Element, subject: Assessment, context: Context) -> None:
    info = node.find(f"{{{DS}}}SignedInfo")
    value_node = node.find(f"{{{DS}}}SignatureValue")
    if info is None or value_node is None:
        raise MalformedError("没有签名值")
    method = info.find(f"{{{DS}}}SignatureMethod")
    found = _scheme(method.get("Algorithm", "") if method is not None else "")
    subject.algorithm = scheme_name(found)
    subject.value = base64.b64decode("".join((value_node.text or "").split()))
    ders = [_decoded(one) for one in node.iter(f"{{{DS}}}X509Certificate")]
    subject.certificates = tuple(ders)
    subject.claimed_at = _moment(node.findtext(".//{*}SigningTime") or "")
    subject.signer = _signer(node, readable(ders))
    if subject.signer is None:
        subject.flaw(Flaw.SIGNER_UNKNOWN)
        return
    message = _canonical(info, info.find(f"{{{DS}}}CanonicalizationMethod"))
    if not holds(subject.signer.key, found, Signed("", subject.value), lambda: (message,)):
        subject.flaw(Flaw.VALUE_WRONG)
    for token in list(node.iterfind(".//{*}SignatureTimeStamp"))[:4]:
        stamped = _canonical(value_node, token.find(f"{{{DS}}}CanonicalizationMethod"))
        for inner in token.iterfind("{*}EncapsulatedTimeStamp"):
            attach_token(subject, _decoded(inner), lambda stamped=stamped: (stamped,), context=context)  # type: ignore[misc]


def _signer(node: etree._Element, certificates: list[Certificate]) -> Certificate | None:
    """Return the certificate whose digest the signed properties name, else the first one."""
    reference = node.find(".//{*}SigningCertificateV2/{*}Cert/{*}CertDigest")
    reference = reference if reference is not None else node.find(".//{*}SigningCertificate/{*}Cert/{*}CertDigest")
    if reference is None:
        return certificates[0] if certificates else None
    method, value = reference.find(f"{{{DS}}}DigestMethod"), reference.findtext(f"{{{DS}}}DigestValue") or ""
    name = _digest_name(method.get("Algorithm", "") if method is not None else "")
    wanted = base64.b64decode("".join(value.split()))
    return next((one for one in certificates if matches_hash(one, name, wanted)), None)


def _decoded(node: etree._Element) -> bytes:
    return base64.b64decode("".join((node.text or "").split()))


def _digest_name(uri: str) -> str:
    return DIGEST_NAMES.get(uri) or digest_name(uri.removeprefix("urn:oid:"))


def _scheme(uri: str) -> Scheme:
    return SCHEME_NAMES.get(uri) or scheme(uri.removeprefix("urn:oid:"), digest="")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else None
