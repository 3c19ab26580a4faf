"""Batches and bags in a watched folder: taken once, answered by receipts, resumed, never moved."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.builders import now
from tests.handed_over import bag, handed_case, package, sheet
from tests.personas import Office
from tests.usecases.sources.inbox import Inbox, retry, watch

from jingui.bootstrap.sources import collecting, connection_problems
from jingui.db.models import Case, CaseFile, SourceProblem, SourceProgress
from jingui.formats.handover.city_writer import write_package
from jingui.usecases.capture.collecting import collect_slice
from jingui.usecases.capture.incoming import Tally


def everything(folder: Path) -> dict[str, bytes]:
    """Read all that the sender put there."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "receipt" not in path.name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def states(inbox: Inbox, sheet_path: Path) -> list[tuple[str, str]]:
    told = inbox.receipt(sheet_path.stem)
    return [(each["businessId"], each["state"]) for each in told["packages"]]


def test_a_batch_is_archived_and_answered_for_each_package_and_as_a_whole(office: Office, inbox: Inbox) -> None:
    packages = [package(inbox.folder, f"A-{n}") for n in range(2)]
    path = sheet(inbox.folder, packages)
    before = everything(inbox.folder)
    assert inbox.collect() == Tally(taken=12)
    office.work()
    assert [(case.state, case.version) for case in Case.objects.all()] == [("preserved", 1)] * 2
    told = inbox.receipt(packages[0].path.stem)
    assert (told["businessId"], told["state"], told["result"], told["problems"]) == ("A-0", "accepted", "1", [])
    whole = inbox.receipt(path.stem)
    assert (whole["state"], whole["businessId"], whole["counts"]) == (
        "accepted", "20251121001", {"accepted": 2, "partly": 0, "refused": 0},
    )  # fmt: skip
    assert everything(inbox.folder) == before
    assert not office.findings()


def test_a_batch_that_was_answered_is_not_looked_at_again(office: Office, inbox: Inbox) -> None:
    path = sheet(inbox.folder, [package(inbox.folder, "A-1")])
    inbox.collect()
    shutil.rmtree(inbox.folder.parent / "originals")
    assert inbox.collect() == Tally()
    assert list(inbox.reader().lots({})) == []
    assert path.exists()


def test_a_sheet_waits_until_its_packages_are_whole(office: Office, inbox: Inbox) -> None:
    first, second = (package(inbox.folder, f"A-{n}") for n in range(2))
    sheet(inbox.folder, [first, second])
    whole = second.path.read_bytes()
    second.path.unlink()
    assert inbox.collect() == Tally()
    second.path.write_bytes(whole[:-10])
    assert (inbox.collect(), inbox.receipts()) == (Tally(), set())
    second.path.write_bytes(whole)
    assert inbox.collect() == Tally(taken=12)


def test_names_that_are_not_finished_are_not_looked_at(office: Office, inbox: Inbox) -> None:
    path = sheet(inbox.folder, [package(inbox.folder, "A-1")])
    for name in (f".{path.name}", f"{path.name}.part", f"{path.name}.tmp"):
        path.rename(path.with_name(name))
        assert inbox.collect() == Tally()
        path.with_name(name).rename(path)
    assert inbox.collect() == Tally(taken=6)


def test_what_a_ready_sheet_lacks_is_refused_and_the_rest_is_taken(office: Office, inbox: Inbox) -> None:
    packages = [package(inbox.folder, f"A-{n}") for n in range(3)]
    path = sheet(inbox.folder, packages)
    packages[1].path.unlink()
    path.with_name(f"{path.name}.ready").touch()
    assert inbox.collect() == Tally(taken=12, refused=1)
    assert states(inbox, path) == [("A-0", "accepted"), ("", "refused"), ("A-2", "accepted")]
    told = inbox.receipt(packages[1].path.stem)
    assert (told["result"], told["result_str"], told["problems"][0]["code"]) == (
        "0",
        "package_refused",
        "package_missing",
    )
    assert SourceProblem.objects.get().problems[0]["code"] == "package_missing"


def test_a_sheet_that_waited_too_long_is_gone_on_with(office: Office, inbox: Inbox) -> None:
    written = package(inbox.folder, "A-1")
    path = sheet(inbox.folder, [written])
    written.path.unlink()
    long_ago = now().timestamp() - 25 * 3600
    os.utime(path, (long_ago, long_ago))
    assert inbox.collect() == Tally(refused=1)
    assert states(inbox, path) == [("", "refused")]


def _change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _slip(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../slipped", "x")


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


@pytest.mark.parametrize(
    ("tamper", "code"),
    [(_change, "package_digest_wrong"), (_slip, "package_size_wrong"), (_link, "package_link")],
)
def test_a_package_that_is_not_what_the_sheet_says_is_refused(
    office: Office, inbox: Inbox, tamper: Callable[[Path], None], code: str
) -> None:
    written = package(inbox.folder, "A-1")
    path = sheet(inbox.folder, [written])
    tamper(written.path)
    path.with_name(f"{path.name}.ready").touch()
    assert inbox.collect() == Tally(refused=1)
    assert inbox.receipt(written.path.stem)["problems"][0]["code"] == code
    assert (states(inbox, path), Case.objects.count(), office.staged()) == ([("", "refused")], 0, set())


def test_a_sheet_that_is_wrong_is_refused_as_a_whole_once(office: Office, inbox: Inbox) -> None:
    path = sheet(inbox.folder, [package(inbox.folder, "A-1")], archival_number="7")
    assert inbox.collect() == Tally(refused=1)
    told = inbox.receipt(path.stem)
    assert (told["state"], told["result_str"]) == ("refused", "sheet_refused")
    assert {problem["code"] for problem in told["problems"]} == {"sheet_count_wrong"}
    assert inbox.collect() == Tally()
    assert (Case.objects.count(), SourceProblem.objects.count()) == (0, 1)
    assert path.exists()


def test_a_package_whose_item_is_unknown_is_answered_as_partly_taken_and_can_be_taken_later(
    office: Office, inbox: Inbox
) -> None:
    written = package(inbox.folder, "A-1", item_code="NOBODY")
    path = sheet(inbox.folder, [written])
    assert inbox.collect() == Tally(taken=5, refused=1)
    told = inbox.receipt(written.path.stem)
    assert (told["state"], told["result"], told["result_str"]) == ("partly", "0", "invalid_input")
    assert told["problems"][0]["problems"][0]["code"] == "item_unknown"
    assert inbox.receipt(path.stem)["state"] == "partly"
    retry()
    assert inbox.collect() == Tally(refused=1)


def test_a_file_that_was_refused_can_be_taken_again_from_its_package(office: Office, inbox: Inbox) -> None:
    case, sources = handed_case("A-1", inbox.folder.parent / "originals")
    bad = case.files[1].said | {"material": "a b"}
    files = (case.files[0], type(case.files[1])(case.files[1].path, case.files[1].bytes, case.files[1].sha256, bad))
    case = type(case)(case.case_number, case.case, files, case.steps, case.closure)
    sheet(inbox.folder, [write_package(inbox.folder, case, record_number="R-1", sources=sources)])
    assert inbox.collect() == Tally(taken=5, refused=1)
    assert inbox.receipt("R-1")["problems"][0]["subject"] == "file/A-1/f2"
    assert CaseFile.objects.count() == 1


def test_the_same_package_in_a_later_batch_changes_nothing_and_is_answered_again(office: Office, inbox: Inbox) -> None:
    written = package(inbox.folder, "A-1")
    sheet(inbox.folder, [written])
    inbox.collect()
    second = sheet(inbox.folder, [written], serial=2)
    assert inbox.collect() == Tally(repeated=6)
    assert states(inbox, second) == [("A-1", "accepted")]


def test_another_package_for_the_same_case_is_a_conflict_and_says_so(office: Office, inbox: Inbox) -> None:
    sheet(inbox.folder, [package(inbox.folder, "A-1")])
    inbox.collect()
    other = package(inbox.folder, "A-1", title="别的", record="539900-0101-A-1-2025-D30-000002")
    second = sheet(inbox.folder, [other], serial=2)
    assert inbox.collect() == Tally(repeated=5, refused=1)
    assert states(inbox, second) == [("A-1", "partly")]
    assert inbox.receipt(other.path.stem)["problems"][0]["code"] == "message_conflict"
    assert Case.objects.get().title == "A-1 的许可"


class Killed(BaseException):
    """The process ended here."""


def kill_at(monkeypatch: pytest.MonkeyPatch, target: str, call: int) -> None:
    """Let a function end the process at its so-manieth call."""
    module, _, name = target.rpartition(".")
    original = getattr(__import__(module, fromlist=[name]), name)
    count = iter(range(1, 1000))

    def dying(*args: Any, **kwargs: Any) -> Any:
        if next(count) == call:
            raise Killed
        return original(*args, **kwargs)

    monkeypatch.setattr(target, dying)


PLACES = [
    ("jingui.adapters.sources.batch_folder.read_package", 2),
    ("jingui.usecases.capture.collecting.take_lot", 2),
    ("jingui.adapters.sources.batch_folder.result_of", 1),
    ("jingui.adapters.sources.batch_folder.write_receipt", 1),
    ("jingui.adapters.sources.batch_folder.write_receipt", 2),
    ("jingui.adapters.sources.batch_folder.write_receipt", 4),
]


@pytest.mark.parametrize(("target", "call"), PLACES)
def test_killed_anywhere_the_next_reading_goes_on_and_nothing_is_taken_twice(
    office: Office, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, target: str, call: int
) -> None:
    packages = [package(inbox.folder, f"A-{n}") for n in range(3)]
    path = sheet(inbox.folder, packages)
    with monkeypatch.context() as patched:
        kill_at(patched, target, call)
        with pytest.raises(Killed):
            inbox.collect()
    inbox.collect()
    assert states(inbox, path) == [(f"A-{n}", "accepted") for n in range(3)]
    assert inbox.receipts() == {f"{w.path.stem}.receipt.json" for w in packages} | {f"{path.stem}.receipt.json"}
    assert (CaseFile.objects.count(), SourceProblem.objects.count(), SourceProgress.objects.get().taken) == (6, 0, 18)
    assert len(office.staged()) == 6


def test_a_slice_that_is_over_goes_on_behind_the_last_package(office: Office, inbox: Inbox) -> None:
    path = sheet(inbox.folder, [package(inbox.folder, f"A-{n}") for n in range(3)])
    inbox.is_over = lambda: True
    assert [inbox.collect() for _ in range(3)] == [Tally(taken=6)] * 3
    inbox.is_over = lambda: False
    assert inbox.collect() == Tally()
    assert [state for _, state in states(inbox, path)] == ["accepted"] * 3


def test_what_somebody_writes_into_a_receipt_is_not_believed(office: Office, inbox: Inbox) -> None:
    written = package(inbox.folder, "A-1")
    (inbox.folder / f"{written.path.stem}.receipt.json").write_text('{"state": "accepted"}', encoding="utf-8")
    path = sheet(inbox.folder, [written])
    (inbox.folder / f"{path.stem}.receipt.json").write_text('{"state": "accepted"}', encoding="utf-8")
    assert inbox.collect() == Tally(taken=6)
    assert inbox.receipt(path.stem)["counts"]["accepted"] == 1


def test_bags_are_archived_as_folders_and_packed_and_answered(office: Office, bags: Inbox) -> None:
    bag(bags.folder, "B-1")
    packed = bag(bags.folder.parent / "elsewhere", "B-2")
    shutil.make_archive(str(bags.folder / "bag-B-2"), "zip", packed)
    assert bags.collect() == Tally(taken=12)
    assert bags.collect() == Tally()
    office.work()
    assert [(case.state, case.version) for case in Case.objects.all()] == [("preserved", 1)] * 2
    assert bags.receipts() == {"bag-B-1.receipt.json", "bag-B-2.zip.receipt.json"}
    assert bags.receipt("bag-B-2.zip")["state"] == "accepted"


def test_a_bag_that_is_wrong_is_refused_and_its_successor_is_taken(office: Office, bags: Inbox) -> None:
    bad = bag(bags.folder, "B-1")
    (bad / "data/f1/申请表.pdf").write_bytes(b"other")
    assert bags.collect() == Tally(refused=1)
    told = bags.receipt(bad)
    assert (told["state"], told["result_str"], told["businessId"]) == ("refused", "bag_refused", "")
    assert {problem["code"] for problem in told["problems"]} == {"bag_digest_wrong", "bag_oxum_wrong"}
    assert (SourceProblem.objects.get().code, Case.objects.count(), bad.is_dir()) == ("bag_refused", 0, True)
    shutil.rmtree(bad)
    bag(bags.folder, "B-1")
    assert bags.collect() == Tally(taken=6)


def test_a_bag_that_changes_between_check_and_taking_is_not_taken(office: Office, bags: Inbox) -> None:
    path = bag(bags.folder, "B-1")
    reader = bags.reader()
    lots: Iterator[Any] = reader.lots({})
    lot = next(lots)
    (path / "data/f1/申请表.pdf").write_bytes(b"other")
    stated = next(item.content for item in lot.items if item.content)
    assert b"".join(reader.open(stated)) == b"other"
    assert stated.sha256 != ""
    reader.close()
    assert bags.collect().refused == 1  # read anew: the digest of the manifest does not agree


def test_a_sheet_written_anew_while_its_packages_are_taken_is_read_again(office: Office, inbox: Inbox) -> None:
    packages = [package(inbox.folder, f"A-{n}") for n in range(2)]
    path = sheet(inbox.folder, packages)
    inbox.is_over = lambda: True
    assert inbox.collect() == Tally(taken=6)
    sheet(inbox.folder, [*packages, package(inbox.folder, "A-2")])
    inbox.is_over = lambda: False
    assert inbox.collect() == Tally(taken=12, repeated=6)
    assert [number for number, _ in states(inbox, path)] == ["A-0", "A-1", "A-2"]


def test_what_its_sender_has_cleared_away_is_forgotten(office: Office, inbox: Inbox) -> None:
    paths = [sheet(inbox.folder, [package(inbox.folder, f"A-{n}")], serial=n) for n in (1, 2)]
    inbox.collect()
    account = office.home / "collected" / inbox.connection.key.hex
    assert len(list(account.iterdir())) == 2
    paths[0].unlink()
    inbox.collect()
    assert len(list(account.iterdir())) == 1


@pytest.mark.parametrize("kind", ["folder", "bagit"])
def test_a_folder_that_is_away_is_tried_again_later(office: Office, tmp_path: Path, kind: str) -> None:
    inbox = watch(office, tmp_path / "share", kind)
    inbox.folder.rmdir()
    collect_slice(inbox.connection.key, using=collecting(clock=now, is_over=lambda: False))
    progress = SourceProgress.objects.get()
    assert (progress.health, progress.error_code) == ("failing", "source_folder_away")
    inbox.folder.mkdir()
    assert inbox.collect() == Tally()


@pytest.mark.parametrize(
    ("configuration", "place"),
    [({}, "folder"), ({"folder": "relative"}, "folder"), ({"folder": "/a", "x": 1}, "x"), ({"folder": "/a", "patience_hours": 0}, "patience_hours")],
)  # fmt: skip
def test_faults_of_a_configuration_are_named(configuration: dict[str, Any], place: str) -> None:
    assert [problem.location for problem in connection_problems("folder", configuration, {})] == [place]
