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

from django.core.handlers.wsgi import WSGIRequest, get_path_info
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.utils.log import log_response

from jingui.interfaces.api.registrar import Registrar
from jingui.interfaces.api.root import api
from jingui.interfaces.api.uploads import FILE_QUERY, Passage, Place, Said, Straight, upload

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_ADDRESS = re.compile(r"/api/v1/cases/([^/]+)/files/([^/]+)")
_ASKED_OF = "/api/v1/keys"
_SENDER_SIDE = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")
_OF_ONE_ANSWER = frozenset({"Content-Type", "Content-Length", "Set-Cookie"})
_MOST_REMEMBERED = 100


class UploadLane:
    """A WSGI application that answers uploads itself and hands on all other requests."""

    def __init__(self, long_way: Application) -> None:
        """Remember the whole application."""
        self._long_way = long_way
        self._registrar = Registrar()
        self._standing: dict[tuple[str | None, ...], Headers] = {}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] != "PUT":
            return self._long_way(environ, start_response)
        address = _ADDRESS.fullmatch(get_path_info(environ))
        standing = self._standing_headers(environ) if address else None
        if address is None or standing is None:
            return self._long_way(environ, start_response)
        # Made only here: a request writes its decoded path into the environment that it is given.
        response = self._answer(WSGIRequest(environ), Place(*address.groups()))
        content = response.content
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, [*response.items(), *standing, ("Content-Length", str(len(content)))])
        return [content]

    def _answer(self, request: WSGIRequest, place: Place) -> HttpResponse:
        close_old_connections()
        try:
            said = Said(**{name: request.GET[name] for name in FILE_QUERY if name in request.GET})
            with self._passage(request) as passage:
                return upload(request, place, said, passage=passage)
        except Exception as error:  # noqa: BLE001 - the API has an answer for every one
            response: HttpResponse = api.on_exception(request, error)
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
            return response

    def _passage(self, request: WSGIRequest) -> AbstractContextManager[Passage]:
        return self._registrar.passage(request) if connection.vendor == "sqlite" else nullcontext(Straight(request))

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
