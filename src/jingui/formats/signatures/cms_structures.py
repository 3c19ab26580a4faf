"""Reading CMS signed data (RFC 5652), and that of GB/T 35275 / GM/T 0010, which differs in identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import core, parser, x509

from jingui.formats.signatures.chains import MAX_POOL
from jingui.formats.signatures.der import (
    BROKEN,
    AlgorithmIdentifier,
    Anys,
    Attributes,
    MalformedError,
    dumped,
    inside,
    load,
    parameters,
    present,
)

SIGNED_DATA = frozenset({"1.2.840.113549.1.7.2", "1.2.156.10197.6.1.4.2.2"})
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, COUNTER_SIGNATURE = (f"1.2.840.113549.1.9.{n}" for n in (3, 4, 5, 6))
MAX_SIGNERS = 16


class _Encapsulated(core.Sequence):  # type: ignore[misc]
    _fields = [("type", core.ObjectIdentifier), ("content", core.Any, {"explicit": 0, "optional": True})]


class _SignerStructure(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("sid", core.Any),
        ("digest_algorithm", AlgorithmIdentifier),
        ("signed", Attributes, {"implicit": 0, "optional": True}),
        ("signature_algorithm", AlgorithmIdentifier),
        ("signature", core.OctetString),
        ("unsigned", Attributes, {"implicit": 1, "optional": True}),
    ]


class _SignerRows(core.SetOf):  # type: ignore[misc]
    _child_spec = _SignerStructure


class _SignedData(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("digest_algorithms", Anys),
        ("encapsulated", _Encapsulated),
        ("certificates", Anys, {"implicit": 0, "optional": True}),
        ("lists", Anys, {"implicit": 1, "optional": True}),
        ("signers", _SignerRows),
    ]


class _ContentStructure(core.Sequence):  # type: ignore[misc]
    _fields = [("type", core.ObjectIdentifier), ("content", core.Any, {"explicit": 0})]


class IssuerSerial(core.Sequence):  # type: ignore[misc]
    """RFC 5652 §10.2.4."""

    _fields = [("issuer", x509.Name), ("serial", core.Integer)]


@dataclass(frozen=True, slots=True)
class SignerRow:
    """One signer of signed data, read: raw attributes, value and what names its certificate."""

    sid: Any
    digest: str
    algorithm: str
    parameters: bytes
    value: bytes
    signed: Any
    signed_der: bytes
    unsigned: Any


@dataclass(frozen=True, slots=True)
class SignedContent:
    """Signed data, read: content (``None``: detached), certificates, lists and signers."""

    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    signers: tuple[SignerRow, ...] = field(default=())


def read_signed_data(der: bytes) -> SignedContent:
    """Read a ContentInfo that holds SignedData. Raises MalformedError."""
    outer = load(_ContentStructure, der, what="CMS")
    try:
        if outer["type"].dotted not in SIGNED_DATA:
            raise MalformedError(f"CMS: {outer['type'].dotted} is not signed data")
        data = load(_SignedData, inside(outer["content"]), what="CMS signed data")
        inner = data["encapsulated"]
        if len(data["signers"]) > MAX_SIGNERS:
            raise MalformedError(f"CMS: {len(data['signers'])} signers")
        return SignedContent(
            content_type=inner["type"].dotted,
            content=_octets(inner["content"]),
            certificates=tuple(_members(data["certificates"], b"\x30")),
            lists=tuple(_members(data["lists"], b"\x30")),
            signers=tuple(map(_signer, data["signers"])),
        )
    except BROKEN as error:
        raise MalformedError(f"CMS: {error}"[:160]) from None


def _members(values: Any, tag: bytes) -> Iterable[bytes]:  # noqa: ANN401 - asn1crypto is untyped
    for number, value in enumerate(present(values)):
        der = dumped(value)
        if number >= MAX_POOL:
            return
        if der[:1] == tag:
            yield der


def _octets(content: Any) -> bytes | None:  # noqa: ANN401
    if content is None or isinstance(content, core.Void):
        return None
    der = inside(content)
    if der[:1] in (b"\x04", b"\x24"):
        return bytes(core.OctetString.load(der).native)
    # PKCS#7 lets any type be signed: its value without the tag is what is digested (RFC 2315 §9.3).
    return bytes(parser.parse(der)[4]) if der else b""


def _signer(row: Any) -> SignerRow:  # noqa: ANN401
    signed = row["signed"]
    has_signed = not isinstance(signed, core.Void)
    return SignerRow(
        sid=row["sid"],
        digest=row["digest_algorithm"]["algorithm"].dotted,
        algorithm=row["signature_algorithm"]["algorithm"].dotted,
        parameters=parameters(row["signature_algorithm"]),
        value=bytes(row["signature"].native),
        signed=signed if has_signed else None,
        signed_der=b"\x31" + dumped(signed)[1:] if has_signed else b"",
        unsigned=row["unsigned"],
    )


def counter_signers(row: SignerRow) -> tuple[SignerRow, ...]:
    """Return those who signed a signer's value (RFC 5652 §11.4). Raises MalformedError."""
    try:
        kept = [one for one in present(row.unsigned) if one["type"].dotted == COUNTER_SIGNATURE]
        ders = [dumped(value) for one in kept for value in one["values"]]
        return tuple(_signer(_SignerStructure.load(der)) for der in ders[:MAX_SIGNERS])
    except BROKEN as error:
        raise MalformedError(f"CMS counter-signature: {error}"[:160]) from None
