"""Reading request bodies: streamed, limited, and checked against their Content-Digest while they are read."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any, Protocol

from django.http import HttpRequest, RawPostDataException
from django.http.request import UnreadablePostError

from jingui.domain.errors import Invalid, Problem, Refused
from jingui.formats.signing import parse_content_digest

CHUNK = 1 << 20
MAX_MESSAGE_BYTES = 4 * 2**20
SMALL_BYTES = 256 << 10
"""Bodies up to this size are read whole before anything is done with them; larger ones are streamed."""
_MOST_DIGITS = len(str(SMALL_BYTES))


class Readable(Protocol):
    """A body that is read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""
        ...


def is_small(length: str) -> bool:
    """Say whether a body is plainly announced as small. A length of thousands of digits, be they zeros, is no number here."""
    return length.isascii() and length.isdigit() and len(length) <= _MOST_DIGITS and int(length) <= SMALL_BYTES


def chunks(request: HttpRequest) -> Iterator[bytes]:
    """Yield the body as it arrives, whether its length was announced or it is chunked.

    Raises:
        Invalid: ``body_interrupted``, the sender stopped in the middle.
    """
    # Django limits reading to Content-Length and so sees nothing of a chunked body; the server ends both rightly.
    return pieces(request if request.META.get("CONTENT_LENGTH") else request.META["wsgi.input"])


def pieces(body: Readable) -> Iterator[bytes]:
    """Yield a body as it arrives. Raises Invalid: ``body_interrupted``, the sender stopped in the middle."""
    try:
        while piece := body.read(CHUNK):
            yield piece
    except (UnreadablePostError, RawPostDataException, OSError) as error:
        raise _bad("body_interrupted") from error


def check_digest(stated: bytes, sha256: str) -> None:
    """Compare the digest of what came with what the sender stated.

    Raises:
        Invalid: ``digest_mismatch``; nothing of the body is kept.
    """
    if not hmac.compare_digest(stated.hex(), sha256):
        raise Invalid((Problem("Content-Digest", "digest_mismatch", {"received": sha256}),), "digest_mismatch")


def stated_digest(request: HttpRequest) -> bytes:
    """Return the SHA-256 that the request states of its body. Raises Invalid if it states none."""
    return parse_content_digest(request.META.get("HTTP_CONTENT_DIGEST"))


def read_json(request: HttpRequest) -> Any:  # noqa: ANN401 - any JSON value; the domain checks it
    """Read a small JSON body whole.

    Raises:
        Refused: ``message_too_large``.
        Invalid: the digest differs, or the body is not JSON.
    """
    stated = stated_digest(request)
    body = bytearray()
    for piece in chunks(request):
        body += piece
        if len(body) > MAX_MESSAGE_BYTES:
            raise Refused("message_too_large", limit=str(MAX_MESSAGE_BYTES))
    check_digest(stated, hashlib.sha256(body).hexdigest())
    try:
        return strict_json(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _bad("body_not_json") from error


def strict_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON that every reader understands alike. Raises ValueError or RecursionError."""
    return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_each_name_once)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a field twice (RFC 8259 §4): readers differ in which of the two they take."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _bad(code: str) -> Invalid:
    return Invalid((Problem("body", code),), code)
