"""Single signed requests to a server that speaks S3, for what the client of the copies cannot ask: locks and retention.

The signature is AWS Signature Version 4 with the path style of addresses; every header that is sent is signed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO
from urllib.parse import quote, urlsplit

from jingui.domain.errors import TransientFailure

TIMEOUT = 60.0
"""Seconds until a silent server counts as away."""

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks, and where: ``endpoint`` is the server's address without the bucket."""

    endpoint: str
    bucket: str
    region: str
    access_key: str
    secret: str = field(repr=False)
    clock: Callable[[], float] = time.time

    def now(self) -> datetime:
        """Return the time that requests are signed with, UTC."""
        return datetime.fromtimestamp(self.clock(), UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``path`` is a key of the bucket or empty for the bucket itself, ``sha256`` the digest of the body."""

    method: str
    path: str = ""
    query: str = ""  # one name without a value, as the sub-resources of S3 have
    headers: Mapping[str, str] = field(default_factory=dict)
    body: IO[bytes] | None = None
    length: int = 0
    sha256: str = EMPTY_SHA256


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case


def send(account: Account, request: Request) -> Answer:
    """Send a request and return the answer, whatever its status.

    Raises:
        TransientFailure: ``storage_away``, nobody answers.
    """
    address = urlsplit(account.endpoint)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=TIMEOUT)
    headers = signed_headers(account, request)
    if request.body is not None:
        headers["Content-Length"] = str(request.length)
    target = _target(account, request) + (f"?{request.query}" if request.query else "")
    try:
        connection.request(request.method, target, body=request.body, headers=headers)
        got = connection.getresponse()
        return Answer(got.status, got.read(), {name.lower(): value for name, value in got.getheaders()})
    except (OSError, http.client.HTTPException) as error:
        raise TransientFailure("storage_away", f"{account.endpoint}: {error}") from error
    finally:
        connection.close()


def signed_headers(account: Account, request: Request) -> dict[str, str]:
    """Return the headers of a request with the one that signs them all."""
    at = account.now().strftime("%Y%m%dT%H%M%SZ")
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers |= {
        "host": urlsplit(account.endpoint).netloc,
        "x-amz-content-sha256": request.sha256,
        "x-amz-date": at,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    query = f"{request.query}=" if request.query else ""
    canonical = "\n".join((request.method, _target(account, request), query, lines, names, request.sha256))
    scope = f"{at[:8]}/{account.region}/s3/aws4_request"
    text = "\n".join(("AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{account.secret}".encode()
    for part in scope.split("/"):
        key = _keyed(key, part)
    signature = _keyed(key, text).hex()
    credential = f"{account.access_key}/{scope}"
    signed = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return headers | {"authorization": signed}


def _target(account: Account, request: Request) -> str:
    place = f"{urlsplit(account.endpoint).path.rstrip('/')}/{account.bucket}"
    return quote(f"{place}/{request.path}" if request.path else place, safe="/-_.~")


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
