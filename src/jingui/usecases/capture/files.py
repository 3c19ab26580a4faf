"""Files of a case: streamed to staging first, then taken in one transaction with their journal entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jingui.db import journal
from jingui.db.models import Case, CaseFile
from jingui.db.queries.receipts import file_facts
from jingui.db.receipts import signed_receipt
from jingui.domain.audit.events import Event
from jingui.domain.capture.messages import FileMessage
from jingui.domain.capture.sameness import message_digest
from jingui.domain.errors import Conflict
from jingui.formats.identification import Identification
from jingui.ports import StagedFile
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


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that stand in staging, what they are by content, and what the source says of them."""

    case_number: str
    message: FileMessage
    staged: StagedFile
    identified: Identification

    @property
    def digest(self) -> str:
        """What makes two sendings of this file the same message."""
        return message_digest("file", self.message)


@one_transaction
def receive_file(*, arrival: Arrival, sender: Sender, desk: Desk, now: datetime) -> Taken:
    """Take a file into its case (捕获电子文件), before or after the case's own message.

    The bytes are already durable in staging. When the answer is a repeat, the caller discards this second copy.

    Raises:
        Conflict: ``message_conflict``, the file key already holds something else.
        Refused: the request has been played before.
    """
    claim_nonce(sender, now=now)
    case = find_case(sender, arrival.case_number)
    known = case and CaseFile.objects.filter(case=case, file_key=arrival.message.file_key).first()
    if case and known:
        return Taken(_answer(case, known, desk, arrival), is_repeat=True)
    folder = case or open_folder(sender, arrival.case_number, now=now)
    row = _row(folder, arrival, now=now)
    entry = journal.Entry(
        Event.FILE_RECEIVED,
        sender.actor,
        now,
        folder.key,
        {"case_number": folder.case_number, "file_key": row.file_key},
    )
    journal.record(entry, new=[row] if case else [folder, row])
    ask_for_work(folder, desk, now=now)
    return Taken(signed_receipt(file_facts(folder, row), desk.signer), is_repeat=False)


def _answer(case: Case, known: CaseFile, desk: Desk, arrival: Arrival) -> dict[str, object]:
    if known.message_sha256 != arrival.digest:
        raise Conflict("message_conflict", key=known.file_key)
    return signed_receipt(file_facts(case, known), desk.signer)


def _row(case: Case, arrival: Arrival, *, now: datetime) -> CaseFile:
    message, staged, identified = arrival.message, arrival.staged, arrival.identified
    return CaseFile(
        case=case,
        file_key=message.file_key,
        name=message.name,
        material_code=message.material_code,
        title=message.title,
        step=message.step,
        formed_at=message.formed_at.isoformat() if message.formed_at else "",
        replaces=message.replaces,
        received_at=now,
        bytes=staged.bytes,
        sha256=staged.digests.sha256,
        sm3=staged.digests.sm3,
        sha512=staged.digests.sha512,
        format_name=identified.format_name,
        format_version=identified.version,
        mime_type=identified.mime,
        staged_token=staged.token,
        message_sha256=arrival.digest,
    )
