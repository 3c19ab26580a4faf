"""A small real capture server for tests of the client side: checks signatures, is idempotent, can fail on demand."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

from jingui.domain.errors import DomainError, Refused
from jingui.formats import signing

KEY_ID, SECRET = "k-test", "一个 secret"
Request = socket.socket | tuple[bytes, socket.socket]  # as servers of any kind take it
NEEDED_FILES_STATE = {True: "preserved", False: "held"}


@dataclass
class Book:
    """What the server holds and how it misbehaves. Shares are 0 to 1."""

    drop_before: float = 0.0  # connection cut before anything is read
    drop_after: float = 0.0  # message taken, answer lost
    busy: float = 0.0  # 503 with Retry-After
    refuse_early: bool = False  # 401 and close without reading the body
    seed: int = 7
    messages: dict[tuple[str, ...], str] = field(default_factory=dict)
    taken: set[tuple[str, ...]] = field(default_factory=set)
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    ledgers: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    bad_bytes: frozenset[bytes] = frozenset()

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def throws(self, share: float) -> bool:
        with self.lock:
            return self.rng.random() < share

    def take(self, key: tuple[str, ...], digest: str) -> tuple[int, bool]:
        """Return the status and whether it is a replay."""
        held = self.messages.setdefault(key, digest)
        if held is not digest and held != digest:
            return 409, False
        is_new = key not in self.taken
        self.taken.add(key)
        return 201, not is_new


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    book: Book

    def log_message(self, *_: object) -> None:
        pass

    def handle_any(self) -> None:
        book = self.book
        if book.throws(book.drop_before):
            self.close_connection = True
            return
        if book.refuse_early:
            self.close_connection = True
            self.answer(401, {"code": "key_unknown"}, close=True)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if book.throws(book.busy):
            self.answer(503, {"code": "busy"}, retry="0")
            return
        try:
            self.check(body)
        except DomainError as error:
            self.answer(400 if error.code.startswith("digest") else 401, {"code": error.code})
            return
        status, document, is_replayed = self.answer_of(body)
        if book.throws(book.drop_after):
            self.close_connection = True
            return
        self.answer(status, document, is_replayed=is_replayed)

    do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - names that the library calls

    def check(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        authorization = signing.parse_authorization(self.headers.get("Authorization"))
        digest = self.headers.get("Content-Digest", "")
        request = signing.Signable(self.command, path, query, digest)
        assert authorization.key_id == KEY_ID
        if not signing.verify(request, authorization=authorization, secret=SECRET):
            raise Refused("signature_wrong")
        if not signing.is_timely(authorization, now=time.time()):
            raise Refused("clock_skew")
        with self.book.lock:
            if authorization.nonce in self.book.nonces:
                raise Refused("nonce_reused")
            self.book.nonces.add(authorization.nonce)
            self.book.requests.append(f"{self.command} {self.path}")
        if self.command != "GET" and signing.parse_content_digest(digest) != hashlib.sha256(body).digest():
            raise Refused("digest_mismatch")

    def answer_of(self, body: bytes) -> tuple[int, Any, bool]:
        path, _, query = self.path.removeprefix("/api/v1").partition("?")
        parts = [unquote(part) for part in path.strip("/").split("/")]
        with self.book.lock:
            if self.command == "GET":
                return 200, self.case(parts[1]), False
            if parts[0] == "ledgers":
                self.book.ledgers[parts[1]] = body
                return 201, {"receipt": {"subject": {"day": parts[1], "version": 1}}}, False
            status, is_replayed = self.store(parts, parse_qs(query), body)
        return status, {"code": "message_conflict"} if status == 409 else {"receipt": {}}, is_replayed

    def store(self, parts: list[str], query: dict[str, list[str]], body: bytes) -> tuple[int, bool]:
        digest = hashlib.sha256(body + repr(sorted(query.items())).encode()).hexdigest()
        if len(parts) == 1:
            number = json.loads(body)["case_number"]
            return self.book.take((number, "case"), digest)
        number, kind = parts[1], parts[2]
        if kind == "files":
            status = self.book.take((number, "file", parts[3]), digest)
            case = self.book.cases.setdefault(number, {})
            bad = case.setdefault("bad", set())
            (bad.add if body in self.book.bad_bytes else bad.discard)(parts[3])
            bad.discard("".join(query.get("replaces", [])))
            return status
        if kind == "steps":
            keys = [step["step_key"] for step in json.loads(body)["steps"]]
            return self.book.take((number, "step", *keys), digest)
        self.book.cases.setdefault(number, {})["closure"] = json.loads(body)
        return self.book.take((number, "closure"), digest)

    def case(self, number: str) -> dict[str, Any]:
        messages = [key for key in self.book.messages if key[0] == number]
        case = self.book.cases.get(number, {})
        files = sum(key[1] == "file" for key in messages)
        closure = case.get("closure")
        is_whole = closure is not None and (number, "case") in messages and files >= closure["declared_files"]
        is_sound = is_whole and not case.get("bad")
        return {
            "case_number": number,
            "state": NEEDED_FILES_STATE[is_sound] if closure else "open",
            "version": int(is_sound),
            "flags": [],
            "findings": [] if is_sound or not closure else [{"code": "unreadable", "file": "f01"}],
            "files": files,
            "steps": sum(key[1] == "step" for key in messages),
            "archival_code": "",
        }

    def answer(
        self, status: int, document: Any, *, is_replayed: bool = False, retry: str = "", close: bool = False
    ) -> None:
        data = json.dumps(document, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if is_replayed:
            self.send_header("Idempotent-Replayed", "true")
        if retry:
            self.send_header("Retry-After", retry)
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, *arguments: Any) -> None:
        self.connections: set[socket.socket] = set()
        super().__init__(*arguments)

    def process_request(self, request: Request, client_address: Any) -> None:
        assert isinstance(request, socket.socket)
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Request) -> None:
        assert isinstance(request, socket.socket)
        self.connections.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """Hang up on everyone, as a killed process does."""
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        pass  # clients of these tests hang up on purpose


class CaptureServer:
    """Runs a server on a free port (or a given one) until closed."""

    def __init__(self, book: Book, port: int = 0) -> None:
        self.book = book
        self._server = Server(("127.0.0.1", port), type("BoundHandler", (Handler,), {"book": book}))
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> CaptureServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.cut()
        self._server.server_close()
        self._thread.join()
