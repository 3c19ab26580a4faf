"""Pages for what went wrong: what happened, that nothing was lost, what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jingui.domain.errors import Conflict, DomainError, Invalid, OutsideFailure, Problem, Refused
from jingui.interfaces.wording import error_text, problem_text

_STATUS: tuple[tuple[type[Exception], int], ...] = ((Refused, 403), (Conflict, 409), (Invalid, 422), (DomainError, 400))


def _page(request: HttpRequest, status: int, code: str, text: str, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    told = [(problem.location, problem_text(problem)) for problem in problems]
    context = {"code": code, "text": text, "problems": told, "status": status}
    return render(request, "web/failure.html", context, status=status)


def error_page(request: HttpRequest, error: DomainError | OutsideFailure) -> HttpResponse:
    """Return the page of an error of ours."""
    status = next((status for family, status in _STATUS if isinstance(error, family)), 503)
    problems = error.problems if isinstance(error, Invalid) else ()
    params = error.params if isinstance(error, DomainError) else {}
    return _page(request, status, error.code, error_text(error.code, params), problems)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """400: the request cannot be understood."""
    return _page(request, 400, "request_malformed", error_text("request_malformed", {}))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """403: not yours to do."""
    return _page(request, 403, "permission_missing", error_text("permission_missing", {}))


def failure_page(request: HttpRequest, status: int, code: str) -> HttpResponse:
    """Return the page of a code that has no parameters."""
    return _page(request, status, code, error_text(code, {}))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """404: there is no such thing, or none that you may know of."""
    return _page(request, 404, "not_found", error_text("not_found", {}))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    """403: the form was open too long or came from elsewhere."""
    return _page(request, 403, "form_expired", error_text("form_expired", {}))
