"""All tables as rows of plain values, and back: the same for both databases, a batch in memory at a time."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models

BATCH = 1000
APP = "jingui"
_BEGIN = {"postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "sqlite": "BEGIN DEFERRED"}

Row = list[Any]


def dumped_models() -> list[type[models.Model]]:
    """Return every table of ours, by name. The search index is no table of ours: it is built anew."""
    return sorted(
        apps.get_app_config(APP).get_models(include_auto_created=True), key=lambda model: model._meta.db_table
    )


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the columns of a table in the order in which rows are written."""
    return [str(field.column) for field in model._meta.concrete_fields]


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything within as it stands at the first query, while others go on writing.

    Within a transaction of the caller nothing more is done: what he has written is part of what he reads.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def rows_of(model: type[models.Model]) -> Iterator[Row]:
    """Stream a table in the order of its keys, each row as JSON values."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    key = next(place for place, field in enumerate(fields) if field.primary_key)
    rows = model._default_manager.order_by("pk").values_list(*names)
    batch = list(rows[:BATCH])
    while batch:
        for row in batch:
            yield [_plain(value) for value in row]
        batch = list(rows.filter(pk__gt=batch[-1][key])[:BATCH]) if len(batch) == BATCH else []


def _plain(value: Any) -> Any:  # noqa: ANN401 - any column's value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "UUIDField": UUID,
    "BinaryField": base64.b64decode,
}


def _reader(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    target: Any = field
    while target.remote_field:
        target = target.target_field
    return _READERS.get(target.get_internal_type(), _as_it_is)


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - any column's value
    return value


def load_rows(model: type[models.Model], rows: Iterable[Row]) -> int:
    """Put rows as ``rows_of`` gives them into an empty table, in the transaction of the caller; return how many.

    Nothing is journalled: the events that vouch for the rows are among the rows. Raises ValueError for what is no row.
    """
    fields = model._meta.concrete_fields
    readers = [(field.attname, _reader(field)) for field in fields]
    count, given = 0, iter(rows)
    while batch := list(islice(given, BATCH)):
        made = [model(**_values(readers, row)) for row in batch]
        model._default_manager.bulk_create(made, batch_size=BATCH)
        count += len(made)
    return count


def _values(readers: list[tuple[str, Callable[[Any], Any]]], row: Row) -> dict[str, Any]:
    pairs = zip(readers, row, strict=True)
    return {name: None if value is None else read(value) for (name, read), value in pairs}


def set_counters() -> None:
    """Let the next numbers given out by the database be behind those that were loaded."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), dumped_models()):
            cursor.execute(statement)


def make_tables() -> None:
    """Make the tables of an empty database; one that has tables is left as it is."""
    if "django_migrations" not in connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)


def table_in_use() -> str:
    """Return the name of a table that has rows; ``""`` if all are empty."""
    return next((m._meta.db_table for m in dumped_models() if m._default_manager.exists()), "")


def last_migration() -> str:
    """Return the name of the newest migration of our tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(name) FROM django_migrations WHERE app = %s", [APP])
        return cursor.fetchone()[0] or ""
