"""What every protected row has in common: it is saved only together with a journal event."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models.base import ModelState

from jingui.db.keys import new_key


class JournaledError(RuntimeError):
    """A protected row was about to be written without its journal entry: a mistake in our code."""


class ProtectedRow(models.Model):
    """A row whose digest stands in the journal. ``event_id`` is the event that wrote it last."""

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    event_id = models.BigIntegerField(editable=False)

    # Columns that the event itself determines and that therefore cannot be part of what it digests.
    UNDIGESTED = frozenset({"event_id", "arrived_event"})

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Refuse: ``journal.record(save=…)`` is the only way."""
        del args, kwargs
        message = f"{type(self).__name__} is saved through jingui.db.journal.record"
        raise JournaledError(message)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401
        """Refuse: ``journal.record(delete=…)`` is the only way."""
        del args, kwargs
        message = f"{type(self).__name__} is deleted through jingui.db.journal.record"
        raise JournaledError(message)

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs are of a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """Make a row of stored values. Whole rows skip ``__init__``, which weighs each argument: it costs ten times this."""
        if len(values) != len(cls._meta.concrete_fields):
            return super().from_db(db, field_names, values)
        row = cls.__new__(cls)
        row.__dict__.update(zip(field_names, values, strict=True))
        state = ModelState()
        state.adding, state.db = False, db
        row.__dict__["_state"] = state
        return row

    @classmethod
    def fresh(cls, **values: Any) -> Self:  # noqa: ANN401 - each column has its own type
        """Make a new row of its columns' values (``case_id``, not ``case``); others have their defaults. As quick as ``from_db``.

        Raises:
            TypeError: there is no such column.
        """
        blank = _blank_of(cls)
        if not blank.constants.keys() >= values.keys():
            raise TypeError(f"{cls.__name__} has no {', '.join(sorted(values.keys() - blank.constants.keys()))}")
        row = cls.__new__(cls)
        row.__dict__.update(blank.constants)
        row.__dict__.update(values)
        for name, make in blank.made:
            if name not in values:
                row.__dict__[name] = make()
        row.__dict__["_state"] = ModelState()
        return row

    def digested_values(self) -> dict[str, Any]:
        """Return column → value of everything the journal vouches for."""
        names, values_of = _digested_columns(type(self))
        return dict(zip(names, values_of(self), strict=True))


class _Blank(NamedTuple):
    """A row nobody has filled in: every column with its constant default, and those whose default is made each time."""

    constants: dict[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]


@cache
def _blank_of(model: type[ProtectedRow]) -> _Blank:
    made = {field.attname: field.get_default for field in model._meta.concrete_fields if _is_made(field)}
    constants = {
        field.attname: None if _is_made(field) else field.get_default() for field in model._meta.concrete_fields
    }
    return _Blank(constants, tuple(made.items()))


def _is_made(field: models.Field[Any, Any]) -> bool:
    return field.has_default() and callable(field.default)


@cache
def _digested_columns(model: type[ProtectedRow]) -> tuple[tuple[str, ...], Callable[[ProtectedRow], tuple[Any, ...]]]:
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in model.UNDIGESTED]
    return tuple(names), attrgetter(*names)
