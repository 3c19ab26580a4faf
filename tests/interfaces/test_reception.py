"""The reception waits for bodies; what answers gets a request when its body is here, or one of few places."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.signals import request_finished
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from tests.personas import Office

from jingui.formats.signing import content_digest_of
from jingui.interfaces import reception
from jingui.interfaces.api.bodies import SMALL_BYTES
from jingui.interfaces.places import Places
from jingui.interfaces.reception import PLACES, SHARE, SIGN_IN_PLACES, STRANGER, Reception

T = Any
BODY = b"a=1&b=2"


class Body(io.BytesIO):
    """A body that notes who reads it."""

    def __init__(self, data: bytes, noted: list[str], reader: Callable[[], str]) -> None:
        super().__init__(data)
        self._noted, self._reader = noted, reader

    def read(self, size: int | None = -1, /) -> bytes:
        self._noted.append(f"read {self._reader()}")
        return super().read(size)


class Front:
    """A reception before an application that notes what happens, with one hand that is this thread."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.at_work = False
        self.answer: Iterable[bytes] = [b"o", b"k"]
        self.reception = Reception(self._application, self._do)

    def _do(self, act: Callable[[], T]) -> T:
        self.noted.append("hand")
        self.at_work = True
        try:
            return act()
        finally:
            self.at_work = False

    def _who(self) -> str:
        return "by hand" if self.at_work else "before"

    def _application(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.noted.append(f"answered {self._who()} {environ['wsgi.input'].read().decode()[:7]}".rstrip())
        start("200 OK", [("X-Told", "yes")])
        return self.answer

    def ask(self, method: str = "POST", path: str = "/login", body: bytes = BODY, **more: Any) -> tuple[str, bytes]:
        """Send a request and return status and content."""
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": Body(body, self.noted, self._who),
            "CONTENT_LENGTH": str(len(body)), **more,
        }  # fmt: skip
        told: list[str] = []
        answer = self.reception(environ, lambda status, *_: told.append(status))
        content = b"".join(answer)
        getattr(answer, "close", bool)()
        return told[0], content


@pytest.fixture
def let_go(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note when connections would be closed; here they are the test's own and must outlive an answer."""
    noted: list[str] = []
    monkeypatch.setattr(reception, "connections", SimpleNamespace(close_all=lambda: noted.append("closed")))
    request_finished.disconnect(close_old_connections)
    yield noted
    request_finished.connect(close_old_connections)


@pytest.fixture
def front(let_go: list[str]) -> Front:
    return Front()


def test_a_small_body_is_read_before_a_hand_is_asked_for(front: Front) -> None:
    assert front.ask() == ("200 OK", b"ok")
    assert front.noted == ["read before", "hand", "answered by hand a=1&b=2"]


@pytest.mark.parametrize("length", ["", "0", "000"])
def test_a_request_without_a_body_is_not_waited_for(front: Front, length: str) -> None:
    front.ask("GET", body=b"", CONTENT_LENGTH=length)
    assert front.noted[-2:] == ["hand", "answered by hand"]


def test_a_sender_that_hangs_up_in_the_middle_leaves_a_short_body(front: Front) -> None:
    front.ask(CONTENT_LENGTH="100")
    assert front.noted[-1] == "answered by hand a=1&b=2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [{"CONTENT_LENGTH": str(SMALL_BYTES + 1)}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "0" * 5000}],
)
def test_a_large_or_endless_body_is_read_by_what_answers_without_a_hand(
    front: Front, let_go: list[str], more: dict[str, Any]
) -> None:
    assert front.ask(**more)[0] == "200 OK"
    assert front.noted == ["hand", "read before", "answered before a=1&b=2"]
    assert let_go == ["closed"]


class Streamed:
    """An answer that is made while it goes out."""

    streaming = True

    def __init__(self) -> None:
        self.pulled, self.is_closed = 0, False

    def __iter__(self) -> Any:
        for number in range(3):
            self.pulled = number + 1
            yield b"x"

    def close(self) -> None:
        self.is_closed = True


def test_a_streamed_answer_is_not_made_by_a_hand_and_is_closed(front: Front, let_go: list[str]) -> None:
    front.answer = streamed = Streamed()
    pulled: list[int] = []

    def by_hand(act: Callable[[], Any]) -> Any:
        done = act()
        pulled.append(streamed.pulled)
        return done

    front.reception._do = by_hand
    assert front.ask("GET", body=b"") == ("200 OK", b"xxx")
    assert (pulled, streamed.is_closed, let_go) == ([0], True, ["closed"])


LARGE: dict[str, Any] = {"CONTENT_LENGTH": str(SMALL_BYTES + 1)}


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "PATIENCE_SECONDS", 0.01)


def take_places(front: Front, *, is_known: bool) -> None:
    for number in range(PLACES[is_known]):
        places = front.reception._known if is_known else front.reception._strangers
        assert places._take(f"other {number // SHARE}" if is_known else STRANGER, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login", "/api/v1/cases"])
def test_strangers_have_places_of_their_own_and_who_finds_none_is_told(front: Front, hurried: None, path: str) -> None:
    get_wsgi_application()
    take_places(front, is_known=False)
    status, content = front.ask(path=path, **LARGE)
    assert status == "503 Service Unavailable"
    if path.startswith("/api/"):
        assert json.loads(content)["code"] == "server_busy"
    else:
        assert "同时来的请求太多" in content.decode()
    assert not any("answered" in line for line in front.noted)


def test_who_is_known_by_a_session_or_a_signature_has_other_places(front: Front, hurried: None, office: Office) -> None:
    take_places(front, is_known=False)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = "1"
    store.save()
    cookie = f"x=1; {settings.SESSION_COOKIE_NAME}={store.session_key}"
    assert front.ask(HTTP_COOKIE=cookie, **LARGE)[0] == "200 OK"
    digest = content_digest_of(BODY)
    signed = office.integrator.sign("POST", "/api/v1/cases", "", digest)
    head: dict[str, Any] = {"path": "/api/v1/cases", "HTTP_CONTENT_DIGEST": digest, **LARGE}
    assert front.ask(HTTP_AUTHORIZATION=signed, **head)[0] == "200 OK"
    assert front.ask(HTTP_AUTHORIZATION=signed[:-6] + "xxxxxx", **head)[0].startswith("503")
    assert front.ask(HTTP_COOKIE=cookie.replace(store.session_key, "forged"), **LARGE)[0].startswith("503")
    take_places(front, is_known=True)
    assert front.ask(HTTP_COOKIE=cookie, **LARGE)[0].startswith("503")


def test_one_sender_that_stalls_leaves_places_to_the_others(front: Front, hurried: None, office: Office) -> None:
    def ask(sender: str) -> str:
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = sender
        store.save()
        return front.ask(HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={store.session_key}", **LARGE)[0]

    for _ in range(SHARE):
        assert front.reception._known._take("account 1", 0)
    assert ask("1").startswith("503")
    assert ask("2") == "200 OK"
    front.reception._known._give_back("account 1")
    assert ask("1") == "200 OK"


def test_who_waits_for_a_place_gets_it_when_one_is_free() -> None:
    places = Places(1)
    with places.held("one", 0) as is_held, places.held("two", 0) as is_second:
        assert (is_held, is_second) == (True, False)
    with ThreadPoolExecutor(1) as other, places.held("one", 0):
        begun = Event()

        def wait() -> bool:
            begun.set()
            with places.held("two", 60) as is_held:
                return is_held

        waiting = other.submit(wait)
        begun.wait(60)
        places._give_back("one")
        assert waiting.result(60)
        assert places._take("one", 60)
    assert not places._taken


@pytest.mark.django_db
def test_passwords_are_looked_at_few_at_a_time_and_the_page_that_asks_for_them_is_not(
    front: Front, hurried: None
) -> None:
    get_wsgi_application()
    for _ in range(SIGN_IN_PLACES):
        assert front.reception._sign_in._take(STRANGER, 0)
    status, content = front.ask()
    assert (status, "同时来的请求太多" in content.decode()) == ("503 Service Unavailable", True)
    assert front.ask("GET", body=b"")[0] == front.ask(path="/logout")[0] == "200 OK"
    front.reception._sign_in._give_back(STRANGER)
    assert [front.ask()[0] for _ in range(3)] == ["200 OK"] * 3, "a place is given back"


@pytest.mark.django_db
def test_a_place_is_given_back_whatever_happens(front: Front, hurried: None) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    front.reception._application = broken
    for _ in range(PLACES[False] + 1):
        with pytest.raises(ZeroDivisionError):
            front.ask(**LARGE)
