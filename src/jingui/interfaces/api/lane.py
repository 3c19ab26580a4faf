"""The short way of an uploaded file through the server: what pages need and the API does not is passed by.

Everything else, and every upload that is not plainly one of ours, goes the long way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from django.core.handlers.wsgi import WSGIRequest, get_path_info
from django.db import connection
from django.http import HttpResponse
from django.utils.log import log_response

from jingui.formats.signing import MAX_QUERY_PAIRS
from jingui.interfaces.api.authentication import sent_in
from jingui.interfaces.api.bodies import pieces
from jingui.interfaces.api.registrar import Registrar
from jingui.interfaces.api.root import api
from jingui.interfaces.api.taking import answer_parts
from jingui.interfaces.api.uploads import Pairs, Passage, Place, Straight, upload
from jingui.interfaces.hands import Does, do_here

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_ADDRESS = re.compile(r"/api/v1/cases/([^/]+)/files/([^/]+)")
_ASKED_OF = "/api/v1/keys"
_SENDER_SIDE = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")
_OF_ONE_ANSWER = frozenset({"Content-Type", "Content-Length", "Set-Cookie"})
_MOST_REMEMBERED = 100
_CREATED = f"{HTTPStatus.CREATED.value} {HTTPStatus.CREATED.phrase}"


def _pairs(query: str) -> Pairs | None:
    """Return the pairs of a query that can be read in one way only; any other goes the long way and is answered there."""
    if not query.isascii():
        return None
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_PAIRS)
    except ValueError:
        return None


class UploadLane:
    """A WSGI application that answers uploads itself and hands on all other requests."""

    def __init__(self, long_way: Application, do: Does = do_here) -> None:
        """Remember the whole application, and who asks the database."""
        self._long_way, self._do = long_way, do
        self._registrar = Registrar(do)
        self._standing: dict[tuple[str | None, ...], Headers] = {}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] != "PUT":
            return self._long_way(environ, start_response)
        path = get_path_info(environ)
        address = _ADDRESS.fullmatch(path)
        pairs = _pairs(environ["QUERY_STRING"])
        standing = self._standing_headers(environ) if address and pairs is not None else None
        if address is None or pairs is None or standing is None:
            return self._long_way(environ, start_response)
        status, headers, content = self._answer(environ, path, pairs, Place(*address.groups()))
        start_response(status, [*headers, *standing, ("Content-Length", str(len(content)))])
        return [content]

    def _answer(self, environ: dict[str, Any], path: str, pairs: Pairs, place: Place) -> tuple[str, Headers, bytes]:
        try:
            with self._passage(environ) as passage:
                taken = upload(sent_in(environ, path), pairs, place, passage=passage)
            content, headers = answer_parts(taken)
        except Exception as error:  # noqa: BLE001 - the API has an answer for every one
            # Made only here: a request writes its decoded path into the environment that it is given.
            request = WSGIRequest(environ)
            response: HttpResponse = api.on_exception(request, error)
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
            return f"{response.status_code} {response.reason_phrase}", list(response.items()), response.content
        return _CREATED, list(headers.items()), content

    def _passage(self, environ: dict[str, Any]) -> AbstractContextManager[Passage]:
        stream = pieces(environ["wsgi.input"])
        if connection.vendor == "sqlite":
            return self._registrar.passage(stream, str(environ.get("CONTENT_LENGTH") or ""))
        return nullcontext(Straight(stream, self._do))

    # Asked of the long way itself, so that the two cannot come to differ: host names, HTTPS, policies.
    def _standing_headers(self, environ: dict[str, Any]) -> Headers | None:
        """Return what every answer carries, as the long way sets it; nothing if that would turn the sender away."""
        side = tuple(environ.get(name) for name in _SENDER_SIDE)
        standing = self._standing.get(side)
        if standing is None:
            standing = self._asked_of_long_way(environ)
            if standing is not None and len(self._standing) < _MOST_REMEMBERED:
                self._standing[side] = standing
        return standing

    def _asked_of_long_way(self, environ: dict[str, Any]) -> Headers | None:
        told: list[tuple[str, Headers]] = []
        asked = environ | {
            "REQUEST_METHOD": "GET", "PATH_INFO": _ASKED_OF, "QUERY_STRING": "",
            "CONTENT_LENGTH": "0", "wsgi.input": BytesIO(),
        }  # fmt: skip
        answer = self._long_way(asked, lambda status, headers, *_: told.append((status, headers)))
        getattr(answer, "close", bool)()
        status, headers = told[0]
        if not status.startswith(str(HTTPStatus.OK.value)):
            return None
        return [(name, value) for name, value in headers if name not in _OF_ONE_ANSWER]
