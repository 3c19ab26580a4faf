"""Uploads to a real server: large, chunked, broken off, refused early."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.journeys.instances import RealInstance
from tests.personas import PREFIX, Integrator, file_path, new_number, pdf
from tests.waiting import wait_for

from jingui.formats.signing import content_digest_of, encode_query, make_content_digest

# One worker, so that the server is started once.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("uploads")]

MEGABYTE = 1 << 20
LIMIT = 320 * MEGABYTE
BLOCK = bytes(range(256)) * 1024  # 256 KiB
NAME = [("name", "大文件.bin"), ("material", "A02")]


def blocks(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes * MEGABYTE // len(BLOCK)):
        yield BLOCK


def digest_of(megabytes: int) -> str:
    digest = hashlib.sha256()
    for block in blocks(megabytes):
        digest.update(block)
    return make_content_digest(digest.digest())


@pytest.fixture(scope="module")
def integrator(shared_instance: RealInstance) -> Integrator:
    made = shared_instance.prepare()
    shared_instance.more["JINGUI_MAX_FILE_BYTES"] = str(LIMIT)
    shared_instance.start("--workers", "0")
    return made


@pytest.fixture
def instance(integrator: Integrator, shared_instance: RealInstance) -> RealInstance:
    """Give the running instance with an empty staging area."""
    for path in (shared_instance.home / "staging").iterdir():
        path.unlink()
    return shared_instance


@pytest.fixture
def number() -> str:
    return new_number()


def staged(instance: RealInstance) -> list[str]:
    return [path.name for path in (instance.home / "staging").iterdir()]


def put(integrator: Integrator, number: str, key: str, megabytes: int, **headers: str) -> int:
    path = file_path(number, key)
    reply = integrator.send("PUT", path, blocks(megabytes), query=NAME, digest=digest_of(megabytes), headers=headers)
    return reply.status


def test_memory_stays_flat_however_large_a_file_is(instance: RealInstance, integrator: Integrator, number: str) -> None:
    assert put(integrator, number, "small", 8) == 201
    before = instance.peak_bytes()
    assert put(integrator, number, "chunked", 300) == 201
    assert put(integrator, number, "announced", 60, **{"Content-Length": str(60 * MEGABYTE)}) == 201
    assert instance.peak_bytes() - before < 12 * MEGABYTE
    sizes = sorted(path.stat().st_size for path in (instance.home / "staging").iterdir())
    assert sizes == [8 * MEGABYTE, 60 * MEGABYTE, 300 * MEGABYTE]


def test_bodies_are_taken_chunked_announced_and_empty(
    instance: RealInstance, integrator: Integrator, number: str
) -> None:
    path, body = file_path(number, "f1"), pdf("one")
    digest = content_digest_of(body)
    chunked = integrator.send("PUT", path, iter([body[:1], body[1:]]), query=NAME, digest=digest)
    announced = integrator.send("PUT", path, body, query=NAME)
    assert (chunked.status, announced.status, announced.is_replayed) == (201, 201, True)
    assert chunked.body == announced.body
    empty = integrator.send("PUT", file_path(number, "f0"), b"", query=NAME)
    assert empty.json["receipt"]["subject"]["bytes"] == 0
    message = integrator.send("POST", f"{PREFIX}/cases", iter([b"{", b"}"]), digest=content_digest_of(b"{}"))
    assert (message.status, message.code) == (422, "invalid_input")


@pytest.mark.parametrize("is_chunked", [True, False])
def test_a_refusal_reaches_a_sender_that_is_still_sending(
    instance: RealInstance, integrator: Integrator, number: str, is_chunked: bool
) -> None:
    length = {} if is_chunked else {"Content-Length": str(30 * MEGABYTE)}
    forger = replace(integrator, secret="guessed")
    path = file_path(number, "f1")
    assert early_answer(forger, path, length) in {401, None}
    too_long = replace(integrator)
    assert early_answer(too_long, path, length, name="x" * 999) in {422, None}
    assert staged(instance) == []
    assert integrator.case(number).status == 201


def early_answer(integrator: Integrator, path: str, headers: dict[str, str], name: str = "a.bin") -> int | None:
    """Send 30 MB; None if the server hung up, which a sender sees as an error and sends again."""
    digest = digest_of(30)
    try:
        return integrator.send("PUT", path, blocks(30), query=[("name", name)], digest=digest, headers=headers).status
    except (ConnectionError, http.client.HTTPException):
        return None


def test_a_file_over_the_limit_is_refused_while_it_comes(
    instance: RealInstance, integrator: Integrator, number: str
) -> None:
    with contextlib.suppress(ConnectionError, http.client.HTTPException):
        assert put(integrator, number, "f1", LIMIT // MEGABYTE + 1) == 413
    wait_for(lambda: staged(instance) == [])


@pytest.mark.parametrize("is_chunked", [True, False])
def test_an_upload_that_breaks_off_leaves_nothing(
    instance: RealInstance, integrator: Integrator, number: str, is_chunked: bool
) -> None:
    path = file_path(number, "f1")
    query = encode_query(NAME)
    signed = integrator.sign("PUT", path, query, digest := digest_of(1))
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {MEGABYTE}"
    head = f"PUT {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {signed}\r\nContent-Digest: {digest}\r\n{length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", instance.port)) as line:
        line.sendall(head.encode() + (b"10000\r\n" + BLOCK[:65536] + b"\r\n" if is_chunked else BLOCK))
        wait_for(lambda: any(name.endswith(".part") for name in staged(instance)))
    wait_for(lambda: staged(instance) == [])
    assert integrator.get(number).status == 404


def test_what_is_no_http_is_refused_and_the_server_lives(
    instance: RealInstance, integrator: Integrator, number: str
) -> None:
    for garbage in (
        b"\x00" * 500,
        b"GET / HTTP/9.9\r\n\r\n",
        b"PUT /" + b"a" * 200_000,
        b"POST /api/v1/cases HTTP/1.1\r\nContent-Length: -5\r\nHost: x\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", instance.port), 5) as line, contextlib.suppress(OSError):
            line.sendall(garbage)
            line.settimeout(3)
            assert b" 500 " not in line.recv(200)
    assert integrator.case(number).status == 201


def test_connections_that_say_nothing_keep_nobody_out(
    instance: RealInstance, integrator: Integrator, number: str
) -> None:
    with contextlib.ExitStack() as idle:
        for _ in range(200):
            idle.enter_context(socket.create_connection(("127.0.0.1", instance.port)))
        assert integrator.file(number, "f1", pdf("one")).status == 201


def test_a_small_file_that_comes_slowly_or_never_keeps_nobody_waiting(
    instance: RealInstance, integrator: Integrator, number: str
) -> None:
    body = pdf("slow")
    path, query, digest = file_path(number, "slow"), encode_query(NAME), content_digest_of(body)
    signed = integrator.sign("PUT", path, query, digest)
    head = f"PUT {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {signed}\r\nContent-Digest: {digest}\r\n"
    with (
        socket.create_connection(("127.0.0.1", instance.port)) as slow,
        socket.create_connection(("127.0.0.1", instance.port)) as gone,
    ):
        slow.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:1])
        gone.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:1])
        gone.shutdown(socket.SHUT_RDWR)
        assert {integrator.file(number, f"f{n}", pdf(str(n))).status for n in range(8)} == {201}
        slow.sendall(body[1:])
        slow.settimeout(20)
        assert slow.recv(100).startswith(b"HTTP/1.1 201 ")
    assert len(staged(instance)) == 9


@pytest.mark.parametrize("size", [1000, 30 * MEGABYTE])
def test_who_may_not_send_is_told_before_the_body_comes_and_holds_no_thread(
    instance: RealInstance, integrator: Integrator, number: str, size: int
) -> None:
    forger, path, digest = replace(integrator, secret="guessed"), file_path(number, "f1"), digest_of(1)
    query = encode_query(NAME)
    with contextlib.ExitStack() as lines:
        for _ in range(20):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", instance.port)))
            signed = forger.sign("PUT", path, query, digest)
            head = f"PUT {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {signed}\r\nContent-Digest: {digest}\r\n"
            line.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode())
            line.settimeout(20)
            assert line.recv(100).startswith(b"HTTP/1.1 401 ")
        assert integrator.file(number, "f2", pdf("one")).status == 201


def test_several_uploads_at_once_and_the_same_one_twice_at_once(
    instance: RealInstance, integrator: Integrator, number: str
) -> None:
    statuses: list[tuple[str, int, bytes]] = []

    def send(key: str) -> None:
        reply = integrator.file(number, key, pdf(key))
        statuses.append((key, reply.status, reply.body))

    keys = [f"f{n % 8}" for n in range(24)]
    threads = [threading.Thread(target=send, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for _, status, _ in statuses} == {201}
    assert len({(key, body) for key, _, body in statuses}) == 8
    assert len(staged(instance)) == 8
    assert integrator.get(number).json["files"] == 8
