"""Bringing store and database together after a crash: what was half done is finished or put back (启动核对)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, Job, PackageVersion
from jingui.db.queries.conversions import staged_conversions
from jingui.db.queries.paging import in_pages
from jingui.domain.audit.events import Event
from jingui.domain.lifecycle import NEXT_STAGE
from jingui.ports import JobQueue, PreservationStore, StagingArea, StoreFinding

# Uploads younger than this may belong to a request that is still being answered.
GRACE_SECONDS = 3600.0
PART_GRACE_SECONDS = 3600.0
CHUNK = 500


@dataclass(slots=True)
class Reconciled:
    """What reconciliation did."""

    store: list[StoreFinding] = field(default_factory=list)
    asked_again: int = 0
    staged_released: int = 0
    staged_orphans: int = 0
    parts_swept: int = 0

    @property
    def is_quiet(self) -> bool:
        """Say whether there was nothing to do."""
        return not (self.store or self.asked_again or self.staged_released or self.staged_orphans or self.parts_swept)


def reconcile(*, store: PreservationStore, staging: StagingArea, queue: JobQueue, now: datetime) -> Reconciled:
    """Finish moves in the store, ask again for cases that wait for a stage, and let go of bytes nobody needs."""
    done = Reconciled(store=list(store.reconcile()))
    done.parts_swept = staging.sweep_parts(older_than_seconds=PART_GRACE_SECONDS)
    done.asked_again = _ask_again(queue, now)
    _tidy_staging(staging, done, now)
    if not done.is_quiet:
        _note(done, now)
    return done


def _ask_again(queue: JobQueue, now: datetime) -> int:
    """Queue every case that a stage waits for and no job remembers."""
    waiting = [state.value for state, stage in NEXT_STAGE.items() if stage]
    asked = 0
    cases = Case.objects.filter(state__in=waiting).only("key")
    for key in (case.key for page in in_pages(cases, "key", size=CHUNK) for case in page):
        if not Job.objects.filter(case_key=key).exists():
            with transaction.atomic():
                queue.put(key.hex, now=now)
            asked += 1
    return asked


def _tidy_staging(staging: StagingArea, done: Reconciled, now: datetime) -> None:
    for tokens in _chunks(staging):
        rows = {row.staged_token: row for row in CaseFile.objects.filter(staged_token__in=list(tokens))}
        converted = staged_conversions(list(tokens))
        for token, written in tokens.items():
            row = rows.get(token)
            if token in converted:
                continue  # let go of once a version with it is stored
            if row is None:
                # Bytes that no row knows: their request ended without an answer, so the source sends them again.
                if now.timestamp() - written > GRACE_SECONDS:
                    staging.discard(token)
                    done.staged_orphans += 1
            elif _is_stored(row.case_id, row.file_key):
                staging.discard(token)
                done.staged_released += 1


def _chunks(staging: StagingArea) -> Iterator[dict[str, float]]:
    chunk: dict[str, float] = {}
    for token, written in staging.tokens():
        chunk[token] = written
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


def _is_stored(case_key: UUID, file_key: str) -> bool:
    stored = PackageVersion.objects.filter(case_id=case_key, stored_at__isnull=False)
    return any(file_key in arranged for arranged in stored.values_list("arranged", flat=True))


@transaction.atomic
def _note(done: Reconciled, now: datetime) -> None:
    facts = {
        "store": [[finding.path, finding.code] for finding in done.store[:100]],
        "asked_again": done.asked_again,
        "staged_released": done.staged_released,
        "staged_orphans": done.staged_orphans,
        "parts_swept": done.parts_swept,
    }
    journal.record(journal.Entry(Event.STORE_RECONCILED, "system:reconciliation", now, facts=facts))
