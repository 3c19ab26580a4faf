"""Checking the bytes that wait in the staging area for their package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from jingui.db.models import CaseFile, PackageVersion
from jingui.ports import PreservationStore, StagingArea
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.reading import chunks, keys_of, rows_by_key

READ = 1 << 20

CASES_TOGETHER = 100
"""Of so many cases the versions are looked up at once."""


def check_staged(
    staging: StagingArea, store: PreservationStore, looked: Looked, *, doubtful: frozenset[str]
) -> Iterator[HoldingsFinding]:
    """Digest the bytes of files that no stored version holds yet; ``doubtful`` rows prove nothing."""
    files = CaseFile.objects.order_by("case_id", "file_key")
    by_case = groupby(keys_of(files, "case_id", "file_key"), key=itemgetter(1))
    cases = ((case_key, [(key, name) for key, _, name in group if key not in doubtful]) for case_key, group in by_case)
    for some in chunks(cases, CASES_TOGETHER):
        held_by_case = _held_files([case_key for case_key, _ in some], doubtful)
        for case_key, known in some:
            held = held_by_case.get(case_key, frozenset())
            if held is None or (doubtful and not held and _is_stored(store, case_key)):
                continue
            waiting = [UUID(key) for key, name in known if name not in held]
            rows = rows_by_key(CaseFile, waiting).values() if waiting else ()
            for row in filter(None, rows):
                looked.files += 1
                looked.bytes += row.bytes
                code = _fault(row, staging)
                if code and not _is_held_by_now(row, doubtful):
                    yield HoldingsFinding(Subject.STAGED, f"{row.case_id.hex}/{row.file_key}", code, row.staged_token)


def _held_files(case_keys: list[str], doubtful: frozenset[str]) -> dict[str, frozenset[str] | None]:
    """Return the files that stored versions hold, by case, as far as it has versions; nothing where rows cannot tell."""
    told = list(keys_of(PackageVersion.objects.filter(case_id__in=case_keys), "case_id"))
    rows = rows_by_key(PackageVersion, [UUID(key) for key, _ in told if key not in doubtful])
    held: dict[str, frozenset[str] | None] = {}
    for key, case_key in told:
        row, before = rows.get(UUID(key)), held.get(case_key, frozenset())
        if row is None or before is None:
            held[case_key] = None
        else:
            held[case_key] = before.union(row.arranged if row.stored_at else ())
    return held


def _is_held_by_now(row: CaseFile, doubtful: frozenset[str]) -> bool:
    """Say whether the file went into a stored version, which lets its staged bytes go, since that was looked up."""
    held = _held_files([row.case_id.hex], doubtful).values()
    return any(each and row.file_key in each for each in held)


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
