"""The end of a case at its source (办结, 退件, 撤回, 不予受理, 不予许可): from here the pipeline runs by itself."""

from __future__ import annotations

from datetime import datetime

from jingui.db import journal
from jingui.db.models import Case, Closure
from jingui.db.queries.receipts import closure_facts
from jingui.db.queries.rows import find_row
from jingui.domain.audit.events import Event
from jingui.domain.capture.messages import ClosureMessage
from jingui.domain.capture.sameness import message_digest, message_text
from jingui.domain.errors import Conflict
from jingui.domain.lifecycle import CaseState, move
from jingui.usecases.capture.folders import (
    Desk,
    Sender,
    Taken,
    ask_for_work,
    claim_nonce,
    find_case,
    one_transaction,
    open_folder,
)


@one_transaction
def receive_closure(*, case_number: str, message: ClosureMessage, sender: Sender, desk: Desk, now: datetime) -> Taken:
    """Take the closure of a case, which may come before anything else of it.

    Raises:
        Conflict: ``message_conflict``, the case has already been closed differently.
        Refused: the request has been played before.
    """
    claim_nonce(sender, now=now)
    case = find_case(sender, case_number)
    known = case and find_row(Closure, "case_id = %s", case.key)
    digest = message_digest("closure", message)
    if case and known:
        if known.message_sha256 != digest:
            raise Conflict("message_conflict", key="closure")
        return Taken.of(closure_facts(case, known, source=sender.source_name), desk.signer, is_repeat=True)
    folder = case or open_folder(sender, case_number, now=now)
    row = _row(folder, message, digest, now=now)
    _close(folder, message)
    entry = journal.Entry(
        Event.CLOSURE_RECEIVED, sender.actor, now, folder.key, {"case_number": case_number, "kind": row.kind}
    )
    journal.record(entry, new=[row] if case else [folder, row], changed=[folder] if case else [])
    ask_for_work(folder, desk, now=now)
    return Taken.of(closure_facts(folder, row, source=sender.source_name), desk.signer, is_repeat=False)


def _close(case: Case, message: ClosureMessage) -> None:
    if case.message:
        case.state = move(CaseState(case.state), CaseState.CLOSED).value
    case.closed_at = message.closed_at
    case.closure_kind = message.kind.value
    case.year = message.closed_at.year  # in the source's own offset


def _row(case: Case, message: ClosureMessage, digest: str, *, now: datetime) -> Closure:
    return Closure(
        case=case,
        kind=message.kind.value,
        closed_at=message.closed_at,
        received_at=now,
        message=message_text(message),
        message_sha256=digest,
    )
