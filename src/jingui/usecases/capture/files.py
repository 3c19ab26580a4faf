"""Files of a case: streamed to staging first, then taken in one transaction with their journal entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jingui.db import journal
from jingui.db.models import Case, CaseFile
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.receipts import file_facts
from jingui.db.queries.rows import find_rows
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
from jingui.usecases.capture.themes import provenance_row, sent_after_all, wake_waiting


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


def receive_file(*, arrival: Arrival, sender: Sender, desk: Desk, now: datetime) -> Taken:
    """Take a file into its case (捕获电子文件), before or after the case's own message.

    The bytes are already durable in staging. When the answer is a repeat, the caller discards this second copy.

    Raises:
        Conflict: ``message_conflict``, the file key already holds something else.
        Refused: the request has been played before.
    """
    return receive_files(case_number=arrival.case_number, arrivals=[arrival], sender=sender, desk=desk, now=now)[0]


@one_transaction
def receive_files(
    *, case_number: str, arrivals: Sequence[Arrival], sender: Sender, desk: Desk, now: datetime
) -> tuple[Taken, ...]:
    """Take several files of one case in one transaction, all or none; the answers are in the order of the files.

    Raises:
        Refused: the request has been played before. Beside it what ``take_files`` raises.
    """
    claim_nonce(sender, now=now)
    return take_files(case_number=case_number, arrivals=arrivals, sender=sender, desk=desk, now=now)


def take_files(
    *, case_number: str, arrivals: Sequence[Arrival], sender: Sender, desk: Desk, now: datetime
) -> tuple[Taken, ...]:
    """Take several files of one case in the caller's transaction, which ends if this raises.

    The caller has claimed the nonces of the requests. Each file has its row and its receipt as if it had come alone;
    one journal event vouches for all that are new.

    Raises:
        Conflict: ``message_conflict``, a file key already holds something else.
        Invalid: ``called_in_future``, the provenance of a file cannot be.
    """
    case = find_case(sender, case_number)
    folder = case or open_folder(sender, case_number, now=now)
    known = _known(folder, arrivals) if case else {}
    new: dict[str, CaseFile] = {}
    answered = [_taken(arrival, known, new, folder, now) for arrival in arrivals]
    if new:
        facts = {"case_number": case_number} | _keys_of(new)
        entry = journal.Entry(Event.FILE_RECEIVED, sender.actor, now, folder.key, facts)
        rows = [*new.values(), *_provenances(arrivals, new, now=now)]
        settled = sent_after_all(wake_waiting(folder, desk, now=now), new)
        journal.record(entry, new=rows if case else [folder, *rows], changed=settled)
        ask_for_work(folder, desk, now=now)
    told = ((file_facts(folder, row, source=sender.source_name), is_repeat) for row, is_repeat in answered)
    return tuple(Taken.of(facts, desk.signer, is_repeat=is_repeat) for facts, is_repeat in told)


def _known(case: Case, arrivals: Sequence[Arrival]) -> dict[str, CaseFile]:
    keys = [arrival.message.file_key for arrival in arrivals]
    condition = f"case_id = %s AND file_key IN ({', '.join('%s' for _ in keys)})"
    return {row.file_key: row for row in find_rows(CaseFile, condition, case.key, *keys)}


def _taken(
    arrival: Arrival, known: dict[str, CaseFile], new: dict[str, CaseFile], folder: Case, now: datetime
) -> tuple[CaseFile, bool]:
    """Return the row of a file, and whether it had come before; a row not known yet is added to ``new``."""
    key = arrival.message.file_key
    row = known.get(key) or new.get(key)
    if row is None:
        row = new[key] = _row(folder, arrival, now=now)
        return row, False
    if row.message_sha256 != arrival.digest:
        raise Conflict("message_conflict", key=key)
    return row, True


def _provenances(arrivals: Sequence[Arrival], new: dict[str, CaseFile], *, now: datetime) -> list[ProtectedRow]:
    told = {arrival.message.file_key: arrival.message.provenance for arrival in arrivals if arrival.message.provenance}
    return [
        row for key, provenance in told.items() if key in new for row in provenance_row(new[key], provenance, now=now)
    ]


def _keys_of(new: dict[str, CaseFile]) -> dict[str, object]:
    return {"file_key": next(iter(new))} if len(new) == 1 else {"file_keys": list(new)}


def _row(case: Case, arrival: Arrival, *, now: datetime) -> CaseFile:
    message, staged, identified = arrival.message, arrival.staged, arrival.identified
    return CaseFile.fresh(
        case_id=case.key,
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
