"""The notice of a source that messages and files of a case wait to be fetched (取件通知)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from jingui.domain.errors import Invalid
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.records.identifiers import find_case_number_fault

_MOST_FILES = 2000
_MOST_DOCUMENTS = 20
_URL = 2000


class DocumentKind(StrEnum):
    """What stands in a document of a notice: a canonical message of the push interface, or the source's own form."""

    CASE = "case"
    STEPS = "steps"
    CLOSURE = "closure"
    MAPPED = "mapped"


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """A document to be fetched and read."""

    kind: DocumentKind
    url: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NoticeFile:
    """A file to be fetched: where it is, what its digest is, and what the push interface would be told of it."""

    url: str
    sha256: str
    body: dict[str, Any] = field(default_factory=dict)
    bytes: int | None = None
    sm3: str = ""


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """A checked notice. Documents are fetched before files; a closure among them comes last of all."""

    notice_id: str
    case_number: str
    documents: tuple[NoticeDocument, ...] = ()
    files: tuple[NoticeFile, ...] = ()

    @property
    def parts(self) -> int:
        """How many things are to be fetched."""
        return len(self.documents) + len(self.files)


_FILE_TEXTS = {
    "file_key": 200,
    "name": 255,
    "material": 50,
    "title": 500,
    "step": 200,
    "formed_at": 40,
    "replaces": 200,
}


def check_notice(raw: object) -> NoticeMessage:
    """Read a notice.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    number = fields.key("case_number", limit=50)
    fault = find_case_number_fault(number) if number else None
    if fault:
        fields.fault("case_number", "case_number_malformed", fault=fault.value)
    message = NoticeMessage(
        notice_id=fields.key("notice_id", limit=100),
        case_number=number,
        documents=tuple(_document(row) for row in fields.rows("documents", limit=_MOST_DOCUMENTS)),
        files=tuple(_file(row) for row in fields.rows("files", limit=_MOST_FILES)),
    )
    if not (message.documents or message.files):
        fields.fault("files", "required")
    fields.refuse_unknown()
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return message


def _document(row: FieldReader) -> NoticeDocument:
    kind = row.member("kind", DocumentKind) or DocumentKind.MAPPED
    document = NoticeDocument(kind, row.text("url", limit=_URL, is_required=True), _sha256(row))
    row.refuse_unknown()
    return document


def _file(row: FieldReader) -> NoticeFile:
    body = {name: row.text(name, limit=limit) for name, limit in _FILE_TEXTS.items()}
    for name in ("file_key", "name"):
        if not body[name]:
            row.fault(name, "required")
    size = row.whole("bytes", minimum=0, maximum=2**63 - 1)
    found = NoticeFile(
        url=row.text("url", limit=_URL, is_required=True),
        sha256=_sha256(row),
        body={name: text for name, text in body.items() if text},
        bytes=size,
        sm3=row.text("sm3", limit=64),
    )
    row.refuse_unknown()
    return found


def _sha256(row: FieldReader) -> str:
    digest = row.text("sha256", limit=64, is_required=True).lower()
    if digest and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):  # noqa: PLR2004 - SHA-256
        row.fault("sha256", "sha256_malformed")
    return digest


def notice_text(message: NoticeMessage) -> str:
    """Return a notice as JSON that ``check_notice`` reads again."""
    told = {
        "notice_id": message.notice_id,
        "case_number": message.case_number,
        "documents": [asdict(document) for document in message.documents],
        "files": [_file_values(file) for file in message.files],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _file_values(file: NoticeFile) -> dict[str, Any]:
    values = {"url": file.url, "sha256": file.sha256, "sm3": file.sm3, "bytes": file.bytes}
    return {**file.body, **{name: value for name, value in values.items() if value is not None and value != ""}}


def notice_digest(message: NoticeMessage) -> str:
    """Return the SHA-256 of a notice's meaning: two sendings with the same are the same notice."""
    return hashlib.sha256(notice_text(message).encode()).hexdigest()


class NoticeStage(StrEnum):
    """How far a notice has come, as its typed receipts tell it."""

    RECEIVED = "received"
    FETCHED = "fetched"
    FAILED = "failed"
    REGISTERED = "registered"
    RETURNED = "returned"
    ARCHIVED = "archived"


RECEIPT_TYPES: dict[NoticeStage, int] = {stage: number for number, stage in enumerate(NoticeStage, start=1)}
"""The numbers of typed receipts. Ours: the profile we know names no list, so a connection may set its own."""
