"""Signed requests of source systems (HMAC by SHA-256 or SM3) and RFC 9530 content digests.

Pure: time, nonce and secret are arguments. The client and the server share this one module, so that both
can only agree or both be wrong in the same place; ``tests/formats/test_signing.py`` holds fixed vectors.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from jingui.domain.errors import Invalid, Problem, Refused
from jingui.formats.digests import new_hasher

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEME = "JG-HMAC-SHA256"
SCHEMES = {SCHEME: "sha256", "JG-HMAC-SM3": "sm3"}
"""Names of the schemes and of their digests; each name is also the first line of what is signed."""

CLOCK_SKEW_SECONDS = 300
MAX_HEADER_CHARACTERS = 1024
MAX_QUERY_PAIRS = 64
DIGEST_BYTES = 32
HMAC_BLOCK_BYTES = 64

_PARAMETERS = {
    "key": re.compile(r"[A-Za-z0-9_.-]{1,64}"),
    "time": re.compile(r"[0-9]{1,12}"),
    "nonce": re.compile(r"[A-Za-z0-9_-]{16,64}"),
    "signature": re.compile(r"[0-9a-f]{64}"),
}
_DIGEST_MEMBER = re.compile(r"([a-z0-9-]{1,32})=:([A-Za-z0-9+/]{0,172}={0,2}):")


@dataclass(frozen=True, slots=True)
class Signable:
    """What a signature covers of a request.

    ``path`` is the path exactly as sent (percent-encoded, no query), ``query`` the raw query string as sent,
    ``content_digest`` the header's value verbatim, empty if the request has no body.
    """

    method: str
    path: str
    query: str = ""
    content_digest: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A parsed Authorization header. ``time`` is seconds since the epoch, ``scheme`` one of ``SCHEMES``."""

    key_id: str
    time: int
    nonce: str
    signature: str
    scheme: str = SCHEME


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Percent-encode pairs in their order, leaving only ``-_.~`` and letters and digits as they are."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def canonical_query(query: str) -> str:
    """Bring a raw query string into its one signed form: pairs sorted by name and value, encoded alike.

    Raises:
        Refused: ``signature_malformed`` if the query is not UTF-8 or has too many pairs.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_PAIRS)
        return encode_query(sorted(pairs))
    except ValueError as error:  # UnicodeError is one of them: lone surrogates, bytes that are not UTF-8
        raise Refused("signature_malformed", part="query") from error


def canonical_request(request: Signable, *, time: int, nonce: str, scheme: str = SCHEME) -> bytes:
    """Return the bytes that are signed: seven lines joined by LF, without a last LF.

    Raises:
        Refused: ``signature_malformed`` if the query cannot be read.
    """
    lines = (
        scheme,
        request.method.upper(),
        request.path,
        canonical_query(request.query),
        str(time),
        nonce,
        request.content_digest,
    )
    if any("\n" in line or "\r" in line for line in lines):
        # Otherwise two different requests could share one signed text.
        raise Refused("signature_malformed", part="line")
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _mac(request: Signable, *, secret: str, time: int, nonce: str, scheme: str) -> str:
    canonical = canonical_request(request, time=time, nonce=nonce, scheme=scheme)
    if scheme == SCHEME:
        return hmac.new(secret.encode(), canonical, hashlib.sha256).hexdigest()
    return keyed_digest(SCHEMES[scheme], key=secret.encode(), message=canonical)


def keyed_digest(name: str, *, key: bytes, message: bytes) -> str:
    """Return an HMAC (RFC 2104, GB/T 15852.2) by a digest with blocks of 64 bytes, which SM3 is, hexadecimal.

    ``hmac`` of the standard library takes SM3 only where the interpreter's own OpenSSL has it.
    """
    if len(key) > HMAC_BLOCK_BYTES:
        key = bytes.fromhex(_digest(name, key))
    padded = key.ljust(HMAC_BLOCK_BYTES, b"\0")
    inner = _digest(name, bytes(byte ^ 0x36 for byte in padded) + message)
    return _digest(name, bytes(byte ^ 0x5C for byte in padded) + bytes.fromhex(inner))


def _digest(name: str, data: bytes) -> str:
    hasher = new_hasher(name)
    hasher.update(data)
    return hasher.hexdigest()


def sign(request: Signable, *, key_id: str, secret: str, time: int, nonce: str, scheme: str = SCHEME) -> Authorization:
    """Sign a request. A resend needs a new ``nonce``, because a server takes each only once.

    Raises:
        ValueError: the key id, time or nonce cannot be written into the header.
    """
    mac = _mac(request, secret=secret, time=time, nonce=nonce, scheme=scheme)
    authorization = Authorization(key_id, time, nonce, mac, scheme)
    for name, value in _values(authorization).items():
        if not _PARAMETERS[name].fullmatch(value):
            raise ValueError(f"{name} is not writable in an Authorization header")
    return authorization


def verify(request: Signable, *, authorization: Authorization, secret: str) -> bool:
    """Say whether the signature is this secret's over this request; takes the same time for every wrong one.

    Raises:
        Refused: ``signature_malformed`` if the request has no signed form.
    """
    given = authorization
    wanted = _mac(request, secret=secret, time=given.time, nonce=given.nonce, scheme=given.scheme)
    return hmac.compare_digest(wanted.encode(), authorization.signature.encode())


def is_timely(authorization: Authorization, *, now: float, skew_seconds: int = CLOCK_SKEW_SECONDS) -> bool:
    """Say whether the request was signed within the allowed difference of clocks (seconds since the epoch)."""
    return abs(now - authorization.time) <= skew_seconds


def _values(authorization: Authorization) -> dict[str, str]:
    return {
        "key": authorization.key_id,
        "time": str(authorization.time),
        "nonce": authorization.nonce,
        "signature": authorization.signature,
    }


def format_authorization(authorization: Authorization) -> str:
    """Write the header's value."""
    return f"{authorization.scheme} " + ",".join(f"{name}={value}" for name, value in _values(authorization).items())


def parse_authorization(value: str | None) -> Authorization:
    """Read the header's value. Every parameter stands exactly once, in any order.

    Raises:
        Refused: ``signature_missing`` without a header, ``signature_malformed`` with one that breaks the form.
    """
    if not value:
        raise Refused("signature_missing")
    scheme, _, rest = value.partition(" ")
    if scheme not in SCHEMES or len(value) > MAX_HEADER_CHARACTERS:
        raise Refused("signature_malformed", part="scheme")
    found = [part.strip(" ").partition("=")[::2] for part in rest.split(",")]
    if sorted(name for name, _ in found) != sorted(_PARAMETERS):
        raise Refused("signature_malformed", part="parameters")
    values = dict(found)
    for name, pattern in _PARAMETERS.items():
        if not pattern.fullmatch(values[name]):
            raise Refused("signature_malformed", part=name)
    return Authorization(values["key"], int(values["time"]), values["nonce"], values["signature"], scheme)


def make_content_digest(sha256: bytes) -> str:
    """Write a Content-Digest header's value (RFC 9530 §2) for a SHA-256 digest."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"


def content_digest_of(body: bytes) -> str:
    """Write the Content-Digest header's value of a whole body."""
    return make_content_digest(hashlib.sha256(body).digest())


def parse_content_digest(value: str | None) -> bytes:
    """Return the SHA-256 digest (32 bytes) that a Content-Digest header states; other algorithms are passed over.

    Raises:
        Invalid: ``digest_missing`` without a SHA-256 member, ``digest_malformed`` if it cannot be read.
    """
    members: dict[str, str] = {}
    for part in (value or "").split(","):
        match = _DIGEST_MEMBER.fullmatch(part.strip(" \t"))
        if match is None or match[1] in members:
            raise _bad_digest("digest_malformed" if value else "digest_missing")
        members[match[1]] = match[2]
    if "sha-256" not in members:
        raise _bad_digest("digest_missing")
    return _decode(members["sha-256"])


def _decode(text: str) -> bytes:
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _bad_digest("digest_malformed") from error
    if len(digest) != DIGEST_BYTES:
        raise _bad_digest("digest_malformed")
    return digest


def _bad_digest(code: str) -> Invalid:
    return Invalid((Problem("Content-Digest", code),), code)
