"""The receipts of messages, made anew from their rows: the same rows always give the same receipts."""

from __future__ import annotations

from typing import Any

from jingui.db.models import Case, CaseFile, CaseStep, Closure, SharedFile
from jingui.db.receipts import signed_receipt
from jingui.domain.records.receipts import ReceiptFacts, ReceiptKind
from jingui.ports import Signer


def case_facts(case: Case, *, source: str) -> ReceiptFacts:
    """Return what the receipt of a case's own message says; ``source`` is the name of the case's source."""
    subject = {"message_sha256": case.message_sha256, "item_code": case.item_code}
    kind = ReceiptKind.CASE_RECEIVED
    return ReceiptFacts(kind, case.key.hex, case.case_number, source, case.announced_at or case.opened_at, subject)


def file_facts(case: Case, row: CaseFile, *, source: str) -> ReceiptFacts:
    """Return what the receipt of a file says."""
    subject = {"file_key": row.file_key, "bytes": row.bytes, "sha256": row.sha256, "sm3": row.sm3}
    kind = ReceiptKind.FILE_RECEIVED
    return ReceiptFacts(kind, row.key.hex, case.case_number, source, row.received_at, subject)


def shared_file_facts(case: Case, row: SharedFile, *, source: str) -> ReceiptFacts:
    """Return what the receipt of a reference to a shared file says; the file has a receipt of its own once it is there."""
    origin = {"case_number": row.from_case_number, "file_key": row.from_file_key}
    subject = {"file_key": row.file_key, "sha256": row.sha256, "shared_from": origin}
    kind = ReceiptKind.FILE_SHARED
    return ReceiptFacts(kind, row.key.hex, case.case_number, source, row.received_at, subject)


def step_facts(case: Case, row: CaseStep, *, source: str) -> ReceiptFacts:
    """Return what the receipt of a step says."""
    subject = {"step_key": row.step_key, "message_sha256": row.message_sha256}
    kind = ReceiptKind.STEP_RECEIVED
    return ReceiptFacts(kind, row.key.hex, case.case_number, source, row.received_at, subject)


def closure_facts(case: Case, row: Closure, *, source: str) -> ReceiptFacts:
    """Return what the receipt of a closure says."""
    subject = {"kind": row.kind, "message_sha256": row.message_sha256}
    kind = ReceiptKind.CASE_CLOSED
    return ReceiptFacts(kind, row.key.hex, case.case_number, source, row.received_at, subject)


def message_receipts(case: Case, signer: Signer) -> list[dict[str, Any]]:
    """Return the signed receipt of every message of a case that was taken."""
    source = case.source.name
    facts = [case_facts(case, source=source)] if case.message else []
    facts += [file_facts(case, row, source=source) for row in case.files.all()]
    facts += [shared_file_facts(case, row, source=source) for row in case.shared_files.all()]
    facts += [step_facts(case, row, source=source) for row in case.steps.all()]
    facts += [closure_facts(case, row, source=source) for row in Closure.objects.filter(case=case)]
    return [signed_receipt(fact, signer) for fact in facts]
