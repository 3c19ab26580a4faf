"""Makes the published description tell the whole truth: signatures, bodies read by us, problems, plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from pydantic.json_schema import models_json_schema

from jingui.interfaces.api import schemas
from jingui.interfaces.api.problems import CONTENT_TYPE

REFERENCE = "#/components/schemas/{model}"
SCHEME = "sourceSignature"
PUBLIC = frozenset({"getKeys", "getCheckpoint"})
_NO_PATH = r"^(?!\.+$)[^/\\\x00-\x1f\x7f-\x9f]+$"
LIMITS: dict[str, dict[str, Any]] = {
    "case_number": {"minLength": 1, "maxLength": 50, "pattern": schemas.NUMBER},
    "file_key": {"minLength": 1, "maxLength": 200, "pattern": _NO_PATH},
    "name": {"minLength": 1, "maxLength": 255, "pattern": _NO_PATH},
    "material": {"maxLength": 50, "pattern": r"^[\w.·-]*$"},
    "title": {"maxLength": 500},
    "step": {"maxLength": 200},
    "formed_at": {"format": "date-time", "maxLength": 40},
    "replaces": {"maxLength": 200},
    "day": {"format": "date"},
    "part": {"pattern": "^[1-9][0-9]{0,3}$"},
    "parts": {"pattern": "^[1-9][0-9]{0,3}$"},
    "provenance": {"description": "JSON: ProvenanceIn"},
    "notice_id": {"minLength": 1, "maxLength": 100, "pattern": _NO_PATH},
}
_PROBLEM = {"content": {CONTENT_TYPE: {"schema": {"$ref": REFERENCE.format(model="ProblemOut")}}}}
_SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": (
        "JG-HMAC-SHA256 key=<编号>,time=<秒>,nonce=<每次不同>,signature=<小写十六进制>。"
        "签名是 HMAC-SHA256，覆盖方案名、方法、路径、查询、时间、nonce 和 Content-Digest，各占一行；"
        "方案名写 JG-HMAC-SM3 时改用 HMAC-SM3。"
    ),
}


def complete(description: dict[str, Any]) -> dict[str, Any]:
    """Return the framework's description with what it cannot know."""
    components = description.setdefault("components", {})
    components.setdefault("schemas", {}).update(_body_schemas())
    components["securitySchemes"] = {SCHEME: _SIGNATURE}
    for operation in _operations(description):
        operation["security"] = [] if operation["operationId"] in PUBLIC else [{SCHEME: []}]
        _limit(operation.get("parameters", ()))
        answers = operation["responses"]
        for status in [status for status in answers if int(status) >= HTTPStatus.BAD_REQUEST]:
            answers[status] = {"description": answers[status]["description"], **_PROBLEM}
        answers["default"] = {"description": "Any other failure", **_PROBLEM}
    return description


def _limit(parameters: Iterable[dict[str, Any]]) -> None:
    """Publish the limits of path and query, which the domain checks after the signature."""
    for parameter in parameters:
        if parameter["name"] in LIMITS:
            parameter["schema"] = {"type": "string", **LIMITS[parameter["name"]]}
            parameter["required"] = parameter["in"] == "path" or "minLength" in LIMITS[parameter["name"]]


def _operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in description["paths"].values():
        yield from path.values()


def _body_schemas() -> dict[str, Any]:
    models = [
        (model, "validation")
        for model in (schemas.CaseIn, schemas.StepsIn, schemas.SharedFileIn, schemas.ClosureIn, schemas.NoticeIn)
    ]
    _, found = models_json_schema(models, ref_template=REFERENCE)  # type: ignore[arg-type]
    return dict(found["$defs"])
