"""Verifying all holdings: every object, every staged file, every row, every journal entry. Read only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CaseFile, PackageVersion
from jingui.domain.audit.events import Event
from jingui.ports import PreservationStore, Signer, StagingArea
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.journal_check import check_events, check_log, missing_events
from jingui.usecases.audit.row_check import RowCheck, marks_of
from jingui.usecases.audit.sealing import log_size

CHUNK = 500
READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is verified: the store, the staging area, and the keys that signed the log."""

    store: PreservationStore
    staging: StagingArea
    signers: Sequence[Signer]


def verify_holdings(holdings: Holdings, looked: Looked) -> Iterator[HoldingsFinding]:
    """Name everything that is not as it was kept; ``looked`` counts what was looked at. Memory is flat."""
    yield from check_log(signers=holdings.signers, looked=looked)
    yield from missing_events(log_size())
    yield from _check_rows(looked)
    yield from _check_objects(holdings.store, looked)
    yield from _check_staged(holdings.staging, looked)


def _check_rows(looked: Looked) -> Iterator[HoldingsFinding]:
    rows = RowCheck(looked)
    for event, _payload, finding in check_events(looked):
        if finding:
            yield finding
        yield from rows.add(marks_of(event, is_proved=finding is None))
    yield from rows.unaccounted()


def _check_objects(store: PreservationStore, looked: Looked) -> Iterator[HoldingsFinding]:
    for finding in store.verify_root():
        yield HoldingsFinding(Subject.FILE, finding.path, finding.code, finding.detail)
    for versions in _objects():
        yield from _check_object(store, versions, looked)
    yield from _unknown_objects(store)


def _objects() -> Iterator[list[PackageVersion]]:
    """Yield the stored versions of one object after the other, oldest first."""
    stored = PackageVersion.objects.filter(stored_at__isnull=False)
    group: list[PackageVersion] = []
    for row in stored.order_by("object_id", "number").iterator(chunk_size=CHUNK):
        if group and group[0].object_id != row.object_id:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _check_object(
    store: PreservationStore, versions: list[PackageVersion], looked: Looked
) -> Iterator[HoldingsFinding]:
    expected = {place: sha512 for row in versions for place, sha512, _ in row.manifest.values()}
    looked.objects += 1
    looked.files += len(expected)
    looked.bytes += sum(row.bytes for row in versions)
    newest = versions[-1]
    findings = store.verify_object(
        newest.object_id,
        expected=expected,
        expected_inventory_sha512=newest.inventory_sha512,
        older_inventories={row.number: row.inventory_sha512 for row in versions[:-1]},
    )
    for finding in findings:
        yield HoldingsFinding(Subject.FILE, finding.path, finding.code, finding.detail)


def _unknown_objects(store: PreservationStore) -> Iterator[HoldingsFinding]:
    chunk: list[str] = []
    for object_id in store.object_ids():
        chunk.append(object_id)
        if len(chunk) >= CHUNK:
            yield from _not_in_database(chunk)
            chunk = []
    yield from _not_in_database(chunk)


def _not_in_database(object_ids: list[str]) -> Iterator[HoldingsFinding]:
    stored = PackageVersion.objects.filter(object_id__in=object_ids)
    known = set(stored.values_list("object_id", flat=True))
    for object_id in object_ids:
        if object_id not in known:
            yield HoldingsFinding(Subject.FILE, object_id, "object_not_in_database")


def _check_staged(staging: StagingArea, looked: Looked) -> Iterator[HoldingsFinding]:
    """Digest the bytes of files that no stored version holds yet."""
    case_key: UUID | None = None
    held: frozenset[str] = frozenset()
    for row in CaseFile.objects.order_by("case_id", "file_key").iterator(chunk_size=CHUNK):
        if row.case_id != case_key:
            case_key, held = row.case_id, _held_files(row.case_id)
        if row.file_key in held:
            continue
        looked.files += 1
        looked.bytes += row.bytes
        code = _staged_fault(row, staging)
        if code:
            yield HoldingsFinding(Subject.STAGED, f"{row.case_id.hex}/{row.file_key}", code, row.staged_token)


def _held_files(case_key: UUID) -> frozenset[str]:
    stored = PackageVersion.objects.filter(case_id=case_key, stored_at__isnull=False)
    return frozenset(key for arranged in stored.values_list("arranged", flat=True) for key in arranged)


def _staged_fault(row: CaseFile, staging: StagingArea) -> str | None:
    digest = hashlib.sha256()
    try:
        with staging.open(row.staged_token) as stream:
            while block := stream.read(READ):
                digest.update(block)
    except FileNotFoundError:
        return "staged_missing"
    return None if digest.hexdigest() == row.sha256 else "staged_damaged"


@transaction.atomic
def note_verification(*, looked: Looked, findings: int, actor: str, now: datetime) -> None:
    """Write into the journal that the holdings were verified, how much was looked at and what was found."""
    facts: dict[str, Any] = {
        "objects": looked.objects,
        "files": looked.files,
        "bytes": looked.bytes,
        "rows": looked.rows,
        "events": looked.events,
        "findings": findings,
    }
    journal.record(journal.Entry(Event.HOLDINGS_VERIFIED, actor, now, facts=facts))
