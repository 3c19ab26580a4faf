"""Addresses and methods that the API does not have are problems too (RFC 9457), not pages for people."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from jingui.domain.errors import NotFound
from jingui.interfaces.api.description import complete
from jingui.interfaces.api.problems import of_error, problem_response
from jingui.interfaces.wording import error_text

View = Callable[..., HttpResponseBase]


class CaptureApi(NinjaAPI):
    """The framework's API, whose every answer to a wrong address or method is a problem."""

    def _get_urls(self) -> list[URLPattern | URLResolver]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                view = require_safe(pattern.callback) if pattern.name == "openapi-json" else pattern.callback
                pattern.callback = _with_problems(view)
        return [*patterns, re_path("", unknown_address)]

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the whole description."""
        made = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        complete(made)
        return made


@csrf_exempt
def unknown_address(request: HttpRequest, **_: str) -> HttpResponseBase:
    """Say that the API has no such address."""
    return of_error(NotFound("address_unknown"))


def _with_problems(view: View) -> View:
    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return unknown_address(request)
        return _method_problem(response) if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED else response

    return answer


def _method_problem(refused: HttpResponseBase) -> HttpResponseBase:
    status, code = HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"
    response = problem_response(status, code, detail=error_text(code, {}))
    response["Allow"] = refused["Allow"]
    return response
