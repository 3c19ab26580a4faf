"""The ledger that a business system would send of the cases it has played (``jingui replay`` and its planning)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from jingui.interfaces.cli.replay.plan import CasePlan, Kind


def ledger_line(plan: CasePlan) -> dict[str, Any]:
    """Return the line of one case: what its own message and its closure say, and how much was sent of it."""
    documents = {message.kind: message.document for message in plan.messages}
    kinds = [message.kind for message in plan.messages]
    opening, closing = documents[Kind.CASE], documents.get(Kind.CLOSURE)
    line = {"case_number": plan.number, "state": "closed" if closing else "in_progress"}
    told = {name: opening.get(name) for name in ("item_code", "received_at", "promised_at")}
    told |= {name: closing.get(name) for name in ("closed_at", "kind")} if closing else {}
    line |= {name: str(value) for name, value in told.items() if value}
    return line | {"files": kinds.count(Kind.FILE), "steps": kinds.count(Kind.STEP)}


def ledger_lines(plans: Iterable[CasePlan]) -> Iterator[bytes]:
    """Write the ledger of planned cases as JSON lines."""
    for plan in plans:
        yield json.dumps(ledger_line(plan), ensure_ascii=False).encode() + b"\n"
