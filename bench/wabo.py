"""The acceptance run of the capture pipeline on a real municipal case log, with the server killed on the way.

    PYTHONPATH=src python bench/wabo.py [--limit N] [--broken 0.05] [--kills 5] [--seed 1] [--keep FOLDER]

Makes a fresh instance, imports the items, replays the log shuffled, each message one to three times, four at
once, kills the server by SIGKILL at random points and restarts it, and compares what is there in the end with
the facts of the log: through the interface, the commands, the packages in the storage root and ocfl-py.
With ``--broken P`` that share of the files are encrypted, cut or misnamed ones: their cases must be held with
the right finding, and go through when the source sends sound files. Needs the corpora (JINGUI_CORPORA).
Exit codes: 0 all as expected, 1 something differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.wabo_checks import Expected, Table, check_instance, check_packages, check_statuses, expect, judge_root
from bench.wabo_files import RIGHT_FINDINGS, kind_of, make_broken_files, sound_files
from bench.wabo_server import Instance, Killer

from jingui.interfaces.cli.client import Endpoint, Waiting
from jingui.interfaces.cli.replay.replay import ReplayOptions, replay
from jingui.interfaces.cli.replay.report import ReplayReport, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared")) / "data"
LOG = DATA / "caselogs" / "wabo_receipt_shared.csv.gz"
FACTS = DATA / "caselogs" / "expectations_wabo.json"
ITEMS = DATA / "catalogue" / "guangdong_items.json"
SOURCE = "wabo"


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=int, help="play only the first N cases")
    parser.add_argument("--broken", type=float, default=0.0, metavar="P", help="share of broken files, 0 to 1")
    parser.add_argument("--kills", type=int, default=5, metavar="N", help="how often the server is killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--patience", type=float, default=180.0, metavar="SECONDS")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the instance here and leave it")
    return parser.parse_args(given)


def prepare(instance: Instance) -> Endpoint:
    """Make the instance, import the items, register the source."""
    instance.command("init")
    imported = instance.command("catalogue", "import", str(ITEMS), may_find=True)
    print(f"items imported: {imported['added']}, rows refused: {len(imported['refused'])}", file=sys.stderr)
    key = instance.command("source", "add", SOURCE)
    return Endpoint(instance.url, key["key_id"], key["secret"])


def play(instance: Instance, endpoint: Endpoint, chosen: argparse.Namespace, folder: Path) -> ReplayReport:
    """Replay the log while the server is killed and restarted."""
    options = ReplayOptions(
        seed=chosen.seed,
        limit=chosen.limit,
        is_shuffled=True,
        repeat=chosen.repeat,
        concurrency=chosen.concurrency,
        broken_share=chosen.broken,
        broken_files=(make_broken_files(DATA, folder / "broken"),) if chosen.broken else (),
        is_mending=chosen.broken > 0,
        waiting=Waiting(60.0, chosen.patience),
    )
    killer = Killer(instance, kills=chosen.kills, rng=random.Random())
    instance.start()
    try:
        return replay(
            LOG,
            endpoint=endpoint,
            items=ITEMS,
            files=sound_files(DATA),
            options=options,
            observe=killer.observe,
        )
    finally:
        killer.wait()


def check_feed(table: Table, report: ReplayReport) -> None:
    """Every message stands on the server, none was refused."""
    for kind, tally in report.feed.tallies.items():
        table.row(f"messages answered: {kind.value}", tally.sent, tally.taken + tally.replayed)
        table.row(f"messages taken more than once: {kind.value}", 0, max(0, tally.taken - tally.messages))
    table.row("messages refused or in conflict", {}, dict(report.feed.problems))


def check_facts(table: Table, expected: Expected) -> None:
    """The whole log is the one that the recorded expectations speak of."""
    facts: dict[str, Any] = json.loads(FACTS.read_bytes())["facts"]
    found = {
        "cases": len(expected.steps),
        "events": sum(map(len, expected.steps.values())),
        "closed_cases": len(expected.closed),
        "open_cases": len(expected.opened),
        "cases_with_event_after_enddate": len(expected.late),
    }
    for name, value in found.items():
        table.row(f"log: {name}", facts[name], value)


def check_broken(table: Table, report: ReplayReport) -> None:
    """Each closed case with a broken file waited with the right finding, and no other case did."""
    broken = [entry for entry in report.broken if entry.case_number in report.closed]
    held = {entry.case_number for entry in broken}
    table.row("no broken file was sent", 0, int(not broken))
    waited = {number for number, status in report.before_mending.items() if status.state == "held"}
    table.row("cases with broken files held before mending", len(held), len(held & waited))
    table.row("other cases held before mending", [], sorted(waited - held)[:5])
    for kind, right in RIGHT_FINDINGS.items():
        entries = [entry for entry in broken if kind_of(entry.path) == kind]
        without = {e.path.name for e in entries if not right & set(report.before_mending[e.case_number].findings)}
        table.row(f"{kind}: {len(entries)} sent, files without their finding", [], sorted(without))
    mended = report.mending.tallies if report.mending else {}
    table.row(
        "sound files sent instead", len(report.broken), sum(tally.taken + tally.replayed for tally in mended.values())
    )


def check(instance: Instance, report: ReplayReport, chosen: argparse.Namespace) -> Table:
    """Compare everything with what the log says."""
    table, expected = Table(), expect(LOG, chosen.limit)
    if chosen.limit is None:
        check_facts(table, expected)
    table.row("server killed", chosen.kills, instance.kills)
    check_feed(table, report)
    if chosen.broken:
        check_broken(table, report)
    check_statuses(table, report.statuses, expected)
    instance.stop()
    verified = instance.command("verify", may_find=True)
    check_instance(table, instance.command("status"), verified, expected)
    check_packages(table, instance.home / "store", expected)
    table.row("ocfl-py on the storage root", "valid", judge_root(instance.home / "store"))
    return table


def main() -> int:
    """Run and print."""
    chosen = arguments()
    with tempfile.TemporaryDirectory(prefix="jingui-wabo-") as temporary:
        folder = chosen.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        instance = Instance(folder / "home")
        try:
            endpoint = prepare(instance)
            started = time.monotonic()
            report = play(instance, endpoint, chosen, folder)
            print(to_text(report), end="\n\n")
            print(f"from the first message to rest: {time.monotonic() - started:.0f} s")
            table = check(instance, report, chosen)
        finally:
            instance.stop()
        table.show()
    print(f"\n{table.mismatches} of {len(table.rows)} lines differ")
    return 1 if table.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
