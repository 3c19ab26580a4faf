"""Long acts go on while another process writes to the same SQLite database after each of their statements."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# SQLite only: on PostgreSQL readers and writers do not know of each other. One worker makes the instance, once.
pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("beside")]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Beside:
    """The process that runs commands, and the folder it may use."""

    process: subprocess.Popen[str]
    folder: Path

    def run(self, *words: str) -> dict[str, Any]:
        """Run a command to its end."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def run_beside(self, *words: str) -> None:
        """Run a command that ends well, between whose statements the other process has written."""
        done = self.run(*words)
        assert (done["code"], done["error"]) == (0, "")
        assert done["written"] > 5


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    """Give a process of its own on an instance with cases, items, a plan and a ledger."""
    folder = tmp_path_factory.mktemp("beside")
    ours = {"JINGUI_HOME": str(folder / "home"), "JINGUI_DATABASE_URL": "", "PYTHONPATH": str(ROOT / "src")}
    program = [sys.executable, str(Path(__file__).with_name("beside.py"))]
    with subprocess.Popen(
        program, env=os.environ | ours, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Beside(process, folder)


def test_who_writes_while_a_cursor_stays_open_is_told_that_the_database_is_locked(beside: Beside) -> None:
    assert beside.run()["error"] == "database is locked"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("consistency run", id="comparing the levels"),
        pytest.param("plan enforce", id="catching up with new items"),
        pytest.param("reindex", id="building the search index"),
        pytest.param("coverage renew --day 2025-03-10", id="loading and closing a ledger"),
        pytest.param("reconcile", id="asking again for cases that wait"),
        pytest.param("verify", id="verifying and sealing"),
    ],
)
def test_a_long_act_goes_on_beside_another_process_that_writes(beside: Beside, words: str) -> None:
    beside.run_beside(*words.split())


def test_asking_for_copies_copying_and_auditing_go_on_beside_another_process_that_writes(beside: Beside) -> None:
    (beside.folder / "second").mkdir()
    beside.run_beside("storage", "add", "second", "--kind", "folder", "--folder", str(beside.folder / "second"))
    beside.run_beside("storage", "copy")
    beside.run_beside("storage", "audit", "second", "--kind", "full")
