"""Steps of handling (环节): several in one message, all or none, each the same however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jingui.db import journal
from jingui.db.models import Case, CaseStep
from jingui.db.queries.receipts import step_facts
from jingui.db.queries.rows import find_rows
from jingui.db.receipts import signed_receipt
from jingui.domain.audit.events import Event
from jingui.domain.capture.messages import StepMessage
from jingui.domain.errors import Conflict
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
def receive_steps(
    *, case_number: str, messages: Sequence[StepMessage], sender: Sender, desk: Desk, now: datetime
) -> Taken:
    """Take steps into their case; those that are already there stay as they are.

    Raises:
        Conflict: ``message_conflict``, a step key already stands for a different step; none of the message is taken.
        Refused: the request has been played before.
    """
    claim_nonce(sender, now=now)
    case = find_case(sender, case_number)
    folder = case or open_folder(sender, case_number, now=now)
    known = _known(folder, messages) if case else {}
    wanted = {message.step_key: CaseStep.of(folder, message, now=now) for message in messages}
    for key, row in wanted.items():
        if key in known and known[key].message_sha256 != row.message_sha256:
            raise Conflict("message_conflict", key=key)
    new = [row for key, row in wanted.items() if key not in known]
    if new:
        facts = {"case_number": case_number, "step_keys": [row.step_key for row in new]}
        entry = journal.Entry(Event.STEP_RECEIVED, sender.actor, now, folder.key, facts)
        journal.record(entry, new=new if case else [folder, *new])
        ask_for_work(folder, desk, now=now)
    rows = {**wanted, **known}
    told = [step_facts(folder, rows[message.step_key], source=sender.source_name) for message in messages]
    return Taken(lambda: {"receipts": [signed_receipt(each, desk.signer) for each in told]}, is_repeat=not new)


def _known(case: Case, messages: Sequence[StepMessage]) -> dict[str, CaseStep]:
    keys = [message.step_key for message in messages]
    condition = f"case_id = %s AND step_key IN ({', '.join('%s' for _ in keys)})"
    return {row.step_key: row for row in find_rows(CaseStep, condition, case.key, *keys)}
