"""What a receipt says (回执). The signature over its canonical form is made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class ReceiptKind(StrEnum):
    """The stages at which a receipt is given."""

    CASE_RECEIVED = "case_received"
    FILE_RECEIVED = "file_received"
    FILE_SHARED = "file_shared"
    STEP_RECEIVED = "step_received"
    CASE_CLOSED = "case_closed"
    CASE_HELD = "case_held"
    CASE_ARCHIVED = "case_archived"
    NOTICE_RECEIVED = "notice_received"
    NOTICE_STAGE = "notice_stage"


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a receipt is given for: the stage, the case, when, and what it vouches for."""

    kind: ReceiptKind
    receipt_id: str
    case_number: str
    source: str
    at: datetime
    subject: dict[str, Any] = field(default_factory=dict)


def receipt_body(facts: ReceiptFacts) -> dict[str, Any]:
    """Return the receipt as JSON values; the same facts always give the same body."""
    return {
        "v": 1,
        "kind": facts.kind.value,
        "receipt_id": facts.receipt_id,
        "case_number": facts.case_number,
        "source": facts.source,
        "at": facts.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "subject": facts.subject,
    }
