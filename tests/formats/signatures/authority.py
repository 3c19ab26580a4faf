"""Making SM2 certificates, CMS values, seals and signed OFD files for the tests of their check."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import gmssl_pyx
from asn1crypto import core, x509

from jingui.formats.signatures import sm2_digest
from jingui.formats.signatures.algorithms import digest

SM2_SM3, SM3, SM2_CURVE = "1.2.156.10197.1.501", "1.2.156.10197.1.401", "1.2.156.10197.1.301"
GM_DATA, GM_SIGNED = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.2"
START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)
SIGNED_AT = datetime(2025, 6, 1, 8, tzinfo=UTC)


def tlv(tag: int, content: bytes) -> bytes:
    """Write one element of DER."""
    size = len(content)
    head = (
        bytes([size])
        if size < 128
        else bytes([0x80 + (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    )
    return bytes([tag]) + head + content


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


def octets(data: bytes) -> bytes:
    return tlv(0x04, data)


def bits(data: bytes) -> bytes:
    return tlv(0x03, b"\0" + data)


def number(value: int) -> bytes:
    return bytes(core.Integer(value).dump())


def ia5(text: str) -> bytes:
    return tlv(0x16, text.encode())


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


def moment(at: datetime) -> bytes:
    return tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())


def utc_moment(at: datetime) -> bytes:
    return tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


@dataclass(frozen=True)
class Key:
    """An SM2 key pair."""

    private: bytes
    public: bytes

    @classmethod
    def create(cls) -> Key:
        public, private = gmssl_pyx.sm2_key_generate()
        return cls(private, public)

    def sign(self, message: bytes) -> bytes:
        return bytes(gmssl_pyx.sm2_sign_sm3_digest(self.private, sm2_digest.message_digest(self.public, (message,))))

    @property
    def info(self) -> bytes:
        return seq(seq(oid("1.2.840.10045.2.1"), oid(SM2_CURVE)), bits(b"\x04" + self.public))


@dataclass(frozen=True)
class Person:
    """A certificate with its key."""

    key: Key
    der: bytes
    name: str


def name_of(text: str) -> bytes:
    return bytes(x509.Name.build({"common_name": text, "country_name": "CN"}).dump())


@dataclass
class Authority:
    """Issues certificates and revocation lists."""

    root: Person
    serial: int = 1
    issued: list[Person] = field(default_factory=list)

    @classmethod
    def create(cls, name: str) -> Authority:
        key = Key.create()
        der = certificate(name, key, issuer=name, signer=key, serial=1, is_ca=True)
        return cls(Person(key, der, name))

    def issue(
        self, name: str, *, until: datetime = END, purpose: str = "", is_ca: bool = False, room: int | None = None
    ) -> Person:
        self.serial += 1
        key = Key.create()
        der = certificate(
            name,
            key,
            issuer=self.root.name,
            signer=self.root.key,
            serial=self.serial,
            is_ca=is_ca,
            until=until,
            purpose=purpose,
            room=room,
        )
        return Person(key, der, name)

    def revoke(self, person: Person, at: datetime, *, until: datetime = END, extensions: bytes = b"") -> bytes:
        """Return a revocation list with this one certificate, good until its next update."""
        serial = x509.Certificate.load(person.der).serial_number
        body = seq(
            number(1), seq(oid(SM2_SM3)), name_of(self.root.name), utc_moment(START), utc_moment(until),
            seq(seq(number(serial), utc_moment(at))), extensions,
        )  # fmt: skip
        return seq(body, seq(oid(SM2_SM3)), bits(self.root.key.sign(body)))


def certificate(
    name: str, key: Key, *, issuer: str, signer: Key, serial: int, is_ca: bool, until: datetime = END, purpose: str = "",
    room: int | None = None,
) -> bytes:  # fmt: skip
    limit = {} if room is None else {"path_len_constraint": room}
    extensions: list[dict[str, Any]] = [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": is_ca, **limit}},
        {
            "extn_id": "key_usage",
            "critical": True,
            "extn_value": {"key_cert_sign", "crl_sign"} if is_ca else {"digital_signature"},
        },
    ]
    if purpose:
        extensions.append({"extn_id": "extended_key_usage", "critical": True, "extn_value": [purpose]})
    body = seq(
        tlv(0xA0, number(2)), number(serial), seq(oid(SM2_SM3)), name_of(issuer), seq(utc_moment(START), utc_moment(until)),
        name_of(name), key.info, tlv(0xA3, bytes(x509.Extensions(extensions).dump())),
    )  # fmt: skip
    return seq(body, seq(oid(SM2_SM3)), bits(signer.sign(body)))


def cms(
    person: Person, content: bytes, *, at: datetime = SIGNED_AT, crls: bytes = b"", token: bytes = b"", attached: bool = False,
    outer: str = GM_SIGNED, inner: str = GM_DATA,
) -> bytes:  # fmt: skip
    """Return a detached SM2 CMS value (GM/T 0010) with signed attributes."""
    attributes = b"".join(
        sorted(
            (
                seq(oid("1.2.840.113549.1.9.3"), tlv(0x31, oid(inner))),
                seq(oid("1.2.840.113549.1.9.4"), tlv(0x31, octets(digest("sm3", (content,))))),
                seq(oid("1.2.840.113549.1.9.5"), tlv(0x31, utc_moment(at))),
            )
        )
    )
    value = person.key.sign(tlv(0x31, attributes))
    parsed = x509.Certificate.load(person.der)
    issuer_serial = seq(bytes(parsed.issuer.dump()), number(parsed.serial_number))
    unsigned = tlv(0xA1, seq(oid("1.2.840.113549.1.9.16.2.14"), tlv(0x31, token))) if token else b""
    signer = seq(
        number(1), issuer_serial, seq(oid(SM3)), tlv(0xA0, attributes), seq(oid(SM2_SM3)), octets(value), unsigned
    )
    inside = seq(oid(inner), tlv(0xA0, octets(content))) if attached else seq(oid(inner))
    lists = tlv(0xA1, crls) if crls else b""
    data = seq(number(1), tlv(0x31, seq(oid(SM3))), inside, tlv(0xA0, person.der), lists, tlv(0x31, signer))
    return seq(oid(outer), tlv(0xA0, data))


def value_of(der: bytes) -> bytes:
    """Return the signature value of the only signer."""
    from jingui.formats.signatures.cms_structures import read_signed_data

    return read_signed_data(der).signers[0].value


def token(person: Person, about: bytes, *, at: datetime) -> bytes:
    """Return a time-stamp token with SM3 and SM2."""
    info = seq(number(1), oid("1.2.3.4"), seq(seq(oid(SM3)), octets(digest("sm3", (about,)))), number(7), moment(at))
    return cms(person, info, at=at, attached=True, outer="1.2.840.113549.1.7.2", inner="1.2.840.113549.1.9.16.1.4")


def seal(maker: Person, members: list[Person], *, version: int = 4, until: datetime = END) -> bytes:
    """Return an electronic seal of the old (1) or the new generation (4)."""
    certificates = seq(*(octets(member.der) for member in members))
    if version < 4:
        rows = seq(number(1), utf8("测试印章"), certificates, utc_moment(START), utc_moment(START), utc_moment(until))
    else:
        rows = seq(number(3), utf8("测试印章"), number(1), certificates, moment(START), moment(START), moment(until))
    picture = seq(ia5("PNG"), octets(b"picture"), number(40), number(40))
    info = seq(seq(ia5("ES"), number(version), ia5("tests")), ia5("51f044b7"), rows, picture)
    if version < 4:
        signed = seq(info, octets(maker.der), oid(SM2_SM3))
        return seq(info, seq(octets(maker.der), oid(SM2_SM3), bits(maker.key.sign(signed))))
    return seq(info, octets(maker.der), oid(SM2_SM3), bits(maker.key.sign(info)))


def sealed(
    person: Person, the_seal: bytes, content: bytes, *, version: int = 4, at: datetime = SIGNED_AT, token_of: Person | None = None
) -> bytes:  # fmt: skip
    """Return a signature made with a seal over content."""
    hashed, info = bits(digest("sm3", (content,))), ia5("/Doc_0/Signs/Sign_0/Signature.xml")
    if version < 4:
        body = seq(number(1), the_seal, bits(utc_moment(at)), hashed, info, octets(person.der), oid(SM2_SM3))
        return seq(body, bits(person.key.sign(body)))
    body = seq(number(version), the_seal, moment(at), hashed, info)
    value = person.key.sign(body)
    stamp = tlv(0xA0, bits(token(token_of, value, at=at))) if token_of else b""
    return seq(body, octets(person.der), oid(SM2_SM3), bits(value), stamp)


NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def described(parts: dict[str, bytes], *, method: str = SM3) -> bytes:
    """Return a Signature.xml over these parts."""
    name = "sm3" if method in (SM3, "SM3") else method.lower()
    rows = "".join(
        f'<ofd:Reference FileRef="/{path}"><ofd:CheckValue>{base64.b64encode(digest(name, (data,))).decode()}</ofd:CheckValue>'
        "</ofd:Reference>"
        for path, data in parts.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ofd:Signature {NAMESPACE}><ofd:SignedInfo>'
        f'<ofd:Provider ProviderName="tests"/><ofd:SignatureMethod>{SM2_SM3}</ofd:SignatureMethod>'
        f"<ofd:SignatureDateTime>20250601160000</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{method}">{rows}</ofd:References></ofd:SignedInfo>'
        "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    ).encode()


def signature_list(count: int, *, kind: str = "Seal") -> bytes:
    rows = "".join(f'<ofd:Signature ID="{n}" Type="{kind}" BaseLoc="Sign_{n}/Signature.xml"/>' for n in range(count))
    return f'<?xml version="1.0"?><ofd:Signatures {NAMESPACE}><ofd:MaxSignId>{count}</ofd:MaxSignId>{rows}</ofd:Signatures>'.encode()


def plain_parts() -> dict[str, bytes]:
    """Return the parts of a small OFD document."""
    return {
        "OFD.xml": (
            f'<?xml version="1.0"?><ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/>'
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>"
            "</ofd:DocBody></ofd:OFD>"
        ).encode(),
        "Doc_0/Document.xml": (
            f'<?xml version="1.0"?><ofd:Document {NAMESPACE}><ofd:CommonData/><ofd:Pages>'
            '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'
        ).encode(),
        "Doc_0/Pages/Page_0/Content.xml": f'<?xml version="1.0"?><ofd:Page {NAMESPACE}><ofd:Content/></ofd:Page>'.encode(),
    }


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in parts.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()
