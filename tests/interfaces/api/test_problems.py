"""Every error under the API is a problem (RFC 9457), whoever notices it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from tests.personas import PREFIX, Integrator, Office, in_process, pdf

from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.interfaces.api import capture, uploads


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/cases/a/b/c/d", "/cases//files/x", "/keys/", "/../admin", "/docs", "/cases/N-1/files/a/b"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_does_not_exist_is_a_problem(db: None, method: str, path: str) -> None:
    reply = in_process(method, f"{PREFIX}{path}", {}, None)
    assert (reply.status, reply.code) == (404, "address_unknown")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/cases", "POST"),
        ("DELETE", "/cases/N-1", "GET"),
        ("POST", "/cases/N-1/files/f1", "PUT"),
        ("PUT", "/cases/N-1/steps", "POST"),
        ("PATCH", "/cases/N-1/closure", "POST"),
        ("POST", "/keys", "GET"),
        ("TRACE", "/journal/checkpoint", "GET"),
        ("OPTIONS", "/cases", "POST"),
        ("BREW", "/cases", "POST"),
        ("POST", "/openapi.json", "GET"),
    ],
)
def test_a_method_that_an_address_does_not_have_is_a_problem(db: None, method: str, path: str, allowed: str) -> None:
    reply = in_process(method, f"{PREFIX}{path}", {}, None)
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert allowed in reply.headers["allow"]


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/nothing"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_api_asks_nobody_for_the_token_of_a_form(db: None, method: str, path: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, f"{PREFIX}{path}")
    assert answer.status_code in {404, 405}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_before_the_first_sealing_there_is_no_checkpoint(office: Office) -> None:
    reply = in_process("GET", f"{PREFIX}/journal/checkpoint", {}, None)
    assert (reply.status, reply.code) == (404, "checkpoint_not_yet")


def test_the_checkpoint_is_a_signed_note_in_plain_text(office: Office, integrator: Integrator) -> None:
    integrator.case("N-1")
    office.work()
    reply = in_process("GET", f"{PREFIX}/journal/checkpoint", {}, None)
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.body.startswith(b"jingui.local/")
    assert reply.body.count("\n— ".encode()) == 2


def break_with(error: Exception) -> Any:
    def fail(**_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("database is locked"), 503, "database_busy"),
        (TransientFailure("storage_busy"), 503, "storage_busy"),
        (TransientFailure("storage_full"), 507, "storage_full"),
        (PermanentFailure("storage_broken"), 500, "storage_broken"),
        (RuntimeError("a bug, with secrets in it"), 500, "internal"),
    ],
)
def test_a_failure_of_ours_is_a_problem_without_its_inner_words(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    monkeypatch.setattr(capture, "receive_case", break_with(error))
    reply = integrator.case("N-1")
    assert (reply.status, reply.code) == (status, code)
    assert b"secret" not in reply.body
    assert b"locked" not in reply.body
    assert (reply.headers.get("retry-after", "") != "") is (status in {503, 507})


def test_bytes_stay_staged_when_nobody_knows_whether_their_row_was_committed(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "receive_file", break_with(OperationalError("connection lost at COMMIT")))
    assert integrator.file("N-1", "f1", pdf("one")).status == 503
    assert len(office.staged()) == 1


def test_bytes_are_let_go_when_their_row_was_surely_refused(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "receive_file", break_with(RuntimeError("before anything was written")))
    assert integrator.file("N-1", "f1", pdf("one")).status == 500
    assert office.staged() == set()


def test_no_answer_of_the_api_may_be_cached(office: Office, integrator: Integrator) -> None:
    for reply in (integrator.case("N-1"), integrator.get("N-1"), integrator.get("N-2")):
        assert reply.headers["cache-control"] == "no-store"
