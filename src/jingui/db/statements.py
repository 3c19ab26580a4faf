"""Statements that every message runs, handed to SQLite's driver as they are.

Django's cursor asks anew for each statement which thread this is, who watches, and where the values go; for a statement
of a few microseconds that is most of its price. On PostgreSQL the way to the server outweighs it, so Django's is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def fetch(statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """Run a statement with ``%s`` for each value, in the caller's transaction, and return its rows.

    Raises:
        django.db.Error: as Django's own cursor does.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if not _is_direct(database):
        with database.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    with database.wrap_database_errors:
        return list(database.connection.execute(_marked(statement), values).fetchall())


def change(statement: str, rows: Iterable[Sequence[Any]]) -> int:
    """Run a statement that returns nothing once for each row of values; return how many rows it changed.

    Raises:
        django.db.Error: as Django's own cursor does.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if not _is_direct(database):
        with database.cursor() as cursor:
            cursor.executemany(statement, list(rows))
            return int(cursor.rowcount)
    with database.wrap_database_errors:
        return int(database.connection.executemany(_marked(statement), rows).rowcount)


def column_value(value: object, database: BaseDatabaseWrapper | None = None) -> Any:  # noqa: ANN401 - each has its own form
    """Return a value in the form of its column; only keys differ between the databases."""
    if isinstance(value, UUID) and not (database or connections[DEFAULT_DB_ALIAS]).features.has_native_uuid_field:
        return value.hex
    return value


def _is_direct(database: BaseDatabaseWrapper) -> bool:
    """Say whether the driver can be asked itself: not while somebody watches the statements."""
    if database.vendor != "sqlite" or database.execute_wrappers or database.queries_logged:
        return False
    database.validate_no_broken_transaction()
    if database.connection is None:
        database.connect()
    return True


@cache
def _marked(statement: str) -> str:
    return statement.replace("%s", "?")
