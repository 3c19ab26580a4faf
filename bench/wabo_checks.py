"""What must be true after the acceptance replay, worked out from the log alone and looked up by other ways than the product's own.

The packages are read from the storage root with the standard library: no database, no code of the product.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BASE, PROCESS = "基本信息元数据.xml", "过程信息元数据.xml"
SERIAL = re.compile(r"^(.*?)(\d+)$")


@dataclass(slots=True)
class Expected:
    """The facts of the log. ``steps`` are the event ids of each case in the order of time."""

    steps: dict[str, list[str]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)

    @property
    def opened(self) -> set[str]:
        """Cases without an end."""
        return set(self.steps) - self.closed


def expect(log: Path, limit: int | None) -> Expected:
    """Read the log anew, independently of the simulator."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(log, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows[row["case:concept:name"]].append(row)
    found = Expected()
    for case, events in islice(rows.items(), limit):
        timed = sorted((datetime.fromisoformat(event["time:timestamp"]), event["concept:instance"]) for event in events)
        found.steps[case] = [key for _, key in timed]
        if end := events[0]["case:enddate"]:
            found.closed.add(case)
            if timed[-1][0] > datetime.fromisoformat(end):
                found.late.add(case)
    return found


def heads(store: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every object of a storage root with its inventory."""
    for declaration in sorted(store.rglob("0=ocfl_object_*")):
        yield declaration.parent, json.loads((declaration.parent / "inventory.json").read_bytes())


def head_file(folder: Path, inventory: Mapping[str, Any], name: str) -> bytes:
    """Read the one file of an object's head version whose name this is."""
    state = inventory["versions"][inventory["head"]]["state"]
    digests = [digest for digest, paths in state.items() for path in paths if path.rpartition("/")[2] == name]
    if len(digests) != 1:
        raise ValueError(f"{folder}: {len(digests)} files are called {name}")
    content: str = inventory["manifest"][digests[0]][0]
    return (folder / content).read_bytes()


def archived_steps(store: Path) -> list[tuple[str, list[str]]]:
    """Return for each object the case number and the step keys that its head version tells, in its order."""
    found = []
    for folder, inventory in heads(store):
        base = ElementTree.fromstring(head_file(folder, inventory, BASE))
        process = ElementTree.fromstring(head_file(folder, inventory, PROCESS))
        keys = [element.text or "" for element in process.iter("step_key")]
        found.append((next((e.text or "" for e in base.iter("project_id")), ""), keys))
    return found


def gaps(codes: Iterable[str]) -> list[str]:
    """Return what is wrong with numbers that must run gapless from 1 in each series."""
    series: dict[str, list[int]] = defaultdict(list)
    for code in codes:
        match = SERIAL.fullmatch(code)
        series[match[1] if match else code].append(int(match[2]) if match else 0)
    return [name for name, numbers in series.items() if sorted(numbers) != list(range(1, len(numbers) + 1))]


def judge_root(store: Path) -> str:
    """Let ocfl-py judge the whole storage root with all digests; return ``valid`` or what it says."""
    tool = Path(sys.executable).with_name("ocfl-root.py")
    command = [sys.executable, str(tool), "validate", "--validate-objects", "--check-digests", "--root", str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).strip()
    return "valid" if done.returncode == 0 and "INVALID" not in said and "VALID" in said else said[-400:]


class Table:
    """Expected beside found, line by line."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, object, object]] = []

    def row(self, name: str, expected: object, found: object) -> None:
        """Note a line."""
        self.rows.append((name, expected, found))

    @property
    def mismatches(self) -> int:
        """How many lines differ."""
        return sum(expected != found for _, expected, found in self.rows)

    def show(self) -> None:
        """Print the table."""
        width = max(len(name) for name, _, _ in self.rows)
        for name, expected, found in self.rows:
            print(
                f"{'ok  ' if expected == found else 'DIFF'}  {name:<{width}}  expected {expected!s:<12}  found {found}"
            )


def check_packages(table: Table, store: Path, expected: Expected) -> None:
    """Every closed case once, with all its events once and in the order of time; no open case."""
    archived = archived_steps(store)
    counts = Counter(number for number, _ in archived)
    table.row("objects in the storage root", len(expected.closed), len(archived))
    table.row("closed cases not archived", [], sorted(expected.closed - set(counts))[:5])
    table.row("cases archived that are not closed", [], sorted(set(counts) - expected.closed)[:5])
    table.row("cases archived twice", [], sorted(number for number, count in counts.items() if count > 1)[:5])
    table.row("cases whose events differ", [], sorted(n for n, keys in archived if keys != expected.steps.get(n))[:5])
    in_closed = sum(len(expected.steps[number]) for number in expected.closed)
    table.row("events in process metadata", in_closed, sum(len(keys) for _, keys in archived))


def check_statuses(table: Table, statuses: Mapping[str, Any], expected: Expected) -> None:
    """What the interface says of each case."""
    states = {number: status.state for number, status in statuses.items()}
    table.row("cases preserved (API)", len(expected.closed), sum(s == "preserved" for s in states.values()))
    table.row("cases open (API)", len(expected.opened), sum(s == "open" for s in states.values()))
    flagged = {number for number, status in statuses.items() if "late_event" in status.flags}
    table.row("cases flagged late_event", len(expected.late), len(flagged))
    table.row("flagged and not late, or late and not flagged", [], sorted(flagged ^ expected.late)[:5])
    table.row("events known (API)", sum(map(len, expected.steps.values())), sum(s.steps for s in statuses.values()))
    codes = [status.archival_code for number, status in statuses.items() if number in expected.closed]
    table.row("archival codes, different ones", len(expected.closed), len(set(codes) - {""}))
    table.row("series of archival codes with gaps", [], gaps(codes)[:5])


def check_instance(table: Table, status: Mapping[str, Any], verified: Mapping[str, Any], expected: Expected) -> None:
    """What the instance's own commands say."""
    cases = {state: count for state, count in status["cases"].items() if count}
    wanted = {"preserved": len(expected.closed), "open": len(expected.opened)}
    table.row("jingui status: cases", {k: v for k, v in sorted(wanted.items()) if v}, dict(sorted(cases.items())))
    table.row("jingui status: steps", sum(map(len, expected.steps.values())), status["steps"])
    table.row("jingui status: objects", len(expected.closed), status["objects"])
    table.row("jingui verify: exit code", 0, verified["exit_code"])
