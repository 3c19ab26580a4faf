"""Reading rows that somebody may have made unreadable: one bad value must never hide the others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import DatabaseError, models
from django.db.models.functions import Cast

CHUNK = 1000
M = TypeVar("M", bound=models.Model)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# What Django and the database drivers raise for a value that is none of its column's type.
BAD_VALUE = (ValueError, TypeError, AttributeError, OverflowError)


def rows_by_key(model: type[M], keys: Iterable[K]) -> dict[K, M | None]:
    """Return the rows that stand, by primary key; ``None`` for a row that stands and cannot be read."""
    wanted = list(keys)
    try:
        found: dict[Any, M] = model._default_manager.in_bulk(wanted)
    except (*BAD_VALUE, DatabaseError) as error:
        refuse_absence(error)
        return {key: _one(model, key) for key in wanted if model._default_manager.filter(pk=key).exists()}
    return dict(found)


def _one(model: type[M], key: object) -> M | None:
    try:
        return model._default_manager.filter(pk=key).first()
    except (*BAD_VALUE, DatabaseError) as error:
        refuse_absence(error)
        return None


def refuse_absence(error: Exception) -> None:
    """Raise again what is no fault of a value: the database itself did not answer."""
    if isinstance(error, DatabaseError) and "decode" not in str(error).lower():
        raise error


def values_by_key(model: type[M], keys: Iterable[K], column: str) -> dict[K, Any]:
    """Return one column of the rows that stand, as it is stored; ``None`` where it is not even text."""
    wanted = list(keys)
    rows = model._default_manager.filter(pk__in=wanted)
    try:
        return dict(rows.values_list("pk", column))
    except DatabaseError as error:
        refuse_absence(error)
        return {key: _value(model, key, column) for key in wanted}


def _value(model: type[M], key: object, column: str) -> Any:  # noqa: ANN401 - whatever stands there
    try:
        return model._default_manager.filter(pk=key).values_list(column, flat=True).first()
    except DatabaseError as error:
        refuse_absence(error)
        return None


def keys_of(rows: models.QuerySet[Any, Any], *columns: str) -> Iterator[tuple[str, ...]]:
    """Stream the keys of rows as 32 hexadecimal digits with some columns, all as text whatever stands there."""
    told = {f"{name}_as_text": Cast(name, models.TextField()) for name in ("pk", *columns)}
    values = rows.annotate(**told).values_list(*told)
    for key, *others in values.iterator(chunk_size=CHUNK):
        yield (str(key).replace("-", ""), *map(str, others))


def chunks(values: Iterable[V], size: int = CHUNK) -> Iterator[list[V]]:
    """Cut values into lists of at most ``size``."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
