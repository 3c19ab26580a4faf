"""Rows by conditions written in SQL, for what every message and every stage of every case asks.

Compiling a query of the object mapper anew costs several times what running it does; these statements stand ready.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from jingui.db.models import Agency, Case, Source

Row = TypeVar("Row", bound=models.Model)


def find_rows(model: type[Row], condition: str, *values: object) -> list[Row]:
    """Return the rows of a table that meet a condition, which may go on with ORDER BY and what follows it."""
    statement = f"SELECT * FROM {model._meta.db_table} WHERE {condition}"
    return list(model._default_manager.raw(statement, [column_value(value) for value in values]))


def find_row(model: type[Row], condition: str, *values: object) -> Row | None:
    """Return the first such row, or nothing."""
    return next(iter(find_rows(model, condition, *values)), None)


def column_value(value: object) -> Any:  # noqa: ANN401 - each database has its own form
    """Return a value in the form of its column; only keys differ between the databases."""
    is_text = isinstance(value, UUID) and not connection.features.has_native_uuid_field
    return value.hex if is_text and isinstance(value, UUID) else value


def locking() -> str:
    """Return what ends a statement whose rows stay locked until the transaction ends."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""


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
