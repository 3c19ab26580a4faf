"""The folder store, killed at every single act on the disk, ends in the same state when it is taken up again."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.contracts.store_cases import (
    FIRST,
    OBJECT_ID,
    SECOND,
    DyingDisk,
    Killed,
    Shelf,
    folder_shelf,
    tree,
)

from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.places import BUILD_FILE
from jingui.domain.errors import PermanentFailure
from jingui.formats.ocfl.root_validation import validate_root
from jingui.ports import BuiltVersion, VersionSpec

VERSIONS = {1: FIRST, 2: SECOND}


def left_in_work(shelf: Shelf) -> list[str]:
    return [path.name for path in (shelf.store.root.parent / "work").iterdir() if path.name != "locks"]


@pytest.fixture(params=VERSIONS)
def started(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int]:
    """Return a home in which everything before the version stands, and the version's number."""
    shelf = folder_shelf(tmp_path / "started")
    for number in range(1, request.param):
        shelf.put(VERSIONS[number], number=number)
    return tmp_path / "started", request.param


def killed_everywhere(
    started: tuple[Path, int], act: Callable[[Shelf, VersionSpec], object]
) -> Iterator[tuple[Shelf, VersionSpec]]:
    """Run an act in copies of the home, killed at its first, second, … act on the disk, until it survives."""
    home, number = started
    for dies_at in range(1, 500):
        copy = home.parent / f"killed-{dies_at}"
        shutil.copytree(home, copy)
        shelf = folder_shelf(copy)
        spec = shelf.spec(VERSIONS[number], number=number)
        dying = folder_shelf(copy, DyingDisk(0))
        dying.store._disk.acts, dying.store._disk.dies_at = 0, dies_at
        try:
            act(dying, spec)
        except Killed:
            yield shelf, spec
            shutil.rmtree(copy)
        else:
            assert dies_at > 4
            return
    pytest.fail("never ended")


def build_and_commit(shelf: Shelf, spec: VersionSpec) -> None:
    shelf.store.commit(shelf.store.build(spec))


@pytest.fixture
def finished(started: tuple[Path, int], tmp_path: Path) -> dict[str, bytes | None]:
    """Return the storage root as it is when nothing goes wrong."""
    shutil.copytree(started[0], tmp_path / "finished")
    shelf = folder_shelf(tmp_path / "finished")
    shelf.put(VERSIONS[started[1]], number=started[1])
    return tree(shelf.store.root)


def test_killed_anywhere_and_done_again_it_ends_in_the_same_state(
    started: tuple[Path, int], finished: dict[str, bytes | None]
) -> None:
    for shelf, spec in killed_everywhere(started, build_and_commit):
        build_and_commit(shelf, spec)
        assert tree(shelf.store.root) == finished
        assert left_in_work(shelf) == []


def test_killed_anywhere_a_reconciled_store_is_valid_and_holds_the_version_whole_or_not_at_all(
    started: tuple[Path, int], finished: dict[str, bytes | None]
) -> None:
    before = tree(started[0] / "store")
    seen = set()
    for shelf, _ in killed_everywhere(started, build_and_commit):
        findings = list(shelf.store.reconcile())
        seen |= {finding.code for finding in findings}
        assert all(finding.object_id == OBJECT_ID for finding in findings if finding.code != "build_unfinished")
        if any(finding.code == "build_waiting" for finding in findings):
            built = shelf.store.waiting_build(OBJECT_ID)
            assert not shelf.store.has_version(OBJECT_ID, started[1], built.inventory_sha512)
        shelf.store.discard_build(OBJECT_ID)
        assert not list(validate_root(shelf.store.root))
        assert tree(shelf.store.root) in (before, finished)
        assert not list(shelf.store.reconcile())
        assert left_in_work(shelf) == []
    assert seen == {"build_unfinished", "build_waiting", "commit_completed"}


def test_a_broken_off_commit_is_finished_by_committing_again(
    started: tuple[Path, int], finished: dict[str, bytes | None]
) -> None:
    def build_then_commit(dying: Shelf, spec: VersionSpec) -> None:
        built.append(folder_shelf(dying.store.root.parent).store.build(spec))
        dying.store.commit(built[-1])

    built: list[BuiltVersion] = []
    for shelf, _ in killed_everywhere(started, build_then_commit):
        shelf.store.commit(built[-1])
        assert shelf.store.has_version(OBJECT_ID, started[1], built[-1].inventory_sha512)
        assert tree(shelf.store.root) == finished


def test_taking_up_again_may_itself_be_killed_anywhere(
    started: tuple[Path, int], finished: dict[str, bytes | None]
) -> None:
    built = folder_shelf(started[0]).store.build(folder_shelf(started[0]).spec(VERSIONS[started[1]], number=started[1]))
    home = started[0].parent / "twice"
    for first in range(1, 100):
        for second in range(1, 100):
            shutil.copytree(started[0], home)
            lived = [commit_lives(home, built, dies_at) for dies_at in (first, second)]
            folder_shelf(home).store.commit(built)
            assert tree(home / "store") == finished
            shutil.rmtree(home)
            if lived[0]:
                return
            if lived[1]:
                break
    pytest.fail("never ended")


def commit_lives(home: Path, built: BuiltVersion, dies_at: int) -> bool:
    try:
        folder_shelf(home, DyingDisk(dies_at)).store.commit(built)
    except Killed:
        return False
    return True


def test_a_half_moved_version_counts_as_absent_until_it_is_whole(tmp_path: Path) -> None:
    shelf = folder_shelf(tmp_path)
    shelf.put(FIRST)
    built = shelf.store.build(shelf.spec(SECOND, number=2))
    dying = folder_shelf(tmp_path, DyingDisk(3))  # v2/ is in, the root inventory still tells of v1
    with pytest.raises(Killed):
        dying.store.commit(built)
    assert shelf.store.content_location(OBJECT_ID, "v2/inventory.json").exists()
    assert not shelf.store.has_version(OBJECT_ID, 2, built.inventory_sha512)
    assert [finding.code for finding in shelf.store.reconcile()] == ["commit_completed"]
    assert shelf.store.has_version(OBJECT_ID, 2, built.inventory_sha512)


def test_a_half_moved_version_is_finished_even_without_its_build(tmp_path: Path) -> None:
    shelf = folder_shelf(tmp_path)
    shelf.put(FIRST)
    built = shelf.store.build(shelf.spec(SECOND, number=2))
    with pytest.raises(Killed):
        folder_shelf(tmp_path, DyingDisk(3)).store.commit(built)
    for left in (tmp_path / "work").glob(f"*/{BUILD_FILE}"):
        shutil.rmtree(left.parent)
    shelf.store.commit(built)
    assert not list(validate_root(shelf.store.root))


def test_a_version_does_not_go_on_top_of_a_damaged_inventory(tmp_path: Path) -> None:
    shelf = folder_shelf(tmp_path)
    shelf.put(FIRST)
    built = shelf.store.build(shelf.spec(SECOND, number=2))
    shelf.store.content_location(OBJECT_ID, "inventory.json").write_bytes(b"{}")
    with pytest.raises(PermanentFailure, match="inventory_damaged"):
        shelf.store.commit(built)
    assert not (shelf.store.content_location(OBJECT_ID, "inventory.json").parent / "v2").exists()


def test_what_a_live_worker_holds_is_not_reconciled(tmp_path: Path) -> None:
    shelf = folder_shelf(tmp_path)
    shelf.store.build(shelf.spec(FIRST))
    with shelf.store._places.held(shelf.store._places.build(OBJECT_ID)):
        assert not list(shelf.store.reconcile())
    assert [finding.code for finding in shelf.store.reconcile()] == ["build_waiting"]


def test_workers_that_commit_the_same_version_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    shelf = folder_shelf(tmp_path)
    spec = shelf.spec(FIRST)

    def work(_: int) -> None:
        for _ in range(5):
            folder_shelf(tmp_path).store.commit(shelf.store.build(spec))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))  # raises what a worker raised
    assert not list(validate_root(shelf.store.root))
    assert left_in_work(shelf) == []


class Apart(Disk):
    """A disk on which nothing can be linked."""

    def link(self, source: Path | str, target: Path | str) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def test_bytes_from_another_file_system_are_copied(tmp_path: Path) -> None:
    shelf = folder_shelf(tmp_path, Apart())
    shelf.put(FIRST)
    assert not list(shelf.store.verify_object(OBJECT_ID))


def test_copied_bytes_that_are_no_longer_what_was_received_are_a_permanent_failure(tmp_path: Path) -> None:
    shelf = folder_shelf(tmp_path, Apart())
    spec = shelf.spec({"a.pdf": b"right"})
    shelf.staging.path(spec.contents[0].staged_token).write_bytes(b"wrong")
    with pytest.raises(PermanentFailure, match="staged_bytes_differ"):
        shelf.store.build(spec)


WORKER = """
import sys
from pathlib import Path
from store_cases import folder_shelf
shelf = folder_shelf(Path(sys.argv[1]))
list(shelf.store.reconcile())
n = 0
while True:
    n += 1
    files = {"a.txt": b"%d" % n, "b.xml": b"<b/>"}
    object_id = f"urn:case:{sys.argv[2]}:{n}"
    shelf.put(files, object_id=object_id)
    shelf.put({**files, "c.txt": b"late %d" % n}, number=2, object_id=object_id)
    print(object_id, flush=True)
"""


def test_a_process_killed_for_good_leaves_a_store_that_reconciles(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(root / "src"), str(root / "tests" / "contracts")))}
    for run in range(3):
        command = [sys.executable, "-c", WORKER, str(tmp_path), str(run)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(0.05 + 0.07 * run)
            worker.send_signal(signal.SIGKILL)
    shelf = folder_shelf(tmp_path)
    for finding in shelf.store.reconcile():
        shelf.store.discard_build(finding.object_id)
    assert not list(validate_root(shelf.store.root))
    assert not list(shelf.store.verify_root())
    assert len(list(shelf.store.object_ids())) >= 3
