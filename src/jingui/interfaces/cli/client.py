"""A small client of the capture interface, for source systems (as ``jingui.client``), the simulator and the demo.

Standard library only. One client holds one kept-alive connection and belongs to one thread. A request that
does not get through (no connection, time-out, 429, 5xx) is sent again, signed anew, with growing pauses,
until the patience is spent: the messages of the interface are idempotent, so a resend is always safe.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, urlsplit

from jingui.formats import signing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PREFIX = "/api/v1"
BLOCK_BYTES = 1 << 18
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 3.0
HTTP_SUCCESS_CLASS = 2
HTTP_TOO_MANY = 429
HTTP_SERVER_FAILS = 500


class ServerSilentError(Exception):
    """The server gave no answer at all for as long as the client had patience."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the server is and who asks it. ``url`` is ``http[s]://host[:port]`` with an optional path before /api.

    ``scheme`` is how requests are signed, one of ``formats.signing.SCHEMES``.
    """

    url: str
    key_id: str
    secret: str = field(repr=False)
    scheme: str = signing.SCHEME


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long to wait, in seconds: for one answer, and in all for one message with its resends."""

    timeout_seconds: float = 60.0
    patience_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Body:
    """A request body with its digest: small bytes, or a file that is streamed."""

    content_digest: str
    length: int
    content_type: str
    data: bytes | None = None
    path: Path | None = None

    @classmethod
    def of_json(cls, value: object) -> Body:
        """Make a JSON body; the same value always makes the same bytes."""
        data = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        return cls(signing.content_digest_of(data), len(data), "application/json", data)

    @classmethod
    def of_bytes(cls, data: bytes) -> Body:
        """Make a body of bytes."""
        return cls(signing.content_digest_of(data), len(data), "application/octet-stream", data)

    @classmethod
    def of_file(cls, path: Path) -> Body:
        """Make a body of a file, which is read here once for its digest and again at each sending."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").digest()
            size = stream.tell()
        return cls(signing.make_content_digest(digest), size, "application/octet-stream", None, path)


@dataclass(frozen=True, slots=True)
class FileMessage:
    """The query of a file upload. ``formed_at`` is an ISO time; empty fields are left out."""

    name: str
    material: str
    title: str = ""
    step: str = ""
    formed_at: str = ""
    replaces: str = ""

    def query(self) -> str:
        """Write the query string."""
        names = ("name", "material", "title", "step", "formed_at", "replaces")
        pairs = [(name, str(getattr(self, name))) for name in names]
        return signing.encode_query((name, value) for name, value in pairs if value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said at last. ``attempts`` counts all sendings, 1 if the first got through."""

    status: int
    document: Any
    is_replayed: bool
    attempts: int = 1

    @property
    def is_taken(self) -> bool:
        """Whether the message stands on the server."""
        return self.status // 100 == HTTP_SUCCESS_CLASS

    @property
    def code(self) -> str:
        """The problem's stable code, or ``http_<status>`` if the answer has none."""
        if self.is_taken:
            return ""
        code = self.document.get("code") if isinstance(self.document, dict) else None
        return code if isinstance(code, str) else f"http_{self.status}"

    @property
    def reason(self) -> str:
        """The code with the first problem of an invalid message, for people who have to mend it."""
        problems = self.document.get("problems") if isinstance(self.document, dict) else None
        if not self.code or not isinstance(problems, list) or not problems or not isinstance(problems[0], dict):
            return self.code
        return f"{self.code} ({problems[0].get('location', '')} {problems[0].get('code', '')})"


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    data: bytes
    retry_after: float
    is_replayed: bool


def case_path(case_number: str, *parts: str) -> str:
    """Return the encoded path below the interface's prefix of a case or of something in it."""
    return "/".join(("/cases", quote(case_number, safe="-_.~"), *(quote(part, safe="-_.~") for part in parts)))


class CaptureClient:
    """Speaks for one registered source system. Not to be shared between threads."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        waiting: Waiting | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep the address; the connection is made at the first request.

        Raises:
            ValueError: the address is not an http or https URL with a host.
        """
        parts = urlsplit(endpoint.url)
        if parts.scheme not in _CONNECTIONS or not parts.hostname:
            raise ValueError(f"not an http or https address: {endpoint.url}")
        self.endpoint = endpoint
        self.waiting = waiting or Waiting()
        self._clock = clock
        self._prefix = parts.path.rstrip("/").removesuffix(PREFIX) + PREFIX
        self._connection = _CONNECTIONS[parts.scheme](
            parts.hostname, parts.port, timeout=self.waiting.timeout_seconds, blocksize=BLOCK_BYTES
        )

    def __enter__(self) -> CaptureClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        self._connection.close()

    def send_case(self, document: Mapping[str, object]) -> Answer:
        """Register a case."""
        return self.request("POST", "/cases", body=Body.of_json(document))

    def put_file(self, case_number: str, file_key: str, *, message: FileMessage, body: Body) -> Answer:
        """Upload a file, streamed if the body is one of a file."""
        return self.request("PUT", case_path(case_number, "files", file_key), query=message.query(), body=body)

    def send_steps(self, case_number: str, steps: Sequence[Mapping[str, object]]) -> Answer:
        """Send 1 to 500 steps of handling."""
        return self.request("POST", case_path(case_number, "steps"), body=Body.of_json({"steps": list(steps)}))

    def close_case(self, case_number: str, document: Mapping[str, object]) -> Answer:
        """Close a case."""
        return self.request("POST", case_path(case_number, "closure"), body=Body.of_json(document))

    def case(self, case_number: str) -> Answer:
        """Ask where a case stands."""
        return self.request("GET", case_path(case_number))

    def inventory(self, case_number: str) -> Answer:
        """Ask what of a case is present, missing and unexpected."""
        return self.request("GET", case_path(case_number, "inventory"))

    def receipt(self, case_number: str) -> Answer:
        """Ask for all receipts of a case."""
        return self.request("GET", case_path(case_number, "receipt"))

    def request(self, method: str, path: str, *, query: str = "", body: Body | None = None) -> Answer:
        """Send a signed request to ``path`` below /api/v1 until an answer comes that a resend cannot better.

        After the patience is spent the last 5xx or 429 answer is returned as it is.

        Raises:
            ServerSilentError: there was no answer in all that time.
            OSError: the file of the body cannot be read.
        """
        deadline = time.monotonic() + self.waiting.patience_seconds
        attempt, pause, failure = 0, FIRST_PAUSE_SECONDS, ""
        while True:
            attempt += 1
            reply, failure = self._attempt(method, path, query, body)
            if reply is not None and not _may_improve(reply.status):
                return _answer(reply, attempt)
            wait = max(pause, min(reply.retry_after if reply else 0.0, LONGEST_PAUSE_SECONDS))
            if time.monotonic() + wait >= deadline:
                if reply is not None:
                    return _answer(reply, attempt)
                raise ServerSilentError(f"{method} {path}: {failure} ({attempt} attempts)")
            time.sleep(wait * (0.75 + secrets.randbelow(512) / 1024))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _attempt(self, method: str, path: str, query: str, body: Body | None) -> tuple[_Reply | None, str]:
        """Send once; a file is opened first, so that its own errors are not taken for the network's."""
        stream = body.path.open("rb") if body is not None and body.path is not None else None
        payload = stream or (body.data if body is not None else None)
        headers = self._headers(method, self._prefix + path, query, body)
        try:
            return self._exchange((method, self._prefix + path + (f"?{query}" if query else "")), payload, headers), ""
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return None, f"{type(error).__name__} {error}".strip()
        finally:
            if stream is not None:
                stream.close()

    def _headers(self, method: str, path: str, query: str, body: Body | None) -> dict[str, str]:
        digest = body.content_digest if body is not None else ""
        authorization = signing.sign(
            signing.Signable(method, path, query, digest),
            key_id=self.endpoint.key_id,
            secret=self.endpoint.secret,
            time=int(self._clock()),
            nonce=secrets.token_urlsafe(24),
            scheme=self.endpoint.scheme,
        )
        headers = {"Authorization": signing.format_authorization(authorization), "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Digest": digest, "Content-Type": body.content_type, "Content-Length": str(body.length)}
        return headers

    def _exchange(self, line: tuple[str, str], payload: BinaryIO | bytes | None, headers: dict[str, str]) -> _Reply:
        try:
            self._connection.request(*line, body=payload, headers=headers)
        except (BrokenPipeError, ConnectionResetError):
            if self._connection.sock is None:  # not even connected
                raise
            # A server that refuses early stops reading; its answer may already wait for us.
            reply = self._read()
            self._connection.close()
            return reply
        return self._read()

    def _read(self) -> _Reply:
        response = self._connection.getresponse()
        data = response.read()  # raises IncompleteRead if the server dies in the middle
        return _Reply(
            response.status,
            data,
            _seconds(response.headers.get("Retry-After", "")),
            response.headers.get("Idempotent-Replayed", "").lower() == "true",
        )


_CONNECTIONS: dict[str, type[http.client.HTTPConnection]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}


def _may_improve(status: int) -> bool:
    return status >= HTTP_SERVER_FAILS or status == HTTP_TOO_MANY


def _seconds(value: str) -> float:
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _answer(reply: _Reply, attempts: int) -> Answer:
    try:
        document = json.loads(reply.data) if reply.data else None
    except ValueError:  # a proxy's page instead of ours
        document = None
    return Answer(reply.status, document, reply.is_replayed, attempts)
