"""Time-stamps (RFC 3161; GB/T 20520 asks for the same, with SM3 and SM2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from asn1crypto import core

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name
from jingui.formats.signatures.assessment import TIMESTAMP, Assessment, Context, Moment
from jingui.formats.signatures.certificates import Certificate
from jingui.formats.signatures.chains import Path, Pool
from jingui.formats.signatures.cms import check_signer
from jingui.formats.signatures.cms_structures import read_signed_data
from jingui.formats.signatures.der import BROKEN, AlgorithmIdentifier, MalformedError, dumped, load
from jingui.formats.signatures.keys import Pieces

TST_INFO = "1.2.840.113549.1.9.16.1.4"
TIME_STAMPING = "time_stamping"
GRANTED = (0, 1)


class _Imprint(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", AlgorithmIdentifier), ("digest", core.OctetString)]


class _StampContent(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("policy", core.ObjectIdentifier),
        ("imprint", _Imprint),
        ("serial", core.Integer),
        ("time", core.GeneralizedTime),
        ("accuracy", core.Any, {"optional": True}),
        ("ordering", core.Any, {"optional": True}),
        ("nonce", core.Any, {"optional": True}),
        ("tsa", core.Any, {"optional": True}),
        ("extensions", core.Any, {"optional": True}),
    ]


class _Status(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("status", core.Integer),
        ("text", core.Any, {"optional": True}),
        ("failure", core.Any, {"optional": True}),
    ]


class _Response(core.Sequence):  # type: ignore[misc]
    _fields = [("status", _Status), ("token", core.Any, {"optional": True})]


class _Request(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("imprint", _Imprint),
        ("policy", core.ObjectIdentifier, {"optional": True}),
        ("nonce", core.Integer, {"optional": True}),
        ("wants_certificate", core.Boolean, {"default": False}),
        ("extensions", core.Any, {"implicit": 0, "optional": True}),
    ]


@dataclass(slots=True)
class Token:
    """A time-stamp token as checked. ``assessment`` holds what is wrong with its own signature."""

    assessment: Assessment
    at: datetime | None = None
    imprint_algorithm: str = ""
    imprint: bytes = b""
    nonce: int | None = None
    certificates: tuple[bytes, ...] = field(default=())
    der: bytes = b""

    @property
    def is_sound(self) -> bool:
        """Say whether it is about the content and signed by a time-stamping certificate that was valid."""
        return self.at is not None and not any(flaw not in _HARMLESS for flaw, _ in self.assessment.flaws)

    @property
    def is_trusted(self) -> bool:
        """Say whether its authority leads up to a certificate that is trusted for time-stamps."""
        return self.is_sound and not self.assessment.has(Flaw.ISSUER_NOT_TRUSTED)


_HARMLESS = frozenset({Flaw.ISSUER_NOT_TRUSTED})


def token_of_response(der: bytes) -> bytes:
    """Return the token inside a TimeStampResp. Raises MalformedError if it is none or nothing was granted."""
    try:
        response = load(_Response, der, what="time-stamp response")
        if int(response["status"]["status"].native) not in GRANTED or isinstance(response["token"], core.Void):
            raise MalformedError("time-stamp response: not granted")
        return dumped(response["token"])
    except BROKEN as error:
        raise MalformedError(f"time-stamp response: {error}"[:160]) from None


def answers_request(token: Token, request: bytes) -> bool:
    """Say whether a token answers a TimeStampReq: same imprint, and the nonce that was asked. Raises MalformedError."""
    try:
        asked = load(_Request, request, what="time-stamp request")
        algorithm = digest_name(asked["imprint"]["algorithm"]["algorithm"].dotted)
        same = algorithm == token.imprint_algorithm and bytes(asked["imprint"]["digest"].native) == token.imprint
        nonce = asked["nonce"].native
    except (UnsupportedAlgorithmError, *BROKEN) as error:
        raise MalformedError(f"time-stamp request: {error}"[:160]) from None
    return same and (nonce is None or nonce == token.nonce)


def check_token(der: bytes, content: Pieces | None, *, context: Context, place: str = "") -> Token:
    """Check a time-stamp token over content (``None``: what it is about is not looked at)."""
    token = Token(Assessment("timestamp", place), der=der)
    try:
        _fill(token, der, content, context)
    except MalformedError as error:
        token.assessment.flaw(Flaw.UNREADABLE, str(error))
    except UnsupportedAlgorithmError as error:
        token.assessment.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
    except BROKEN as error:
        token.assessment.flaw(Flaw.UNREADABLE, f"time-stamp: {error}"[:120])
    return token


def _fill(token: Token, der: bytes, content: Pieces | None, context: Context) -> None:
    data = read_signed_data(der)
    if data.content_type != TST_INFO or data.content is None or len(data.signers) != 1:
        raise MalformedError("time-stamp: no TSTInfo, or not one signer")
    info = load(_StampContent, data.content, what="time-stamp")
    token.certificates = data.certificates
    token.imprint_algorithm = digest_name(info["imprint"]["algorithm"]["algorithm"].dotted)
    token.imprint = bytes(info["imprint"]["digest"].native)
    token.at = info["time"].native.astimezone(UTC)
    token.nonce = _nonce(info)
    assessment = token.assessment
    assessment.certificates = data.certificates
    assessment.claimed_at = token.at
    if content is not None and digest(token.imprint_algorithm, content()) != token.imprint:
        assessment.flaw(Flaw.DIGEST_WRONG, token.imprint_algorithm)
    inside: bytes = data.content
    candidates = _candidates(data.certificates, context)
    check_signer(data.signers[0], lambda: (inside,), assessment, candidates=candidates)
    assessment.claimed_at = token.at
    if assessment.signer and TIME_STAMPING not in assessment.signer.purposes:
        assessment.flaw(Flaw.CERTIFICATE_MISMATCH, "not a time-stamping certificate")
    assessment.judge_signer(context, purpose=TIMESTAMP)


def _nonce(info: Any) -> int | None:  # noqa: ANN401 - asn1crypto is untyped
    """Find the nonce: the one INTEGER among the optional fields, which this loose structure does not tell apart."""
    for name in ("accuracy", "ordering", "nonce", "tsa", "extensions"):
        value = info[name]
        if not isinstance(value, core.Void) and dumped(value)[:1] == b"\x02":
            return int(core.Integer.load(value.dump()).native)
    return None


def _candidates(own: Sequence[bytes], context: Context) -> list[Certificate]:
    pool = Pool()
    pool.add((*own, *context.certificates))
    for anchor in context.anchors:
        pool.put(anchor.certificate)
    return pool.all()


def moment_of(token: Token) -> Moment | None:
    """Return the time that a sound token proves."""
    signer = token.assessment.signer
    if not token.is_sound or token.at is None or signer is None:
        return None
    path = token.assessment.path or Path((signer,))
    return Moment(token.at, signer.subject, token.is_trusted, token.der, path)


def attach_token(assessment: Assessment, der: bytes, content: Pieces, *, context: Context) -> None:
    """Check a token kept with a signature; a sound one gives the time, another one is a flaw. The earliest counts."""
    token = check_token(der, content, context=context)
    assessment.certificates = (*assessment.certificates, *token.certificates)
    moment = moment_of(token)
    if moment is None:
        code = ", ".join(flaw.value for flaw, _ in token.assessment.flaws if flaw not in _HARMLESS)
        assessment.flaw(Flaw.TIMESTAMP_WRONG, code)
    elif assessment.timestamp is None or moment.at < assessment.timestamp.at:
        assessment.timestamp = moment
