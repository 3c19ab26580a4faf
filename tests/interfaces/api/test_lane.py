"""The short way of uploads answers as the long way does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from tests.personas import Integrator, Office, file_path, pdf

from jingui.adapters.stores.staging import FolderStagingArea
from jingui.bootstrap import services
from jingui.db.models import CaseFile
from jingui.domain.errors import TransientFailure
from jingui.formats.signing import content_digest_of
from jingui.interfaces.api import lane
from jingui.interfaces.api.bodies import SMALL_BYTES
from jingui.interfaces.api.lane import UploadLane
from jingui.interfaces.api.registrar import Registrar
from jingui.usecases.capture.files import receive_file
from jingui.usecases.capture.folders import Desk, Taken
from jingui.usecases.capture.together import Delivery

QUERY = "material=A01&name=a.pdf"
Answer = tuple[int, dict[str, str], bytes]


class Ways:
    """Both ways of one server; the short one writes in this thread, so that rows vanish with the test."""

    def __init__(self, integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.integrator, self.passed_on = integrator, 0
        self.long = WSGIHandler()
        monkeypatch.setattr(Registrar, "write", written_here)
        self.short = UploadLane(self._counted)

    def _counted(self, environ: dict[str, Any], start: Any) -> Any:
        self.passed_on += 1
        return self.long(environ, start)

    def put(self, way: Any, key: str = "f1", *, nonce: str = "", query: str = QUERY, **more: Any) -> Answer:
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


def written_here(registrar: Registrar, delivery: Delivery, desk: Desk, *, is_small: bool) -> Taken:
    if is_small:
        services().staging.make_durable([delivery.arrival.staged.token])
    return receive_file(arrival=delivery.arrival, sender=delivery.sender, desk=desk, now=delivery.now)


@pytest.fixture
def ways(office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    # The test's own transaction must outlive a request, as with Django's test client.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield Ways(integrator, monkeypatch)
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def desk_ways(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> Ways:
    """Return both ways of a server that writes at one desk, as on SQLite, whatever the database of this test is."""
    monkeypatch.setattr(lane, "connection", SimpleNamespace(vendor="sqlite"))
    return ways


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


def test_a_small_file_that_is_refused_is_no_longer_under_way(desk_ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    for name, step in (("expect", 1), ("give_up", -1)):
        monkeypatch.setattr(Registrar, name, lambda _, step=step: counts.append(step))
    changed: dict[str, Any] = {"wsgi.input": io.BytesIO(b"not what the digest says")}
    assert desk_ways.put(desk_ways.short, **changed)[0] == 400
    assert desk_ways.put(desk_ways.short, HTTP_AUTHORIZATION="")[0] == 401
    assert counts == [1, -1]  # who may not send was never waited for
    assert desk_ways.put(desk_ways.short)[0] == 201
    assert counts == [1, -1, 1]  # counted off by the registrar, which this test does without


@pytest.mark.parametrize("length", ["", str(SMALL_BYTES + 1), "0" * 5000 + "9"])
def test_a_large_or_endless_file_is_streamed_and_durable_before_it_is_handed_over(
    desk_ways: Ways, monkeypatch: pytest.MonkeyPatch, length: str
) -> None:
    told: list[bool] = []

    def write(here: Registrar, delivery: Delivery, desk: Desk, *, is_small: bool) -> Taken:
        told.append(is_small)
        return written_here(here, delivery, desk, is_small=is_small)

    monkeypatch.setattr(Registrar, "write", write)
    assert desk_ways.put(desk_ways.short, CONTENT_LENGTH=length)[0] == 201
    assert told == [False]


def test_a_disk_that_takes_no_more_leaves_no_bytes_and_no_row(desk_ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object, tokens: list[str]) -> None:
        raise TransientFailure("storage_full", tokens[0])

    monkeypatch.setattr(FolderStagingArea, "make_durable", fail)
    status, _, content = desk_ways.put(desk_ways.short)
    assert (status, json.loads(content)["code"]) == (507, "storage_full")
    assert not list(services().staging.tokens())
    assert not CaseFile.objects.exists()


@pytest.mark.parametrize("query", ["material=A01&name=%ff", "material=A01&name=\xe9"])
def test_a_query_that_can_be_read_in_two_ways_goes_the_long_way(ways: Ways, query: str) -> None:
    short = ways.put(ways.short, QUERY_STRING=query)
    assert (ways.passed_on, short[0]) == (1, 401)


@pytest.mark.parametrize("address", ["/api/v1/cases/办件\u202e/closure", "/api/v1/cases/é/closure", "/files/文件"])
def test_a_put_that_is_no_upload_reaches_the_long_way_with_the_path_that_was_sent(ways: Ways, address: str) -> None:
    sent = address.encode().decode("latin-1")  # as WSGI hands it on
    status, headers, _ = ways.put(ways.short, PATH_INFO=sent)
    assert ways.passed_on == 1
    assert status in {404, 405}
    assert (status == 405) == (headers["Content-Type"] == "application/problem+json")
