"""What anybody may ask: the public keys and the head of the journal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from jingui.bootstrap import services
from jingui.db.queries.journal import latest_note
from jingui.domain.errors import NotFound
from jingui.interfaces.api import answer_schemas

router = Router()


@router.get("/keys", response={200: answer_schemas.KeysOut}, operation_id="getKeys", summary="本系统的公钥")
def get_keys(request: HttpRequest) -> dict[str, Any]:
    """Return the public keys with which receipts and checkpoints can be checked."""
    return {
        "keys": [
            {"algorithm": s.algorithm, "key_id": s.key_id, "public_key_pem": s.public_key_pem}
            for s in services().signers
        ]
    }


@router.get(
    "/journal/checkpoint",
    response={404: answer_schemas.ProblemOut},
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {"text/plain": {"schema": {"type": "string"}}}}}
    },
    operation_id="getCheckpoint",
    summary="审计日志最新检查点",
)
def get_checkpoint(request: HttpRequest) -> HttpResponse:
    """Return the newest signed checkpoint of the journal as a signed note."""
    note = latest_note()
    if note is None:
        raise NotFound("checkpoint_not_yet")
    return HttpResponse(note, content_type="text/plain; charset=utf-8")
