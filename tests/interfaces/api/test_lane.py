"""The short way of uploads answers as the long way does."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from tests.personas import Integrator, Office, file_path, pdf

from jingui.adapters.stores.staging import FolderStagingArea
from jingui.bootstrap import services
from jingui.db.models import CaseFile, SourceKey
from jingui.db.queries.sources import ActiveKey
from jingui.domain.errors import Refused, TransientFailure
from jingui.formats.signing import content_digest_of
from jingui.interfaces.api import lane, registrar, remembered_keys
from jingui.interfaces.api.lane import UploadLane
from jingui.interfaces.api.registrar import Registrar
from jingui.interfaces.api.remembered_keys import RememberedKeys
from jingui.usecases.capture.files import receive_file
from jingui.usecases.capture.folders import Desk, Sender, Taken
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
    monkeypatch.setattr(lane, "close_old_connections", bool)
    monkeypatch.setattr(remembered_keys, "close_old_connections", bool)
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
    made = Registrar()
    made.keys = Keys()
    return made


def told(name: Any) -> dict[str, Any]:
    """Return what a file of this name is written with; its bytes are durable unless it is a small one."""
    sender = Sender(UUID(int=1), "bench", "k-1", "n")
    return {"delivery": Delivery(name, sender, None), "desk": None}  # type: ignore[arg-type]


class Keys(RememberedKeys):
    """Keys that need no database: all are active unless they are named here."""

    revoked: frozenset[str] = frozenset()

    def look_again(self, key_ids: Iterable[str]) -> dict[str, ActiveKey | None]:
        return {each: None if each in self.revoked else ActiveKey(each, UUID(int=1), "bench", ()) for each in key_ids}


class Bench:
    """A registrar whose deliveries are names; what it writes together is noted, and may be held up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written: list[list[str]] = []
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.registrar = settled_by(monkeypatch, self._write)

    def _write(self, deliveries: list[Delivery], _: object) -> list[Any]:
        self.written.append([str(delivery.arrival) for delivery in deliveries])
        self.begun.set()
        assert self.may_end.wait(20)
        return [delivery.arrival for delivery in deliveries]


def test_files_that_wait_while_one_is_written_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    with ThreadPoolExecutor(4) as senders:
        taken = [senders.submit(bench.registrar.write, **told("first"), is_small=False)]
        assert bench.begun.wait(20)
        taken += [senders.submit(bench.registrar.write, **told(name), is_small=False) for name in ("a", "b", "c")]
        while bench.registrar.waiting < 3:
            threading.Event().wait(0.001)
        bench.may_end.set()
        assert [str(each.result(20)) for each in taken] == ["first", "a", "b", "c"]
    assert [sorted(names) for names in bench.written] == [["first"], ["a", "b", "c"]]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench that waits for what is under way as long as it takes, and writes at once."""
    monkeypatch.setattr(registrar, "GATHER_SECONDS", 20)
    bench = Bench(monkeypatch)
    bench.may_end.set()
    return bench


class Named:
    """An arrival of a name whose bytes are not durable yet."""

    def __init__(self, name: str) -> None:
        self.name, self.staged = name, SimpleNamespace(token=name)

    def __str__(self) -> str:
        return self.name


def test_a_small_file_waits_for_those_under_way_and_their_bytes_are_made_durable_first(
    patient: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[list[str], int]] = []
    staging = SimpleNamespace(make_durable=lambda tokens: made.append((sorted(tokens), len(patient.written))))
    monkeypatch.setattr(registrar, "services", lambda: SimpleNamespace(staging=staging))
    for _ in "ab":
        patient.registrar.expect()
    with ThreadPoolExecutor(2) as senders:
        one = senders.submit(patient.registrar.write, **told(Named("a")), is_small=True)
        while not patient.registrar.waiting:
            threading.Event().wait(0.001)
        assert not patient.written
        other = senders.submit(patient.registrar.write, **told(Named("b")), is_small=True)
        assert [str(each.result(20)) for each in (one, other)] == ["a", "b"]
    assert patient.written == [["a", "b"]]
    assert made == [(["a", "b"], 0)]


def test_a_file_that_is_given_up_is_not_waited_for(patient: Bench) -> None:
    patient.registrar.expect()
    with ThreadPoolExecutor(1) as senders:
        taken = senders.submit(patient.registrar.write, **told("a"), is_small=False)
        while not patient.registrar.waiting:
            threading.Event().wait(0.001)
        assert not patient.written
        patient.registrar.give_up()
        assert str(taken.result(20)) == "a"


def test_a_file_that_does_not_come_holds_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.may_end.set()
    bench.registrar.expect()
    assert str(bench.registrar.write(**told("a"), is_small=False)) == "a"


def test_a_small_file_that_is_refused_is_no_longer_under_way(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    for name, step in (("expect", 1), ("give_up", -1)):
        monkeypatch.setattr(Registrar, name, lambda _, step=step: counts.append(step))
    changed: dict[str, Any] = {"wsgi.input": io.BytesIO(b"not what the digest says")}
    assert ways.put(ways.short, **changed)[0] == 400
    assert ways.put(ways.short, HTTP_AUTHORIZATION="")[0] == 401
    assert counts == [1, -1, 1, -1]
    assert ways.put(ways.short)[0] == 201
    assert counts == [1, -1, 1, -1, 1]  # counted off by the registrar, which this test does without


@pytest.mark.parametrize("length", ["", str(registrar.SMALL_BYTES + 1)])
def test_a_large_or_endless_file_is_streamed_and_durable_before_it_is_handed_over(
    ways: Ways, monkeypatch: pytest.MonkeyPatch, length: str
) -> None:
    told: list[bool] = []

    def write(here: Registrar, delivery: Delivery, desk: Desk, *, is_small: bool) -> Taken:
        told.append(is_small)
        return written_here(here, delivery, desk, is_small=is_small)

    monkeypatch.setattr(Registrar, "write", write)
    assert ways.put(ways.short, CONTENT_LENGTH=length)[0] == 201
    assert told == [False]


def test_a_disk_that_takes_no_more_leaves_no_bytes_and_no_row(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object, tokens: list[str]) -> None:
        raise TransientFailure("storage_full", tokens[0])

    monkeypatch.setattr(FolderStagingArea, "make_durable", fail)
    status, _, content = ways.put(ways.short)
    assert (status, json.loads(content)["code"]) == (507, "storage_full")
    assert not list(services().staging.tokens())
    assert not CaseFile.objects.exists()


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
        desk.write(**told("bad"), is_small=False)
    assert desk.write(**told("good"), is_small=False) == "taken"  # type: ignore[comparison-overlap]


def test_a_key_revoked_after_its_file_came_in_writes_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.may_end.set()
    bench.registrar.keys.revoked = frozenset({"k-1"})  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="key_unknown"):
        bench.registrar.write(**told("a"), is_small=False)
    assert bench.written == [[]]


def test_what_a_source_may_do_now_counts_not_what_it_might_when_its_file_came_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Delivery] = []

    def write(deliveries: list[Delivery], _: object) -> list[Any]:
        seen.extend(deliveries)
        return ["taken"]

    desk = settled_by(monkeypatch, write)
    monkeypatch.setattr(Keys, "look_again", lambda *_: {"k-1": ActiveKey("k-1", UUID(int=2), "renamed", ("A",))})
    desk.write(**told("a"), is_small=False)
    assert seen[0].sender == Sender(UUID(int=2), "renamed", "k-1", "n", ("A",))


def test_a_key_is_remembered_until_it_is_looked_at_again(
    integrator: Integrator, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_keys, "close_old_connections", bool)
    keys, key_id = RememberedKeys(), SourceKey.objects.get().key_id
    assert keys.find("nobody") is None
    with django_assert_num_queries(1):
        assert keys.find(key_id) == keys.find(key_id)
    SourceKey.objects.update(revoked_at=datetime.now(UTC))
    assert keys.find(key_id) is not None
    assert keys.look_again([key_id]) == {key_id: None}
    assert keys.find(key_id) is None


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
