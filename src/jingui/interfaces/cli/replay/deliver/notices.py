"""Notices of what waits to be fetched, and a small web server that offers it until the archives have come for it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from jingui.interfaces.cli.client import Body, CaptureClient, ServerSilentError
from jingui.interfaces.cli.replay.deliver.handing import Connecting, Gathered, gather, tallied
from jingui.interfaces.cli.replay.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jingui.formats.handover.cases import HandedCase
    from jingui.interfaces.cli.replay.deliver.handing import Handing
    from jingui.interfaces.cli.replay.feed import FeedResult
    from jingui.interfaces.cli.replay.plan import Message


class NoticeDelivery:
    """Sends a notice for each case over the interface and serves what it names."""

    def __init__(self, handing: Handing) -> None:
        """Begin to serve; documents are held in memory, files are served from where they are."""
        self._handing = handing
        host, _, port = handing.serve.rpartition(":")
        self._offered: dict[str, bytes | Path] = {}
        self._server = _Server((host, int(port)), self._offered)
        self._thread = threading.Thread(target=self._server.serve_forever, name="offering", daemon=True)
        self._thread.start()

    @property
    def _url(self) -> str:
        return "http://{}:{}".format(*self._server.server_address[:2])

    def connecting(self) -> Connecting:
        """Return the configuration of the connection, which lets the archives fetch from this machine."""
        host, port = self._server.server_address[:2]
        told = {"hosts": [f"{host!s}:{port}"], "allow_http": True, "private_networks": [f"{host!s}/32"]}
        return Connecting("pull", {**told, "interval_seconds": 1})

    def deliver(self, sendings: Sequence[Message]) -> FeedResult:
        """Send all notices; a case handed over again is a notice of its own."""
        started, cases = time.monotonic(), gather(sendings)
        result = tallied(sendings, seconds=0.0)
        progress = Progress("notices", len(cases))
        with CaptureClient(self._handing.endpoint, waiting=self._handing.waiting) as client:
            try:
                for each in cases:
                    self._send(client, each, result)
                    progress.advance()
            except (ServerSilentError, OSError) as error:
                result.silence = f"{type(error).__name__}: {error}"
        progress.finish()
        result.seconds = time.monotonic() - started
        return result

    def close(self) -> None:
        """Stop offering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _send(self, client: CaptureClient, each: Gathered, result: FeedResult) -> None:
        for turn in range(each.times):
            notice = self._notice(each, turn)
            answer = client.request("POST", "/notices", body=Body.of_json(notice))
            if not answer.is_taken:
                result.problems[answer.code] += 1

    def _notice(self, each: Gathered, turn: int) -> dict[str, Any]:
        documents = [
            {"kind": kind, "url": self._offer(data, digest), "sha256": digest}
            for kind, data in _documents(each.case).items()
            for digest in [hashlib.sha256(data).hexdigest()]
        ]
        files = [
            {
                **file.said,
                "url": self._offer(each.sources[file.path], file.sha256),
                "sha256": file.sha256,
                "bytes": file.bytes,
            }
            for file in each.case.files
        ]
        told = {"case_number": each.case.case_number, "documents": documents, "files": files}
        mark = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
        return {"notice_id": f"{mark}-{turn}", **told}

    def _offer(self, content: bytes | Path, digest: str) -> str:
        self._offered[f"/{digest}"] = content
        return f"{self._url}/{digest}"


def _documents(case: HandedCase) -> dict[str, bytes]:
    parts: dict[str, Mapping[str, Any] | None] = {
        "case": case.case,
        "steps": {"steps": list(case.steps)} if case.steps else None,
        "closure": case.closure,
    }
    return {kind: json.dumps(told, ensure_ascii=False).encode() for kind, told in parts.items() if told}


class _Server(ThreadingHTTPServer):
    """Serves what is offered, and nothing else."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], offered: Mapping[str, bytes | Path]) -> None:
        super().__init__(address, _Handler)
        self.offered = offered


class _Handler(BaseHTTPRequestHandler):
    """Answers GET with the bytes at a path."""

    server: _Server

    def do_GET(self) -> None:
        """Send a document or a file whole."""
        found = self.server.offered.get(self.path)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        size = len(found) if isinstance(found, bytes) else found.stat().st_size
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self._send(found)

    def _send(self, found: bytes | Path) -> None:
        if isinstance(found, bytes):
            self.wfile.write(found)
            return
        with found.open("rb") as stream:
            shutil.copyfileobj(stream, self.wfile)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the inherited method
        """Say nothing."""
