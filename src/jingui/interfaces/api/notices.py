"""Notices of source systems that keep their files themselves: we fetch what a notice names."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from jingui.bootstrap import services
from jingui.db.queries.notices import notice_state
from jingui.db.receipts import signed_receipt
from jingui.domain.capture.notices import check_notice
from jingui.interfaces.api import answer_schemas
from jingui.interfaces.api.authentication import authenticate
from jingui.interfaces.api.bodies import read_json
from jingui.usecases.capture.folders import Desk, claim_nonce_alone
from jingui.usecases.capture.notices import receive_notice

router = Router()

_PROBLEMS = dict.fromkeys((400, 401, 403, 409, 413, 422, 503), answer_schemas.ProblemOut)
_READ_PROBLEMS = dict.fromkeys((400, 401, 404, 503), answer_schemas.ProblemOut)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NoticeIn"}}},
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


@router.post(
    "/notices",
    response={201: answer_schemas.ReceiptOut, **_PROBLEMS},
    openapi_extra=_BODY,
    operation_id="receiveNotice",
    summary="取件通知：列出待取的消息和文件",
)
def post_notice(request: HttpRequest) -> HttpResponse:
    """Take a notice of what waits to be fetched. The same notice again gives the same answer."""
    moment = datetime.now(UTC)
    sender = authenticate(request, now=moment)
    message = check_notice(read_json(request))
    ready = services()
    desk = Desk(ready.receipt_signer, ready.queue, ready.search)
    taken = receive_notice(message=message, sender=sender, desk=desk, now=moment)
    response = JsonResponse(taken.answer, status=HTTPStatus.CREATED, json_dumps_params={"ensure_ascii": False})
    if taken.is_repeat:
        response["Idempotent-Replayed"] = "true"
    return response


@router.get(
    "/notices/{notice_id}",
    response={200: answer_schemas.NoticeOut, **_READ_PROBLEMS},
    operation_id="getNotice",
    summary="取件通知的进展和分类回执",
)
def show_notice(request: HttpRequest, notice_id: str) -> dict[str, Any]:
    """Say how far a notice has been fetched, with its typed receipts."""
    moment = datetime.now(UTC)
    sender = authenticate(request, now=moment)
    claim_nonce_alone(sender, now=moment)
    state = notice_state(sender.source_key, notice_id)
    signer = services().receipt_signer
    return {**state.values, "receipts": [signed_receipt(facts, signer) for facts in state.receipts]}
