"""Verifying all holdings: every object, every staged file, every row, every journal entry. Read only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CaseFile, PackageVersion
from jingui.domain.audit.events import Event
from jingui.ports import PreservationStore, Signer, StagingArea
from jingui.usecases.audit.findings import HoldingsFinding, Looked
from jingui.usecases.audit.journal_check import check_events
from jingui.usecases.audit.log_check import LogCheck
from jingui.usecases.audit.object_check import check_objects
from jingui.usecases.audit.row_check import RowCheck
from jingui.usecases.audit.staged_check import check_staged


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is verified: the store, the staging area, and the keys that signed the log."""

    store: PreservationStore
    staging: StagingArea
    signers: Sequence[Signer]


def verify_holdings(holdings: Holdings, looked: Looked) -> Iterator[HoldingsFinding]:
    """Name everything that is not as it was kept; ``looked`` counts what was looked at. Memory is flat."""
    log = LogCheck(holdings.signers, looked)
    yield from log.run()
    rows = RowCheck(looked, events_gone=log.missing)
    for told, finding in check_events(looked, unproved=log.unproved):
        if finding:
            yield finding
        yield from rows.add(told)
    yield from rows.unaccounted()
    yield from check_objects(holdings.store, looked, doubtful=rows.doubtful(PackageVersion))
    doubtful = rows.doubtful(CaseFile, PackageVersion)
    yield from check_staged(holdings.staging, holdings.store, looked, doubtful=doubtful)


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
