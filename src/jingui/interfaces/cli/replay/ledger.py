"""The ledger that a business system would send of the cases it has played (``jingui replay`` and its planning)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jingui.interfaces.cli.client import Body
from jingui.interfaces.cli.replay.plan import CasePlan, Kind

if TYPE_CHECKING:
    from datetime import date

    from jingui.interfaces.cli.client import CaptureClient

LINES_FORM = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class SentLedger:
    """What came of sending a ledger. ``version`` is 0 and ``reason`` says why if it was not taken."""

    day: str
    lines: int
    version: int = 0
    reason: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the ledger stands on the server."""
        return self.version > 0


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


def send_ledger(plans: Iterable[CasePlan], *, day: date, client: CaptureClient) -> SentLedger:
    """Send the ledger of a day in one signed message, as the source does in the evening.

    Raises:
        ServerSilentError: the server did not answer for as long as the client has patience.
    """
    lines = list(ledger_lines(plans))
    body = replace(Body.of_bytes(b"".join(lines)), content_type=LINES_FORM)
    answer = client.request("PUT", f"/ledgers/{day.isoformat()}", body=body)
    if not answer.is_taken:
        return SentLedger(day.isoformat(), len(lines), reason=answer.reason)
    return SentLedger(day.isoformat(), len(lines), int(answer.document["receipt"]["subject"]["version"]))
