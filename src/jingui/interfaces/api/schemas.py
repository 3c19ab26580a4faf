"""Shapes of the messages that sources send, as published in OpenAPI. The domain checks them and reports every problem at once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

NUMBER = r"^(?!\.+$)[^/\\\x00-\x20\x7f-\xa0]+$"
Key = Annotated[str, Field(min_length=1, max_length=200)]
Text50 = Annotated[str, Field(max_length=50)]
Text100 = Annotated[str, Field(max_length=100)]
Text200 = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0, lt=2**31)]


class Strict(Schema):
    """A message whose unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Applicant(Strict):
    """申请人（行政相对人）."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["person", "organisation"] = "person"
    id_type: Annotated[str, Field(max_length=20)] = ""
    id_number: Annotated[str, Field(max_length=40)] = ""
    legal_representative: Text200 = ""
    address: Annotated[str, Field(max_length=500)] = ""
    agent: Text200 = ""


class ThemeIn(Strict):
    """一件事: which theme case this case is part of, and as what (主办, 协办)."""

    number: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=500)]
    role: Literal["main", "co"]
    count: Annotated[int, Field(ge=1, le=1000)] | None = None


class ProvenanceIn(Strict):
    """材料来源: where a file was called from.

    ``e_licence`` needs system, called_at and licence_number; ``data_sharing`` system, interface and called_at;
    ``earlier_case`` case_number; ``own_issue`` system.
    """

    origin: Literal["e_licence", "data_sharing", "earlier_case", "own_issue"]
    system: Text200 = ""
    interface: Text200 = ""
    called_at: datetime | None = None
    licence_number: Text200 = ""
    licence_type: Text200 = ""
    requester: Text200 = ""
    response_digest: Annotated[str, Field(pattern=r"^((sha256|sm3):[0-9a-fA-F]{64})?$")] = ""
    case_number: Text50 = ""


class SharedFromIn(Strict):
    """共享自: a file of another case of the same source and theme."""

    case_number: Annotated[str, Field(min_length=1, max_length=50)]
    file_key: Key


class SharedFileIn(Strict):
    """共享材料: what a PUT would tell of the file, its SHA-256, and where its bytes are."""

    file_key: Key
    name: Annotated[str, Field(min_length=1, max_length=255)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
    material: Text50 = ""
    title: Annotated[str, Field(max_length=500)] = ""
    step: Text200 = ""
    formed_at: datetime | None = None
    replaces: Text200 = ""
    provenance: ProvenanceIn | None = None
    shared_from: SharedFromIn


class CaseIn(Schema):
    """收件: a case was received. Unknown fields are kept as metadata. Times are ISO 8601 with an offset."""

    model_config = ConfigDict(extra="allow")

    case_number: Annotated[str, Field(min_length=1, max_length=50, json_schema_extra={"pattern": NUMBER})]
    title: Annotated[str, Field(min_length=1, max_length=500)]
    item_code: Annotated[str, Field(min_length=1, max_length=64)]
    item_version: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    applicant: Applicant
    received_at: datetime
    accepted_at: datetime | None = None
    promised_at: datetime | None = None
    channel: Literal["online", "counter", "post", "email", "internal", "other"] = "other"
    region_code: Annotated[str, Field(max_length=12)] = ""
    department: Text200 = ""
    situations: Annotated[list[Key], Field(max_length=50)] = []
    metadata: Annotated[dict[str, Any], Field(max_length=200)] = {}
    theme: ThemeIn | None = None


class StepIn(Strict):
    """环节: a step of handling."""

    step_key: Key
    name: Key
    started_at: datetime
    ended_at: datetime | None = None
    handler: Text100 = ""
    unit: Text200 = ""
    opinion: Annotated[str, Field(max_length=2000)] = ""
    action: Text50 = ""


class StepsIn(Schema):
    """Several steps, all or none."""

    steps: Annotated[list[StepIn], Field(min_length=1, max_length=500)]


class ClosureIn(Strict):
    """办结等: how the case ended. The declared counts are compared with what came."""

    kind: Literal["completed", "returned", "withdrawn", "not_accepted", "not_permitted"]
    closed_at: datetime
    result: Annotated[str, Field(max_length=1000)] = ""
    result_number: Text200 = ""
    handler: Text100 = ""
    declared_files: Count | None = None
    declared_steps: Count | None = None
    declared_bytes: Annotated[int, Field(ge=0, lt=2**63)] | None = None


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
Address = Annotated[str, Field(min_length=1, max_length=2000)]


class NoticeDocumentIn(Strict):
    """A document to be fetched: a message in the form of this interface, or the source's own form (``mapped``)."""

    kind: Literal["case", "steps", "closure", "mapped"]
    url: Address
    sha256: Sha256


class NoticeFileIn(Strict):
    """A file to be fetched, with what a PUT would tell of it."""

    url: Address
    sha256: Sha256
    sm3: Annotated[str, Field(max_length=64)] = ""
    bytes: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    file_key: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=255)]
    material: Text50 = ""
    title: Annotated[str, Field(max_length=500)] = ""
    step: Text200 = ""
    formed_at: Annotated[str, Field(max_length=40)] = ""
    replaces: Text200 = ""


class NoticeIn(Strict):
    """取件通知: what of a case waits at its source to be fetched."""

    notice_id: Annotated[str, Field(min_length=1, max_length=100)]
    case_number: Annotated[str, Field(min_length=1, max_length=50, json_schema_extra={"pattern": NUMBER})]
    documents: Annotated[list[NoticeDocumentIn], Field(max_length=20)] = []
    files: Annotated[list[NoticeFileIn], Field(max_length=2000)] = []
