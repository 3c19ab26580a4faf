"""Fetching files over HTTP from the hosts of a source: limited in size and time, resumed by range, never redirected."""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from jingui.adapters.sources.addresses import Resolve, Target, WebRules, judge, resolve_name
from jingui.domain.errors import DomainError, NotFound, Refused, TransientFailure

CHUNK = 1 << 18
PART = ".part"
LEFT_SECONDS = 7 * 86_400.0  # longer than the tries of a notice and a weekend after them
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED})
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one file: bytes, seconds of silence, seconds in all; and how often a broken transfer goes on at once."""

    bytes: int = 16 * 2**30
    silence_seconds: int = 30
    total_seconds: int = 3600
    resumptions: int = 5


@dataclass(frozen=True, slots=True)
class WebFetcher:
    """Fetches into a folder of its own, where what has come stays for the next try.

    ``headers`` (an authorization) are sent to the listed hosts only, as there are no redirects. ``context`` checks
    certificates.
    """

    folder: Path
    rules: WebRules
    limits: Limits = field(default_factory=Limits)
    headers: Mapping[str, str] = field(default_factory=dict)
    resolve: Resolve = resolve_name
    clock: Callable[[], float] = time.monotonic
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def stream(self, url: str, *, sha256: str = "") -> Iterator[bytes]:
        """Fetch a file whole, then yield its bytes. What came in an earlier try is kept apart by the stated ``sha256``.

        Raises:
            Refused: ``address_not_allowed``, ``redirected``, ``fetch_refused``, ``file_too_large``.
            NotFound: ``content_missing``.
            TransientFailure: ``fetch_failed``, ``fetch_slow``, ``certificate_refused``; what has come is kept.
        """
        target = judge(url, self.rules, resolve=self.resolve)
        part = self.folder / (hashlib.sha256(f"{sha256}\n{url}".encode()).hexdigest() + PART)
        self.folder.mkdir(parents=True, exist_ok=True)
        had = _size(part)
        try:
            self._fetch(target, part)
            if had and sha256 and _sha256(part) != sha256.lower():  # the file has changed between the tries
                part.unlink()
                self._fetch(target, part)
            with part.open("rb") as stream:
                while piece := stream.read(CHUNK):
                    yield piece
        except DomainError:
            part.unlink(missing_ok=True)
            raise
        part.unlink(missing_ok=True)

    def sweep(self, *, now: float) -> int:
        """Remove parts that grew no more for a week, as nobody comes back for them; return how many. ``now``: since 1970."""
        old = [path for path in self.folder.glob(f"*{PART}") if _touched(path) < now - LEFT_SECONDS]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _fetch(self, target: Target, part: Path) -> None:
        """Bring the part to its end; a transfer that breaks off goes on where it broke, a few times."""
        deadline = self.clock() + self.limits.total_seconds
        for attempt in range(self.limits.resumptions + 1):
            before = _size(part)
            try:
                self._transfer(target, part, deadline)
            except ssl.SSLCertVerificationError as error:
                raise TransientFailure("certificate_refused", f"{target.host}: {error.verify_message}") from error
            except (OSError, http.client.HTTPException) as error:
                is_stuck = _size(part) <= before
                if attempt == self.limits.resumptions or is_stuck:
                    raise TransientFailure("fetch_failed", f"{target.host}: {type(error).__name__} {error}") from error
            else:
                return

    def _transfer(self, target: Target, part: Path, deadline: float) -> None:
        connection = _connection(target, self.limits.silence_seconds, self.context)
        try:
            have = _size(part)
            asked = {"Accept-Encoding": "identity", "User-Agent": "jingui", **self.headers}
            if have:
                asked |= {"Range": f"bytes={have}-"}
            connection.request("GET", target.path, headers=asked)
            response = connection.getresponse()
            if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
                _end_at(response, part, have)
                return
            _judge_answer(response, target)
            self._write(response, part, deadline)
        finally:
            connection.close()

    def _write(self, response: http.client.HTTPResponse, part: Path, deadline: float) -> None:
        """Append what comes to the part, or begin anew if the server sends the whole."""
        is_rest = response.status == HTTPStatus.PARTIAL_CONTENT and _starts_at(response) == _size(part)
        with part.open("ab" if is_rest else "wb") as stream:
            count = stream.tell()
            while piece := response.read(CHUNK):
                count += len(piece)
                if count > self.limits.bytes:
                    raise Refused("file_too_large", limit=str(self.limits.bytes))
                stream.write(piece)
                if self.clock() > deadline:
                    raise TransientFailure("fetch_slow", f"{count} bytes")
        if response.length:  # fewer bytes than announced
            raise http.client.IncompleteRead(b"", response.length)


def _judge_answer(response: http.client.HTTPResponse, target: Target) -> None:
    """Let a body pass. Raises the errors of ``WebFetcher.stream``."""
    status = response.status
    if status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        return
    if status in _GONE:
        raise NotFound("content_missing", address=target.path[:200])
    if status in _LATER or status >= _SERVER_ERRORS:
        raise TransientFailure("fetch_failed", f"{target.host}: HTTP {status}")
    code = "redirected" if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST else "fetch_refused"
    raise Refused(code, address=target.path[:200], status=str(status))


def _end_at(response: http.client.HTTPResponse, part: Path, have: int) -> None:
    """Take an answer that there is nothing behind what we have; a part that is longer than the file is begun anew."""
    if response.headers.get("Content-Range", "").endswith(f"/{have}"):
        return
    part.unlink()
    raise TransientFailure("fetch_failed", "the file is shorter than what came of it")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _touched(path: Path) -> float:
    """Return when a part last grew; one that has gone meanwhile is young."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _starts_at(response: http.client.HTTPResponse) -> int:
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    start = rest.partition("-")[0]
    return int(start) if unit == "bytes" and start.isascii() and start.isdigit() else -1


class _Pinned(http.client.HTTPConnection):
    """A connection to the very address that was judged; the name is used for the request and the certificate only."""

    def __init__(self, target: Target, silence: int, context: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port, timeout=silence)
        self._target, self._tls = target, context

    def connect(self) -> None:
        """Connect without asking the name service again."""
        sock = socket.create_connection((self._target.ip, self._target.port), self.timeout)
        self.sock = self._tls.wrap_socket(sock, server_hostname=self._target.host) if self._tls else sock


def _connection(target: Target, silence: int, context: ssl.SSLContext) -> http.client.HTTPConnection:
    return _Pinned(target, silence, context if target.scheme == "https" else None)
