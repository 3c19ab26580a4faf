"""Errors as RFC 9457 problem details: a stable code, what happened, that nothing was lost, what to do."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from jingui.domain.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotFound,
    OutsideFailure,
    PermanentFailure,
    Problem,
    Refused,
    TransientFailure,
)
from jingui.formats.signing import SCHEMES
from jingui.interfaces.wording import error_text, problem_text

log = logging.getLogger("jingui.api")

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 5

# Codes whose status differs from that of their family.
STATUS_OF_CODE = {
    "signature_missing": HTTPStatus.UNAUTHORIZED,
    "signature_malformed": HTTPStatus.UNAUTHORIZED,
    "signature_wrong": HTTPStatus.UNAUTHORIZED,
    "key_unknown": HTTPStatus.UNAUTHORIZED,
    "clock_skew": HTTPStatus.UNAUTHORIZED,
    "nonce_reused": HTTPStatus.UNAUTHORIZED,
    "digest_mismatch": HTTPStatus.BAD_REQUEST,
    "digest_missing": HTTPStatus.BAD_REQUEST,
    "digest_malformed": HTTPStatus.BAD_REQUEST,
    "body_not_json": HTTPStatus.BAD_REQUEST,
    "body_interrupted": HTTPStatus.BAD_REQUEST,
    "file_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "message_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "storage_full": HTTPStatus.INSUFFICIENT_STORAGE,
}
STATUS_OF_FAMILY: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Refused, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (DomainError, HTTPStatus.BAD_REQUEST),
    (TransientFailure, HTTPStatus.SERVICE_UNAVAILABLE),
    (PermanentFailure, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: DomainError | OutsideFailure) -> HTTPStatus:
    """Return the HTTP status of an error: that of its code, else that of its family."""
    by_code = STATUS_OF_CODE.get(error.code)
    return by_code or next(status for family, status in STATUS_OF_FAMILY if isinstance(error, family))


def problem_response(
    status: HTTPStatus, code: str, *, detail: str, problems: list[dict[str, str]] | None = None
) -> HttpResponse:
    """Return a problem details answer."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        "lost": False,
    }
    if problems:
        body["problems"] = problems
    content = json.dumps(body, ensure_ascii=False).encode()
    response = HttpResponse(content, status=status.value, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = ", ".join(SCHEMES)
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INSUFFICIENT_STORAGE}:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def of_error(error: DomainError | OutsideFailure) -> HttpResponse:
    """Turn an error of ours into its answer."""
    found = error.problems if isinstance(error, Invalid) else ()
    params = error.params if isinstance(error, DomainError) else {}
    return problem_response(
        status_of(error), error.code, detail=error_text(error.code, params), problems=[_problem(p) for p in found]
    )


def _problem(problem: Problem) -> dict[str, str]:
    return {"location": problem.location, "code": problem.code, "detail": problem_text(problem)}


def install(api: NinjaAPI) -> None:
    """Make every error of the API a problem."""

    @api.exception_handler(DomainError)
    def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
        return of_error(error)

    @api.exception_handler(OutsideFailure)
    def outside_failure(request: HttpRequest, error: OutsideFailure) -> HttpResponse:
        log.error("%s: %s", error.code, error.detail)
        return of_error(error)

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def database_busy(request: HttpRequest, error: OperationalError | InterfaceError) -> HttpResponse:
        log.error("database not reachable: %s", error)
        return of_error(TransientFailure("database_busy"))

    @api.exception_handler(ValidationError)
    def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        problems = tuple(Problem(".".join(map(str, e["loc"])), "value_malformed") for e in error.errors)
        return of_error(Invalid(problems))

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response(
            HTTPStatus(error.status_code), "request_malformed", detail=error_text("request_malformed", {})
        )

    @api.exception_handler(SuspiciousOperation)
    def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        # Django's own limits, for example on the number of query parameters.
        return problem_response(HTTPStatus.BAD_REQUEST, "request_malformed", detail=error_text("request_malformed", {}))

    @api.exception_handler(Exception)
    def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("unexpected failure of %s", request.path, exc_info=error)
        return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail=error_text("internal", {}))
