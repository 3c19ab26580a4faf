"""Somebody changes rows and the journal behind our back: verification names exactly those, and nothing else."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from jingui.adapters.examination import ProcessExaminer
from jingui.bootstrap import services
from jingui.db.models import PROTECTED, Case, CaseFile, CaseStep, JournalEvent, PackageVersion
from jingui.domain.access.roles import Role
from jingui.domain.audit.merkle import leaf_hash
from jingui.domain.errors import PermanentFailure
from jingui.usecases.audit.sealing import seal_everything, seal_journal
from tests.builders import make_account, now
from tests.personas import Office, open_office, pdf, step_message


@pytest.fixture(scope="module")
def filled_once(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory, examiner: ProcessExaminer
) -> Iterator[Office]:
    """Fill an office once, in a transaction that ends with this module: filling takes longer than looking."""
    before = settings.JINGUI
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill(open_office(tmp_path_factory.mktemp("filled") / "home", examiner))
        transaction.set_rollback(True)
    settings.JINGUI = before
    services.cache_clear()


@pytest.fixture
def db(filled_once: Office) -> Iterator[None]:
    """Stand in for pytest-django's fixture: a savepoint of the module's transaction for each test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def filled(db: None, filled_once: Office) -> Office:
    """Give the filled office; what a test changes in its rows is taken back."""
    return filled_once


@pytest.fixture
def spoiled(filled: Office, tmp_path: Path) -> Iterator[Office]:
    """Give the filled office to a test that archives more: its folder is put back, too."""
    kept = tmp_path / "kept"
    shutil.copytree(filled.home, kept)
    yield filled
    shutil.rmtree(filled.home)
    shutil.copytree(kept, filled.home)


def fill(office: Office) -> Office:
    """Make preserved, held and open cases, a late version, an account, and a sealed journal."""
    integrator = office.integrator
    make_account("auditor", Role.AUDITOR)
    for number in ("N-1", "N-2", "N-3"):
        integrator.whole_case(number)
    integrator.file("N-3", "bad", b"no pdf", material="A02", name="坏.pdf")
    office.work()
    integrator.steps("N-1", step_message("s9", "回访", "2025-04-01T10:00:00+08:00"))
    integrator.case("N-4")
    integrator.file("N-4", "f1", pdf("open"))
    office.work()
    assert seal(office) > 20
    return office


def seal(office: Office) -> int:
    return seal_everything(signers=office.services.signers, clock=now)


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        assert cursor.rowcount == 1


def named(office: Office) -> set[tuple[str, str]]:
    return {(finding.subject.value, finding.location) for finding in office.findings()}


def coded(office: Office) -> dict[str, str]:
    found = office.findings()
    assert len(found) == len({finding.location for finding in found}), found
    return {finding.location: finding.code for finding in found}


def test_a_clean_instance_gives_no_finding(filled: Office) -> None:
    assert filled.findings() == []


TEXT_COLUMNS = {
    "jingui_installation": "name",
    "jingui_agency": "name",
    "jingui_service_item": "name",
    "jingui_source": "name",
    "jingui_account": "display_name",
    "jingui_case": "title",
    "jingui_case_file": "name",
    "jingui_case_step": "name",
    "jingui_closure": "message",
    "jingui_receipt": "body",
    "jingui_code_sequence": "scope",
    "jingui_inspection": "outcome",
    "jingui_package_version": "object_id",
}


@pytest.mark.parametrize("table", sorted(TEXT_COLUMNS))
def test_one_changed_value_of_any_table_is_named_alone(filled: Office, table: str) -> None:
    column = TEXT_COLUMNS[table]
    key = any_key(table)
    run(f"UPDATE {table} SET {column} = 'x' || {column} WHERE key = %s", key)
    assert coded(filled) == {f"{table}/{plain(key)}": "row_altered"}


def any_key(table: str, rng: random.Random | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {table} ORDER BY key")
        return (rng or random.Random(1)).choice(cursor.fetchall())[0]


def plain(key: object) -> str:
    return str(key).replace("-", "")


@pytest.mark.parametrize("column", ["object_id", "manifest", "arranged", "number", "bytes", "stored_at"])
def test_a_changed_package_row_casts_no_doubt_on_its_object(filled: Office, column: str) -> None:
    values = {
        "manifest": "{}",
        "arranged": "{}",
        "number": 7,
        "bytes": 1,
        "object_id": "urn:uuid:none",
        "stored_at": None,
    }
    for key in PackageVersion.objects.order_by("key").values_list("key", flat=True)[:2]:
        with transaction.atomic():
            row = PackageVersion.objects.filter(pk=key)
            row.update(**{column: json.loads(values[column]) if values[column] == "{}" else values[column]})
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


def flip(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice([c for c in "0123456789abcdef" if c != text[at]]) + text[at + 1 :]


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


def delete_one() -> str:
    key = any_key("jingui_source_key")
    run("DELETE FROM jingui_source_key WHERE key = %s", key)
    return f"jingui_source_key/{plain(key)}"


def insert_one() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT item_id, content, adopted_at, event_id FROM jingui_archiving_plan ORDER BY key LIMIT 1")
        row = cursor.fetchone()
    sql = "INSERT INTO jingui_archiving_plan (key, plan_version, item_id, content, adopted_at, event_id)"
    key = "f" * 32
    run(f"{sql} VALUES (%s, 99, %s, %s, %s, %s)", key, *row)
    return f"jingui_archiving_plan/{key}"


def roll_one_back() -> str:
    """Put N-4, whose rows nothing else touches, back to what its first event had written."""
    key = any_key("jingui_case_step")
    run("UPDATE jingui_case_step SET event_id = event_id - 1 WHERE key = %s", key)
    return f"jingui_case_step/{plain(key)}"


def change_tile(at: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hashes FROM jingui_journal_tile WHERE level = 0 AND index = 0".replace("index", quoted("index"))
        )
        data = bytearray(cursor.fetchone()[0])
    data[at * 32 + 5] ^= 1
    run(f"UPDATE jingui_journal_tile SET hashes = %s WHERE level = 0 AND {quoted('index')} = 0", bytes(data))


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


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


def checkpoint_sizes() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM jingui_journal_checkpoint ORDER BY size")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("root = 'f' || substr(root, 2)", "checkpoint_altered"),
        ("at = '2001-01-01 00:00:00+00:00'", "checkpoint_altered"),
        ("note = replace(note, 'A', 'B')", None),
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


def test_every_protected_table_is_covered_by_these_tests() -> None:
    tables = {model._meta.db_table for model in PROTECTED}
    others = {"jingui_archiving_plan", "jingui_source_key", "jingui_access_copy"}
    assert tables == set(TEXT_COLUMNS) | others
