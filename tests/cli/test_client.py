"""The capture client against a real small server: signing, streaming, resending."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest
from tests.cli.capture_server import KEY_ID, SECRET, Book, CaptureServer

from jingui.interfaces.cli.client import (
    Body,
    CaptureClient,
    Endpoint,
    FileMessage,
    ServerSilentError,
    Waiting,
    case_path,
)

QUICK = Waiting(timeout_seconds=5.0, patience_seconds=10.0)


def client_of(server: CaptureServer, waiting: Waiting = QUICK) -> CaptureClient:
    return CaptureClient(Endpoint(server.url, KEY_ID, SECRET), waiting=waiting)


def test_a_case_is_taken_and_its_resend_is_replayed() -> None:
    with CaptureServer(Book()) as server, client_of(server) as client:
        first, second = (client.send_case({"case_number": "甲 1"}) for _ in range(2))
    assert (first.status, first.is_replayed) == (201, False)
    assert (second.status, second.is_replayed) == (201, True)


def test_a_different_message_under_the_same_key_is_named_a_conflict() -> None:
    with CaptureServer(Book()) as server, client_of(server) as client:
        client.send_case({"case_number": "a", "title": "1"})
        answer = client.send_case({"case_number": "a", "title": "2"})
    assert (answer.status, answer.code, answer.is_taken) == (409, "message_conflict", False)


def test_a_file_is_streamed_with_a_name_in_chinese_and_a_key_with_a_slash(tmp_path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"0123456789abcdef" * 200_000)
    book = Book()
    with CaptureServer(book) as server, client_of(server) as client:
        message = FileMessage(name="申请表 & 附件.pdf", material="A01", step="收件")
        answer = client.put_file("案/1", "键 a/b", message=message, body=Body.of_file(path))
    assert answer.status == 201
    assert ("案/1", "file", "键 a/b") in book.messages


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 5_000_000)
    assert Body.of_file(path).content_digest == Body.of_bytes(b"x" * 5_000_000).content_digest
    assert Body.of_file(path).length == 5_000_000


def test_one_connection_serves_many_requests() -> None:
    with CaptureServer(Book()) as server, client_of(server) as client:
        client.case("a")
        before = client._connection.sock
        client.case("b")
        assert client._connection.sock is before


@pytest.mark.parametrize("trouble", [{"drop_before": 0.5}, {"drop_after": 0.5}, {"busy": 0.5}])
def test_a_message_gets_through_a_server_in_trouble(trouble: dict[str, Any]) -> None:
    book = Book(**trouble)
    with CaptureServer(book) as server, client_of(server) as client:
        answers = [client.send_case({"case_number": str(number)}) for number in range(8)]
    assert all(answer.status == 201 for answer in answers)
    assert sum(answer.attempts for answer in answers) > 8
    assert len(book.messages) == 8


def test_every_resend_has_a_nonce_of_its_own() -> None:
    book = Book(drop_after=0.5)
    with CaptureServer(book) as server, client_of(server) as client:
        answers = [client.send_case({"case_number": str(number)}) for number in range(10)]
    assert all(answer.is_taken for answer in answers)
    assert len(book.nonces) == len(book.requests) == sum(answer.attempts for answer in answers)


def test_an_early_refusal_of_a_big_upload_is_heard(tmp_path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 30_000_000)
    with CaptureServer(Book(refuse_early=True)) as server, client_of(server, Waiting(2.0, 2.0)) as client:
        try:
            heard = client.put_file("a", "f", message=FileMessage("a.bin", "A01"), body=Body.of_file(path)).code
        except ServerSilentError as error:  # the kernel may throw the answer away with the unread bytes
            heard = str(error)
    assert any(word in heard for word in ("key_unknown", "ConnectionReset", "BrokenPipe"))


def test_a_lasting_503_is_returned_when_the_patience_ends() -> None:
    with CaptureServer(Book(busy=1.0)) as server, client_of(server, Waiting(10.0, 2.0)) as client:
        answer = client.send_case({"case_number": "a"})
    assert (answer.status, answer.code) == (503, "busy")
    assert answer.attempts > 1


def test_no_server_at_all_is_an_error_after_the_patience() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = Endpoint(f"http://127.0.0.1:{taken.getsockname()[1]}", KEY_ID, SECRET)
        with pytest.raises(ServerSilentError), CaptureClient(endpoint, waiting=Waiting(1.0, 0.5)) as client:
            client.case("a")


def test_a_server_that_accepts_and_says_nothing_is_an_error_after_the_patience() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        endpoint = Endpoint(f"http://127.0.0.1:{mute.getsockname()[1]}", KEY_ID, SECRET)
        with pytest.raises(ServerSilentError), CaptureClient(endpoint, waiting=Waiting(0.2, 0.6)) as client:
            client.case("a")


def test_a_server_that_comes_back_is_found_again() -> None:
    book = Book()
    with CaptureServer(book) as server:
        client = client_of(server)
        assert client.case("a").status == 200
        port = server.port
    reborn: list[CaptureServer] = []
    timer = threading.Timer(0.5, lambda: reborn.append(CaptureServer(book, port)))
    timer.start()
    try:
        answer = client.send_case({"case_number": "a"})
    finally:
        client.close()
        timer.join()
        reborn[0].__exit__()
    assert answer.status == 201
    assert answer.attempts > 1


def test_a_connection_reset_while_connecting_is_tried_again(monkeypatch) -> None:
    with CaptureServer(Book()) as server, client_of(server) as client:
        connect, resets = client._connection.connect, [ConnectionResetError(), BrokenPipeError()]

        def troubled() -> None:
            if resets:
                raise resets.pop()
            connect()

        monkeypatch.setattr(client._connection, "connect", troubled)
        answer = client.send_case({"case_number": "a"})
    assert (answer.status, answer.attempts) == (201, 3)


def test_a_wrong_secret_is_refused_and_not_resent() -> None:
    with CaptureServer(Book()) as server, CaptureClient(Endpoint(server.url, KEY_ID, "other"), waiting=QUICK) as client:
        answer = client.case("a")
    assert (answer.status, answer.code, answer.attempts) == (401, "signature_wrong", 1)


def test_a_clock_that_is_wrong_is_named() -> None:
    with CaptureServer(Book()) as server:
        client = CaptureClient(Endpoint(server.url, KEY_ID, SECRET), waiting=QUICK, clock=lambda: time.time() - 1000)
        with client:
            assert client.case("a").code == "clock_skew"


@pytest.mark.parametrize("url", ["ftp://host", "127.0.0.1:8000", "http://", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        CaptureClient(Endpoint(url, "k", "s"))


def test_the_secret_is_not_shown_in_representations() -> None:
    assert "geheim" not in repr(Endpoint("http://h", "k", "geheim"))


def test_paths_are_encoded_segment_by_segment() -> None:
    assert case_path("a/b c", "files", "é?") == "/cases/a%2Fb%20c/files/%C3%A9%3F"
