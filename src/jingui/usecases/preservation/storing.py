"""Preservation (入库): the package is moved into the store with one rename; only then does the database say archived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, PackageVersion, Receipt
from jingui.db.queries.conversions import stored_tokens
from jingui.db.queries.documents import case_document
from jingui.db.queries.facts import current_files, newest_arrival, stored_plan
from jingui.db.queries.origins import made_files
from jingui.db.queries.rows import find_row, find_rows, get_case
from jingui.db.receipts import stage_receipt
from jingui.domain.audit.events import Event
from jingui.domain.errors import TransientFailure
from jingui.domain.lifecycle import CaseState, move
from jingui.domain.records.receipts import ReceiptKind
from jingui.ports import BuiltVersion, JobQueue, PreservationStore, SearchIndex, Signer, StagingArea
from jingui.usecases.preservation.copying import ask_for_copies

ACTOR = "system:preservation"


@dataclass(frozen=True, slots=True)
class Vault:
    """What preservation needs at hand."""

    store: PreservationStore
    staging: StagingArea
    search: SearchIndex
    signer: Signer
    queue: JobQueue


def preserve_case(case_key: UUID, *, vault: Vault, now: datetime) -> CaseState:
    """Move the built version into the store, then say so with journal entry and receipt.

    Done again after a break at any line it ends in the same state: a version that stands is not moved twice.

    Raises:
        TransientFailure: ``package_not_built``, the build is gone; the next attempt builds it again.
    """
    package = find_row(PackageVersion, "case_id = %s AND stored_at IS NULL ORDER BY number DESC LIMIT 1", case_key)
    if package is None:
        raise TransientFailure("package_not_built", str(case_key))
    if not vault.store.has_version(package.object_id, package.number, package.inventory_sha512):
        vault.store.commit(built_version(package))
    with transaction.atomic():
        state = _archive(case_key, package, vault, now)
    release_staging(case_key, vault.staging)
    return state


def built_version(package: PackageVersion) -> BuiltVersion:
    """Return what the store needs to know of a build."""
    paths = {logical: place[0] for logical, place in package.manifest.items()}
    return BuiltVersion(package.object_id, package.number, package.inventory_sha512, paths, package.bytes)


def _archive(case_key: UUID, package: PackageVersion, vault: Vault, now: datetime) -> CaseState:
    case = get_case(case_key, is_locked=True)
    case.state = move(CaseState(case.state), CaseState.PRESERVED).value
    case.version = package.number
    case.preserved_at = now
    package.stored_at = now
    receipt = _receipt(case, package, vault.signer, now)
    facts: dict[str, Any] = {
        "case_number": case.case_number,
        "version": package.number,
        "object_id": package.object_id,
        "inventory_sha512": package.inventory_sha512,
        "bytes": package.bytes,
        "files": package.file_count,
    }
    entry = journal.Entry(Event.CASE_PRESERVED, ACTOR, now, case.key, facts)
    journal.record(entry, new=[receipt], changed=[case, package])
    ask_for_copies(package, now=now)
    plan = stored_plan(case.plan_id)
    files = current_files(case, case.inspected_through)
    made = made_files(case.key, package.number)
    vault.search.put([case_document(case, files=files, materials=plan.materials, made=made)])
    if newest_arrival(case_key) > case.inspected_through:
        vault.queue.put(case.key.hex, now=now)
    return CaseState.PRESERVED


def release_staging(case_key: UUID, staging: StagingArea) -> int:
    """Let go of staged bytes that the newest stored version holds; return how many.

    Bytes of files that another file replaced stay in staging: nothing that came is ever thrown away here.
    """
    condition = "case_id = %s AND stored_at IS NOT NULL ORDER BY number DESC LIMIT 1"
    package = find_row(PackageVersion, condition, case_key)
    if package is None:
        return 0
    held = [row for row in find_rows(CaseFile, "case_id = %s", case_key) if row.file_key in package.arranged]
    tokens = [row.staged_token for row in held] + stored_tokens(case_key, package.number)
    for token in tokens:
        staging.discard(token)
    return len(tokens)


def _receipt(case: Case, package: PackageVersion, signer: Signer, now: datetime) -> Receipt:
    subject = {
        "archival_code": case.archival_code,
        "record_code": case.record_code,
        "version": package.number,
        "object_id": package.object_id,
        "inventory_sha512": package.inventory_sha512,
        "files": package.file_count,
        "bytes": package.bytes,
    }
    kind = ReceiptKind.CASE_ARCHIVED
    return stage_receipt(case, kind, number=package.number, subject=subject, signer=signer, at=now)
