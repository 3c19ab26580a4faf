"""Checks the messages of source systems. Every problem is told at once; nothing doubtful is silently mended.

Lengths follow GB/T 39046-2020 tables 5 to 8 where it gives them, otherwise they are limits of our own.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from enum import StrEnum

from jingui.domain.capture.messages import (
    CaseMessage,
    ClosureMessage,
    FileMessage,
    SharedFileMessage,
    StepMessage,
)
from jingui.domain.capture.provenance import PROVENANCE_PROBLEM_CODES, read_provenance
from jingui.domain.capture.themes import THEME_PROBLEM_CODES, read_shared_from, read_theme
from jingui.domain.errors import Invalid
from jingui.domain.metadata.fields import FieldReader, find_refused_character, printable_name
from jingui.domain.records.facts import ApplicantFact
from jingui.domain.records.identifiers import find_case_number_fault, region_code_is_valid
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass

CAPTURE_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "case_number_malformed": ("fault",),
    "region_code_malformed": (),
    "file_key_malformed": (),
    "file_name_malformed": (),
    "material_code_malformed": (),
    "sha256_malformed": (),
    "replaces_itself": (),
    "metadata_twice": (),
    **PROVENANCE_PROBLEM_CODES,
    **THEME_PROBLEM_CODES,
}
"""Codes of problems with messages, beside those of ``metadata.fields``."""

_COUNT_LIMIT = 2**31 - 1
_BYTES_LIMIT = 2**63 - 1
_METADATA_COUNT = 200
_METADATA_NAME = 100
_METADATA_VALUE = 4000
_NAME_BYTES = 255
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MATERIAL_CODE = re.compile(r"[\w.·-]*")
# Stands in for a required time that is missing; a message with it is never returned.
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class _ApplicantKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


def _finish(fields: FieldReader) -> None:
    if fields.problems:
        raise Invalid(tuple(fields.problems))


def check_case_message(raw: object) -> CaseMessage:
    """Read the message that opens a case. Fields we do not know are kept as metadata, as they came.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    message = CaseMessage(
        case_number=_case_number(fields),
        title=fields.text("title", limit=500, is_required=True),
        item_code=fields.key("item_code", limit=64),
        item_version=fields.whole("item_version", minimum=1, maximum=_COUNT_LIMIT),
        applicant=_applicant(fields.nested("applicant")),
        received_at=fields.moment("received_at", is_required=True) or _NO_TIME,
        accepted_at=fields.moment("accepted_at"),
        promised_at=fields.moment("promised_at"),
        channel=fields.member("channel", Channel, default=Channel.OTHER) or Channel.OTHER,
        region_code=_region_code(fields),
        department=fields.text("department", limit=200),
        situations=fields.texts("situations", limit=200, count=50),
        theme=read_theme(fields),
        metadata=_metadata(fields),
    )
    _finish(fields)
    return message


def check_step_message(raw: object) -> StepMessage:
    """Read a message about one step.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    message = StepMessage(
        step_key=fields.key("step_key", limit=200),
        name=fields.text("name", limit=200, is_required=True),
        started_at=fields.moment("started_at", is_required=True) or _NO_TIME,
        ended_at=fields.moment("ended_at"),
        handler=fields.text("handler", limit=100),
        unit=fields.text("unit", limit=200),
        opinion=fields.text("opinion", limit=2000, is_multiline=True),
        action=fields.text("action", limit=50),
    )
    fields.refuse_unknown()
    _finish(fields)
    return message


def check_closure_message(raw: object) -> ClosureMessage:
    """Read the message that ends a case.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    message = ClosureMessage(
        kind=fields.member("kind", ClosureKind) or ClosureKind.COMPLETED,
        closed_at=fields.moment("closed_at", is_required=True) or _NO_TIME,
        result=fields.text("result", limit=1000, is_multiline=True),
        result_number=fields.text("result_number", limit=200),
        handler=fields.text("handler", limit=100),
        declared_files=fields.whole("declared_files", minimum=0, maximum=_COUNT_LIMIT),
        declared_steps=fields.whole("declared_steps", minimum=0, maximum=_COUNT_LIMIT),
        declared_bytes=fields.whole("declared_bytes", minimum=0, maximum=_BYTES_LIMIT),
    )
    fields.refuse_unknown()
    _finish(fields)
    return message


def check_file_message(raw: object) -> FileMessage:
    """Read what is said of a file beside its bytes (a path step and headers, put together by the interface).

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    message = _file_message(fields)
    fields.refuse_unknown()
    _finish(fields)
    return message


def check_shared_file_message(raw: object) -> SharedFileMessage:
    """Read that a file of a case is one that another case of its theme has; ``sha256`` is that of the file.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    message = SharedFileMessage(file=_file_message(fields), shared_from=read_shared_from(fields))
    fields.refuse_unknown()
    _finish(fields)
    return message


def _file_message(fields: FieldReader) -> FileMessage:
    message = FileMessage(
        file_key=_file_key(fields, "file_key", is_required=True),
        name=_file_name(fields),
        sha256=_sha256(fields),
        material_code=_material_code(fields),
        step=fields.text("step", limit=200),
        title=fields.text("title", limit=500),
        formed_at=fields.moment("formed_at"),
        material_class=_material_class(fields),
        replaces=_file_key(fields, "replaces", is_required=False),
        provenance=read_provenance(fields),
    )
    if message.replaces and message.replaces == message.file_key:
        fields.fault("replaces", "replaces_itself")
    return message


def _case_number(fields: FieldReader) -> str:
    number = fields.key("case_number", limit=50)
    fault = find_case_number_fault(number) if number else None
    if fault:
        fields.fault("case_number", "case_number_malformed", fault=fault.value)
    return number


def _region_code(fields: FieldReader) -> str:
    code = fields.text("region_code", limit=12)
    if code and not region_code_is_valid(code):
        fields.fault("region_code", "region_code_malformed")
    return code


def _applicant(fields: FieldReader) -> ApplicantFact:
    applicant = ApplicantFact(
        name=fields.text("name", limit=200, is_required=True),
        kind=fields.member("kind", _ApplicantKind, default=_ApplicantKind.PERSON) or _ApplicantKind.PERSON,
        id_type=fields.text("id_type", limit=20),
        id_number=fields.text("id_number", limit=40),
        legal_representative=fields.text("legal_representative", limit=200),
        address=fields.text("address", limit=500),
        agent=fields.text("agent", limit=200),
    )
    fields.refuse_unknown()
    return applicant


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _metadata(fields: FieldReader) -> dict[str, str]:
    sent = fields.nested("metadata")
    collected: dict[str, str] = {}
    for name, value in fields.unknown() + sent.unknown():
        _collect(fields, collected, str(name), _as_text(value))
    if len(collected) > _METADATA_COUNT:
        fields.fault("metadata", "too_many", limit=str(_METADATA_COUNT), count=str(len(collected)))
    return collected


def _collect(fields: FieldReader, collected: dict[str, str], name: str, value: str) -> None:
    place = f"metadata.{printable_name(name)}"
    refused = find_refused_character(name) or find_refused_character(value, is_multiline=True)
    if refused:
        fields.fault(place, "control_character", character=refused)
    elif len(name) > _METADATA_NAME or len(value) > _METADATA_VALUE:
        limit, length = (_METADATA_NAME, len(name)) if len(name) > _METADATA_NAME else (_METADATA_VALUE, len(value))
        fields.fault(place, "too_long", limit=str(limit), length=str(length))
    elif name in collected:
        fields.fault(place, "metadata_twice")
    else:
        collected[name] = value


def _is_path_step(text: str) -> bool:
    return not ("/" in text or "\\" in text or set(text) == {"."})


def _file_key(fields: FieldReader, name: str, *, is_required: bool) -> str:
    key = fields.key(name, limit=200) if is_required or fields.has(name) else fields.text(name, limit=200)
    if key and not (key.isprintable() and _is_path_step(key)):
        fields.fault(name, "file_key_malformed")
    return key


def _file_name(fields: FieldReader) -> str:
    name = fields.text("name", limit=_NAME_BYTES, is_required=True)
    length = len(name.encode())
    if length > _NAME_BYTES:
        fields.fault("name", "too_long", limit=str(_NAME_BYTES), length=str(length))
    if name and not (_is_path_step(name) and name.strip()):
        fields.fault("name", "file_name_malformed")
    return name


def _sha256(fields: FieldReader) -> str:
    digest = fields.text("sha256", limit=64, is_required=True).lower()
    if digest and not _SHA256.fullmatch(digest):
        fields.fault("sha256", "sha256_malformed")
    return digest


def _material_code(fields: FieldReader) -> str:
    code = fields.text("material_code", limit=50)
    if not _MATERIAL_CODE.fullmatch(code):
        fields.fault("material_code", "material_code_malformed")
    return code


def _material_class(fields: FieldReader) -> MaterialClass | None:
    is_given = fields.has("material_class") and fields.take("material_class") != ""
    return fields.member("material_class", MaterialClass) if is_given else None
