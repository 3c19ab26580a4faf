"""Audits of storage roots: what is damaged is found and mended from a good copy, and nothing else is touched."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.builders import now
from tests.contracts.store_cases import Killed
from tests.personas import Office, new_number, pdf
from tests.usecases.preservation.vault import (
    Bucket,
    add_bucket,
    add_folder,
    audit_all,
    copy_all,
    files_below,
    vaults_of,
)

from jingui.db import journal
from jingui.db.models import (
    CopyCheck,
    CopyFinding,
    CycleProgress,
    FixityCycle,
    JournalEvent,
    PackageVersion,
    StorageRoot,
)
from jingui.db.queries.storage import keeping_of
from jingui.domain.errors import Conflict, Invalid
from jingui.domain.preservation.roots import CycleKind, Keeping
from jingui.usecases.preservation import looking
from jingui.usecases.preservation.cycles import advance_cycle, start_cycle, start_due_cycles
from jingui.usecases.preservation.repairing import accept_finding
from jingui.usecases.preservation.roots import change_root, primary_root

HOUR = timedelta(hours=7)


@pytest.fixture
def kept(office: Office, tmp_path: Path) -> Office:
    """Return an instance with three archived cases, one of two versions, and a second root that holds them too."""
    primary_root(actor="tests", now=now())
    add_folder("second", tmp_path / "second")
    for number in (numbers := [new_number() for _ in range(3)]):
        office.integrator.whole_case(number)
    office.work()
    office.integrator.file(numbers[0], "f9", pdf(f"{numbers[0]} late"), material="A02", name="补.pdf")
    office.work()
    copy_all(vaults_of(office), later=HOUR)
    return office


def audit(office: Office, root: str, kind: CycleKind = CycleKind.FULL) -> FixityCycle:
    cycle = start_cycle(root, kind, actor="tests", now=now())
    audit_all(vaults_of(office))
    cycle.refresh_from_db()
    assert cycle.ended_at
    return cycle


def damage(path: Path, chance: random.Random) -> None:
    """Change, cut, empty, replace or take away one file."""
    data = path.read_bytes()
    path.unlink()
    way = chance.randrange(5)
    if way == 0:
        at = chance.randrange(len(data))
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    elif way == 1:
        path.write_bytes(data[: len(data) // 2])
    elif way == 2:
        path.write_bytes(b"")
    elif way == 3:
        path.symlink_to("/etc/hostname")


def stamps(folder: Path) -> dict[str, int]:
    """Return when each file, whatever its bytes, was last changed in any way."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_ctime_ns for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("kind", [CycleKind.ROUTINE, CycleKind.FULL, CycleKind.INVENTORY])
@pytest.mark.parametrize("root", ["second", "primary"])
def test_damage_at_random_places_is_found_and_mended_and_nothing_else_touched(
    kept: Office, tmp_path: Path, root: str, kind: CycleKind
) -> None:
    store = (tmp_path / "second" if root == "second" else kept.home) / "store"
    before, places = files_below(store), stamps(store)
    victims = random.Random(7).sample(sorted(before), 25)
    for victim in victims:
        (store / victim).parent.chmod(0o755)
        damage(store / victim, random.Random(victim))
    cycle = audit(kept, root, kind)
    assert cycle.finding_count >= 25
    assert files_below(store) == before
    after = stamps(store)
    assert {path for path in before if places[path] != after[path]} == set(victims)
    assert not CopyFinding.objects.filter(settled_at=None).exists()
    assert audit(kept, root, kind).finding_count == 0
    assert not kept.findings()


def test_a_bucket_is_audited_and_mended_alike(kept: Office, bucket: Callable[[], Bucket]) -> None:
    cloud = bucket()
    add_bucket("cloud", cloud)
    copy_all(vaults_of(kept), later=HOUR)
    before = cloud.keys()
    inventories = [key for key in before if key.endswith("/inventory.json")]
    for key in {*random.Random(3).sample(sorted(before), 6), inventories[0]}:
        cloud.client.put_object(Bucket=cloud.name, Key=key, Body=b"changed")
    for key in random.Random(4).sample(sorted(before), 3):
        cloud.client.delete_object(Bucket=cloud.name, Key=key)
    assert audit(kept, "cloud").finding_count >= 6
    assert cloud.keys() == before


def test_the_result_of_every_copy_is_kept(kept: Office, tmp_path: Path) -> None:
    victim = next((tmp_path / "second" / "store").rglob("*.pdf"))
    victim.unlink()
    audit(kept, "second", CycleKind.ROUTINE)
    checks = list(CopyCheck.objects.filter(root__name="second").values_list("depth", "is_sound"))
    assert sorted(checks) == [("routine", False), ("routine", True), ("routine", True)]
    assert not CopyCheck.objects.filter(root__name="primary").exists()
    kinds = list(JournalEvent.objects.order_by("id").values_list("kind", flat=True))[-4:]
    assert kinds == ["fixity_cycle.started", "copy.damaged", "copy.repaired", "fixity_cycle.ended"]


def test_a_protected_root_is_looked_at_and_not_written(kept: Office, tmp_path: Path) -> None:
    victim = next((tmp_path / "second" / "store").rglob("*.pdf"))
    victim.unlink()
    StorageRoot.objects.filter(name="second").update(is_protected=True)
    audit(kept, "second")
    assert not victim.exists()
    assert CopyFinding.objects.get(code="content_missing").settled_at is None


def test_without_a_good_copy_the_finding_waits_for_a_person(kept: Office, tmp_path: Path) -> None:
    inner = next((tmp_path / "second" / "store").rglob("*.pdf")).relative_to(tmp_path / "second" / "store")
    for home in (tmp_path / "second", kept.home):
        (home / "store" / inner).chmod(0o644)
        (home / "store" / inner).write_bytes(b"bad in its own way " + home.name.encode())
    audit(kept, "second")
    finding = CopyFinding.objects.get()
    assert (finding.code, finding.settled_at) == ("content_damaged", None)
    assert audit(kept, "second").finding_count == 0  # known already, not told twice
    accept_finding(str(finding.key), reason="已另行登记", actor="tests", now=now())
    with pytest.raises(Conflict):
        accept_finding(str(finding.key), reason="again", actor="tests", now=now())


def test_what_does_not_belong_there_is_named_and_left_alone(kept: Office, tmp_path: Path) -> None:
    stranger = next((tmp_path / "second" / "store").rglob("*.pdf")).with_name("陌生.txt")
    stranger.write_text("x", encoding="utf-8")
    audit(kept, "second")
    assert CopyFinding.objects.get().code == "file_unexpected"
    assert stranger.read_text(encoding="utf-8") == "x"


def test_a_version_on_its_way_in_is_no_finding(kept: Office) -> None:
    waiting = [CopyFinding.objects.count()]
    package = PackageVersion.objects.filter(number=2).get()
    # As after a kill between the move into the root and the row that says so.
    PackageVersion.objects.filter(pk=package.pk).update(stored_at=None)
    cycle = audit(kept, "primary")
    assert CopyFinding.objects.count() == waiting[0]
    assert cycle.object_count == 2


def test_an_audit_killed_anywhere_goes_on_behind_the_last_batch(kept: Office, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(looking, "BATCH_OBJECTS", 1)
    store = tmp_path / "second" / "store"
    before = files_below(store)
    victims = sorted(path for path in before if path.endswith(".pdf"))[::2]
    for victim in victims:
        (store / victim).unlink()
    start_cycle("second", CycleKind.ROUTINE, actor="tests", now=now())
    record, left = journal.record, [0]

    def breaking(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return record(*args, **kwargs)

    monkeypatch.setattr(journal, "record", breaking)
    killed = 0
    for round_ in range(60):
        left[0] = 1 + round_ % 4
        try:
            if not advance_cycle(vaults_of(kept), clock=lambda at=round_: now() + at * HOUR):  # type: ignore[misc]
                break
        except Killed:
            killed += 1
    assert killed > 1
    assert FixityCycle.objects.get().ended_at
    monkeypatch.setattr(journal, "record", record)
    audit(kept, "second", CycleKind.FULL)  # mends what a kill kept from being mended
    assert files_below(store) == before
    assert not CopyFinding.objects.filter(settled_at=None).exists()


def test_audits_begin_when_their_time_has_come_and_one_at_a_time(kept: Office) -> None:
    StorageRoot.objects.filter(name="second").update(routine_days=30, full_days=365, sample_days=7, sample_objects=2)
    assert not start_due_cycles(now=now())
    (first,) = [cycle for cycle in start_due_cycles(now=now() + timedelta(days=8)) if cycle.root.name == "second"]
    assert first.kind == "sample"
    assert not [cycle for cycle in start_due_cycles(now=now() + timedelta(days=9)) if cycle.root.name == "second"]
    audit_all(vaults_of(kept), later=timedelta(days=9))
    first.refresh_from_db()
    assert 1 <= first.object_count <= 2
    kinds = [c.kind for c in start_due_cycles(now=now() + timedelta(days=400)) if c.root.name == "second"]
    assert kinds == ["full"]
    with pytest.raises(Conflict):
        start_cycle("second", CycleKind.ROUTINE, actor="tests", now=now())


def test_no_more_is_read_than_the_root_allows(kept: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr(looking, "BATCH_OBJECTS", 1)
    StorageRoot.objects.filter(name="second").update(bytes_per_second=10)
    start_cycle("second", CycleKind.ROUTINE, actor="tests", now=now())
    assert advance_cycle(vaults_of(kept), clock=now)
    assert not advance_cycle(vaults_of(kept), clock=now)
    progress = CycleProgress.objects.get()
    assert progress.next_at > now() + timedelta(seconds=progress.byte_count / 10 - 60)


def test_the_files_of_the_root_itself_are_written_again(kept: Office, tmp_path: Path) -> None:
    store = tmp_path / "second" / "store"
    before = files_below(store)
    (store / "README.md").write_text("changed", encoding="utf-8")
    (store / "0=ocfl_1.1").unlink()
    assert audit(kept, "second").finding_count == 2
    assert files_below(store) == before


def test_what_is_chosen_for_a_root_stands_in_its_row_and_in_the_journal_and_in_no_other_row(kept: Office) -> None:
    chosen = Keeping(3, 5, 7, 11, 13, 17, is_protected=True)
    change_root("second", chosen, actor="tests", now=now())
    kept_as = {row.name: keeping_of(row) for row in StorageRoot.objects.all()}
    assert kept_as == {"primary": Keeping(), "second": chosen}
    told = json.loads(JournalEvent.objects.get(kind="storage_root.changed").payload)
    assert told["facts"] == {"root": "second", **asdict(chosen)}
    with pytest.raises(Invalid) as refused:
        change_root("second", replace(chosen, routine_days=-1, sample_objects=10**9), actor="tests", now=now())
    assert {problem.location for problem in refused.value.problems} == {"routine_days", "sample_objects"}
    assert keeping_of(StorageRoot.objects.get(name="second")) == chosen
