"""What XAdES says of a signature (ETSI EN 319 132-1), as far as the signature covers it, and what it keeps unsigned."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError
from jingui.formats.signatures.certificates import Certificate, matches_hash
from jingui.formats.signatures.opc_relationships import SIGNING
from jingui.formats.signatures.revocation import Revocations
from jingui.formats.signatures.xml_names import DS, xml_digest_name

SIGNATURE = f"{{{DS}}}Signature"
MAX_KEPT = 64


@dataclass(frozen=True, slots=True)
class Reference:
    """The digest of a certificate that signed properties name."""

    algorithm: str
    value: bytes

    def is_to(self, certificate: Certificate) -> bool:
        """Say whether it names this certificate; by a digest not known here it names none."""
        try:
            return matches_hash(certificate, xml_digest_name(self.algorithm), self.value)
        except UnsupportedAlgorithmError:
            return False


def own(signature: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the elements of this local name in a signature, and not in another one inside it."""
    for node in signature.iterfind(f".//{{*}}{name}"):
        if next((one for one in node.iterancestors(SIGNATURE)), None) is signature:
            yield node


def decoded(node: etree._Element | None) -> bytes:
    """Return what the text of an element stands for. Raises ValueError."""
    text = (node.text or "") if node is not None else ""
    return base64.b64decode("".join(text.split()), validate=True)


def signing_certificates(properties: etree._Element | None) -> list[Reference]:
    """Return the certificates that signed properties name; the newer property stands for the older one."""
    if properties is None:
        return []
    for name in ("SigningCertificateV2", "SigningCertificate"):
        rows = properties.findall(f".//{{*}}{name}/{{*}}Cert/{{*}}CertDigest")[:MAX_KEPT]
        if rows:
            return [_reference(row) for row in rows]
    return []


def _reference(row: etree._Element) -> Reference:
    method = row.find(f"{{{DS}}}DigestMethod")
    return Reference(
        method.get("Algorithm", "") if method is not None else "", decoded(row.find(f"{{{DS}}}DigestValue"))
    )


def claimed_time(properties: etree._Element | None) -> datetime | None:
    """Return the time that signed properties claim; one without a zone is none."""
    return _moment(properties.findtext(".//{*}SigningTime") if properties is not None else "")


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if found.tzinfo else None


def package_time(package: etree._Element | None) -> datetime | None:
    """Return the time that the signed object of a package claims (ECMA-376 part 2, §13.2.4.21); one without a zone is none."""
    return _moment(package.findtext(f".//{{{SIGNING}}}SignatureTime/{{{SIGNING}}}Value") if package is not None else "")


def kept_certificates(signature: etree._Element) -> list[bytes]:
    """Return the certificates kept unsigned, to follow the path later; those that cannot be read are passed over."""
    return list(_kept(signature, "EncapsulatedX509Certificate"))


def kept_revocations(signature: etree._Element) -> Revocations:
    """Return the revocation lists and answers kept unsigned; those that cannot be read are passed over."""
    return Revocations(*(tuple(_kept(signature, f"Encapsulated{kind}Value")) for kind in ("CRL", "OCSP")))


def _kept(signature: etree._Element, name: str) -> Iterator[bytes]:
    for node in list(own(signature, name))[:MAX_KEPT]:
        try:
            yield decoded(node)
        except ValueError:
            continue
