"""Copies in further roots: written once, verified, the same whatever breaks off in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import now
from tests.contracts.store_cases import DyingDisk, Killed
from tests.personas import Office, new_number, pdf
from tests.usecases.preservation.vault import (
    Bucket,
    add_bucket,
    add_folder,
    copy_all,
    files_below,
    vaults_of,
)

from jingui.adapters.stores.folder_copies import FolderCopies
from jingui.adapters.stores.s3_copies import S3Copies
from jingui.db.models import CopyTask, JournalEvent, ObjectCopy, PackageVersion, StorageRoot
from jingui.domain.errors import Conflict, Invalid, NotFound, TransientFailure
from jingui.domain.preservation.roots import Keeping, RootKind
from jingui.formats.ocfl.root_validation import validate_root
from jingui.usecases.preservation.copying import copies_of
from jingui.usecases.preservation.opening import MOST_DEATHS, release_dead_claims
from jingui.usecases.preservation.roots import RootChoices, add_root, ask_for_missing, change_root, end_root

HOUR = timedelta(hours=7)


def two_versions(office: Office) -> str:
    number = new_number()
    office.integrator.whole_case(number)
    office.work()
    office.integrator.file(number, "f9", pdf(f"{number} late"), material="A02", name="补.pdf")
    office.work()
    return number


def copy_in_time(office: Office) -> None:
    """Copy as a worker would in a day: what waits for something is tried again."""
    for hours in range(2, 5):
        copy_all(vaults_of(office), later=hours * HOUR)


def primary_files(office: Office) -> dict[str, bytes]:
    return files_below(office.home / "store")


def test_what_stands_before_a_root_is_added_and_after_is_copied_file_for_file(office: Office, tmp_path: Path) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    add_folder("second", tmp_path / "second")
    assert copy_all(vaults_of(office)) == 1
    two_versions(office)
    copy_all(vaults_of(office), later=HOUR)
    assert files_below(tmp_path / "second" / "store") == primary_files(office)
    assert not list(validate_root(tmp_path / "second" / "store"))
    assert ObjectCopy.objects.count() == 3
    assert not CopyTask.objects.exists()
    assert not office.findings()


def test_a_bucket_holds_the_same_files_as_the_primary_root(office: Office, bucket: Callable[[], Bucket]) -> None:
    kept = bucket()
    add_bucket("cloud", kept)
    two_versions(office)
    copy_all(vaults_of(office), later=HOUR)
    assert {key.removeprefix("keep/"): data for key, data in kept.keys().items()} == primary_files(office)
    assert not list(kept.open().verify_root())


def test_the_worker_copies_when_it_has_nothing_better_to_do(office: Office, tmp_path: Path) -> None:
    add_folder("second", tmp_path / "second")
    office.integrator.whole_case(new_number())
    office.work()
    assert ObjectCopy.objects.count() == 1
    assert JournalEvent.objects.filter(kind="object.copied").count() == 1


def test_a_copy_broken_off_at_any_act_on_the_disk_ends_the_same(office: Office, tmp_path: Path) -> None:
    two_versions(office)
    died = 0
    for dies_at in range(1, 400, 3):
        folder = tmp_path / f"second-{dies_at}"
        root = add_folder(f"second-{dies_at}", folder)

        def dying(row: StorageRoot, dies_at: int = dies_at) -> FolderCopies:
            return FolderCopies(Path(row.configuration["folder"]), disk=DyingDisk(dies_at))

        try:
            copy_all(vaults_of(office, open_root=dying), later=HOUR)
            is_over = True
        except Killed:
            died, is_over = died + 1, False
        copy_in_time(office)
        assert files_below(folder / "store") == primary_files(office)
        assert [path.name for path in (folder / "work").iterdir()] == ["locks"]
        end_root(root.name, actor="tests", reason="next", now=now())
        if is_over:
            assert died > 5
            return
    pytest.fail("never ended")


class Wire:
    """Lets so many uploads through and then breaks."""

    def __init__(self, bucket: Bucket, uploads: int) -> None:
        self.uploads = uploads
        self.copies = bucket.open()
        inner = self.copies._store.put

        def put(*args: object, **kwargs: object) -> object:
            self.uploads -= 1
            if self.uploads < 0:
                raise Killed
            return inner(*args, **kwargs)  # type: ignore[arg-type]

        self.copies._store = Put(self.copies._store, put)  # type: ignore[assignment]


class Put:
    def __init__(self, store: object, put: object) -> None:
        self._store, self.put = store, put

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_an_upload_broken_off_between_any_two_files_ends_the_same(office: Office, bucket: Callable[[], Bucket]) -> None:
    two_versions(office)
    for uploads in (0, 3, 4, 5, 9, 14):
        kept = bucket()
        root = add_bucket(f"cloud-{uploads}", kept)

        def breaking(_: StorageRoot, kept: Bucket = kept, uploads: int = uploads) -> S3Copies:
            return Wire(kept, uploads).copies

        with pytest.raises(Killed):
            copy_all(vaults_of(office, open_root=breaking), later=HOUR)
        copy_in_time(office)
        assert {key.removeprefix("keep/"): data for key, data in kept.keys().items()} == primary_files(office)
        end_root(root.name, actor="tests", reason="next", now=now())


def test_a_root_that_is_away_stops_nothing_and_is_filled_when_it_is_back(office: Office, tmp_path: Path) -> None:
    add_folder("away", tmp_path / "away")
    add_folder("here", tmp_path / "here")
    (tmp_path / "away").rename(tmp_path / "unplugged")
    office.integrator.whole_case(new_number())
    office.work()
    assert set(ObjectCopy.objects.values_list("root__name", flat=True)) == {"here"}
    task = CopyTask.objects.get()
    assert task.attempts > 0
    assert "storage_away" in task.error
    (tmp_path / "unplugged").rename(tmp_path / "away")
    copy_all(vaults_of(office), later=HOUR)
    assert files_below(tmp_path / "away" / "store") == primary_files(office)


def test_a_damaged_original_is_never_copied(office: Office, tmp_path: Path) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    add_folder("second", tmp_path / "second")
    victim = next(path for path in (office.home / "store").rglob("*.pdf"))
    victim.chmod(0o644)
    victim.write_bytes(b"x" * victim.stat().st_size)
    copy_all(vaults_of(office))
    assert not ObjectCopy.objects.exists()
    assert "bytes_differ" in CopyTask.objects.get().error
    assert not list((tmp_path / "second" / "store").rglob("*.pdf"))


def test_a_write_protected_root_takes_nothing_until_the_protection_ends(office: Office, tmp_path: Path) -> None:
    add_folder("second", tmp_path / "second")
    change_root("second", Keeping(is_protected=True), actor="tests", now=now())
    office.integrator.whole_case(new_number())
    office.work()
    assert not ObjectCopy.objects.exists()
    change_root("second", Keeping(), actor="tests", now=now())
    copy_all(vaults_of(office), later=HOUR)
    assert ObjectCopy.objects.count() == 1


def test_an_ended_root_is_asked_for_nothing_and_keeps_what_it_holds(office: Office, tmp_path: Path) -> None:
    add_folder("second", tmp_path / "second")
    office.integrator.whole_case(new_number())
    office.work()
    end_root("second", actor="tests", reason="磁盘退役", now=now())
    held = files_below(tmp_path / "second" / "store")
    office.integrator.whole_case(new_number())
    office.work()
    assert files_below(tmp_path / "second" / "store") == held
    package = PackageVersion.objects.order_by("built_at").first()
    assert package is not None
    assert "second" not in {root.name for root in copies_of([package])[package.pk.hex]}
    with pytest.raises(NotFound):
        end_root("second", actor="tests", reason="again", now=now())


def test_asking_again_asks_for_nothing_twice(office: Office, tmp_path: Path) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    root = add_folder("second", tmp_path / "second")
    assert ask_for_missing(root, now=now()) == 0
    copy_all(vaults_of(office))
    assert ask_for_missing(root, now=now()) == 0


def test_bad_choices_are_refused_with_every_fault_and_leave_nothing(office: Office, tmp_path: Path) -> None:
    def choose(name: str, kind: RootKind, configuration: dict[str, object], keeping: Keeping) -> None:
        choices = RootChoices(name, kind, configuration, keeping)
        add_root(choices, open_root=lambda row: FolderCopies(Path(row.configuration["folder"])), actor="t", now=now())

    with pytest.raises(Invalid) as refused:
        choose("x", RootKind.FOLDER, {"folder": "relative", "pass": "secret"}, Keeping(routine_days=-1))
    codes = {(problem.location, problem.code) for problem in refused.value.problems}
    assert codes == {
        ("folder", "path_not_absolute"),
        ("pass", "unknown_field"),
        ("routine_days", "not_in_range"),
    }
    with pytest.raises(TransientFailure):
        choose("x", RootKind.FOLDER, {"folder": str(tmp_path / "not-there" / "x")}, Keeping())
    assert not StorageRoot.objects.filter(name="x").exists()
    add_folder("x", tmp_path / "x")
    with pytest.raises(Conflict):
        choose("x", RootKind.FOLDER, {"folder": str(tmp_path / "y")}, Keeping())
    assert office.home.exists()


def test_a_version_with_a_file_gone_is_put_off_and_stops_no_other(office: Office, tmp_path: Path) -> None:
    for _ in range(2):
        office.integrator.whole_case(new_number())
    office.work()
    add_folder("second", tmp_path / "second")
    [gone, *_] = sorted((office.home / "store").rglob("content/**/*.pdf"))
    gone.unlink()
    copy_all(vaults_of(office), later=HOUR)
    assert ObjectCopy.objects.count() == 1
    task = CopyTask.objects.get()
    assert (task.claimed_by, task.attempts > 0) == ("", True)
    assert gone.name in task.error


def test_a_copy_that_processes_die_of_goes_behind_the_others(office: Office, tmp_path: Path) -> None:
    office.integrator.whole_case(new_number())
    office.work()
    add_folder("second", tmp_path / "second")
    waited = []
    for _ in range(MOST_DEATHS + 2):
        CopyTask.objects.update(claimed_by="gone")
        moment = now()
        assert release_dead_claims(lambda _name: False, now=moment) == 1
        task = CopyTask.objects.get()
        waited.append(max(0, round((task.run_after - moment).total_seconds())))
    assert waited == [0] * MOST_DEATHS + [120, 240]
