"""Real processes killed by SIGKILL while they copy, audit and mend: begun again they end as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ocfl
import pytest
from tests.usecases.preservation.vault import files_below

from jingui.formats.ocfl.root_validation import validate_root

# One worker, so that the instance is made once.
pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("killed")]

ROOT = Path(__file__).resolve().parents[3]
CASES, VERSIONS = 3, 4
EMPTY = "folder_empty"  # goes with its last file, and comes back with it
QUIET = ("--routine-days", "0", "--full-days", "0", "--sample-days", "0")


@dataclass(frozen=True, slots=True)
class Mortals:
    """An instance of its own and the process that runs commands on it."""

    home: Path
    process: subprocess.Popen[str]

    def ask(self, **asked: Any) -> int:
        """Have a line done; return the exit code."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def run(self, *words: str) -> int:
        """Run a command to its end."""
        return self.ask(words=words, dies_at=0, below="")

    def run_killed(self, folder: Path, step: int, *words: str) -> int:
        """Begin a command again and again, killed a little later each time, until it ends; return how often it was."""
        for killed in range(40):
            code = self.ask(words=words, dies_at=1 + killed * step, below=str(folder))
            if code != -signal.SIGKILL:
                assert code == 0
                return killed
            assert is_visibly_whole(folder / "store")
        pytest.fail("never ended")

    def folder(self, name: str) -> Path:
        """Where a root lies."""
        return self.home.parent / name

    def add(self, name: str) -> Path:
        """Enter a folder as a root."""
        self.folder(name).mkdir()
        assert self.run("storage", "add", name, "--kind", "folder", "--folder", str(self.folder(name)), *QUIET) == 0
        return self.folder(name)

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Read rows."""
        with closing(sqlite3.connect(self.home / "jingui.sqlite3")) as connection:
            return connection.execute(sql, values).fetchall()

    def events(self, kind: str, root: str) -> list[Any]:
        """Read what the journal tells of a root."""
        rows = self.rows("SELECT payload FROM jingui_journal_event WHERE kind = ? ORDER BY id", kind)
        told = (json.loads(payload)["facts"] for (payload,) in rows)
        return [facts for facts in told if facts["root"] == root]


def is_visibly_whole(store: Path) -> bool:
    """Say whether whoever looks now sees only whole objects, with their bytes.

    Folders on the way to an object that is about to come may stand empty, and a root has no name before its declaration.
    """
    if not (store / "0=ocfl_1.1").exists():
        return True
    return {finding.code for finding in validate_root(store, check_digests=True)} <= {"E073"}


@pytest.fixture(scope="module")
def mortals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortals]:
    """Give an instance with archived cases and two roots that hold them."""
    home = tmp_path_factory.mktemp("mortal") / "home"
    ours = {"JINGUI_HOME": str(home), "JINGUI_DATABASE_URL": "", "PYTHONPATH": str(ROOT / "src")}
    program = [sys.executable, str(Path(__file__).with_name("mortal.py"))]
    with subprocess.Popen(
        program, env=os.environ | ours, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        made = Mortals(home, process)
        assert made.ask(make=CASES) == 0
        for name in ("second", "third"):
            made.add(name)
        assert made.run("storage", "copy") == 0
        yield made


def test_a_killed_replication_begun_again_ends_with_each_version_once(mortals: Mortals) -> None:
    fourth = mortals.add("fourth")
    assert mortals.run_killed(fourth, 5, "storage", "copy") > 4
    assert files_below(fourth / "store") == files_below(mortals.home / "store")
    assert [path.name for path in (fourth / "work").iterdir()] == ["locks"]
    assert ocfl.StorageRoot(root=str(fourth / "store")).validate(validate_objects=True, check_digests=True)
    copied = mortals.events("object.copied", "fourth")
    assert len({(facts["object_id"], facts["version"]) for facts in copied}) == len(copied) == VERSIONS
    assert mortals.rows("SELECT count(*) FROM jingui_copy_task") == [(0,)]
    assert mortals.run("storage", "audit", "fourth", "--kind", "full") == 0
    assert mortals.run("verify", "--no-seal") == 0


def test_a_killed_audit_begun_again_looks_at_every_copy_once(mortals: Mortals) -> None:
    words = ("storage", "audit", "second", "--kind", "full")
    assert mortals.run_killed(mortals.folder("second"), 1, *words) > 2
    (started,), (ended,) = (mortals.events(f"fixity_cycle.{kind}", "second") for kind in ("started", "ended"))
    assert (started["kind"], ended["objects"], ended["findings"]) == ("full", CASES, 0)
    assert ended["files"] == sum("/content/" in name for name in files_below(mortals.home / "store"))
    checked = "SELECT object_id, depth, is_sound FROM jingui_copy_check JOIN jingui_storage_root r ON r.key = root_id"
    rows = mortals.rows(f"{checked} WHERE r.name = 'second'")
    assert len({row[0] for row in rows}) == len(rows) == CASES
    assert {row[1:] for row in rows} == {("full", 1)}


def test_a_killed_repair_begun_again_mends_all_and_tells_each_file_once(mortals: Mortals) -> None:
    third = mortals.folder("third")
    before, untouched = files_below(third / "store"), {}
    # An extension's folder without its settings is a finding of its own.
    hurt = {"README.md", *sorted(name for name in before if not name.startswith("extensions/"))[3::4]}
    for name in before:
        place = third / "store" / name
        if name in hurt:
            place.unlink()
        else:
            untouched[name] = place.stat().st_ctime_ns
    words = ("storage", "audit", "third", "--kind", "routine")
    killed = 0
    for dies_at in range(1, 400, 12):
        code = mortals.ask(words=words, dies_at=dies_at, below=str(third))
        killed += code == -signal.SIGKILL
        if code == 0:
            break
    assert killed > 2
    assert files_below(third / "store") == before
    assert {name: (third / "store" / name).stat().st_ctime_ns for name in untouched} == untouched
    assert [path.name for path in (third / "work").iterdir()] == ["locks"]
    told = Counter(
        path for facts in mortals.events("copy.damaged", "third") for path, code in facts["findings"] if code != EMPTY
    )
    mended = Counter(path for facts in mortals.events("copy.repaired", "third") for path in facts["files"])
    assert told == mended == Counter(hurt)
    settled = "SELECT count(*) FROM jingui_copy_finding WHERE code <> ? AND settlement = 'repaired'"
    assert mortals.rows(settled, EMPTY) == [(len(hurt),)]
    assert mortals.rows("SELECT count(*) FROM jingui_copy_finding WHERE settled_at IS NULL") == [(0,)]
    (ended,) = mortals.events("fixity_cycle.ended", "third")
    assert ended["objects"] == CASES
    assert mortals.run("storage", "audit", "third", "--kind", "full") == 0
