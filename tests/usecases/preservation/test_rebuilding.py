"""The database of records made anew from packages alone, as much as they tell, and the proof that nothing is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders import now
from tests.personas import Office, new_number, pdf
from tests.usecases.preservation.spare import (
    all_rows,
    begin_anew,
    events,
    lose_rows,
    make_backup,
    rebuild_all,
    restore_backup,
)
from tests.usecases.preservation.vault import add_folder, copy_all, files_below, vaults_of

from jingui.adapters.backups.fetching import fetch_objects
from jingui.adapters.stores.trees import FolderTree
from jingui.db.models import (
    Case,
    CaseFile,
    CaseStep,
    Closure,
    CodeSequence,
    CopyTask,
    Inspection,
    Job,
    ObjectCopy,
    PackageVersion,
)
from jingui.db.queries.locations import file_locations
from jingui.domain.errors import TransientFailure
from jingui.usecases.preservation import storing

SAME = (
    "key", "case_number", "state", "title", "item_code", "item_name", "applicant_name", "channel", "received_at",
    "closed_at", "closure_kind", "retention", "category", "year", "security_classification",
    "archival_code", "record_code", "version", "file_count", "outcome", "is_late_arrival",
)  # fmt: skip
FILE = ("file_key", "name", "material_code", "step", "received_at", "bytes", "sha256", "sm3", "sha512", "format_name")


def two_versions(office: Office, **more: str) -> str:
    number = new_number()
    office.integrator.whole_case(number, metadata={"extra": "一"})
    office.work()
    office.integrator.file(number, "f9", pdf(f"{number} late"), **{"material": "A02", "name": "补.pdf", **more})
    office.work()
    return number


def assert_same(after: tuple[object, ...], before: tuple[object, ...]) -> None:
    """Compare part by part, so that a difference can be read."""
    for one, other in zip(after, before, strict=True):
        assert one == other


def told() -> tuple[object, ...]:
    packages = ("object_id", "number", "inventory_sha512", "manifest", "arranged", "file_count", "bytes")
    return (
        list(Case.objects.order_by("key").values(*SAME)),
        list(CaseFile.objects.order_by("case_id", "file_key").values(*FILE, "message_sha256", "replaces")),
        list(CaseStep.objects.order_by("case_id", "step_key").values("step_key", "name", "message", "message_sha256")),
        list(Closure.objects.order_by("case_id").values("kind", "closed_at", "message")),
        list(PackageVersion.objects.order_by("case_id", "number").values(*packages)),
        dict(CodeSequence.objects.values_list("scope", "last")),
    )


def test_cases_files_steps_versions_and_codes_are_as_they_were(office: Office) -> None:
    two_versions(office, replaces="f1", material="A01")
    office.integrator.whole_case(new_number(), kind="withdrawn")
    office.work()
    before = told()
    begin_anew(office)

    done = rebuild_all(office)

    assert (done.objects, done.versions, done.cases, done.packages, done.viewable) == (2, 3, 2, 3, 2)
    assert done.is_whole, done.left
    assert_same(told(), before)
    assert office.findings() == []
    assert Inspection.objects.count() == 3
    for case in Case.objects.all():
        for row, (path, _) in zip(rows := list(case.files.all()), places(office, case, rows), strict=True):
            assert path.stat().st_size == row.bytes


def places(office: Office, case: Case, rows: list[CaseFile]) -> list[tuple[Path, str]]:
    newest = case.packages.order_by("-number").first()
    kept = [row for row in rows if newest and row.file_key in newest.arranged]
    found = dict(
        zip(
            (row.file_key for row in kept),
            file_locations(case, kept, store=office.services.store, staging=office.services.staging),
            strict=True,
        )
    )
    first = case.packages.get(number=1)
    store = office.services.store
    return [
        found.get(row.file_key)
        or (store.content_location(first.object_id, first.manifest[first.arranged[row.file_key]][0]), row.name)
        for row in rows
    ]


def test_running_again_changes_nothing(office: Office) -> None:
    two_versions(office)
    begin_anew(office)
    rebuild_all(office)
    rows = all_rows()
    again = rebuild_all(office)
    assert (again.cases, again.packages, again.files, again.known_versions, again.is_whole) == (0, 0, 0, 2, True)
    assert all_rows() == rows


def test_a_store_newer_than_the_backup_brings_the_rest_in(office: Office, tmp_path: Path) -> None:
    number = new_number()
    office.integrator.whole_case(number)
    office.work()
    waiting = new_number()
    office.integrator.case(waiting)
    office.integrator.file(waiting, "f1", pdf(f"{waiting} f1"))
    backup, _ = make_backup(office, tmp_path / "backups")
    office.integrator.file(number, "f9", pdf("late"), material="A02", name="补.pdf")
    office.integrator.file(waiting, "f2", pdf(f"{waiting} f2"), material="C01", name="许可证.pdf")
    office.integrator.steps(waiting, {"step_key": "s1", "name": "收件", "started_at": "2025-03-03T09:30:00+08:00"})
    office.integrator.closure(waiting)
    third = new_number()
    office.integrator.whole_case(third)
    office.work()
    before = told()
    lose_rows(office)
    restore_backup(office, backup)
    assert {finding.code for finding in office.findings()} != set()

    done = rebuild_all(office)

    assert (done.cases, done.packages) == (1, 3)
    assert done.is_whole, done.left
    assert_same(told(), before)
    assert office.findings() == []


def test_a_version_that_was_just_moved_in_when_the_backup_was_made_is_known(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.integrator.whole_case(new_number())
    with monkeypatch.context() as broken:
        broken.setattr(storing, "_archive", lambda *_: (_ for _ in ()).throw(TransientFailure("database_busy")))
        office.work()
    assert (PackageVersion.objects.get().stored_at, len(list(office.services.store.object_ids()))) == (None, 1)
    backup, _ = make_backup(office, tmp_path / "backups")
    lose_rows(office)
    restore_backup(office, backup)

    done = rebuild_all(office)

    assert (done.is_whole, done.known_versions, done.packages) == (True, 1, 0), done.left
    Job.objects.update(state="ready", run_after=now())
    office.work()
    assert PackageVersion.objects.get().stored_at is not None
    assert office.findings() == []


def test_the_next_case_gets_the_next_code(office: Office, tmp_path: Path) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    backup, _ = make_backup(office, tmp_path / "backups")
    office.integrator.whole_case(new_number())
    office.work()
    lose_rows(office)
    restore_backup(office, backup)
    rebuild_all(office)
    number = new_number()
    office.integrator.whole_case(number)
    office.work()
    assert office.case_row(number).archival_code == "0101-ZW·2025-D30-WSJ-000003"
    assert office.findings() == []


def test_a_damaged_object_is_left_and_named(office: Office) -> None:
    two_versions(office)
    office.integrator.whole_case(new_number())
    office.work()
    begin_anew(office)
    victim = next((office.home / "store").rglob("*-A02-*.pdf"))
    victim.write_bytes(victim.read_bytes() + b"x")
    done = rebuild_all(office)
    assert [left.code for left in done.left] == ["object_damaged"]
    assert (done.cases, done.is_whole) == (1, False)


def test_a_row_that_says_otherwise_is_not_overwritten(office: Office) -> None:
    number = two_versions(office)
    PackageVersion.objects.filter(number=2).update(inventory_sha512="0" * 128)
    done = rebuild_all(office)
    assert [left.code for left in done.left] == ["inventory_differs"]
    assert not done.is_whole
    assert office.case_row(number).version == 2


def bring(office: Office, folder: Path) -> tuple[int, list[tuple[str, str]]]:
    return fetch_objects(office.home, FolderTree(folder / "store"), name="second")


def test_objects_come_from_a_copy_when_the_primary_root_is_gone(office: Office, tmp_path: Path) -> None:
    two_versions(office)
    add_folder("second", tmp_path / "second")
    copy_all(vaults_of(office))
    before = told()
    begin_anew(office)
    for folder in (office.home / "store").glob("[0-9a-f][0-9a-f][0-9a-f]"):
        folder.rename(tmp_path / folder.name)
    assert bring(office, tmp_path / "second") == (2, [])
    assert bring(office, tmp_path / "second") == (0, [])
    assert rebuild_all(office).is_whole
    assert_same(told(), before)
    assert office.findings() == []
    kept = files_below(tmp_path / "second")
    add_folder("second", tmp_path / "second")
    copy_all(vaults_of(office))
    assert ObjectCopy.objects.filter(root__name="second").count() == 2
    assert files_below(tmp_path / "second") == kept


def test_a_damaged_copy_is_not_brought_in(office: Office, tmp_path: Path) -> None:
    two_versions(office)
    add_folder("second", tmp_path / "second")
    copy_all(vaults_of(office))
    for folder in (office.home / "store").glob("[0-9a-f][0-9a-f][0-9a-f]"):
        folder.rename(tmp_path / folder.name)
    victim = next((tmp_path / "second" / "store").rglob("*许可证.pdf"))
    victim.write_bytes(b"x")
    fetched, ((_, detail),) = bring(office, tmp_path / "second")
    assert fetched == 0
    assert "bytes_differ" in detail
    assert not list((office.home / "store").rglob("*许可证.pdf"))


def test_rebuilt_versions_are_asked_for_in_further_roots(office: Office, tmp_path: Path) -> None:
    two_versions(office)
    begin_anew(office)
    add_folder("second", tmp_path / "second")
    rebuild_all(office)
    assert CopyTask.objects.count() == 2
    assert events("case.rebuilt") == 4
