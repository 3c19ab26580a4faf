"""A slice of the acceptance with what is shipped: a case log played in disorder at a server that keeps dying."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.formats.reading import made_files as made
from tests.journeys.instances import Killer, RealInstance
from tests.personas import Integrator
from tests.waiting import wait_for

from jingui.interfaces.cli.client import Endpoint, Waiting
from jingui.interfaces.cli.replay.ledger import SentLedger
from jingui.interfaces.cli.replay.replay import ReplayOptions, replay
from jingui.interfaces.cli.samplegen import demo_cases

pytestmark = pytest.mark.journey

HEAD = (
    "case:concept:name", "concept:name", "org:resource", "org:group", "time:timestamp", "concept:instance",
    "case:channel", "case:startdate", "case:enddate", "case:enddate_planned", "case:department",
)  # fmt: skip
START = datetime(2024, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=2)))
CASES = 25
EVENING = date(2024, 4, 1)


class Log:
    """A case log with what must come of it: steps per case in time order, closed ones, late ones."""

    def __init__(self, path: Path, cases: int) -> None:
        self.path = path
        self.steps: dict[str, list[str]] = {}
        self.closed: set[str] = set()
        self.late: set[str] = set()
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([HEAD, *(row for number in range(cases) for row in self._rows(number))])

    def _rows(self, number: int) -> Iterator[list[str]]:
        case, start, count = f"case-{number}", START + timedelta(days=number), 2 + number % 5
        end, is_closed, is_late = start + timedelta(hours=count), number % 7 != 3, number % 6 == 0
        times = [start + timedelta(hours=step) for step in range(count)]
        if is_late:
            times[-1] = end + timedelta(days=2)
        self.steps[case] = [f"e{number}-{step}" for step in range(count)]
        if is_closed:
            self.closed.add(case)
            if is_late:
                self.late.add(case)
        # The log itself is out of order, as real ones are.
        for step in sorted(range(count), key=lambda step: (step * 7) % 5):
            channel = ("Internet", "Desk", "Post", "e-mail", "Intern")[number % 5]
            stated = ["" if not is_closed else end.isoformat(sep=" "), (end + timedelta(days=9)).isoformat(sep=" ")]
            yield [
                case, f"步骤 {step}", f"经办 {step}", "窗口", times[step].isoformat(sep=" "), f"e{number}-{step}",
                channel, start.isoformat(sep=" "), *stated, "综合",
            ]  # fmt: skip


def sound_files(folder: Path) -> Path:
    """Write files of the shipped generator: forms, scans and certificates of two demo cases."""
    folder.mkdir()
    for case in islice(demo_cases(), 3, 5):
        for file in case.files:
            (folder / f"{case.number}-{file.file_key}{Path(file.name).suffix}").write_bytes(file.content)
    return folder


def endpoint(instance: RealInstance, integrator: Integrator) -> Endpoint:
    return Endpoint(instance.url, integrator.key_id, integrator.secret)


def archived(store: Path) -> dict[str, list[list[str]]]:
    """Read from the storage root alone: per case number, the step keys of each object's head version."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for declaration in store.rglob("0=ocfl_object_*"):
        folder = declaration.parent
        inventory = json.loads((folder / "inventory.json").read_bytes())
        base, process = (head_file(folder, inventory, name) for name in ("基本信息元数据.xml", "过程信息元数据.xml"))
        number = next(element.text for element in base.iter("project_id"))
        found[str(number)].append([str(element.text) for element in process.iter("step_key")])
    return found


def head_file(folder: Path, inventory: dict[str, Any], name: str) -> ElementTree.Element:
    state = inventory["versions"][inventory["head"]]["state"]
    (digest,) = (digest for digest, paths in state.items() if any(path.endswith("/" + name) for path in paths))
    return ElementTree.fromstring((folder / inventory["manifest"][digest][0]).read_bytes())


def judge(store: Path) -> str:
    """Let ocfl-py, which is not ours, judge the storage root with all digests."""
    tool = Path(sys.executable).with_name("ocfl-root.py")
    command = [sys.executable, str(tool), "validate", "--validate-objects", "--check-digests", "--root", str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    return "valid" if done.returncode == 0 and "VALID" in said and "INVALID" not in said else said[-2000:]


def test_a_case_log_played_in_disorder_at_a_dying_server_is_archived_once(
    instance: RealInstance, tmp_path: Path
) -> None:
    integrator, log = instance.prepare(), Log(tmp_path / "log.csv", CASES)
    instance.start()
    killer = Killer(instance, kills=3, seed=5)
    options = ReplayOptions(is_shuffled=True, repeat=3, concurrency=4, waiting=Waiting(30.0, 90.0), ledger_day=EVENING)
    report = replay(
        log.path,
        endpoint=endpoint(instance, integrator),
        items=tmp_path / "catalogue.json",
        files=[sound_files(tmp_path / "files")],
        options=options,
        observe=killer.observe,
    )
    killer.wait()
    assert (killer.kills, report.silence, dict(report.feed.problems)) == (3, "", {})
    states = {number: status.state for number, status in report.statuses.items()}
    assert states == {number: "preserved" if number in log.closed else "open" for number in log.steps}
    assert {number for number, status in report.statuses.items() if "late_event" in status.flags} == log.late
    assert instance.stop() == 0
    store = instance.home / "store"
    assert archived(store) == {number: [log.steps[number]] for number in log.closed}
    assert judge(store) == "valid"
    verified = instance.run("verify", "--json")
    assert (verified.code, verified.json["findings"]) == (0, [])
    assert verified.json["looked"]["objects"] == len(log.closed)
    assert instance.run("reconcile", "--json").json["asked_again"] == 0
    assert report.ledger == SentLedger(EVENING.isoformat(), CASES, version=1)
    days = instance.run("coverage", "renew", "--day", EVENING.isoformat(), "--json").json
    counted = {name: sum(day[name] for day in days) for name in ("listed", "archived", "differing")}
    assert counted == {"listed": CASES, "archived": len(log.closed), "differing": 0}


BROKEN: dict[str, tuple[bytes, set[str]]] = {
    "encrypted.pdf": (made.encrypted_pdf("secret"), {"file_encrypted"}),
    "truncated.png": (made.picture("PNG")[:60], {"content_truncated", "structure_damaged", "file_not_readable"}),
    "renamed.pdf": (made.picture("JPEG"), {"extension_not_of_format"}),
}


def test_broken_files_hold_their_cases_until_sound_ones_come(instance: RealInstance) -> None:
    integrator = instance.prepare()
    instance.start()
    for number, (name, (content, _)) in enumerate(BROKEN.items()):
        integrator.whole_case(f"B-{number}")
        assert integrator.file(f"B-{number}", "bad", content, material="A02", name=name).status == 201
    wait_for_state(integrator, "held")
    for number, (_, right) in enumerate(BROKEN.values()):
        findings = {f["code"] for f in integrator.get(f"B-{number}").json["findings"] if f["location"] == "file:bad"}
        assert findings & right, (number, findings)
    for number in range(len(BROKEN)):
        good = made.saved_pdf(pages=number + 1)
        assert integrator.file(f"B-{number}", "good", good, material="A02", name="补.pdf", replaces="bad").status == 201
    wait_for_state(integrator, "preserved")
    assert Counter(integrator.get(f"B-{n}").json["version"] >= 1 for n in range(3)) == {True: 3}
    instance.stop()
    assert instance.run("verify", "--json").code == 0


def wait_for_state(integrator: Integrator, state: str) -> None:
    def told() -> list[Any]:
        return [integrator.get(f"B-{number}").json for number in range(len(BROKEN))]

    wait_for(lambda: {each["state"] for each in told()} == {state}, told)
