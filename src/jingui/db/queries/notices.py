"""Notices of sources, what is still to be fetched of them, and what their receipts say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jingui.db.models import Case, Notice, NoticeWork, Receipt
from jingui.domain.capture.notices import RECEIPT_TYPES, NoticeStage, check_notice
from jingui.domain.errors import NotFound
from jingui.domain.records.receipts import ReceiptFacts, ReceiptKind

_STAGE_OF_KIND = {
    ReceiptKind.CASE_HELD.value: NoticeStage.RETURNED,
    ReceiptKind.CASE_ARCHIVED.value: NoticeStage.ARCHIVED,
}
_STAGE_OF_OUTCOME = {"taken": NoticeStage.FETCHED, "partly": NoticeStage.FETCHED, "failed": NoticeStage.FAILED}


def due_work(connection_key: UUID, *, now: datetime) -> list[NoticeWork]:
    """Return the notices of a connection to be fetched now, the longest waiting first."""
    rows = NoticeWork.objects.filter(notice__connection_id=connection_key, next_try_at__lte=now)
    return list(rows.select_related("notice").order_by("next_try_at", "notice_id")[:200])


def next_due(connection_key: UUID) -> datetime | None:
    """Return when the next notice of a connection is to be fetched."""
    rows = NoticeWork.objects.filter(notice__connection_id=connection_key).order_by("next_try_at")
    return rows.values_list("next_try_at", flat=True).first()


def get_notice(source_key: UUID, notice_id: str) -> Notice:
    """Return a source's own notice. Raises NotFound."""
    row = (
        Notice.objects.select_related("connection", "source").filter(source_id=source_key, notice_id=notice_id).first()
    )
    if row is None:
        raise NotFound("notice_not_found")
    return row


@dataclass(frozen=True, slots=True)
class NoticeState:
    """Where a notice stands, as values, and what its typed receipts say."""

    values: dict[str, Any]
    receipts: list[ReceiptFacts]


def notice_state(source_key: UUID, notice_id: str) -> NoticeState:
    """Return where a source's own notice stands. Raises NotFound."""
    notice = get_notice(source_key, notice_id)
    work = NoticeWork.objects.filter(notice=notice).first()
    parts = check_notice(json.loads(notice.message)).parts
    values = {
        "notice_id": notice.notice_id,
        "case_number": notice.case_number,
        "outcome": notice.outcome,
        "done": work.position if work else parts if notice.outcome != "failed" else 0,
        "parts": parts,
        "attempts": work.attempts if work else 0,
        "error": work.error_code if work else "",
    }
    return NoticeState(values, notice_receipts(notice))


def notice_facts(notice: Notice, *, source: str) -> ReceiptFacts:
    """Return what the receipt of a notice says."""
    subject = {
        "notice_id": notice.notice_id,
        "message_sha256": notice.message_sha256,
        "type": _number(notice, NoticeStage.RECEIVED),
    }
    return ReceiptFacts(
        ReceiptKind.NOTICE_RECEIVED, notice.key.hex, notice.case_number, source, notice.received_at, subject
    )


def notice_receipts(notice: Notice) -> list[ReceiptFacts]:
    """Return the typed receipts of a notice, in the order of what happened."""
    source = notice.source.name
    facts = [notice_facts(notice, source=source)]
    if notice.ended_at:
        facts.append(_facts(notice, _STAGE_OF_OUTCOME[notice.outcome], notice.ended_at, {"outcome": notice.outcome}))
    case = Case.objects.filter(source_id=notice.source_id, case_number=notice.case_number).first()
    if case and case.announced_at:
        facts.append(_facts(notice, NoticeStage.REGISTERED, case.announced_at, {"case": case.key.hex}))
    rows = Receipt.objects.filter(case=case, kind__in=list(_STAGE_OF_KIND)) if case else []
    facts += [_facts(notice, _STAGE_OF_KIND[row.kind], row.at, {"receipt_id": row.key.hex}) for row in rows]
    return [facts[0], *sorted(facts[1:], key=lambda fact: fact.at)]


def _facts(notice: Notice, stage: NoticeStage, at: datetime, subject: dict[str, str]) -> ReceiptFacts:
    told = {"notice_id": notice.notice_id, "stage": stage.value, "type": _number(notice, stage), **subject}
    return ReceiptFacts(
        ReceiptKind.NOTICE_STAGE, f"{notice.key.hex}-{stage.value}", notice.case_number, notice.source.name, at, told
    )


def _number(notice: Notice, stage: NoticeStage) -> int:
    given = notice.connection.configuration.get("receipt_types", {})
    return int(given.get(stage.value, RECEIPT_TYPES[stage]))
