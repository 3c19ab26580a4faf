"""Checking CMS signatures (RFC 5652, RFC 5035), and those of GB/T 35275 / GM/T 0010, which differ in identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asn1crypto import core, parser, x509

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name, scheme, scheme_name
from jingui.formats.signatures.assessment import Assessment
from jingui.formats.signatures.certificates import Certificate, matches_hash, name_key, read_certificate
from jingui.formats.signatures.chains import MAX_POOL
from jingui.formats.signatures.der import (
    BROKEN,
    AlgorithmIdentifier,
    Anys,
    AnySequence,
    Attributes,
    MalformedError,
    dumped,
    first_value,
    inside,
    load,
    parameters,
    present,
)
from jingui.formats.signatures.keys import Pieces, Signed, holds

SIGNED_DATA = frozenset({"1.2.840.113549.1.7.2", "1.2.156.10197.6.1.4.2.2"})
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{n}" for n in (3, 4, 5))
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
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


class _IssuerSerial(core.Sequence):  # type: ignore[misc]
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
        return SignedContent(
            content_type=inner["type"].dotted,
            content=_octets(inner["content"]),
            certificates=tuple(_members(data["certificates"], b"\x30")),
            lists=tuple(_members(data["lists"], b"\x30")),
            signers=tuple(_signer(row) for row in list(data["signers"])[:MAX_SIGNERS]),
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


def find_signer(row: SignerRow, certificates: Iterable[Certificate]) -> Certificate | None:
    """Return the certificate that the signer's identifier names, never just the first one there is."""
    sid = dumped(row.sid)
    try:
        if sid[:1] == b"\x30":
            named = _IssuerSerial.load(sid)
            key, serial = name_key(named["issuer"]), int(named["serial"].native)
            return next((c for c in certificates if c.serial == serial and c.issuer_key == key), None)
        key_id = inside(row.sid)
    except BROKEN:
        return None
    return next((c for c in certificates if c.key_id and c.key_id == key_id), None)


def readable(ders: Iterable[bytes]) -> list[Certificate]:
    """Return the certificates that can be read."""
    found = []
    for der in ders:
        try:
            found.append(read_certificate(der))
        except MalformedError:
            continue
    return found


def check_signer(row: SignerRow, content: Pieces, assessment: Assessment, *, candidates: list[Certificate]) -> None:
    """Check digest and value of one signer over the content; what is found goes into the assessment."""
    assessment.value = row.value
    try:
        name = digest_name(row.digest)
        found = scheme(row.algorithm, digest=name)
        _check_pairing(row, found.family, name)
        assessment.algorithm = scheme_name(found)
        if row.signed is not None:
            _check_attributes(row, name, content, assessment)
        assessment.signer = find_signer(row, candidates)
        if assessment.signer is None:
            assessment.flaw(Flaw.SIGNER_UNKNOWN)
            return
        _check_reference(row, assessment.signer, assessment)
        signed = Signed(row.algorithm, row.value, name, row.parameters)
        message: Pieces = content if row.signed is None else lambda: (row.signed_der,)
        if not holds(assessment.signer.key, found, signed, message):
            assessment.flaw(Flaw.VALUE_WRONG)
    except UnsupportedAlgorithmError as error:
        assessment.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
    except BROKEN as error:
        assessment.flaw(Flaw.UNREADABLE, str(error)[:120])


# RFC 8419 §3.1: with signed attributes an Edwards curve goes with one digest only.
_PAIRS = {"ed25519": "sha512", "ed448": "shake256"}


def _check_pairing(row: SignerRow, family: str, name: str) -> None:
    if row.signed is not None and _PAIRS.get(family, name) != name:
        raise UnsupportedAlgorithmError(f"{family} with {name}")


def _check_attributes(row: SignerRow, name: str, content: Pieces, assessment: Assessment) -> None:
    assessment.claimed_at = _time(first_value(row.signed, SIGNING_TIME)) or assessment.claimed_at
    stated = first_value(row.signed, MESSAGE_DIGEST)
    if stated is None:
        assessment.flaw(Flaw.UNREADABLE, "no message digest among the signed attributes")
        return
    actual = digest(name, content())
    assessment.digests.append((assessment.covered, name, actual.hex()))
    if bytes(stated.parse().contents) != actual:
        assessment.flaw(Flaw.DIGEST_WRONG, name)


def _check_reference(row: SignerRow, signer: Certificate, assessment: Assessment) -> None:
    """Compare the certificate with the one that the signed attributes name (RFC 5035), where they name one."""
    for kind in (SIGNING_CERTIFICATE_V2, SIGNING_CERTIFICATE):
        value = first_value(row.signed, kind)
        if value is None:
            continue
        algorithm, stated = _reference(dumped(value), is_second=kind == SIGNING_CERTIFICATE_V2)
        if not matches_hash(signer, algorithm, stated):
            assessment.flaw(Flaw.CERTIFICATE_MISMATCH)
        return


def _reference(der: bytes, *, is_second: bool) -> tuple[str, bytes]:
    """Read the first ESSCertID: its digest algorithm and digest."""
    first = _items(_items(der)[0])[0]
    parts = _items(first)
    if is_second and parts[0][:1] == b"\x30":
        algorithm = AlgorithmIdentifier.load(parts[0])["algorithm"].dotted
        return algorithm, bytes(core.OctetString.load(parts[1]).native)
    default = "2.16.840.1.101.3.4.2.1" if is_second else "1.3.14.3.2.26"
    return default, bytes(core.OctetString.load(parts[0]).native)


def _items(der: bytes) -> list[bytes]:
    return [dumped(item) for item in AnySequence.load(der)]


def _time(value: Any) -> datetime | None:  # noqa: ANN401
    try:
        found = value.parse().native if value is not None else None
    except BROKEN:
        return None
    return found.astimezone(UTC) if isinstance(found, datetime) and found.tzinfo else None
