"""The day's closing: who is named when one case of a real log is dropped, and what a ledger of 100,000 lines takes.

    PYTHONPATH=src python bench/coverage.py [--limit N] [--max-materials 3] [--lines 100000] [--skip-log]

First: the cases of the WABO log through the real use cases and the worker, in one process without HTTP, all but one;
then the whole log's ledger, closed on the evening of its last day: the certificates must name the dropped case as never
received, and no other. Then it is explained, then it arrives; each gives the next version.
Second, each in a process of its own: a ledger of N lines and one of a tenth; processor time and greatest memory of
receiving (checking, keeping) and of closing (loading, comparing, certifying). Needs the corpora (JINGUI_CORPORA).
Exit codes: 0 as expected, 1 something differs.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.archive import environment_of

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared")) / "data"
LOG = DATA / "caselogs" / "wabo_receipt_shared.csv.gz"
ITEMS = DATA / "catalogue" / "guangdong_items.json"
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2012, 1, 23)
EVENING = datetime(2012, 1, 23, 20, tzinfo=ZONE)
PIECE = 1 << 18
AGENCIES = 20


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=int, help="only the first N cases of the log")
    parser.add_argument("--max-materials", type=int, default=3, help="only items with at most so many materials")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--skip-log", action="store_true")
    parser.add_argument("--part", choices=["log", "lines"], help=argparse.SUPPRESS)
    return parser.parse_args(given)


def main() -> int:
    """Run each part in a process and an instance of its own."""
    chosen = arguments()
    if chosen.part:
        return PARTS[chosen.part](chosen)
    is_well = True
    shared = ["--max-materials", str(chosen.max_materials)] + (["--limit", str(chosen.limit)] if chosen.limit else [])
    runs = [] if chosen.skip_log else [["--part", "log", *shared]]
    runs += [["--part", "lines", "--lines", str(count)] for count in (chosen.lines // 10, chosen.lines)]
    for run in runs:
        with tempfile.TemporaryDirectory(prefix="jingui-coverage-") as home:
            done = subprocess.run(
                [sys.executable, __file__, *run], env=environment_of(Path(home) / "home"), check=False
            )
            is_well &= done.returncode == 0
    return 0 if is_well else 1


def open_instance() -> Any:
    """Make the instance of JINGUI_HOME with the items and a source; return what feeds it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingui.settings")
    import django  # noqa: PLC0415 - after the process knows which part it plays

    django.setup()
    from bench.coverage_feed import Feed  # noqa: PLC0415 - needs django.setup()

    return Feed.prepare(ITEMS)


def play_log(chosen: argparse.Namespace) -> int:
    """Drop one case of the log and see who is named; explain it; let it arrive."""
    feed = open_instance()
    plans = feed.plans(LOG, ITEMS, DATA, chosen)
    dropped = [plan for plan in plans if plan.is_closed][len(plans) // 2]
    for plan in plans:
        if plan.number != dropped.number:
            feed.send(plan)
    feed.work()
    feed.put(feed.ledger_of(plans), DAY)
    named = show("dropped", feed.close(DAY, EVENING), feed)
    is_well = [number for number, gap in named if gap == "never_received"] == [dropped.number]
    is_well &= not any(gap not in {"never_received", "overdue"} for _, gap in named)
    print(f"dropped: {dropped.number}; named as never received: {'it alone' if is_well else 'NOT it alone'}")
    feed.explain(dropped.number, EVENING + timedelta(minutes=5))
    named = show("explained", feed.close(DAY, EVENING + timedelta(minutes=6)), feed)
    is_well &= dropped.number not in dict(named)
    feed.send(dropped)
    feed.work()
    closed = feed.close(DAY, EVENING + timedelta(minutes=9))
    show("arrived", closed, feed)
    is_well &= closed.totals.explained == 0
    feed.end()
    return 0 if is_well else 1


def show(what: str, closed: Any, feed: Any) -> list[tuple[str, str]]:
    """Print the totals and the versions; return who is named."""
    totals = closed.totals
    print(
        f"{what}: listed {totals.listed}, archived {totals.archived}, within time {totals.running}, explained "
        f"{totals.explained}, unexplained {totals.unexplained}, differing {totals.differing}, not in ledger "
        f"{totals.not_in_ledger}; certificates issued {len(closed.issued)}"
    )
    named: list[tuple[str, str]] = feed.named(DAY)
    for gap in sorted({gap for _, gap in named}):
        numbers = [number for number, each in named if each == gap]
        print(f"  {gap}: {len(numbers)} {', '.join(numbers[:3])}{' …' if len(numbers) > 3 else ''}")
    return named


def many_lines(chosen: argparse.Namespace) -> int:
    """Receive and close a ledger of many lines, none of which the archive holds."""
    feed = open_instance()
    path = Path(os.environ["JINGUI_HOME"]) / "ledger.ndjson"
    with path.open("wb") as stream:
        stream.writelines(lines(chosen.lines, feed.agency_codes()[:AGENCIES]))
    forget_peak()
    start, before = peak(), time.process_time()
    feed.put(pieces(path), DAY)
    received, after_receipt = time.process_time() - before, peak()
    before = time.process_time()
    closed = feed.close(DAY, EVENING)
    first, after_closing = time.process_time() - before, peak()
    before = time.process_time()
    again = feed.close(DAY, EVENING + timedelta(hours=1))
    second = time.process_time() - before
    print(
        f"{chosen.lines} lines, {path.stat().st_size >> 20} MiB: receive {received:.2f} s, first closing {first:.2f} s "
        f"({len(closed.issued)} certificates), again {second:.2f} s ({len(again.issued)}); memory before "
        f"{start} MiB, greatest when received {after_receipt} MiB, when closed {after_closing} MiB"
    )
    feed.end()
    return 0 if closed.totals.listed == closed.totals.unexplained == chosen.lines and not again.issued else 1


def lines(count: int, agencies: Sequence[str]) -> Iterator[bytes]:
    """Write a ledger whose cases are of several agencies."""
    for number in range(count):
        line = {
            "case_number": f"4419002012{number:08}", "state": "closed", "agency_code": agencies[number % len(agencies)],
            "received_at": "2012-01-20T09:00:00+08:00", "closed_at": "2012-01-23T16:00:00+08:00", "kind": "completed",
            "files": number % 9, "steps": 5,
        }  # fmt: skip
        yield json.dumps(line).encode() + b"\n"


def pieces(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def peak() -> int:
    """Return the greatest memory of this process since it was last forgotten, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10


def forget_peak() -> None:
    """Begin to measure the greatest memory anew (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


PARTS = {"log": play_log, "lines": many_lines}

if __name__ == "__main__":
    sys.exit(main())
