"""Checking the bytes that wait in the staging area for their package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from jingui.db.models import CaseFile, PackageVersion
from jingui.ports import PreservationStore, StagingArea
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.reading import keys_of, rows_by_key

READ = 1 << 20


def check_staged(
    staging: StagingArea, store: PreservationStore, looked: Looked, *, doubtful: frozenset[str]
) -> Iterator[HoldingsFinding]:
    """Digest the bytes of files that no stored version holds yet; ``doubtful`` rows prove nothing."""
    files = CaseFile.objects.order_by("case_id", "file_key")
    for case_key, group in groupby(keys_of(files, "case_id"), key=lambda found: found[1]):
        keys = [UUID(key) for key, _ in group if key not in doubtful]
        held = _held_files(case_key, doubtful)
        if not keys or held is None or (doubtful and not held and _is_stored(store, case_key)):
            continue
        rows = rows_by_key(CaseFile, keys).values()
        yield from _check_files([row for row in rows if row and row.file_key not in held], staging, looked)


def _check_files(rows: list[CaseFile], staging: StagingArea, looked: Looked) -> Iterator[HoldingsFinding]:
    for row in rows:
        looked.files += 1
        looked.bytes += row.bytes
        code = _fault(row, staging)
        if code:
            yield HoldingsFinding(Subject.STAGED, f"{row.case_id.hex}/{row.file_key}", code, row.staged_token)


def _held_files(case_key: str, doubtful: frozenset[str]) -> frozenset[str] | None:
    """Return the files that stored versions of a case hold; nothing if its rows cannot tell."""
    keys = [key for (key,) in keys_of(PackageVersion.objects.filter(case_id=case_key))]
    rows = rows_by_key(PackageVersion, [UUID(key) for key in keys if key not in doubtful])
    if len(rows) < len(keys) or None in rows.values():
        return None
    return frozenset(key for row in rows.values() if row and row.stored_at for key in row.arranged)


def _is_stored(store: PreservationStore, case_key: str) -> bool:
    """Say whether the store has the case's object although no row that can be believed says so."""
    try:
        store.open_content(f"urn:uuid:{UUID(case_key)}", "inventory.json").close()
    except (FileNotFoundError, ValueError):
        return False
    return True


def _fault(row: CaseFile, staging: StagingArea) -> str | None:
    digest = hashlib.sha256()
    try:
        with staging.open(row.staged_token) as stream:
            while block := stream.read(READ):
                digest.update(block)
    except FileNotFoundError:
        return "staged_missing"
    return None if digest.hexdigest() == row.sha256 else "staged_damaged"
