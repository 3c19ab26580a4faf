"""What every message of a source needs when it comes in and when it is answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpResponse

from jingui.bootstrap import services
from jingui.domain.errors import Invalid, Problem
from jingui.domain.records.identifiers import find_case_number_fault
from jingui.usecases.capture.folders import Desk, Taken


def now() -> datetime:
    """Read the clock: interfaces are the only place where time begins."""
    return datetime.now(UTC)


def desk() -> Desk:
    """Lay out what a message needs."""
    ready = services()
    return Desk(signer=ready.receipt_signer, queue=ready.queue, search=ready.search)


CONTENT_TYPE = "application/json"


def answer_parts(taken: Taken) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers that answer a message that was taken: its receipt."""
    headers = {"Content-Type": CONTENT_TYPE}
    if taken.is_repeat:
        headers["Idempotent-Replayed"] = "true"
    return json.dumps(taken.answer, ensure_ascii=False).encode(), headers


def answer_of(taken: Taken) -> HttpResponse:
    """Answer a message that was taken with its receipt."""
    content, headers = answer_parts(taken)
    return HttpResponse(content, status=HTTPStatus.CREATED, headers=headers)


def check_case_number(case_number: str) -> None:
    """Refuse a case number in a path that no case message could have. Raises Invalid."""
    fault = find_case_number_fault(case_number)
    if fault:
        raise Invalid((Problem("case_number", "case_number_malformed", {"fault": fault.value}),))
