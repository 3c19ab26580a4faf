"""Revocation as kept with a signature: lists (RFC 5280 §5) and answers (RFC 6960), checked without asking anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from asn1crypto import core, crl, ocsp

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name, scheme
from jingui.formats.signatures.certificates import Certificate, is_issued_by, name_key, read_certificate
from jingui.formats.signatures.chains import Path
from jingui.formats.signatures.der import BROKEN, MalformedError, load, parameters, present
from jingui.formats.signatures.keys import Signed, holds

MAX_LIST_BYTES = 4 << 20
MAX_ITEMS = 64
OCSP_SIGNING = "ocsp_signing"


@dataclass(frozen=True, slots=True)
class Revocations:
    """The lists and answers found with a signature, as DER."""

    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()

    def __add__(self, other: Revocations) -> Revocations:
        return Revocations(_once(self.lists + other.lists), _once(self.answers + other.answers))


def _once(items: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(items))[:MAX_ITEMS]


@dataclass(frozen=True, slots=True)
class Status:
    """What was found of one certificate: ``good`` (until when that may be said), ``revoked`` (since when) or ``unknown``."""

    state: str
    since: datetime | None = None
    by: str = ""
    until: datetime | None = None

    def counts(self, moment: datetime | None) -> bool:
        """Say whether it tells anything of a moment: of a later one than its next update only that it was revoked."""
        return self.state == "revoked" or moment is None or self.until is None or moment <= self.until


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept of a path's revocation: the signer's state, and the certificate that was revoked, if any."""

    state: str
    revoked: Certificate | None = None
    since: datetime | None = None


def standing(path: Path, kept: Revocations, moment: datetime | None) -> Standing:
    """Say whether anything kept says that a certificate of the path was revoked at a moment (``None``: at any).

    ``good`` needs a checked word on the signer's certificate; where something was kept that cannot be used, ``unknown``.
    """
    if not kept.lists and not kept.answers:
        return Standing("")
    states = []
    for place, certificate in enumerate(path.certificates):
        issuer = _issuer_in(path, place)
        status = _status(certificate, issuer, kept, moment) if issuer else Status("unknown")
        if status.state == "revoked" and (moment is None or status.since is None or status.since <= moment):
            return Standing("revoked", certificate, status.since)
        # Revoked only later: at the moment that counts it was good.
        states.append("good" if status.state == "revoked" else status.state)
    return Standing(states[0] if states else "unknown")


def _issuer_in(path: Path, place: int) -> Certificate | None:
    if place + 1 < len(path.certificates):
        return path.certificates[place + 1]
    return None


def _status(certificate: Certificate, issuer: Certificate, kept: Revocations, moment: datetime | None) -> Status:
    found = [status for der in kept.answers if (status := _answered(der, certificate, issuer))]
    found += [status for der in kept.lists if (status := _listed(der, certificate, issuer))]
    revoked = next((status for status in found if status.state == "revoked"), None)
    return revoked or next((status for status in found if status.counts(moment)), Status("unknown"))


def _listed(der: bytes, certificate: Certificate, issuer: Certificate) -> Status | None:
    if len(der) > MAX_LIST_BYTES:
        return None
    try:
        parsed = load(crl.CertificateList, der, what="revocation list")
        body = parsed["tbs_cert_list"]
        if name_key(body["issuer"]) != issuer.subject_key or not _is_signed_list(parsed, issuer):
            return None
        if not _is_for(body, certificate):
            return None
        return replace(_entry_of(body, certificate), until=body["next_update"].native)
    except (MalformedError, UnsupportedAlgorithmError, *BROKEN):
        return None


def _is_for(body: Any, certificate: Certificate) -> bool:  # noqa: ANN401 - asn1crypto is untyped
    """Say whether a list is the issuer's whole word on a certificate (RFC 5280 §5.2.4, §5.2.5)."""
    given = body["crl_extensions"]
    for extension in () if isinstance(given, core.Void) else given:
        if extension["extn_id"].native == "delta_crl_indicator":
            return False
        if extension["extn_id"].native == "issuing_distribution_point":
            scope = extension["extn_value"].parsed.native
            limit = "only_contains_user_certs" if certificate.is_ca else "only_contains_ca_certs"
            if (
                scope[limit]
                or scope["indirect_crl"]
                or scope["only_contains_attribute_certs"]
                or scope["only_some_reasons"]
            ):
                return False
    return True


def _is_signed_list(parsed: Any, issuer: Certificate) -> bool:  # noqa: ANN401 - asn1crypto is untyped
    body = bytes(parsed["tbs_cert_list"].dump())
    return _is_signed(body, parsed["signature_algorithm"], bytes(parsed["signature"].native), issuer)


def _is_signed(body: bytes, algorithm: Any, value: bytes, issuer: Certificate) -> bool:  # noqa: ANN401
    identifier = algorithm["algorithm"].dotted
    signed = Signed(identifier, value, parameters=parameters(algorithm))
    return holds(issuer.key, scheme(identifier, digest=""), signed, lambda: (body,))


def _entry_of(body: Any, certificate: Certificate) -> Status:  # noqa: ANN401
    wanted = core.Integer(certificate.serial).dump()
    entries = body["revoked_certificates"]
    if isinstance(entries, core.Void) or wanted not in bytes(entries.contents or b""):
        return Status("good", by="list")
    for entry in entries:
        if int(entry["user_certificate"].native) == certificate.serial:
            return Status("revoked", entry["revocation_date"].native, "list")
    return Status("good", by="list")


def _answered(der: bytes, certificate: Certificate, issuer: Certificate) -> Status | None:
    if len(der) > MAX_LIST_BYTES:
        return None
    try:
        basic = _basic(der)
        if basic is None or not _is_answer_signed(basic, issuer):
            return None
        for single in basic["tbs_response_data"]["responses"]:
            if _is_about(single["cert_id"], certificate, issuer):
                return replace(_single(single["cert_status"]), until=single["next_update"].native)
    except (MalformedError, UnsupportedAlgorithmError, *BROKEN):
        return None
    return None


def _basic(der: bytes) -> Any:  # noqa: ANN401
    parsed = load(ocsp.OCSPResponse, der, what="revocation answer")
    if parsed["response_status"].native == "successful":
        return parsed["response_bytes"]["response"].parsed
    return None


def basic_answer(der: bytes) -> bytes:
    """Wrap a BasicOCSPResponse, as CAdES keeps it, into a whole answer."""
    inner = ocsp.ResponseBytes({"response_type": "basic_ocsp_response", "response": der})
    return bytes(ocsp.OCSPResponse({"response_status": 0, "response_bytes": inner}).dump())


def _single(status: Any) -> Status:  # noqa: ANN401
    if status.name == "revoked":
        return Status("revoked", status.chosen["revocation_time"].native, "answer")
    return Status("good" if status.name == "good" else "unknown", by="answer")


def _is_about(identifier: Any, certificate: Certificate, issuer: Certificate) -> bool:  # noqa: ANN401
    if int(identifier["serial_number"].native) != certificate.serial:
        return False
    name = digest_name(identifier["hash_algorithm"]["algorithm"].dotted)
    return digest(name, (certificate.issuer_der,)) == identifier["issuer_name_hash"].native or digest(
        name, (issuer.subject_der,)
    ) == bytes(identifier["issuer_name_hash"].native)


def _is_answer_signed(basic: Any, issuer: Certificate) -> bool:  # noqa: ANN401
    """Say whether an answer is signed by the issuer, or by a responder that the issuer made one (RFC 6960 §4.2.2.2)."""
    body = bytes(basic["tbs_response_data"].dump())
    value = bytes(basic["signature"].native)
    responders = [issuer, *_responders((bytes(one.dump()) for one in present(basic["certs"])), issuer)]
    return any(_is_signed(body, basic["signature_algorithm"], value, responder) for responder in responders)


def _responders(ders: Iterable[bytes], issuer: Certificate) -> Sequence[Certificate]:
    found = []
    for der in list(ders)[:4]:
        certificate = read_certificate(der)
        if OCSP_SIGNING in certificate.purposes and is_issued_by(certificate, issuer):
            found.append(certificate)
    return found
