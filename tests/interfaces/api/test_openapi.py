"""The published description against the running application: nothing undocumented, nothing falls over."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.builders import now
from tests.personas import PREFIX, Integrator, Office, Reply
from urllib3 import HTTPResponse

from jingui.bootstrap.sources import connection_problems
from jingui.db.queries.sources import find_active_key
from jingui.interfaces.api.root import api
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection

DESCRIPTION: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"{PREFIX}/")))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS: dict[str, Any] = {
    operation.definition.raw["operationId"]: operation
    for operation in (f.ok() for f in SCHEMA.get_all_operations())  # type: ignore[union-attr]
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
HOST = "http://testserver"


def sent(integrator: Integrator, case: Any) -> requests.Response:
    """Send a generated case as it is, but signed: what lies behind the signature is to be tried."""
    request = requests.Request(**case.as_transport_kwargs(base_url=HOST)).prepare()
    address = urlsplit(str(request.url))
    body = request.body.encode() if isinstance(request.body, str) else request.body
    if body is None and request.method != "GET":
        body = b""
    pairs = [tuple(part.split("=", 1)) for part in address.query.split("&") if "=" in part]
    media = request.headers.get("Content-Type")
    headers = {"Content-Type": media.decode() if isinstance(media, bytes) else media} if media else {}
    reply = integrator.send(str(request.method), address.path, body, query=unquoted(pairs), headers=headers)
    return as_requests(reply, request)


def unquoted(pairs: Any) -> list[tuple[str, str]]:
    return [(unquote_plus(n), unquote_plus(v)) for n, v in pairs]


def as_requests(reply: Reply, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code, response._content, response.request = reply.status, reply.body, request
    response.headers.update(reply.headers)
    response.url, response.elapsed, response.encoding = str(request.url), timedelta(0), "utf-8"
    response.raw = HTTPResponse(headers=reply.headers, status=reply.status, version=11)
    return response


def fetches_for(integrator: Integrator) -> None:
    """Let the instance fetch what notices of this source name."""
    source = find_active_key(integrator.key_id)
    assert source is not None
    choices = ConnectionChoices("取件", source.source_name, "pull", {"hosts": ["files.example.org"]}, {})
    keep_connection(choices, check=connection_problems, actor="tests", now=now())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as described", "otherwise"])
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_generated_requests_are_answered_as_described(
    office: Office, integrator: Integrator, name: str, mode: GenerationMode
) -> None:
    operation = OPERATIONS[name]
    if mode is GenerationMode.NEGATIVE and name in {"getKeys", "getCheckpoint"}:
        return  # they take nothing that could be wrong
    integrator.case("N-1")
    fetches_for(integrator)
    statuses: set[int] = set()

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        response = sent(integrator, case)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    each()
    if mode is GenerationMode.POSITIVE:
        # No generated item code is in the catalogue, and no generated address leads to a listed host.
        assert statuses & {200, 201, 404} or name in {"receiveCase", "receiveNotice"}
    assert 401 not in statuses
    assert office.findings() == []
