"""Checking a signer of CMS signed data over content (RFC 5652, RFC 5035, RFC 8419)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from asn1crypto import core, parser

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name, scheme, scheme_name
from jingui.formats.signatures.assessment import Assessment
from jingui.formats.signatures.certificates import Certificate, matches_hash, name_key, read_certificate
from jingui.formats.signatures.cms_structures import CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, IssuerSerial, SignerRow
from jingui.formats.signatures.der import (
    BROKEN,
    AlgorithmIdentifier,
    AnySequence,
    Attributes,
    MalformedError,
    dumped,
    first_value,
    inside,
)
from jingui.formats.signatures.keys import Pieces, Signed, holds

SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
MAX_ATTRIBUTE_BYTES = 64 << 10
# PKCS#7 data by its two identifiers; writers of SM2 signatures mix them.
_PLAIN_DATA = frozenset({"1.2.840.113549.1.7.1", "1.2.156.10197.6.1.4.2.1"})


def find_signer(row: SignerRow, certificates: Iterable[Certificate]) -> Certificate | None:
    """Return the certificate that the signer's identifier names, never just the first one there is."""
    sid = dumped(row.sid)
    try:
        if sid[:1] == b"\x30":
            named = IssuerSerial.load(sid)
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
        elif _is_like_attributes(content):
            assessment.flaw(Flaw.UNREADABLE, "content that reads as signed attributes")
        assessment.signer = find_signer(row, candidates)
        if assessment.signer is None:
            assessment.flaw(Flaw.SIGNER_UNKNOWN)
            return
        _check_reference(row, assessment.signer, assessment)
        signed = Signed(row.algorithm, row.value, name, row.parameters)
        messages = [content] if row.signed is None else [partial(_alone, one) for one in _encodings(row)]
        if not any(holds(assessment.signer.key, found, signed, message) for message in messages):
            assessment.flaw(Flaw.VALUE_WRONG)
    except UnsupportedAlgorithmError as error:
        assessment.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
    except BROKEN as error:
        assessment.flaw(Flaw.UNREADABLE, str(error)[:120])


def _encodings(row: SignerRow) -> list[bytes]:
    """Return the signed attributes as they stand and, where that differs, in DER order, which is what is signed."""
    members = sorted(dumped(attribute) for attribute in row.signed)
    ordered = parser.emit(0, 1, 17, b"".join(members))
    return [row.signed_der] if ordered == row.signed_der else [row.signed_der, ordered]


def _alone(message: bytes) -> tuple[bytes]:
    return (message,)


# RFC 8419 §3.1: with signed attributes an Edwards curve goes with one digest only.
_PAIRS = {"ed25519": "sha512", "ed448": "shake256"}


def _check_pairing(row: SignerRow, family: str, name: str) -> None:
    if row.signed is not None and _PAIRS.get(family, name) != name:
        raise UnsupportedAlgorithmError(f"{family} with {name}")


def _check_attributes(row: SignerRow, name: str, content: Pieces, assessment: Assessment) -> None:
    assessment.claimed_at = _time(first_value(row.signed, SIGNING_TIME)) or assessment.claimed_at
    stated = first_value(row.signed, MESSAGE_DIGEST)
    count = sum(attribute["type"].dotted == MESSAGE_DIGEST for attribute in row.signed)
    if stated is None or count != 1:
        assessment.flaw(Flaw.UNREADABLE, f"{count} message digests among the signed attributes")
        return
    actual = digest(name, content())
    assessment.digests.append((assessment.covered, name, actual.hex()))
    if bytes(stated.parse().contents) != actual:
        assessment.flaw(Flaw.DIGEST_WRONG, name)


def check_content_type(row: SignerRow, content_type: str, assessment: Assessment) -> None:
    """Compare what the content is called with what the signed attributes call it (RFC 5652 §11.1)."""
    stated = first_value(row.signed, CONTENT_TYPE)
    if stated is None:
        return
    named = {content_type, str(core.ObjectIdentifier.load(dumped(stated)).dotted)}
    if len(named) > 1 and not named <= _PLAIN_DATA:
        assessment.flaw(Flaw.UNREADABLE, "the signed attributes name another type of content")


def _is_like_attributes(content: Pieces) -> bool:
    """Say whether content without signed attributes around it reads as such attributes itself.

    A value over attributes can be passed off as one over content that consists of them.
    """
    start = bytes(next(iter(content()), b"")[:MAX_ATTRIBUTE_BYTES])
    if start[:1] != b"\x31":
        return False
    try:
        return first_value(Attributes.load(start), MESSAGE_DIGEST) is not None
    except BROKEN:
        return False


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
