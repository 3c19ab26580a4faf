"""What every answer carries, and how errors of ours become pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from jingui.domain.errors import DomainError, NotFound, OutsideFailure
from jingui.interfaces.web.views.failures import bad_request, error_page, failure_page, not_found

Handler = Callable[[HttpRequest], HttpResponseBase]

# No inline script or style, nothing from elsewhere: a page cannot be made to run what is not ours.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class ContentSecurityPolicy:
    """Sets the content security policy and keeps pages with personal data out of caches."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the headers set."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class DomainErrors:
    """Turns errors of the domain into pages that say what happened and what to do."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, unless its address holds what no text of ours can hold."""
        has_nul = "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path
        if has_nul and not request.path.startswith("/api/"):  # the API says it in its own form
            return bad_request(request, ValueError("NUL in the address"))
        response = self.get_response(request)
        is_bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not request.path.startswith("/api/")
        return _with_words(request, response) if is_bare else response

    def process_view(
        self, request: HttpRequest, view: Handler, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse a form with a NUL in it: PostgreSQL keeps none, and no field is better for one."""
        # A view that checks the form's token itself reads the body in its own way, so it must not be read here.
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        if any("\0" in value for name in request.POST for value in (name, *request.POST.getlist(name))):
            return bad_request(request, ValueError("NUL in a form"))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with a page for errors of ours; others are Django's."""
        if isinstance(exception, NotFound):
            return not_found(request, exception)
        if isinstance(exception, DomainError | OutsideFailure):
            return error_page(request, exception)
        return None


def _with_words(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    """Give the framework's empty refusal of a method a page; who reloads what a form has answered comes here."""
    response = failure_page(request, HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed")
    response.headers["Allow"] = refused.headers["Allow"]
    return response
