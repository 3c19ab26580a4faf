"""Somebody changes the journal and its sealed log: the signed checkpoints tell what is right."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from tests.builders import now
from tests.personas import Office
from tests.usecases.tampering.hands import change_tile, checkpoint_sizes, coded, quoted, run, seal

from jingui.db.models import JournalEvent
from jingui.domain.audit.merkle import leaf_hash
from jingui.domain.errors import PermanentFailure
from jingui.usecases.audit.sealing import seal_journal


def test_a_changed_tile_is_named_and_no_event(filled: Office) -> None:
    change_tile(at=3)
    assert coded(filled) == {"tile/0/0": "tile_altered"}


def test_a_lost_tile_is_named_and_no_event(filled: Office) -> None:
    run("DELETE FROM jingui_journal_tile WHERE level = 0")
    assert coded(filled) == {"tile/0/0": "journal_tile_missing"}


def test_a_tile_that_no_log_has_is_named(filled: Office) -> None:
    run(f"INSERT INTO jingui_journal_tile (level, {quoted('index')}, hashes) VALUES (3, 9, %s)", b"x" * 32)
    assert coded(filled) == {"tile/3/9": "tile_unknown"}


def test_a_deleted_event_is_named_by_its_place(filled: Office) -> None:
    event = JournalEvent.objects.get(kind="catalogue.imported")
    event.delete()
    assert coded(filled) == {f"leaf/{event.leaf_index}": "event_missing"}


@pytest.mark.parametrize("column", ["kind", "actor", "at", "case_key"])
def test_a_changed_column_of_an_event_is_named(filled: Office, column: str) -> None:
    event = JournalEvent.objects.filter(case_key__isnull=False).first()
    assert event is not None
    values = {"kind": "other", "actor": "nobody", "at": now(), "case_key": None}
    JournalEvent.objects.filter(pk=event.pk).update(**{column: values[column]})
    assert coded(filled) == {str(event.pk): "event_columns_altered"}


def test_two_events_that_swapped_their_places_are_named(filled: Office) -> None:
    one, two = JournalEvent.objects.order_by("id")[4:6]
    JournalEvent.objects.filter(pk=one.pk).update(leaf_index=None)
    JournalEvent.objects.filter(pk=two.pk).update(leaf_index=one.leaf_index)
    JournalEvent.objects.filter(pk=one.pk).update(leaf_index=two.leaf_index)
    assert coded(filled) == {str(one.pk): "event_altered", str(two.pk): "event_altered"}


@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("root = replace(root, substr(root, 1, 1), 'x')", "checkpoint_altered"),
        ("at = '2001-01-01 00:00:00+00:00'", "checkpoint_altered"),
        ("note = replace(note, 'time ', 'tide ')", None),
        ("note = ''", "checkpoint_malformed"),
        ("size = 1000000000", "checkpoint_altered"),
    ],
)
def test_a_changed_checkpoint_is_named_and_nothing_else(
    filled: Office, place: int, change: str, code: str | None
) -> None:
    size = checkpoint_sizes()[place]
    run(f"UPDATE jingui_journal_checkpoint SET {change} WHERE size = %s", size)
    ((location, found),) = coded(filled).items()
    assert location in {f"checkpoint/{size}", "checkpoint/1000000000"}
    assert found == code or code is None


def test_a_checkpoint_without_one_of_its_signatures_is_named(filled: Office) -> None:
    size = checkpoint_sizes()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM jingui_journal_checkpoint WHERE size = %s", [size])
        note = cursor.fetchone()[0]
    run("UPDATE jingui_journal_checkpoint SET note = %s WHERE size = %s", note[: note.rindex("—")], size)
    assert coded(filled) == {f"checkpoint/{size}": "checkpoint_signature_wrong"}


def test_the_newest_checkpoint_taken_away_is_noticed(filled: Office) -> None:
    size = checkpoint_sizes()[-1]
    run("DELETE FROM jingui_journal_checkpoint WHERE size = %s", size)
    assert coded(filled) == {f"checkpoint/{size}": "checkpoint_missing"}


def test_an_event_and_its_tile_changed_together_still_contradict_the_signed_root(filled: Office) -> None:
    event = JournalEvent.objects.get(leaf_index=7)
    forged = event.payload.replace('"v":1', '"v":2')
    run("UPDATE jingui_journal_event SET payload = %s WHERE id = %s", forged, event.id)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT hashes FROM jingui_journal_tile WHERE level = 0 AND {quoted('index')} = 0")
        data = bytearray(cursor.fetchone()[0])
    data[7 * 32 : 8 * 32] = leaf_hash(forged.encode())
    run(f"UPDATE jingui_journal_tile SET hashes = %s WHERE level = 0 AND {quoted('index')} = 0", bytes(data))
    (location,) = coded(filled)
    assert location == f"checkpoint/{min(size for size in checkpoint_sizes() if size > 7)}"


def test_nothing_more_is_signed_on_a_changed_log(spoiled: Office) -> None:
    change_tile(at=3)
    sizes = checkpoint_sizes()
    spoiled.integrator.case("N-9")
    with pytest.raises(PermanentFailure, match="journal_log_damaged"), transaction.atomic():
        seal_journal(signers=spoiled.services.signers, now=now())
    spoiled.integrator.whole_case("N-10")
    spoiled.work()
    assert spoiled.integrator.get("N-10").json["state"] == "preserved"
    assert checkpoint_sizes() == sizes


@pytest.mark.parametrize(
    ("column", "value"), [("at", "'x'"), ("case_key", "'x'"), ("payload", "x'ff'"), ("payload", "CAST(x'ff' AS TEXT)")]
)
def test_an_event_that_cannot_be_read_is_named(filled: Office, column: str, value: str) -> None:
    if connection.vendor != "sqlite":
        return
    event = JournalEvent.objects.get(leaf_index=7)
    run(f"UPDATE jingui_journal_event SET {column} = {value} WHERE id = %s", event.id)
    assert set(coded(filled)) == {str(event.id)}


@pytest.mark.parametrize("value", ["'text'", "''", "x''", "x'00'", "5", "CAST(x'ff' AS TEXT)"])
def test_a_tile_that_cannot_be_read_is_named(filled: Office, value: str) -> None:
    if connection.vendor != "sqlite":
        return
    run(f"UPDATE jingui_journal_tile SET hashes = {value} WHERE level = 0")
    assert coded(filled) == {"tile/0/0": "tile_altered"}
    filled.integrator.case("N-8")
    with pytest.raises(PermanentFailure), transaction.atomic():
        seal(filled)
