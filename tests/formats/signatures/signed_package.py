"""Office Open XML packages signed as Office signs them: an object of the package with a manifest of parts, RSA, SHA-256."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SIGNING = "http://schemas.openxmlformats.org/package/2006/digital-signature"
TRANSFORM = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SIGNED_AT = "2026-03-04T05:06:07Z"


@dataclass(frozen=True)
class Signer:
    """An RSA key with a certificate it has made itself."""

    key: rsa.RSAPrivateKey
    der: bytes


@cache
def signer() -> Signer:
    """Make the key and certificate of these tests."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "经办人")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
    made = made.not_valid_after(datetime(2035, 1, 1, tzinfo=UTC))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return Signer(key, made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def relationships(*rows: tuple[str, str, str], more: str = "", head: str = "") -> bytes:
    """Write a part of relationships of (Id, Type, Target)."""
    told = "".join(f'<Relationship Id="{one}" Type="{kind}" Target="{target}"/>\r\n' for one, kind, target in rows)
    return (
        f'<?xml version="1.0"?>\n<Relationships xmlns="{RELATIONSHIPS}"{head}>\n  {told}{more}</Relationships>'.encode()
    )


def content_types(named: Mapping[str, str]) -> bytes:
    """Write the content types of parts by name."""
    rows = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in named.items())
    rest = (
        f'<Default Extension="rels" ContentType="{RELS_TYPE}"/><Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'<Types xmlns="{TYPES}">{rest}{rows}</Types>'.encode()


def docx() -> dict[str, bytes]:
    """Return the parts of a small document with properties."""
    return {
        "[Content_Types].xml": content_types({"word/document.xml": f"{WORD}.document.main+xml", "word/styles.xml": f"{WORD}.styles+xml"}),
        "_rels/.rels": relationships(
            ("rId3", f"{OFFICE}/extended-properties", "docProps/app.xml"),
            ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
        ),
        "word/document.xml": "<document>准予许可</document>".encode(),
        "word/styles.xml": b"<styles/>",
        "word/_rels/document.xml.rels": relationships(("rId1", f"{OFFICE}/styles", "styles.xml")),
        "docProps/app.xml": b"<Properties/>",
    }  # fmt: skip


def xlsx() -> dict[str, bytes]:
    """Return the parts of a small workbook."""
    named = {"xl/workbook.xml": f"{SHEET}.sheet.main+xml", "xl/worksheets/sheet1.xml": f"{SHEET}.worksheet+xml"}
    return {
        "[Content_Types].xml": content_types(named),
        "_rels/.rels": relationships(("rId1", f"{OFFICE}/officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": b"<workbook/>",
        "xl/worksheets/sheet1.xml": b"<worksheet>1</worksheet>",
        "xl/_rels/workbook.xml.rels": relationships(("rId1", f"{OFFICE}/worksheet", "worksheets/sheet1.xml")),
    }


def type_of(parts: Mapping[str, bytes], name: str) -> str:
    """Return the content type of a part."""
    root = etree.fromstring(parts["[Content_Types].xml"])
    named = {row.get("PartName"): row.get("ContentType") for row in root.iter(f"{{{TYPES}}}Override")}
    return str(named.get(f"/{name}") or (RELS_TYPE if name.endswith(".rels") else "application/xml"))


def digested(octets: bytes) -> str:
    """Write how a digest is told."""
    value = base64.b64encode(hashlib.sha256(octets).digest()).decode()
    return f'<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue>{value}</DigestValue>'


def part_reference(parts: Mapping[str, bytes], name: str) -> str:
    """Write a reference to a whole part."""
    return f'<Reference URI="/{name}?ContentType={type_of(parts, name)}">{digested(parts[name])}</Reference>'


def relationship_reference(name: str, canonical: str, *chosen: str) -> str:
    """Write a reference to some relationships of a part, of which the canonical form is given; ``chosen`` are elements."""
    named = "".join(chosen)
    transforms = f'<Transform Algorithm="{TRANSFORM}">{named}</Transform><Transform Algorithm="{C14N}"/>'
    octets = f'<Relationships xmlns="{RELATIONSHIPS}">{canonical}</Relationships>'.encode()
    return f'<Reference URI="/{name}?ContentType={RELS_TYPE}"><Transforms>{transforms}</Transforms>{digested(octets)}</Reference>'


def canonical_row(one: str, kind: str, target: str, mode: str = "Internal") -> str:
    """Write a relationship in canonical form."""
    return f'<Relationship Id="{one}" Target="{target}" TargetMode="{mode}" Type="{kind}"></Relationship>'


def by_id(one: str) -> str:
    """Choose a relationship by its name."""
    return f'<mdssi:RelationshipReference xmlns:mdssi="{SIGNING}" SourceId="{one}"/>'


def by_type(kind: str) -> str:
    """Choose relationships by their type."""
    return f'<mdssi:RelationshipsGroupReference xmlns:mdssi="{SIGNING}" SourceType="{kind}"/>'


def canonical(node: etree._Element) -> bytes:
    """Canonicalise an element as it stands in its document."""
    return bytes(etree.tostring(etree.fromstring(etree.tostring(node, with_tail=False)), method="c14n"))


def signature(references: Sequence[str], *, person: Signer | None = None) -> bytes:
    """Sign a manifest of references."""
    maker = person or signer()
    time = f'<mdssi:SignatureTime xmlns:mdssi="{SIGNING}"><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format>'
    time += f"<mdssi:Value>{SIGNED_AT}</mdssi:Value></mdssi:SignatureTime>"
    time = f'<SignatureProperties><SignatureProperty Id="idSignatureTime" Target="#s">{time}</SignatureProperty></SignatureProperties>'
    held = f'<Object Id="idPackageObject"><Manifest>{"".join(references)}</Manifest>{time}</Object>'
    der = base64.b64encode(maker.der).decode()
    keys = f"<KeyInfo><X509Data><X509Certificate>{der}</X509Certificate></X509Data></KeyInfo>"
    part = canonical(etree.fromstring(f'<Signature xmlns="{DS}">{held}</Signature>')[0])
    about = f'<Reference Type="{DS}Object" URI="#idPackageObject">{digested(part)}</Reference>'
    method = '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
    info = f'<SignedInfo><CanonicalizationMethod Algorithm="{C14N}"/>{method}{about}</SignedInfo>'
    root = etree.fromstring(f'<Signature xmlns="{DS}" Id="s">{info}<SignatureValue/>{keys}{held}</Signature>')
    value = maker.key.sign(canonical(root[0]), padding.PKCS1v15(), hashes.SHA256())
    root[1].text = base64.b64encode(value).decode()
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def references_of(parts: Mapping[str, bytes]) -> list[str]:
    """Write what Office signs: every part, and of the relationships those that lead to parts signed."""
    names = [name for name in parts if not name.startswith(("[", "docProps/")) and not name.endswith(".rels")]
    rows = [part_reference(parts, name) for name in names]
    for name in (name for name in parts if name.endswith(".rels")):
        found = etree.fromstring(parts[name]).iter(f"{{{RELATIONSHIPS}}}Relationship")
        kept = [row for row in found if not (row.get("Type") or "").endswith("-properties")]
        told = "".join(
            canonical_row(str(row.get("Id")), str(row.get("Type")), str(row.get("Target")))
            for row in sorted(kept, key=lambda row: str(row.get("Id")))
        )
        rows.append(relationship_reference(name, told, *(by_id(str(row.get("Id"))) for row in kept)))
    return rows


def signed(parts: Mapping[str, bytes], references: Sequence[str] | None = None) -> dict[str, bytes]:
    """Add a signature to a package, with the relationship and the origin that lead to it."""
    origin = f'<Relationship Id="rId99" Type="{RELATIONSHIPS}/digital-signature/origin" Target="_xmlsignatures/origin.sigs"/>'
    value = signature(references_of(parts) if references is None else references)
    root = parts["_rels/.rels"].replace(b"</Relationships>", f"{origin}</Relationships>".encode())
    rows = relationships(("rId1", f"{RELATIONSHIPS}/digital-signature/signature", "sig1.xml"))
    added = {"_xmlsignatures/origin.sigs": b"", "_xmlsignatures/_rels/origin.sigs.rels": rows}
    return {**parts, "_rels/.rels": root, **added, "_xmlsignatures/sig1.xml": value}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Pack."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
