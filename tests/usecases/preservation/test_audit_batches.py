"""How much an audit looks at before it keeps what it found: until its time is up, or there is enough to mend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from tests.builders import now
from tests.personas import Office, new_number
from tests.usecases.preservation.vault import add_folder, copy_all, vaults_of

from jingui.db.models import CopyCheck, CycleProgress, FixityCycle, StorageRoot
from jingui.domain.preservation.roots import CycleKind
from jingui.usecases.preservation import looking
from jingui.usecases.preservation.cycles import advance_cycle, start_cycle
from jingui.usecases.preservation.roots import primary_root

CASES = 3


@pytest.fixture
def copied(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an instance whose archived cases a second root holds too; rows are read one object at a time."""
    monkeypatch.setattr(looking, "SLICE_OBJECTS", 1)
    primary_root(actor="tests", now=now())
    add_folder("second", tmp_path / "second")
    for _ in range(CASES):
        office.integrator.whole_case(new_number())
    office.work()
    copy_all(vaults_of(office), later=timedelta(hours=7))
    return office


def batches_of(office: Office, kind: CycleKind, clock: Callable[[], datetime] = now) -> list[int]:
    """Audit the second root to its end; return how many objects each batch came to."""
    start_cycle("second", kind, actor="tests", now=now())
    sizes, before = [], 0
    while advance_cycle(vaults_of(office), clock=clock):
        looked = CycleProgress.objects.get().object_count
        sizes.append(looked - before)
        before = looked
    assert FixityCycle.objects.get().ended_at
    return sizes


def test_a_batch_goes_on_while_there_is_time(copied: Office) -> None:
    assert batches_of(copied, CycleKind.INVENTORY) == [CASES]
    assert CopyCheck.objects.filter(is_sound=True).count() == CASES


def test_a_batch_ends_when_its_time_is_up(copied: Office) -> None:
    ticks = count()
    assert batches_of(copied, CycleKind.INVENTORY, lambda: now() + next(ticks) * looking.BATCH_TIME) == [1] * CASES
    assert CopyCheck.objects.filter(is_sound=True).count() == CASES


def test_a_batch_ends_when_as_much_is_damaged_as_a_slice_holds(copied: Office, tmp_path: Path) -> None:
    declarations = sorted((tmp_path / "second" / "store").rglob("0=ocfl_object_*"))
    for path in declarations:
        path.unlink()
    assert batches_of(copied, CycleKind.INVENTORY) == [1] * CASES
    assert all(path.exists() for path in declarations)


def test_a_root_that_limits_its_reading_is_read_a_slice_at_a_time(copied: Office) -> None:
    StorageRoot.objects.filter(name="second").update(bytes_per_second=10)
    start_cycle("second", CycleKind.INVENTORY, actor="tests", now=now())
    assert advance_cycle(vaults_of(copied), clock=now)
    assert CycleProgress.objects.get().object_count == 1
    assert not advance_cycle(vaults_of(copied), clock=now)


def test_a_sample_may_draw_an_object_again(copied: Office) -> None:
    StorageRoot.objects.filter(name="second").update(sample_objects=9)
    assert batches_of(copied, CycleKind.SAMPLE) == [1] * 9
    assert 1 <= CopyCheck.objects.filter(is_sound=True).count() <= CASES
