"""The capture API of source systems: parse, one use case, answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from jingui.bootstrap import services
from jingui.db.queries import cases as case_queries
from jingui.domain.capture.checking import (
    check_case_message,
    check_closure_message,
    check_shared_file_message,
    check_step_message,
)
from jingui.domain.errors import NotFound
from jingui.domain.records.identifiers import find_case_number_fault
from jingui.interfaces.api import answer_schemas, answers, schemas
from jingui.interfaces.api.authentication import authenticate, sent_of
from jingui.interfaces.api.bodies import chunks, read_json
from jingui.interfaces.api.steps import check_steps
from jingui.interfaces.api.taking import answer_of, check_case_number, desk, now
from jingui.interfaces.api.uploads import Place, Straight, upload
from jingui.usecases.capture.cases import receive_case
from jingui.usecases.capture.closures import receive_closure
from jingui.usecases.capture.folders import claim_nonce_alone
from jingui.usecases.capture.steps import receive_steps
from jingui.usecases.capture.themes import receive_shared_file

router = Router()

_READ_PROBLEMS = dict.fromkeys((400, 401, 404, 503), answer_schemas.ProblemOut)
_PROBLEMS = dict.fromkeys((400, 401, 409, 413, 422, 503, 507), answer_schemas.ProblemOut)


def _body(model: type[Schema]) -> dict[str, Any]:
    """Publish the shape of a body that we read and check ourselves, digest first (see ``api.description``)."""
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference}}},
        "parameters": [_DIGEST],
    }


_DIGEST = {
    "name": "Content-Digest",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "RFC 9530, sha-256=:<base64>:",
}
_FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "parameters": [_DIGEST],
}


@router.post(
    "/cases",
    response={201: answer_schemas.ReceiptOut, **_PROBLEMS},
    openapi_extra=_body(schemas.CaseIn),
    operation_id="receiveCase",
    summary="收件：登记一个办件",
)
def post_case(request: HttpRequest) -> HttpResponse:
    """Register a case. The same message again gives the same answer."""
    moment = now()
    sender = authenticate(request, now=moment)
    message = check_case_message(read_json(request))
    return answer_of(receive_case(message=message, sender=sender, desk=desk(), now=moment))


@router.put(
    "/cases/{case_number}/files/{file_key}",
    response={201: answer_schemas.ReceiptOut, **_PROBLEMS},
    openapi_extra=_FILE_BODY,
    operation_id="receiveFile",
    summary="上传一个文件（原始字节流）",
)
def put_file(  # noqa: PLR0913, PLR0917 - the query parameters, published one by one
    request: HttpRequest,
    case_number: str,
    file_key: str,
    name: str = "",
    material: str = "",
    title: str = "",
    step: str = "",
    formed_at: str = "",
    replaces: str = "",
    provenance: str = "",
) -> HttpResponse:
    """Take the raw body of a file, of any size, with what is said of it in the query."""
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    passage = Straight(chunks(request))
    return answer_of(upload(sent_of(request), pairs, Place(case_number, file_key), passage=passage))


@router.post(
    "/cases/{case_number}/shared-files",
    response={201: answer_schemas.ReceiptOut, **_PROBLEMS},
    openapi_extra=_body(schemas.SharedFileIn),
    operation_id="receiveSharedFile",
    summary="登记共享材料（一件事中别的办件已有或将有的文件）",
)
def post_shared_file(request: HttpRequest, case_number: str) -> HttpResponse:
    """Take the word that a file is one that another case of the same theme has; its bytes are not sent again."""
    moment = now()
    sender = authenticate(request, now=moment)
    message = check_shared_file_message(shared_file_fields(read_json(request)))
    check_case_number(case_number)
    return answer_of(
        receive_shared_file(case_number=case_number, message=message, sender=sender, desk=desk(), now=moment)
    )


@router.post(
    "/cases/{case_number}/steps",
    response={201: answer_schemas.ReceiptsOut, **_PROBLEMS},
    openapi_extra=_body(schemas.StepsIn),
    operation_id="receiveSteps",
    summary="上报办理环节",
)
def post_steps(request: HttpRequest, case_number: str) -> HttpResponse:
    """Take one or more steps, all or none."""
    moment = now()
    sender = authenticate(request, now=moment)
    messages = check_steps(read_json(request), check=check_step_message)
    check_case_number(case_number)
    taken = receive_steps(case_number=case_number, messages=messages, sender=sender, desk=desk(), now=moment)
    return answer_of(taken)


@router.post(
    "/cases/{case_number}/closure",
    response={201: answer_schemas.ReceiptOut, **_PROBLEMS},
    openapi_extra=_body(schemas.ClosureIn),
    operation_id="receiveClosure",
    summary="办结（含退件、撤回、不予受理、不予许可）",
)
def post_closure(request: HttpRequest, case_number: str) -> HttpResponse:
    """Take the closure of a case; the pipeline runs from here without a hand."""
    moment = now()
    sender = authenticate(request, now=moment)
    message = check_closure_message(read_json(request))
    check_case_number(case_number)
    taken = receive_closure(case_number=case_number, message=message, sender=sender, desk=desk(), now=moment)
    return answer_of(taken)


@router.get(
    "/cases/{case_number}",
    response={200: answer_schemas.CaseOut, **_READ_PROBLEMS},
    operation_id="getCase",
    summary="办件现状",
)
def get_case(request: HttpRequest, case_number: str) -> dict[str, Any]:
    """Say where a case stands and what keeps it from being archived."""
    return answers.case_answer(_own_case(request, case_number))


@router.get(
    "/cases/{case_number}/inventory",
    response={200: answer_schemas.InventoryOut, **_READ_PROBLEMS},
    operation_id="getInventory",
    summary="材料清点",
)
def get_inventory(request: HttpRequest, case_number: str) -> dict[str, Any]:
    """Say what is present, missing and unexpected, as things stand now."""
    return answers.inventory_answer(_own_case(request, case_number))


@router.get(
    "/cases/{case_number}/receipt",
    response={200: answer_schemas.ReceiptListOut, **_READ_PROBLEMS},
    operation_id="getReceipts",
    summary="各阶段回执",
)
def get_receipts(request: HttpRequest, case_number: str) -> dict[str, Any]:
    """Return the signed receipts of a case, oldest first."""
    case = _own_case(request, case_number)
    return answers.receipts_answer(case, services().receipt_signer)


def _own_case(request: HttpRequest, case_number: str) -> Any:  # noqa: ANN401 - interfaces know no models
    moment = now()
    sender = authenticate(request, now=moment)
    claim_nonce_alone(sender, now=moment)
    if find_case_number_fault(case_number):
        raise NotFound("case_not_found")  # the database could not even be asked for some of these
    return case_queries.get_source_case(sender.source_key, case_number)


def shared_file_fields(raw: Any) -> Any:  # noqa: ANN401 - the domain checks it
    """Return the body of a shared file in the words of the domain: ``material`` is its ``material_code``."""
    if not isinstance(raw, dict) or "material" not in raw:
        return raw
    return {("material_code" if name == "material" else name): value for name, value in raw.items()}
