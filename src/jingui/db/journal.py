"""The only way a protected row is written: together with the journal event that vouches for it.

An event's payload carries, for each row it writes, the digest of that row. Verification recomputes them and so
finds every row changed, added or removed by hand. Events are put in order and sealed later (``usecases.audit``):
chaining inside each transaction would make the head of the log a lock for everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from jingui.db.models import JournaledError, JournalEvent, ProtectedRow
from jingui.db.statements import change, column_value, fetch
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
    event = JournalEvent(
        at=entry.at,
        kind=entry.kind.value,
        actor=entry.actor,
        case_key=entry.case_key,
        payload=payload.decode(),
    )
    values = _values(event, _column_slots(JournalEvent), connections[DEFAULT_DB_ALIAS])
    event.id = fetch(_insert_event(), values)[0][0]
    return event


def _insert(rows: list[ProtectedRow], event_id: int) -> None:
    by_class: dict[type[ProtectedRow], list[ProtectedRow]] = defaultdict(list)
    for row in rows:
        row.event_id = event_id
        if hasattr(row, "arrived_event"):
            row.arrived_event = event_id
        by_class[type(row)].append(row)
    for model, members in by_class.items():
        slots, database = _new_row_slots(model), connections[DEFAULT_DB_ALIAS]
        change(_insert_row(model), [_values(row, slots, database) for row in members])
        for row in members:
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - the row is stored now


def _update(rows: list[ProtectedRow], event_id: int) -> None:
    for row in rows:
        row.event_id = event_id
        values = _values(row, _changed_row_slots(type(row)), connections[DEFAULT_DB_ALIAS])
        change(_update_row(type(row)), [values])


# Every captured file is one row and one event, and compiling a statement anew costs several times what running it
# does. So the statements are made once per model; Django's fields still turn each value into its column's form.


class _Slot(NamedTuple):
    """One column of a statement: the type that it takes as it is, and its field."""

    ready: type | None
    field: models.Field[Any, Any]


class _Slots(NamedTuple):
    """The columns of a statement, in order, and what fetches their values from a row."""

    values_of: Callable[[models.Model], tuple[Any, ...]]
    slots: tuple[_Slot, ...]


def _values(row: models.Model, slots: _Slots, database: BaseDatabaseWrapper) -> list[Any]:
    return [
        value if value is None or type(value) is ready else _stored(value, field, database)
        for value, (ready, field) in zip(slots.values_of(row), slots.slots, strict=True)
    ]


def _stored(value: object, field: models.Field[Any, Any], database: BaseDatabaseWrapper) -> Any:  # noqa: ANN401 - as it is stored
    if isinstance(value, UUID):
        return column_value(value, database)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return database.ops.adapt_datetimefield_value(value)
    return field.get_db_prep_save(value, database)


@cache
def _column_slots(model: type[models.Model]) -> _Slots:
    return _slots(_columns(model))


@cache
def _new_row_slots(model: type[models.Model]) -> _Slots:
    return _slots((model._meta.pk, *_columns(model)))


@cache
def _changed_row_slots(model: type[models.Model]) -> _Slots:
    return _slots((*_columns(model), model._meta.pk))


def _slots(fields: tuple[models.Field[Any, Any], ...]) -> _Slots:
    slots = tuple(_Slot(_STORED_AS_IT_IS.get(type(field)), field) for field in fields)
    return _Slots(attrgetter(*(field.attname for field in fields)), slots)


# Columns that take such a value as it is on both databases; every other value goes through its field.
_STORED_AS_IT_IS: dict[type[Any], type] = {
    models.CharField: str,
    models.TextField: str,
    models.PositiveIntegerField: int,
    models.BigIntegerField: int,
    models.BooleanField: bool,
}


@cache
def _columns(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _insert_event() -> str:
    return f"{_insert_into(JournalEvent, _columns(JournalEvent))} RETURNING id"


@cache
def _insert_row(model: type[models.Model]) -> str:
    return _insert_into(model, (model._meta.pk, *_columns(model)))


@cache
def _update_row(model: type[models.Model]) -> str:
    changes = ", ".join(f"{_name(field)} = %s" for field in _columns(model))
    return f"UPDATE {model._meta.db_table} SET {changes} WHERE {_name(model._meta.pk)} = %s"


def _insert_into(model: type[models.Model], fields: tuple[models.Field[Any, Any], ...]) -> str:
    columns, marks = ", ".join(_name(field) for field in fields), ", ".join("%s" for _ in fields)
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})"


def _name(field: models.Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))
