"""Senders that stop in the middle of what they send, by the hundred: everybody else is served as if they were not there."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.instances import RealInstance
from tests.personas import PREFIX, Integrator, as_json, case_message, new_number, pdf
from tests.waiting import wait_for

from jingui.formats.signing import content_digest_of

# The same worker as the other uploads: a server of its own, started once.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("uploads")]

THREADS = 2
STALLED = 100
FORM = "Content-Type: application/x-www-form-urlencoded\r\nCookie: jingui_csrf=" + "a" * 32
ESTABLISHED, ASKED_AFTER = "01", "02"


@pytest.fixture(scope="module")
def integrator(shared_instance: RealInstance) -> Integrator:
    made = shared_instance.prepare()
    shared_instance.more["JINGUI_THREADS"] = str(THREADS)
    shared_instance.start("--workers", "0")
    return made


@pytest.fixture
def lines(integrator: Integrator) -> Iterator[contextlib.ExitStack]:
    """Hold connections that are closed when the test ends."""
    with contextlib.ExitStack() as held:
        yield held


def stall(instance: RealInstance, lines: contextlib.ExitStack, count: int, head: str, body: bytes = b"a=") -> None:
    """Begin so many requests and never end them."""
    for _ in range(count):
        line = lines.enter_context(socket.create_connection(("127.0.0.1", instance.port)))
        line.sendall(f"{head}\r\nHost: 127.0.0.1\r\n\r\n".encode() + body)


def is_served(instance: RealInstance, integrator: Integrator) -> bool:
    """Say whether a page, a message, a small file and a large one are answered."""
    number = new_number()
    with contextlib.closing(socket.create_connection(("127.0.0.1", instance.port), 20)) as line:
        line.sendall(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        page = line.recv(100)
    told = [integrator.case(number), integrator.file(number, "f1", pdf("one"))]
    told.append(integrator.file(number, "f2", pdf("two") + b"\n" * (1 << 20), material="A02"))
    return page.startswith(b"HTTP/1.1 200 ") and [reply.status for reply in told] == [201] * 3


@pytest.mark.parametrize("length", ["Content-Length: 100", "Content-Length: 9000000", "Transfer-Encoding: chunked"])
def test_forms_of_strangers_that_stop_in_the_middle_hold_nobody_up(
    shared_instance: RealInstance, integrator: Integrator, lines: contextlib.ExitStack, length: str
) -> None:
    stall(shared_instance, lines, STALLED, f"POST /login HTTP/1.1\r\n{FORM}\r\n{length}")
    assert is_served(shared_instance, integrator)


@pytest.mark.parametrize("size", [1000, 3_000_000])
def test_messages_of_known_senders_that_stop_in_the_middle_hold_no_others_up(
    shared_instance: RealInstance, integrator: Integrator, lines: contextlib.ExitStack, size: int
) -> None:
    digest = content_digest_of(as_json(case_message("N-1")))
    signed = integrator.sign("POST", f"{PREFIX}/cases", "", digest)
    head = (
        f"POST {PREFIX}/cases HTTP/1.1\r\nAuthorization: {signed}\r\nContent-Digest: {digest}\r\nContent-Length: {size}"
    )
    stall(shared_instance, lines, 20, head, b"{")
    assert is_served(shared_instance, integrator)


@pytest.mark.parametrize("size", [1000, 3_000_000])
def test_files_of_known_senders_that_stop_in_the_middle_hold_nobody_up(
    shared_instance: RealInstance, integrator: Integrator, lines: contextlib.ExitStack, size: int
) -> None:
    digest, query = content_digest_of(b"x"), "name=a.bin&material=A02"
    for number in range(STALLED):
        path = f"{PREFIX}/cases/N-1/files/s{number}"
        signed = integrator.sign("PUT", path, query, digest)
        head = f"PUT {path}?{query} HTTP/1.1\r\nAuthorization: {signed}\r\nContent-Digest: {digest}\r\nContent-Length: {size}"
        stall(shared_instance, lines, 1, head, b"x")
    assert is_served(shared_instance, integrator)


def test_a_sender_that_falls_silent_is_asked_after(
    shared_instance: RealInstance, integrator: Integrator, lines: contextlib.ExitStack
) -> None:
    assert is_served(shared_instance, integrator)  # connections that came before the first request are not asked after
    stall(shared_instance, lines, 1, f"POST /login HTTP/1.1\r\n{FORM}\r\nContent-Length: 100")
    wait_for(lambda: ASKED_AFTER in timers_at(shared_instance.port), lambda: timers_at(shared_instance.port))


def timers_at(port: int) -> list[str]:
    """Return which timer of the kernel each connection to a port waits for."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return [row[5][:2] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED]
