"""Rows by conditions written in SQL, for what every message and every stage of every case asks.

Compiling a query of the object mapper anew costs several times what running it does; these statements stand ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models

from jingui.db.models import Agency, Case, Source
from jingui.db.statements import column_value, fetch

Row = TypeVar("Row", bound=models.Model)


def find_rows(model: type[Row], condition: str, *values: object) -> list[Row]:
    """Return the rows of a table that meet a condition, which may go on with ORDER BY and what follows it."""
    reading = _reading_of(model)
    found = fetch(f"{reading.statement} WHERE {condition}", [column_value(value) for value in values])
    return [model.from_db(DEFAULT_DB_ALIAS, reading.names, reading.values(row)) for row in found]


def find_row(model: type[Row], condition: str, *values: object) -> Row | None:
    """Return the first such row, or nothing."""
    return next(iter(find_rows(model, condition, *values)), None)


Convert = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How rows of a table are read: the statement, the names of the fields, and what turns columns into values."""

    statement: str
    names: tuple[str, ...]
    conversions: tuple[tuple[int, Convert, Any], ...]

    def values(self, row: Sequence[Any]) -> list[Any]:
        found = list(row)
        for at, convert, column in self.conversions:
            found[at] = convert(found[at], column, connection)
        return found


@cache
def _reading_of(model: type[models.Model]) -> _Reading:
    columns = [field.get_col(model._meta.db_table) for field in model._meta.concrete_fields]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields)
    conversions = tuple(
        (at, convert, column)
        for at, column in enumerate(columns)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    )
    statement = f"SELECT {names} FROM {model._meta.db_table}"
    return _Reading(statement, tuple(field.attname for field in model._meta.concrete_fields), conversions)


def locking() -> str:
    """Return what ends a statement whose rows stay locked until the transaction ends."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""


def lock_name(name: str) -> None:
    """Hold a name until the transaction ends; who asks for it meanwhile waits. For rows that are not there yet.

    SQLite needs nothing: a write transaction there is alone from its first statement.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def get_case(case_key: UUID, *, is_locked: bool = False) -> Case:
    """Return a case with its agency and source, locked until the transaction ends if asked.

    Raises:
        Case.DoesNotExist: there is none.
    """
    case = find_row(Case, f"key = %s{locking() if is_locked else ''}", case_key)
    if case is None:
        raise Case.DoesNotExist(case_key)
    source = find_row(Source, "key = %s", case.source_id)
    if source:
        case.source = source
    case.agency = find_row(Agency, "key = %s", case.agency_id) if case.agency_id else None
    return case
