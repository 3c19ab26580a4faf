"""Theme cases (一件事): cases that belong together, and files that one of them shares with another.

A reference is taken as any message, in any order. Its bytes come when both cases and the file are there: the worker
gives them a second name, so they lie once on the disk and stand whole in every department's own package.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, FileProvenance, SharedFile, ThemeCase
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.receipts import shared_file_facts
from jingui.db.queries.rows import find_row, find_rows, get_case
from jingui.db.queries.viewer import place_of
from jingui.domain.audit.events import Event
from jingui.domain.capture.messages import SharedFileMessage
from jingui.domain.capture.provenance import check_called
from jingui.domain.capture.sameness import message_digest, message_text
from jingui.domain.capture.themes import can_share
from jingui.domain.errors import Conflict, Invalid, Problem, TransientFailure
from jingui.domain.records.canonical import canonical_json
from jingui.domain.records.origins import Provenance, ThemePart
from jingui.ports import JobQueue, PreservationStore, StagingArea
from jingui.usecases.capture.folders import (
    Desk,
    Sender,
    Taken,
    claim_nonce,
    find_case,
    one_transaction,
    open_folder,
)

ACTOR = "system:sharing"
WAITING, TAKEN, DIFFERS, SENT = "waiting", "taken", "differs", "sent"
CLOCK_TOLERANCE = timedelta(days=1)
MOST_WOKEN = 500


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where bytes are that another case may share."""

    staging: StagingArea
    store: PreservationStore


def theme_rows(case: Case, part: ThemePart | None) -> list[ProtectedRow]:
    """Return the row that makes a case part of its theme; none if it has no theme."""
    if part is None:
        return []
    row = ThemeCase(
        source_id=case.source_id, case=case, number=part.number, name=part.name, role=part.role.value, count=part.count
    )
    return [row]


def provenance_row(file: CaseFile, provenance: Provenance | None, *, now: datetime) -> list[ProtectedRow]:
    """Return the row that keeps where a file was called from; none if nothing is said of it. Raises Invalid."""
    if provenance is None:
        return []
    check_called(provenance, now=now, tolerance=CLOCK_TOLERANCE)
    told = asdict(provenance)
    told["called_at"] = provenance.called_at.isoformat() if provenance.called_at else None
    return [FileProvenance(file=file, case_id=file.case_id, content=canonical_json(told).decode())]


def wake_waiting(case: Case, desk: Desk, *, now: datetime) -> list[SharedFile]:
    """Ask for work on every case that waits for a file of this one; return the references that this one waits for."""
    if not can_share(case.message):
        return []
    condition = "state = 'waiting' AND source_id = %s AND (from_case_number = %s OR case_id = %s) ORDER BY file_key"
    rows = find_rows(SharedFile, condition, case.source_id, case.case_number, case.key)
    for key in {row.case_id for row in rows}:
        desk.queue.put(key.hex, now=now)
    return [row for row in rows if row.case_id == case.key]


def sent_after_all(waiting: list[SharedFile], arrived: dict[str, CaseFile]) -> list[SharedFile]:
    """Return the references whose files the source has sent itself.

    Raises:
        Conflict: ``message_conflict``, a file has other bytes than the reference under its key said.
    """
    settled = [row for row in waiting if row.file_key in arrived]
    for row in settled:
        if arrived[row.file_key].sha256 != row.sha256:
            raise Conflict("message_conflict", key=row.file_key)
        row.state = SENT
    return settled


@one_transaction
def receive_shared_file(
    *, case_number: str, message: SharedFileMessage, sender: Sender, desk: Desk, now: datetime
) -> Taken:
    """Take the word that a file of a case is one that another case of its theme has; either may come first.

    Raises:
        Conflict: ``message_conflict``, the file key stands for something else; ``shared_file_differs``, the other case
            has another file under that key.
        Invalid: the case itself is named, the two are not of one theme, or the call lies in the future.
        Refused: the request has been played before.
    """
    claim_nonce(sender, now=now)
    case = find_case(sender, case_number)
    digest = message_digest("shared_file", message)
    known = case and find_row(SharedFile, "case_id = %s AND file_key = %s", case.key, message.file.file_key)
    if case and known:
        if known.message_sha256 != digest:
            raise Conflict("message_conflict", key=known.file_key)
        facts = shared_file_facts(case, known, source=sender.source_name)
        return Taken.of(facts, desk.signer, is_repeat=True)
    folder = case or open_folder(sender, case_number, now=now)
    _refuse_unsound(folder, message, is_new=case is None, now=now)
    row = _reference(folder, message, digest, now=now)
    told = {"case_number": case_number, "file_key": row.file_key, "from_case_number": row.from_case_number}
    entry = journal.Entry(Event.FILE_SHARED, sender.actor, now, folder.key, told)
    journal.record(entry, new=[row] if case else [folder, row])
    desk.queue.put(folder.key.hex, now=now)
    facts = shared_file_facts(folder, row, source=sender.source_name)
    return Taken.of(facts, desk.signer, is_repeat=False)


def _refuse_unsound(folder: Case, message: SharedFileMessage, *, is_new: bool, now: datetime) -> None:
    check_called(message.file.provenance, now=now, tolerance=CLOCK_TOLERANCE)
    wanted = message.shared_from
    if wanted.case_number == folder.case_number:
        raise Invalid((Problem("shared_from.case_number", "shared_from_itself"),))
    if not is_new and find_row(CaseFile, "case_id = %s AND file_key = %s", folder.key, message.file.file_key):
        raise Conflict("message_conflict", key=message.file.file_key)
    other = find_row(Case, "source_id = %s AND case_number = %s", folder.source_id, wanted.case_number)
    if _are_apart(folder, other):
        problem = Problem("shared_from.case_number", "shared_outside_theme", {"case": wanted.case_number})
        raise Invalid((problem,))
    original = other and find_row(CaseFile, "case_id = %s AND file_key = %s", other.key, wanted.file_key)
    if original and original.sha256 != message.file.sha256:
        raise Conflict("shared_file_differs", key=wanted.file_key, found=original.sha256)


def _are_apart(case: Case, other: Case | None) -> bool:
    """Say whether it is already certain that two cases are not of one theme; a case not announced may yet be."""
    if any(each is not None and not can_share(each.message) for each in (case, other)):
        return True
    themes = [_theme_of(each) for each in (case, other) if each is not None and each.message]
    return len({theme.number for theme in themes if theme}) > 1


def _theme_of(case: Case) -> ThemeCase | None:
    return find_row(ThemeCase, "case_id = %s", case.key)


def _reference(case: Case, message: SharedFileMessage, digest: str, *, now: datetime) -> SharedFile:
    return SharedFile(
        source_id=case.source_id,
        case=case,
        file_key=message.file.file_key,
        from_case_number=message.shared_from.case_number,
        from_file_key=message.shared_from.file_key,
        sha256=message.file.sha256,
        state=WAITING,
        received_at=now,
        message=message_text(message),
        message_sha256=digest,
    )


def settle_shared_files(case_key: UUID, *, shelves: Shelves, now: datetime) -> int:
    """Take in the shared files of a case that are there by now; return how many references were settled.

    Raises:
        TransientFailure: ``shared_bytes_moved``, the bytes are just being moved into the store.
    """
    rows = find_rows(SharedFile, "case_id = %s AND state = 'waiting' ORDER BY file_key", case_key)
    return sum(_settle(row, shelves, now) for row in rows)


@transaction.atomic
def _settle(reference: SharedFile, shelves: Shelves, now: datetime) -> bool:
    case = get_case(reference.case_id, is_locked=True)
    row = find_row(SharedFile, "key = %s", reference.key)
    if row is None or row.state != WAITING:
        return False
    original = _original(row, case)
    if original is None:
        return False
    is_meant = original.sha256 == row.sha256
    row.state = TAKEN if is_meant else DIFFERS
    row.taken_at = now if is_meant else None
    new = _taken_rows(row, case, original, shelves, now) if is_meant else []
    kind = Event.SHARED_FILE_TAKEN if is_meant else Event.SHARED_FILE_DIFFERS
    facts = {"case_number": case.case_number, "file_key": row.file_key, "from_case_number": row.from_case_number}
    journal.record(journal.Entry(kind, ACTOR, now, case.key, facts), new=new, changed=[row])
    return True


def _original(row: SharedFile, case: Case) -> CaseFile | None:
    """Return the file meant, once both cases are known to be of one theme."""
    other = find_row(Case, "source_id = %s AND case_number = %s", row.source_id, row.from_case_number)
    own, theirs = _theme_of(case), _theme_of(other) if other else None
    if other is None or own is None or theirs is None or own.number != theirs.number:
        return None
    original = find_row(CaseFile, "case_id = %s AND file_key = %s", other.key, row.from_file_key)
    if original:
        original.case = other
    return original


def _taken_rows(row: SharedFile, case: Case, original: CaseFile, shelves: Shelves, now: datetime) -> list[ProtectedRow]:
    told = json.loads(row.message)["file"]
    file = CaseFile(
        case=case,
        file_key=row.file_key,
        name=told["name"],
        material_code=told["material_code"],
        title=told["title"],
        step=told["step"],
        formed_at=told["formed_at"] or original.formed_at,
        replaces=told["replaces"],
        received_at=now,
        bytes=original.bytes,
        sha256=original.sha256,
        sm3=original.sm3,
        sha512=original.sha512,
        format_name=original.format_name,
        format_version=original.format_version,
        mime_type=original.mime_type,
        staged_token=_second_name(original, shelves),
        message_sha256=row.message_sha256,
    )
    return [file, *_provenance_of(file, told.get("provenance"), original)]


def _second_name(original: CaseFile, shelves: Shelves) -> str:
    place = place_of(original.case, original)
    try:
        if place.object_id:
            path = shelves.store.content_location(place.object_id, place.content_path)
        else:
            path = shelves.staging.path(place.staged_token)
        return shelves.staging.adopt(path)
    except FileNotFoundError as error:
        raise TransientFailure("shared_bytes_moved", str(error)) from error


def _provenance_of(file: CaseFile, told: dict[str, str] | None, original: CaseFile) -> list[ProtectedRow]:
    """Return what the source says of this file's origin, else what it said of the original's."""
    if told is not None:
        return [FileProvenance(file=file, case_id=file.case_id, content=canonical_json(told).decode())]
    known = find_row(FileProvenance, "file_id = %s", original.key)
    return [FileProvenance(file=file, case_id=file.case_id, content=known.content)] if known else []


_WAKEABLE = """
SELECT DISTINCT shared.case_id FROM jingui_shared_file AS shared
JOIN jingui_case AS other ON other.source_id = shared.source_id AND other.case_number = shared.from_case_number
JOIN jingui_case_file AS original ON original.case_id = other.key AND original.file_key = shared.from_file_key
WHERE shared.state = 'waiting' AND NOT EXISTS (
  SELECT 1 FROM jingui_job AS job WHERE job.case_key = shared.case_id AND (job.state = 'failed' OR job.attempts > 1))
LIMIT %s
"""


@transaction.atomic
def wake_all_waiting(*, queue: JobQueue, now: datetime) -> int:
    """Ask for work on every case whose shared file is there; return how many.

    For two messages that came in the same moment and did not see each other. A case that has failed before
    is left alone: asking again would begin its tries anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAKEABLE, [MOST_WOKEN])
        keys = [row[0] for row in cursor.fetchall()]
    for key in keys:
        queue.put(key.hex if isinstance(key, UUID) else str(key), now=now)
    return len(keys)
