"""What the framework itself turns away, before any of our views: told as a problem on the API, as a page elsewhere."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from jingui.interfaces.api.problems import problem_response
from jingui.interfaces.web.views import failures
from jingui.interfaces.wording import error_text

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a host name that is not ours, or a request that cannot be understood."""
    code = "host_not_registered" if isinstance(exception, DisallowedHost) else "request_malformed"
    return _told(request, HTTPStatus.BAD_REQUEST, code)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address."""
    if request.path.startswith(API):
        return _told(request, HTTPStatus.NOT_FOUND, "address_unknown")
    return failures.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our mistake."""
    return _told(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal")


def busy(request: HttpRequest) -> HttpResponse:
    """503: all places for requests of this kind are taken."""
    return _told(request, HTTPStatus.SERVICE_UNAVAILABLE, "server_busy")


def _told(request: HttpRequest, status: HTTPStatus, code: str) -> HttpResponse:
    if request.path.startswith(API):
        return problem_response(status, code, detail=error_text(code, {}))
    return failures.failure_page(request, status, code)
