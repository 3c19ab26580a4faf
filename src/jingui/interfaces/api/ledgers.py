"""The day's closing over the API: a source puts its ledger, and gets the certificates that were made from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, BinaryIO

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from jingui.bootstrap import services
from jingui.db.queries.coverage import source_day
from jingui.domain.errors import Invalid, NotFound, Problem
from jingui.domain.metadata.fields import printable_name
from jingui.domain.supervision.ledgers import check_part, read_day
from jingui.domain.supervision.terms import LedgerForm
from jingui.interfaces.api import answer_schemas, schemas
from jingui.interfaces.api.authentication import authenticate
from jingui.interfaces.api.bodies import CHUNK, check_digest, chunks, stated_digest
from jingui.interfaces.api.taking import now
from jingui.usecases.capture.folders import claim_nonce_alone
from jingui.usecases.supervision.reading import check_lines
from jingui.usecases.supervision.receiving import LedgerArrival, LedgerSender, receive_ledger

router = Router()

MAX_LEDGER_BYTES = 256 * 2**20
FORMS = {
    "application/json": LedgerForm.JSON,
    "application/x-ndjson": LedgerForm.LINES,
    "text/csv": LedgerForm.TABLE,
}
_QUERY = ("part", "parts")
_PROBLEMS = dict.fromkeys((400, 401, 413, 422, 503, 507), answer_schemas.ProblemOut)
_LINE = {
    "type": "object",
    "required": ["case_number", "state"],
    "additionalProperties": False,
    "properties": {
        "case_number": {"type": "string", "minLength": 1, "maxLength": 50, "pattern": schemas.NUMBER},
        "state": {"enum": ["received", "in_progress", "closed"]},
        "agency_code": {"type": "string", "maxLength": 18},
        "item_code": {"type": "string", "maxLength": 64},
        "received_at": {"type": "string", "format": "date-time"},
        "promised_at": {"type": "string", "format": "date-time"},
        "closed_at": {"type": "string", "format": "date-time"},
        "kind": {"enum": ["completed", "returned", "withdrawn", "not_accepted", "not_permitted"]},
        "files": {"type": "integer", "minimum": 0},
        "steps": {"type": "integer", "minimum": 0},
        "files_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["lines"],
                    "additionalProperties": False,
                    "properties": {"lines": {"type": "array", "items": _LINE}},
                }
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
        },
    },
    "parameters": [
        {
            "name": "Content-Digest",
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
            "description": "RFC 9530, sha-256=:<base64>:",
        }
    ],
}


@router.put(
    "/ledgers/{day}",
    response={201: answer_schemas.ReceiptOut, **_PROBLEMS},
    openapi_extra=_BODY,
    operation_id="receiveLedger",
    summary="日终对账：报送当日办件台账（可分段）",
)
def put_ledger(request: HttpRequest, day: str, part: str = "", parts: str = "") -> HttpResponse:
    """Take the ledger of a day, whole or one part of it, streamed."""
    moment = now()
    sender = authenticate(request, now=moment)
    stated = stated_digest(request)
    _check_query(request)
    where = check_part(day=day, part=part, parts=parts, today=timezone.localtime(moment).date())
    form = _form(request)
    staging = services().staging
    staged = staging.receive(chunks(request), limit=MAX_LEDGER_BYTES)
    try:
        check_digest(stated, staged.digests.sha256)
        with staging.open(staged.token) as stream:
            lines = check_lines(form, _pieces(stream), agency_codes=sender.agency_codes)
        with staging.open(staged.token) as stream:
            arrival = LedgerArrival(where, form, staged.digests.sha256, staged.bytes, lines, _pieces(stream))
            known = LedgerSender(sender.source_key, sender.source_name, sender.key_id, sender.nonce)
            taken = receive_ledger(arrival=arrival, sender=known, signer=services().receipt_signer, now=now())
    finally:
        staging.discard(staged.token)
    content = json.dumps(taken.answer, ensure_ascii=False).encode()
    response = HttpResponse(content, status=HTTPStatus.CREATED, content_type="application/json")
    if taken.is_repeat:
        response["Idempotent-Replayed"] = "true"
    return response


@router.get(
    "/ledgers/{day}",
    response={200: answer_schemas.LedgerDayOut, **dict.fromkeys((400, 401, 404, 503), answer_schemas.ProblemOut)},
    operation_id="getLedger",
    summary="台账收到与否、归档覆盖证书",
)
def get_ledger(request: HttpRequest, day: str) -> dict[str, Any]:
    """Say how far the closing of a day has come, and return its signed certificates."""
    moment = now()
    sender = authenticate(request, now=moment)
    claim_nonce_alone(sender, now=moment)
    asked = read_day(day)
    if asked is None:
        raise NotFound("ledger_not_found")
    found = source_day(sender.source_key, asked)
    ledger, closing = found["ledger"], found["closing"]
    return {
        "day": asked,
        "version": ledger.version,
        "lines": ledger.lines,
        "parts": ledger.parts,
        "parts_received": found["parts"],
        "is_complete": ledger.completed_at is not None,
        "certified_at": closing.certified_at if closing and closing.ledger_id == ledger.pk else None,
        "certificates": [
            {"certificate": json.loads(row.body), "signatures": row.signatures} for row in found["certificates"]
        ],
    }


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def _form(request: HttpRequest) -> LedgerForm:
    media = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    form = FORMS.get(media)
    if form is None:
        raise Invalid((Problem("Content-Type", "not_in_range", {"allowed": ", ".join(FORMS)}),))
    return form


def _check_query(request: HttpRequest) -> None:
    """Refuse a parameter that is not known or told twice."""
    problems = [Problem(printable_name(name), "unknown_field") for name in request.GET if name not in _QUERY]
    problems += [Problem(name, "repeated", {"value": name}) for name in _QUERY if len(request.GET.getlist(name)) > 1]
    if problems:
        raise Invalid(tuple(problems))
