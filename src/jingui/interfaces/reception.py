"""The reception of the web server: waits for senders, so that the hands that answer need not.

A sender may take as long as it likes for its body, or never send it. Each request in progress has a thread of its own
(``MOST_CONNECTIONS`` in ``cli.serve``), which costs little. What answers are the hands, a few threads with a database
connection each: they get a request when its body is here. Bodies too large to be kept are read by the view that wants
them, in the thread of their request, as many at once as there are places: more for senders that are known (a signature,
a session) than for strangers. Passwords, whose hashing anybody can ask for, are looked at few at a time as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.handlers.wsgi import WSGIRequest, get_path_info
from django.db import connections
from django.http import HttpResponseBase, parse_cookie

from jingui.domain.errors import Refused
from jingui.interfaces import handlers
from jingui.interfaces.api.authentication import sender_of, sent_in
from jingui.interfaces.api.bodies import is_small
from jingui.interfaces.api.lane import Application, StartResponse
from jingui.interfaces.api.taking import now
from jingui.interfaces.hands import Does
from jingui.interfaces.lost_peers import ask_after_peers
from jingui.interfaces.places import Places

Environ = dict[str, Any]
STRANGER = ""

PLACES = {True: 24, False: 4}
"""How many large bodies may come in at once: of senders that are known, and of strangers."""

SHARE = 8
"""How many of the places one known sender may take: a source or an account that stalls keeps no other one out."""

SIGN_IN_PATH, SIGN_IN_PLACES = "/login", 2
"""How many passwords may be looked at at once: each takes a quarter of a second of a processor, of strangers too."""

PATIENCE_SECONDS = 20.0
"""How long a request waits for a place; after that its sender is asked to come again."""


class Reception:
    """A WSGI application that has another one answer, by hands."""

    def __init__(self, application: Application, do: Does) -> None:
        """Remember what answers, and who does."""
        self._application, self._do = application, do
        self._known, self._strangers = Places(PLACES[True], SHARE), Places(PLACES[False])
        self._sign_in = Places(SIGN_IN_PLACES)
        self._has_begun = False

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request once its body is here."""
        if not self._has_begun:  # only now is the server sure to listen
            self._has_begun = True
            ask_after_peers()
        length = environ.get("CONTENT_LENGTH") or ""
        if "HTTP_TRANSFER_ENCODING" in environ or not is_small(length or "0"):
            return self._large(environ, start_response)
        # A sender that hangs up in the middle leaves a short body, as it would if the view read it.
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)) if length not in {"", "0"} else b"")
        if environ["REQUEST_METHOD"] == "POST" and get_path_info(environ) == SIGN_IN_PATH:
            return self._placed((self._sign_in, STRANGER), environ, start_response, self._ask)
        return self._ask(environ, start_response)

    def _ask(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return self._by_hand(environ, start_response, self._application)

    def _by_hand(self, environ: Environ, start_response: StartResponse, application: Application) -> Iterable[bytes]:
        told: list[tuple[Any, ...]] = []
        answer = self._do(lambda: _drawn(application(environ, lambda *said: told.append(said))))
        start_response(*told[0])
        return answer

    def _large(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        sender = self._do(lambda: _sender(environ))
        places = self._strangers if sender == STRANGER else self._known
        return self._placed((places, sender), environ, start_response, self._here)

    def _here(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return _drawn(self._application(environ, start_response))
        finally:
            connections.close_all()  # threads of requests are many, and connections are not

    def _placed(
        self, place: tuple[Places, str], environ: Environ, start_response: StartResponse, answer: Application
    ) -> Iterable[bytes]:
        """Answer while holding one of the places for a sender, or say that they are all taken."""
        places, sender = place
        with places.held(sender, PATIENCE_SECONDS) as is_held:
            if is_held:
                return answer(environ, start_response)
        environ["wsgi.input"] = BytesIO()
        return self._by_hand(environ, start_response, _busy)


def _drawn(answer: Iterable[bytes]) -> Iterable[bytes]:
    """Make the answer whole where it was made; one that is streamed goes out as slowly as its reader takes it."""
    if getattr(answer, "streaming", False):
        return _Streamed(answer)
    try:
        return [b"".join(answer)]
    finally:
        getattr(answer, "close", bool)()


class _Streamed:
    """An answer that is made while it goes out, in the thread of its request."""

    def __init__(self, answer: Iterable[bytes]) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        getattr(self._answer, "close", bool)()
        connections.close_all()


def _sender(environ: Environ) -> str:
    """Return who sends as the head of a request shows it, by the signature of a source or the session of an account."""
    path = get_path_info(environ)
    if path.startswith(handlers.API):
        try:
            return f"source {sender_of(sent_in(environ, path), now=now()).source_key}"
        except Refused:
            return STRANGER
    key = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.SESSION_COOKIE_NAME)
    account = import_module(settings.SESSION_ENGINE).SessionStore(key).get(SESSION_KEY) if key else None
    return f"account {account}" if account else STRANGER


def _busy(environ: Environ, start_response: StartResponse) -> HttpResponseBase:
    """Answer that all places are taken."""
    response = handlers.busy(WSGIRequest(environ))
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return response
