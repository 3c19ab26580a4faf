"""Setting up how a source is read (来源连接): checked whole before it is kept; secrets are named, never kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Source, SourceConnection, SourceProgress
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem
from jingui.domain.metadata.fields import FieldReader

Check = Callable[[str, Mapping[str, Any], Mapping[str, Any]], tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class ConnectionChoices:
    """What an administrator chose for a connection."""

    name: str
    source_name: str
    kind: str
    configuration: Mapping[str, Any]
    mapping: Mapping[str, Any]


@transaction.atomic
def keep_connection(choices: ConnectionChoices, *, check: Check, actor: str, now: datetime) -> SourceConnection:
    """Set up a connection, or configure the one of that name anew; its cursor stays.

    Raises:
        Invalid: with every fault of the choices.
        NotFound: ``source_unknown``.
        Conflict: ``connection_exists``, of another source or kind.
    """
    _check(choices, check)
    source = Source.objects.filter(name=choices.source_name).first()
    if source is None:
        raise NotFound("source_unknown", name=choices.source_name)
    known = SourceConnection.objects.select_for_update().filter(name=choices.name).first()
    if known and (known.source_id, known.kind) != (source.key, choices.kind):
        raise Conflict("connection_exists", name=choices.name)
    row = known or SourceConnection(source=source, name=choices.name, kind=choices.kind, created_at=now)
    row.configuration, row.mapping = dict(choices.configuration), dict(choices.mapping)
    kind = Event.SOURCE_CONNECTION_CHANGED if known else Event.SOURCE_CONNECTED
    entry = journal.Entry(kind, actor, now, facts={"connection": row.name, "kind": row.kind})
    journal.record(entry, new=[] if known else [row], changed=[row] if known else [])
    SourceProgress.objects.get_or_create(connection=row, defaults={"next_try_at": now})
    SourceProgress.objects.filter(connection=row).update(next_try_at=now)
    return row


def _check(choices: ConnectionChoices, check: Check) -> None:
    fields = FieldReader({"name": choices.name})
    fields.key("name", limit=60)
    floats = [Problem(place, "wrong_type", {"expected": "whole number"}) for place in _floats(choices)]
    problems = (*fields.problems, *check(choices.kind, choices.configuration, choices.mapping), *floats)
    if problems:
        raise Invalid(problems)


def _floats(choices: ConnectionChoices) -> list[str]:
    """Find numbers with a point: the journal's digest of a row does not take them."""
    return [
        place
        for name, value in (("configuration", choices.configuration), ("mapping", choices.mapping))
        for place in _places(value, name)
    ]


def _places(value: object, place: str) -> list[str]:
    if isinstance(value, float):
        return [place]
    if isinstance(value, Mapping):
        return [found for name, each in value.items() for found in _places(each, f"{place}.{name}")]
    if isinstance(value, list):
        return [found for at, each in enumerate(value) for found in _places(each, f"{place}[{at}]")]
    return []


@transaction.atomic
def set_active(name: str, *, is_active: bool, actor: str, now: datetime) -> None:
    """Stop a connection, or start it again where it was. Raises NotFound."""
    row = SourceConnection.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise NotFound("connection_unknown", name=name)
    row.is_active = is_active
    facts = {"connection": name, "is_active": is_active}
    journal.record(journal.Entry(Event.SOURCE_CONNECTION_CHANGED, actor, now, facts=facts), changed=[row])
    SourceProgress.objects.filter(connection=row).update(next_try_at=now)


@transaction.atomic
def ask_now(name: str, *, now: datetime) -> None:
    """Let a connection be read at once, whatever it waits for. Raises NotFound."""
    if not SourceProgress.objects.filter(connection__name=name).update(next_try_at=now):
        raise NotFound("connection_unknown", name=name)
