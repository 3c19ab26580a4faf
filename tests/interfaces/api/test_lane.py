"""The short way of uploads answers as the long way does."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from tests.personas import Integrator, Office, file_path, pdf

from jingui.domain.errors import Refused
from jingui.formats.signing import content_digest_of
from jingui.interfaces.api import lane, registrar
from jingui.interfaces.api.lane import UploadLane
from jingui.interfaces.api.registrar import Registrar
from jingui.usecases.capture.files import receive_file
from jingui.usecases.capture.together import Delivery

QUERY = "material=A01&name=a.pdf"
Answer = tuple[int, dict[str, str], bytes]


class Ways:
    """Both ways of one server; the short one writes in this thread, so that rows vanish with the test."""

    def __init__(self, integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.integrator, self.passed_on = integrator, 0
        self.long = WSGIHandler()
        monkeypatch.setattr(Registrar, "receive_file", lambda _, **told: receive_file(**told))
        self.short = UploadLane(self._counted)

    def _counted(self, environ: dict[str, Any], start: Any) -> Any:
        self.passed_on += 1
        return self.long(environ, start)

    def put(self, way: Any, key: str = "f1", *, nonce: str = "", query: str = QUERY, **more: str) -> Answer:
        """Send one file by a way."""
        body, path = pdf("one"), file_path("N-1", key)
        digest = content_digest_of(body)
        environ = {
            "REQUEST_METHOD": "PUT", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": self.integrator.sign("PUT", path, query, digest, nonce=nonce),
            "HTTP_CONTENT_DIGEST": digest,
        } | more  # fmt: skip
        told: list[tuple[int, dict[str, str]]] = []
        answer = way(environ, lambda status, headers, *_: told.append((int(status[:3]), dict(headers))))
        content = b"".join(answer)
        getattr(answer, "close", bool)()
        return (*told[0], content)


@pytest.fixture
def ways(office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    # The test's own transaction must outlive a request, as with Django's test client.
    monkeypatch.setattr(lane, "close_old_connections", bool)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield Ways(integrator, monkeypatch)
    for signal in signals:
        signal.connect(close_old_connections)


def test_a_file_by_the_short_way_is_the_same_message_by_the_long_way(ways: Ways) -> None:
    status, headers, content = ways.put(ways.short)
    again_status, again_headers, again = ways.put(ways.long)
    assert (status, again_status) == (201, 201)
    assert again_headers.pop("Idempotent-Replayed") == "true"
    assert content == again
    assert headers == again_headers
    assert {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Cache-Control"} <= set(headers)


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"HTTP_AUTHORIZATION": ""}, 401, "signature_missing"),
        ({"HTTP_CONTENT_DIGEST": ""}, 401, "signature_wrong"),
        ({"query": "material=A01"}, 422, "invalid_input"),
        ({"query": f"{QUERY}&colour=red"}, 422, "invalid_input"),
        ({"query": f"{QUERY}&name=b.pdf"}, 422, "invalid_input"),
        ({"QUERY_STRING": "&".join(f"a{number}=" for number in range(2000))}, 400, "request_malformed"),
    ],
)
def test_a_refusal_is_the_same_by_both_ways(ways: Ways, more: dict[str, str], status: int, code: str) -> None:
    short, long = ways.put(ways.short, **more), ways.put(ways.long, **more)
    assert (short[0], json.loads(short[2])["code"]) == (status, code)
    assert short == long


def test_a_nonce_of_one_way_is_used_up_for_the_other(ways: Ways) -> None:
    assert ways.put(ways.short, nonce="n" * 20)[0] == 201
    assert ways.put(ways.long, nonce="n" * 20)[0] == 401
    assert ways.put(ways.short, nonce="n" * 20)[0] == 401


def test_a_host_that_is_not_ours_is_turned_away_by_the_long_way(ways: Ways) -> None:
    assert ways.put(ways.short, HTTP_HOST="elsewhere.example") == ways.put(ways.long, HTTP_HOST="elsewhere.example")
    assert ways.put(ways.short, HTTP_HOST="elsewhere.example")[0] == 400


def test_an_upload_that_must_be_sent_over_https_is_redirected(ways: Ways, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    ways.long.load_middleware()
    assert ways.put(ways.short)[0] == 301


def test_the_long_way_is_asked_once_for_what_stands_in_every_answer(ways: Ways) -> None:
    for key in ("f1", "f2", "f3"):
        assert ways.put(ways.short, key)[0] == 201
    assert ways.passed_on == 1


def test_what_is_no_upload_goes_the_long_way(ways: Ways) -> None:
    assert ways.put(ways.short, REQUEST_METHOD="GET")[0] == 405
    assert ways.put(ways.short, PATH_INFO="/api/v1/cases/N-1/files/a/b")[0] == 404
    assert ways.passed_on == 2


def settled_by(monkeypatch: pytest.MonkeyPatch, act: Any) -> Registrar:
    monkeypatch.setattr(registrar, "receive_together", act)
    return Registrar()


def test_files_that_wait_while_one_is_written_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    begun, may_end = threading.Event(), threading.Event()

    def write(deliveries: list[Delivery], _: object) -> list[Any]:
        sizes.append(len(deliveries))
        begun.set()
        assert may_end.wait(20)
        return [delivery.arrival for delivery in deliveries]

    desk = settled_by(monkeypatch, write)
    with ThreadPoolExecutor(4) as senders:
        taken = [senders.submit(desk.receive_file, **told("first"))]
        assert begun.wait(20)
        taken += [senders.submit(desk.receive_file, **told(name)) for name in ("a", "b", "c")]
        while desk.waiting < 3:
            threading.Event().wait(0.001)
        may_end.set()
        assert [str(each.result(20)) for each in taken] == ["first", "a", "b", "c"]
    assert sizes == [1, 3]


def told(name: Any) -> dict[str, Any]:
    return {"arrival": name, "sender": None, "desk": None, "now": None}


@pytest.mark.parametrize("is_raised", [True, False])
def test_who_waits_is_told_of_a_failure_and_the_next_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, is_raised: bool
) -> None:
    def write(deliveries: list[Delivery], _: object) -> list[Any]:
        failure = Refused("nonce_reused")
        if deliveries[0].arrival == "good":  # type: ignore[comparison-overlap]
            return ["taken"]
        if is_raised:
            raise failure
        return [failure]

    desk = settled_by(monkeypatch, write)
    with pytest.raises(Refused):
        desk.receive_file(**told("bad"))
    assert desk.receive_file(**told("good")) == "taken"  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("address", ["/api/v1/cases/办件\u202e/closure", "/api/v1/cases/é/closure", "/files/文件"])
def test_a_put_that_is_no_upload_reaches_the_long_way_with_the_path_that_was_sent(ways: Ways, address: str) -> None:
    sent = address.encode().decode("latin-1")  # as WSGI hands it on
    status, headers, _ = ways.put(ways.short, PATH_INFO=sent)
    assert ways.passed_on == 1
    assert status in {404, 405}
    assert (status == 405) == (headers["Content-Type"] == "application/problem+json")
