"""A backup taken while a server and its worker archive is one moment; it is restored on either database."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.fresh_databases import fresh_database
from tests.journeys.conftest import made_instance
from tests.journeys.instances import RealInstance, Template
from tests.personas import Integrator

from jingui.adapters.backups.folder import FolderBackup

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("backups")]

PASSPHRASE = {"JINGUI_PASSWORD": "a passphrase of some length"}
# What restoring and verifying write themselves.
MOST_CASES = 8
OF_RUNNING = {"jingui_journal_event", "jingui_journal_checkpoint", "jingui_journal_tile", "jingui_job"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """An instance that was backed up while it archived; its server has ended since."""

    instance: RealInstance
    backup: Path
    sent: int


class Sender:
    """Sends whole cases one after the other until it is told to end, or has sent enough."""

    def __init__(self, integrator: Integrator) -> None:
        self._integrator, self._is_over, self.has_begun = integrator, threading.Event(), threading.Event()
        self.sent = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Sender:
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        for number in range(MOST_CASES):
            if self._is_over.is_set():
                return
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._integrator.whole_case(f"20250303-{number:05}")
                self.sent += 1
                self.has_begun.set()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Iterator[Loaded]:
    """Give a backup that was taken between messages, stages and moves of a busy instance."""
    folder = tmp_path_factory.mktemp("loaded")
    for instance in made_instance(folder, template):
        integrator = instance.prepare()
        instance.start()
        backups = folder / "backups"
        backups.mkdir()
        with Sender(integrator) as sender:
            sender.has_begun.wait(30)
            made = instance.run("backup", "make", str(backups), "--name", "b", "--with-keys", "--json", **PASSPHRASE)
            assert made.code == 0, made
        instance.kill()
        yield Loaded(instance, backups / "b", sender.sent)


def tables_of(backup: FolderBackup) -> dict[str, list[Any]]:
    return {name: list(backup.lines(told["file"])) for name, told in backup.manifest["tables"].items()}


def column(rows: list[Any], name: str) -> list[Any]:
    place = rows[0].index(name)
    return [row[place] for row in rows[1:]]


def stored_cases(instance: RealInstance) -> set[str]:
    inventories = (instance.home / "store").rglob("v1/inventory.json")
    return {UUID(json.loads(path.read_bytes())["id"].removeprefix("urn:uuid:")).hex for path in inventories}


def test_the_backup_is_one_moment_in_the_middle_of_the_work(loaded: Loaded) -> None:
    backup = FolderBackup(loaded.backup)
    tables = tables_of(backup)
    cases = len(tables["jingui_case"]) - 1
    assert 0 < cases <= loaded.sent + 1
    # The journal of that moment vouches for every row of it, whatever was written since.
    events = {int(each) for each in column(tables["jingui_journal_event"], "id")}
    for name in ("jingui_case", "jingui_case_file", "jingui_package_version", "jingui_closure", "jingui_receipt"):
        assert {int(each) for each in column(tables[name], "event_id")} <= events, name
    # Bytes of a file that stood in no package then are here, or have been moved into the store since.
    rows = tables["jingui_case_file"]
    waiting = {
        f"staging/{token}": case
        for token, case in zip(column(rows, "staged_token"), column(rows, "case_id"), strict=True)
    }
    lacking = {case for path, case in waiting.items() if path not in backup.manifest["files"]}
    assert lacking <= stored_cases(loaded.instance)
    drilled = loaded.instance.run("backup", "drill", str(loaded.backup), "--json")
    assert (drilled.code, drilled.json["findings"]) == (0, []), drilled
    compared = {each["what"]: (each["told"], each["found"]) for each in drilled.json["compared"]}
    assert {told == found for told, found in compared.values()} == {True}
    assert {"journal_root", "object_digest", "stored_versions", "jingui_journal_event"} <= set(compared)


def restored(backup: Path, store: Path, instance: RealInstance) -> RealInstance:
    """Restore into an empty place that has a store as it stands now."""
    instance.home.mkdir(parents=True)
    shutil.copytree(store, instance.home / "store")
    done = instance.run("restore", str(backup), "--json", **PASSPHRASE)
    # What the store has got since the backup is named; nothing else may be wrong.
    assert {each["code"] for each in done.json["findings"]} <= {"object_not_in_database"}, done
    return instance


def backed_up(instance: RealInstance) -> Path:
    folder = instance.home.parent / "backups"
    folder.mkdir()
    made = instance.run("backup", "make", str(folder), "--name", "b", "--with-keys", "--json", **PASSPHRASE)
    assert made.code == 0, made
    return folder / "b"


if os.environ.get("JINGUI_DATABASE_URL"):  # with one database alone there is nothing to cross

    def test_what_postgresql_wrote_sqlite_takes_and_gives_back(loaded: Loaded, tmp_path: Path) -> None:
        store, template = loaded.instance.home / "store", loaded.instance.template
        there = restored(loaded.backup, store, RealInstance(tmp_path / "there" / "home", template))
        rebuilt = there.run("rebuild", "--json")
        assert rebuilt.code == 0, rebuilt
        first = backed_up(there)
        with fresh_database() as url:
            back = restored(first, store, RealInstance(tmp_path / "back" / "home", template, url))
            verified = back.run("verify", "--json")
            second = backed_up(back)
        assert (verified.code, verified.json["findings"]) == (0, [])
        before, after = FolderBackup(first), FolderBackup(second)
        assert (before.manifest["database"], after.manifest["database"]) == ("sqlite", "postgresql")
        rows, others = tables_of(before), tables_of(after)
        assert {name for name in rows if rows[name] != others[name]} <= OF_RUNNING
        payloads = column(rows["jingui_journal_event"], "payload")
        assert column(others["jingui_journal_event"], "payload")[: len(payloads)] == payloads
