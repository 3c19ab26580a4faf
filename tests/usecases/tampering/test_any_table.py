"""Tables that a filled office leaves empty: a row of each is written through the journal and changed by hand."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.db import connection, models, transaction
from tests.builders import now
from tests.personas import Office
from tests.usecases.tampering.hands import TEXT_COLUMNS, coded, plain, run, seal

from jingui.db import journal
from jingui.db.models import PROTECTED, ProtectedRow
from jingui.domain.audit.events import Event

OTHERS = [model for model in PROTECTED if model._meta.db_table not in TEXT_COLUMNS]

VALUES: dict[type[models.Field[Any, Any]], Any] = {
    models.BooleanField: False,
    models.DateTimeField: now(),
    models.DateField: now().date(),
    models.JSONField: {},
    models.BinaryField: b"x",
    models.TextField: "text",
}


def value_of(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ForeignKey):
        related = field.related_model
        if field.null or related is field.model:
            return None
        held = related._default_manager.first()
        if held is None:
            assert issubclass(related, ProtectedRow)
            held = sample(related)
        return held
    if isinstance(field, models.UUIDField):
        return secrets.token_hex(16)
    if isinstance(field, models.CharField):
        return secrets.token_hex(16)[: max(1, (field.max_length or 2) // 2)]
    if isinstance(field, models.IntegerField):
        return 1000 + secrets.randbelow(9000)  # some are unique
    return None if field.null else VALUES[type(field)]


def sample(model: type[ProtectedRow]) -> ProtectedRow:
    """Write a row with some value in every column, as a use case would."""
    skipped = {"key", "event_id", "arrived_event"}
    values = {field.name: value_of(field) for field in model._meta.concrete_fields if field.name not in skipped}
    row = model(**values)
    with transaction.atomic():
        journal.record(journal.Entry(Event.SOURCE_REGISTERED, "system:test", now()), new=[row])
    return row


def changed(row: ProtectedRow) -> None:
    """Change one column of the row past the product: a text if it has one, or else a number, or else a time."""
    fields = [field for field in row._meta.concrete_fields if field.name not in ("key", "event_id", "arrived_event")]
    texts = [
        field for field in fields if type(field) in (models.CharField, models.TextField) and getattr(row, field.name)
    ]
    numbers = [field for field in fields if isinstance(field, models.IntegerField)]
    if texts:
        change = f"{texts[0].column} = 'x' || substr({texts[0].column}, 2)"
    elif numbers:
        change = f"{numbers[0].column} = {numbers[0].column} + 1"
    else:
        time = next(field for field in fields if isinstance(field, models.DateTimeField))
        change = f"{time.column} = '1999-01-01 00:00:00+00:00'"
    key = row.key if connection.features.has_native_uuid_field else plain(row.key)
    run(f"UPDATE {row._meta.db_table} SET {change} WHERE key = %s", key)


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model._meta.db_table)
def test_a_row_changed_by_hand_in_any_table_is_named_alone(filled: Office, model: type[ProtectedRow]) -> None:
    row = sample(model)
    seal(filled)
    assert filled.findings() == []
    changed(row)
    assert coded(filled) == {f"{model._meta.db_table}/{plain(row.key)}": "row_altered"}
