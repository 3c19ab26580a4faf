"""A source's own file server on this machine: serves, breaks off, redirects, answers slowly or not, as it is told."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FileServer(ThreadingHTTPServer):
    """What it holds, how it behaves, and what it was asked (path, range)."""

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen on a free port, with a certificate if one is given."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.contents: dict[str, bytes] = {}
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.breaks_after: dict[str, list[int]] = {}
        self.asked: list[tuple[str, str]] = []
        self.has_ranges = True

    @property
    def host(self) -> str:
        """Its name and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def put(self, path: str, content: bytes) -> dict[str, str]:
        """Hold a file; return what a notice says of it."""
        self.contents[path] = content
        return {"url": f"{self.scheme}://{self.host}{path}", "sha256": hashlib.sha256(content).hexdigest()}

    def put_json(self, path: str, value: Any) -> dict[str, str]:
        """Hold a JSON document."""
        return self.put(path, json.dumps(value, ensure_ascii=False).encode())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: FileServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Answer as told."""
        asked = self.headers.get("Range", "")
        self.server.asked.append((self.path, asked))
        if self.path in self.server.answers:
            status, headers = self.server.answers[self.path]
            self._begin(status, {**headers, "Content-Length": "0"})
            return
        content = self.server.contents.get(self.path)
        if content is None:
            self._begin(404, {"Content-Length": "0"})
            return
        self._serve(content, asked if self.server.has_ranges else "")

    def _serve(self, content: bytes, asked: str) -> None:
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        if asked and start >= len(content):
            self._begin(416, {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"})
            return
        rest = content[start:]
        more = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if asked else {}
        self._begin(206 if asked else 200, {"Content-Length": str(len(rest)), **more})
        breaks = self.server.breaks_after.get(self.path)
        if breaks:
            rest = rest[: breaks.pop(0)]
            self.close_connection = True
        self.wfile.write(rest)

    def _begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def file_server(tls: ssl.SSLContext | None = None) -> Iterator[FileServer]:
    """Run one in a thread."""
    server = FileServer(tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
