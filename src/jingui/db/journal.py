"""The only way a protected row is written: together with the journal event that vouches for it.

An event's payload carries, for each row it writes, the digest of that row. Verification recomputes them and so
finds every row changed, added or removed by hand. Events are put in order and sealed later (``usecases.audit``):
chaining inside each transaction would make the head of the log a lock for everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from jingui.db.models import JournaledError, JournalEvent, ProtectedRow
from jingui.domain.audit.events import Event
from jingui.domain.audit.rows import RowState, event_payload, row_digest


@dataclass(frozen=True, slots=True)
class Entry:
    """What an event is about: its kind, who did it, when, and for which case. ``facts`` hold no personal data."""

    kind: Event
    actor: str
    at: datetime
    case_key: UUID | None = None
    facts: Mapping[str, Any] | None = None


def digest_of(row: ProtectedRow) -> str:
    """Return the digest that the journal keeps of a row."""
    return row_digest(row._meta.db_table, row.key.hex, row.digested_values())


def record(
    entry: Entry,
    *,
    new: Iterable[ProtectedRow] = (),
    changed: Iterable[ProtectedRow] = (),
    deleted: Iterable[ProtectedRow] = (),
) -> JournalEvent:
    """Append the event and write its rows, in the transaction of the caller.

    Raises:
        JournaledError: there is no transaction, so event and rows could part.
    """
    if not connection.in_atomic_block:
        message = "journal.record needs a transaction"
        raise JournaledError(message)
    added, altered, removed = list(new), list(changed), list(deleted)
    event = _append(entry, [*added, *altered], removed)
    _insert(added, event.id)
    _update(altered, event.id)
    for row in removed:
        type(row)._default_manager.filter(pk=row.pk).delete()
    return event


def _append(entry: Entry, written: list[ProtectedRow], removed: list[ProtectedRow]) -> JournalEvent:
    states = [RowState(row._meta.db_table, row.key.hex, digest_of(row)) for row in written]
    states += [RowState(row._meta.db_table, row.key.hex, None) for row in removed]
    payload = event_payload(
        kind=entry.kind.value,
        at=entry.at,
        actor=entry.actor,
        case=entry.case_key.hex if entry.case_key else None,
        facts=dict(entry.facts or {}),
        rows=states,
    )
    return JournalEvent.objects.create(
        at=entry.at,
        kind=entry.kind.value,
        actor=entry.actor,
        case_key=entry.case_key,
        payload=payload.decode(),
    )


def _insert(rows: list[ProtectedRow], event_id: int) -> None:
    by_class: dict[type[ProtectedRow], list[ProtectedRow]] = defaultdict(list)
    for row in rows:
        row.event_id = event_id
        if hasattr(row, "arrived_event"):
            row.arrived_event = event_id
        by_class[type(row)].append(row)
    for model, members in by_class.items():
        model._default_manager.bulk_create(members)


def _update(rows: list[ProtectedRow], event_id: int) -> None:
    for row in rows:
        row.event_id = event_id
        values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        type(row)._default_manager.filter(pk=row.pk).update(**values)
