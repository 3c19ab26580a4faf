"""What every answer carries, and how errors of ours become pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from jingui.domain.errors import DomainError, NotFound, OutsideFailure
from jingui.interfaces.web.views.failures import bad_request, error_page, not_found

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
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with a page for errors of ours; others are Django's."""
        if isinstance(exception, NotFound):
            return not_found(request, exception)
        if isinstance(exception, DomainError | OutsideFailure):
            return error_page(request, exception)
        return None
