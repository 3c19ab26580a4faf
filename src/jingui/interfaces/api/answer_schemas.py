"""Shapes of what the API answers, as published in OpenAPI."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema


class SignatureOut(Schema):
    """Ed25519 over the canonical JSON of ``receipt``: sorted keys, no spaces, UTF-8."""

    algorithm: str
    key_id: str
    value: str


class ReceiptOut(Schema):
    """回执: what was taken, signed by this installation."""

    receipt: dict[str, Any]
    signature: SignatureOut


class ReceiptsOut(Schema):
    """One receipt for each step, in the order sent."""

    receipts: list[ReceiptOut]


class ReceiptListOut(Schema):
    """Every receipt of a case, oldest first."""

    case_number: str
    state: str
    receipts: list[ReceiptOut]


class NoticeOut(Schema):
    """Where a notice stands; ``done`` of ``parts`` are fetched. Typed receipts, oldest first."""

    notice_id: str
    case_number: str
    outcome: str
    done: int
    parts: int
    attempts: int
    error: str
    receipts: list[ReceiptOut]


class FindingOut(Schema):
    """A finding that keeps the case from being archived."""

    rule: str
    code: str
    location: str
    detail: str


class CaseOut(Schema):
    """Where a case stands."""

    case_number: str
    state: str
    title: str
    item_code: str
    version: int
    archival_code: str | None
    record_code: str | None
    flags: list[str]
    files: int
    steps: int
    findings: list[FindingOut]
    received_at: datetime | None
    closed_at: datetime | None
    preserved_at: datetime | None
    theme: dict[str, Any] | None = None


class InventoryOut(Schema):
    """清点: what is there, what is missing, what nobody expected."""

    case_number: str
    plan: dict[str, Any] | None
    present: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    unexpected: list[dict[str, Any]]
    origins: dict[str, dict[str, Any]] = {}
    awaited: list[dict[str, Any]] = []


class KeyOut(Schema):
    """A public key of this installation."""

    algorithm: str
    key_id: str
    public_key_pem: str


class KeysOut(Schema):
    """The keys that receipts and checkpoints are signed with."""

    keys: list[KeyOut]


class CertificateOut(Schema):
    """归档覆盖证书: each signature is over the canonical JSON of ``certificate``."""

    certificate: dict[str, Any]
    signatures: list[SignatureOut]


class LedgerDayOut(Schema):
    """How far the closing of a day has come, and its certificates in force."""

    day: date
    version: int
    lines: int
    parts: int
    parts_received: list[int]
    is_complete: bool
    certified_at: datetime | None
    certificates: list[CertificateOut]


class ProblemOut(Schema):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    lost: bool
    problems: list[dict[str, str]] = []
