"""Reading X.509 certificates: who, by whom, from when until when, for what (RFC 5280; GM/T 0015 differs in the key only)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from asn1crypto import core, x509

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name, scheme
from jingui.formats.signatures.der import BROKEN, MalformedError, load, parameters
from jingui.formats.signatures.keys import PublicKey, Signed, holds, public_key

MAX_CERTIFICATE_BYTES = 256 << 10
_LABELS = {
    "common_name": "CN",
    "organization_name": "O",
    "organizational_unit_name": "OU",
    "locality_name": "L",
    "state_or_province_name": "ST",
    "country_name": "C",
    "serial_number": "serialNumber",
    "email_address": "E",
}
# asn1crypto's extension OIDs by the name it gives them.
_CA, _USAGE, _EXTENDED, _KEY_ID, _ISSUER_KEY_ID = (
    "basic_constraints", "key_usage", "extended_key_usage", "key_identifier", "authority_key_identifier",
)  # fmt: skip


_SIGNING = frozenset({"digital_signature", "non_repudiation"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, read. ``subject_der`` and ``issuer_der`` are the names as encoded; times are aware.

    ``is_ca`` is ``None`` where the certificate does not say (version 1), ``path_length`` how many authorities may stand
    below it (``None``: any number). ``usages`` are key usages, ``purposes`` extended
    ones, as asn1crypto or the dotted identifier names them.
    """

    der: bytes
    serial: int
    subject: str
    issuer: str
    subject_der: bytes
    issuer_der: bytes
    subject_key: str
    issuer_key: str
    valid_from: datetime
    valid_until: datetime
    key: PublicKey
    key_id: bytes = b""
    issuer_key_id: bytes = b""
    is_ca: bool | None = None
    path_length: int | None = None
    usages: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER, hexadecimal."""
        return sha256(self.der).hexdigest()

    @property
    def serial_text(self) -> str:
        """The serial number in hexadecimal, as CAs print it."""
        return f"{self.serial:x}" if self.serial >= 0 else f"-{-self.serial:x}"

    @property
    def is_self_issued(self) -> bool:
        """Say whether subject and issuer are the same name."""
        return self.subject_key == self.issuer_key

    @property
    def may_sign(self) -> bool:
        """Say whether its key is for signatures, where it says what for (RFC 5280 §4.2.1.3)."""
        return not self.usages or bool(self.usages & _SIGNING)

    def is_valid_at(self, moment: datetime) -> bool:
        """Say whether a moment lies in its validity."""
        return self.valid_from <= moment <= self.valid_until


@lru_cache(maxsize=512)
def read_certificate(der: bytes) -> Certificate:
    """Read a certificate. Raises MalformedError."""
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise MalformedError(f"certificate: {len(der)} bytes")
    parsed = load(x509.Certificate, der, what="certificate")
    try:
        body = parsed["tbs_certificate"]
        names = body["subject"], body["issuer"]
        validity = body["validity"]
        times = validity["not_before"].native, validity["not_after"].native
        extensions = _extensions(body)
        return Certificate(
            der=bytes(parsed.dump()),
            serial=int(body["serial_number"].native),
            subject=name_text(names[0]),
            issuer=name_text(names[1]),
            subject_der=bytes(names[0].dump()),
            issuer_der=bytes(names[1].dump()),
            subject_key=name_key(names[0]),
            issuer_key=name_key(names[1]),
            valid_from=times[0],
            valid_until=times[1],
            key=public_key(bytes(body["subject_public_key_info"].dump())),
            key_id=extensions.get(_KEY_ID) or b"",
            issuer_key_id=(extensions.get(_ISSUER_KEY_ID) or {}).get("key_identifier") or b"",
            is_ca=_is_ca(body, extensions),
            path_length=(extensions.get(_CA) or {}).get("path_len_constraint"),
            usages=frozenset(extensions.get(_USAGE) or ()),
            purposes=frozenset(extensions.get(_EXTENDED) or ()),
        )
    except BROKEN as error:
        raise MalformedError(f"certificate: {error}"[:160]) from None


def _is_ca(body: Any, extensions: dict[str, Any]) -> bool | None:  # noqa: ANN401 - asn1crypto is untyped
    if _CA in extensions:
        return bool((extensions[_CA] or {}).get("ca"))
    return None if body["version"].native in ("v1", "v2") else False


def _extensions(body: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what can be read of the extensions that are looked at; one that cannot be read counts as absent."""
    found: dict[str, Any] = {}
    given = body["extensions"]
    for extension in () if isinstance(given, core.Void) else given:
        try:
            name = extension["extn_id"].native
            if name in (_CA, _USAGE, _EXTENDED, _KEY_ID, _ISSUER_KEY_ID):
                found[name] = extension["extn_value"].parsed.native
        except BROKEN:
            continue
    return found


def name_text(name: Any) -> str:  # noqa: ANN401
    """Write a name for people, the common name first: ``CN=某某局, O=某某市``."""
    parts: list[tuple[str, str]] = []
    try:
        for relative in name.chosen:
            parts += [_part(pair) for pair in relative]
    except BROKEN:
        return "（证书名称无法读出）"
    parts.sort(key=lambda part: part[0] != "CN")
    return ", ".join(f"{label}={value}" for label, value in parts)[:300]


def _part(pair: Any) -> tuple[str, str]:  # noqa: ANN401
    kind = pair["type"].native
    return _LABELS.get(kind, pair["type"].dotted), _decoded(pair["value"])


def _decoded(value: Any) -> str:  # noqa: ANN401
    """Return a string of a name; writers label UTF-8 and GBK as any string type."""
    octets = bytes(value.chosen.contents if hasattr(value, "chosen") else value.contents)
    tag = value.chosen.tag if hasattr(value, "chosen") else value.tag
    encodings = ("utf-16-be",) if tag == core.BMPString.tag else ("utf-8", "gb18030", "latin-1")
    for encoding in encodings:
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.hex()


def name_key(name: Any) -> str:  # noqa: ANN401
    """Return what equal names have in common: the prepared form of RFC 5280 §7.1, or the bytes if it cannot be made."""
    try:
        return str(name.hashable)
    except BROKEN:
        return bytes(name.dump()).hex()


def is_issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Say whether the certificate's signature is the issuer's key's. Raises UnsupportedAlgorithmError."""
    parsed = load(x509.Certificate, certificate.der, what="certificate")
    try:
        body = bytes(parsed["tbs_certificate"].dump())
        value = bytes(parsed["signature_value"].native)
        algorithm = parsed["signature_algorithm"]
        identifier, given = algorithm["algorithm"].dotted, parameters(algorithm)
    except BROKEN as error:
        raise UnsupportedAlgorithmError(f"certificate: {error}"[:120]) from None
    signed = Signed(identifier, value, parameters=given)
    return holds(issuer.key, scheme(identifier, digest=""), signed, lambda: (body,))


def matches_hash(certificate: Certificate, algorithm: str, value: bytes) -> bool:
    """Say whether a digest (as a signing-certificate attribute holds) is this certificate's."""
    return digest(digest_name(algorithm), (certificate.der,)) == value
