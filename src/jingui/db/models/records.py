"""What every protected row has in common: it is saved only together with a journal event."""

from __future__ import annotations

from typing import Any

from django.db import models

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

    def digested_values(self) -> dict[str, Any]:
        """Return column → value of everything the journal vouches for."""
        return {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.attname not in self.UNDIGESTED
        }
