"""Somebody changes rows behind our back: verification names exactly those, and nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection, transaction
from tests.personas import Office, step_message
from tests.usecases.tampering.hands import (
    TEXT_COLUMNS,
    any_key,
    change_tile,
    coded,
    delete_one,
    flip,
    insert_one,
    named,
    plain,
    roll_one_back,
    run,
)

from jingui.db.models import Case, CaseFile, CaseStep, JournalEvent, PackageVersion


def test_a_clean_instance_gives_no_finding(filled: Office) -> None:
    assert filled.findings() == []


@pytest.mark.parametrize("table", sorted(TEXT_COLUMNS))
def test_one_changed_value_of_any_table_is_named_alone(filled: Office, table: str) -> None:
    column = TEXT_COLUMNS[table]
    key = any_key(table)
    run(f"UPDATE {table} SET {column} = 'x' || {column} WHERE key = %s", key)
    assert coded(filled) == {f"{table}/{plain(key)}": "row_altered"}


PACKAGE_CHANGES: dict[str, Any] = {
    "manifest": {},
    "arranged": {},
    "number": 7,
    "bytes": 1,
    "object_id": "urn:uuid:none",
    "stored_at": None,
}


@pytest.mark.parametrize("column", sorted(PACKAGE_CHANGES))
def test_a_changed_package_row_casts_no_doubt_on_its_object(filled: Office, column: str) -> None:
    for key in PackageVersion.objects.order_by("key").values_list("key", flat=True)[:2]:
        with transaction.atomic():
            PackageVersion.objects.filter(pk=key).update(**{column: PACKAGE_CHANGES[column]})
            assert coded(filled) == {f"jingui_package_version/{key.hex}": "row_altered"}
            transaction.set_rollback(True)


def test_a_deleted_package_row_is_named_once(filled: Office) -> None:
    key = PackageVersion.objects.order_by("key").values_list("key", flat=True)[0]
    PackageVersion.objects.filter(pk=key).delete()
    assert coded(filled) == {f"jingui_package_version/{key.hex}": "row_missing"}


def test_a_row_put_in_by_hand_is_named(filled: Office) -> None:
    row = CaseStep.objects.order_by("key")[0]
    row.pk, row.step_key = "0" * 32, "forged"
    CaseStep.objects.bulk_create([row])
    assert coded(filled) == {"jingui_case_step/" + "0" * 32: "row_unknown"}


def test_a_row_put_back_to_an_older_value_is_named(spoiled: Office) -> None:
    case = Case.objects.get(case_number="N-1")
    old = {f.attname: getattr(case, f.attname) for f in case._meta.concrete_fields if not f.primary_key}
    spoiled.integrator.steps("N-1", step_message("s10", "再访", "2025-04-02T10:00:00+08:00"))
    spoiled.work()
    assert named(spoiled) == set()
    Case.objects.filter(pk=case.pk).update(**old)
    assert coded(spoiled) == {f"jingui_case/{case.key.hex}": "row_rolled_back"}


def test_a_step_and_a_file_moved_to_another_case_are_named(filled: Office) -> None:
    one, other = Case.objects.get(case_number="N-1"), Case.objects.get(case_number="N-4")
    step = one.steps.order_by("key")[0]
    CaseStep.objects.filter(pk=step.pk).update(case=other)
    file = other.files.get()
    CaseFile.objects.filter(pk=file.pk).update(case=one, file_key="moved")
    assert coded(filled) == {
        f"jingui_case_step/{step.key.hex}": "row_altered",
        f"jingui_case_file/{file.key.hex}": "row_altered",
    }


def test_an_arrival_number_changed_to_hide_a_late_step_is_named(filled: Office) -> None:
    step = CaseStep.objects.get(case__case_number="N-1", step_key="s9")
    CaseStep.objects.filter(pk=step.pk).update(arrived_event=10**9)
    assert coded(filled) == {f"jingui_case_step/{step.key.hex}": "row_altered"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ten_rows_a_payload_and_a_tile_are_named_exactly(filled: Office, seed: int) -> None:
    rng = random.Random(seed)
    expected: set[tuple[str, str]] = set()
    tables = rng.sample(sorted(TEXT_COLUMNS), 7)
    for table in tables:
        key = any_key(table, rng)
        run(f"UPDATE {table} SET {TEXT_COLUMNS[table]} = 'x' || {TEXT_COLUMNS[table]} WHERE key = %s", key)
        expected.add(("row", f"{table}/{plain(key)}"))
    expected |= {("row", delete_one()), ("row", insert_one()), ("row", roll_one_back())}
    assert len(expected) == 10
    event = JournalEvent.objects.get(leaf_index=rng.randrange(5, 20))
    run("UPDATE jingui_journal_event SET payload = %s WHERE id = %s", flip(event.payload, rng), event.id)
    expected.add(("event", str(event.id)))
    change_tile(at=rng.choice([n for n in range(20) if n != event.leaf_index]))
    expected.add(("log", "tile/0/0"))
    assert named(filled) == expected
    assert len(filled.findings()) == len(expected)


BAD_VALUES: dict[str, tuple[str, str]] = {
    "jingui_case": ("opened_at", "'yesterday'"),
    "jingui_case_file": ("bytes", "'many'"),
    "jingui_case_step": ("started_at", "''"),
    "jingui_closure": ("case_id", "'nobody'"),
    "jingui_inspection": ("at", "'noon'"),
    "jingui_package_version": ("built_at", "'noon'"),
    "jingui_receipt": ("body", "x'fffe'"),
    "jingui_agency": ("name", "CAST(x'ff' AS TEXT)"),
    "jingui_source": ("agency_codes", "7"),
    "jingui_account": ("is_active", "'maybe'"),
    "jingui_code_sequence": ("event_id", "'first'"),
    "jingui_service_item": ("item_version", "1.5"),
    "jingui_installation": ("created_at", "7"),
}


@pytest.mark.parametrize("table", sorted(BAD_VALUES))
def test_a_value_that_cannot_be_read_is_named_and_hides_nothing(filled: Office, table: str) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL refuses such values itself
    column, value = BAD_VALUES[table]
    key = any_key(table)
    with connection.constraint_checks_disabled():
        run(
            "UPDATE jingui_case_step SET name = 'x' || name WHERE key = %s",
            changed := CaseStep.objects.order_by("-key")[0].key.hex,
        )
        run(f"UPDATE {table} SET {column} = {value} WHERE key = %s", key)
        found = coded(filled)
        assert found.pop(f"jingui_case_step/{changed}") == "row_altered"
        assert found.popitem()[0] == f"{table}/{plain(key)}"
        assert not found
        undo(table, column, key)


def undo(table: str, column: str, key: object) -> None:
    """Leave nothing that breaks a foreign key when the test's transaction is checked."""
    if column.endswith("_id") and column != "event_id":
        run(f"UPDATE {table} SET {column} = (SELECT key FROM jingui_case LIMIT 1) WHERE key = %s", key)
