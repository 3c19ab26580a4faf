"""Signed receipts: those of messages are made anew and are always the same, those of stages are kept."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from jingui.db.keys import new_key
from jingui.db.models import Case, Receipt
from jingui.domain.records.canonical import canonical_json
from jingui.domain.records.receipts import ReceiptFacts, ReceiptKind, receipt_body
from jingui.ports import Signer


def signed_receipt(facts: ReceiptFacts, signer: Signer) -> dict[str, Any]:
    """Return a receipt with its signature. Ed25519 is deterministic: the same facts give the same answer."""
    body = receipt_body(facts)
    return {"receipt": body, "signature": _signature(canonical_json(body), signer)}


def stage_receipt(
    case: Case, kind: ReceiptKind, *, number: int, subject: dict[str, Any], signer: Signer, at: datetime
) -> Receipt:
    """Return the unsaved receipt of a stage of a case: the ``number``-th inspection or version."""
    key = new_key()
    facts = ReceiptFacts(kind, key.hex, case.case_number, case.source.name, at, subject)
    body = canonical_json(receipt_body(facts))
    return Receipt(
        key=key,
        case=case,
        kind=kind.value,
        subject=str(number),
        at=at,
        body=body.decode(),
        signature=_signature(body, signer),
    )


def _signature(body: bytes, signer: Signer) -> dict[str, str]:
    signature = signer.sign(body)
    value = base64.b64encode(signature.value).decode()
    return {"algorithm": signature.algorithm, "key_id": signature.key_id, "value": value}
