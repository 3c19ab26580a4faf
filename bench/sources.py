"""The same case log by each of the five kinds of source, and by push: what is held in the end must be the same.

    PYTHONPATH=src python bench/sources.py [KIND …] [--limit N] [--kills 3] [--seed 1] [--keep FOLDER]

KIND is among push, pull, batch, bags, database and amqp; all of them without any. For each a fresh instance takes the log
while its server is killed by SIGKILL and restarted; then the instance is verified and its holdings are compared, content
bit for bit, with those of the first. Needs the corpora (JINGUI_CORPORA) and, for amqp, RabbitMQ on this machine.
Exit codes: 0 all the same, 1 something differs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "tests"))
from bench.same_holdings import Holding, differences, holdings
from bench.wabo import DATA, ITEMS, LOG, SOURCE, check_feed, prepare
from bench.wabo_checks import Expected, Table, check_packages, check_statuses, expect, judge_root
from bench.wabo_files import sound_files
from bench.wabo_server import COMMAND, ROOT, Instance, Killer

from jingui.interfaces.cli.client import Waiting
from jingui.interfaces.cli.replay.deliver import DELIVERIES, PUSH, Delivery, Handing
from jingui.interfaces.cli.replay.replay import ReplayOptions, replay
from jingui.interfaces.cli.replay.report import ReplayReport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.brokers import rabbitmq
else:  # by its bare name: another package's "tests" would hide ours
    from brokers import rabbitmq

KINDS = (PUSH, "pull", "batch", "bags", "database", "amqp")
CONNECTION = "replay"


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", choices=[[], *KINDS], default=[])
    parser.add_argument("--limit", type=int, help="play only the first N cases")
    parser.add_argument("--kills", type=int, default=3, metavar="N", help="how often each server is killed")
    parser.add_argument("--repeat", type=int, default=2, metavar="N", help="each message is sent once to N times")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=180.0, metavar="SECONDS")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the instances here and leave them")
    return parser.parse_args(given)


def options_of(chosen: argparse.Namespace, delivery: Delivery | None) -> ReplayOptions:
    """Return the same options for every kind."""
    return ReplayOptions(
        seed=chosen.seed,
        limit=chosen.limit,
        is_shuffled=True,
        repeat=chosen.repeat,
        concurrency=4,
        delivery=delivery,
        waiting=Waiting(60.0, chosen.patience),
    )


class Reaper:
    """Kills and restarts a server while it collects: the first time soon, then after random seconds of life."""

    def __init__(self, instance: Instance, kills: int, rng: random.Random) -> None:
        self._instance, self._kills, self._rng = instance, kills, rng
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reaper")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def _run(self) -> None:
        for _ in range(self._kills):
            time.sleep(self._rng.uniform(1.5, 5.0))
            self._instance.kill()
            print(f"  killed the server ({self._instance.kills})", file=sys.stderr, flush=True)
            time.sleep(self._rng.uniform(0.0, 1.0))
            self._instance.start()


def place(kind: str, folder: Path, opened: contextlib.ExitStack) -> str:
    """Return where a kind is handed over, with the broker running if there is one."""
    if kind == "amqp":
        return opened.enter_context(rabbitmq()).url
    return f"sqlite:///{folder}/source.sqlite3" if kind == "database" else str(folder / "handed-over")


def connect(instance: Instance, delivery: Delivery, folder: Path, *, password: str) -> None:
    """Set the connection up that reads what is handed over."""
    told = delivery.connecting()
    paths = {name: folder / f"{name}.json" for name in ("configuration", "mapping")}
    paths["configuration"].write_text(json.dumps(told.configuration), encoding="utf-8")
    paths["mapping"].write_text(json.dumps(told.mapping), encoding="utf-8")
    secrets = instance.home / "keys" / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    if name := told.configuration.get("password_secret"):
        (secrets / name).write_text(password, encoding="utf-8")
    given = ["--config", str(paths["configuration"]), *(["--mapping", str(paths["mapping"])] if told.mapping else [])]
    instance.command("source", "connect", CONNECTION, "--source", SOURCE, "--kind", told.kind, *given)


def play(kind: str, instance: Instance, folder: Path, chosen: argparse.Namespace) -> ReplayReport:
    """Take the log by one kind of source while the server dies again and again."""
    endpoint, rng = prepare(instance), random.Random(f"{chosen.seed}:{kind}")
    inputs: dict[str, Any] = {"endpoint": endpoint, "items": ITEMS, "files": sound_files(DATA)}
    if kind == PUSH:
        killer = Killer(instance, kills=chosen.kills, rng=rng)
        instance.start()
        try:
            return replay(LOG, options=options_of(chosen, None), observe=killer.observe, **inputs)
        finally:
            killer.wait()
    with contextlib.ExitStack() as opened:
        into = place(kind, folder, opened)
        delivery = DELIVERIES[kind](Handing(into, endpoint, Waiting(60.0, chosen.patience), files=folder / "files"))
        opened.callback(delivery.close)
        connect(instance, delivery, folder, password=urlsplit(into).password or "")
        instance.start()
        opened.enter_context(Reaper(instance, chosen.kills, rng))
        return replay(LOG, options=options_of(chosen, delivery), **inputs)


def problems_of(instance: Instance) -> list[str]:
    """List what waits on the list of problems."""
    environment = os.environ | {"JINGUI_HOME": str(instance.home), "PYTHONPATH": str(ROOT / "src")}
    line = [*COMMAND, "source", "problems", "--json"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    return [f"{each.get('code')} {each.get('reference')}" for each in json.loads(done.stdout)]


def check(table: Table, kind: str, instance: Instance, report: ReplayReport, expected: Expected) -> None:
    """Look at what one kind came to."""
    single = Table()
    if kind == PUSH:
        check_feed(single, report)
    single.row("silence", "", report.silence or report.feed.silence)
    single.row("messages refused", {}, dict(report.feed.problems))
    check_statuses(single, report.statuses, expected)
    check_packages(single, instance.home / "store", expected)
    verified = instance.command("verify", may_find=True)
    single.row("findings of verify", [], verified["findings"])
    if kind != PUSH:
        single.row("messages not taken", [], problems_of(instance)[:3])
    single.row("ocfl-py on the storage root", "valid", judge_root(instance.home / "store"))
    table.rows += [(f"{kind}: {name}", wanted, found) for name, wanted, found in single.rows]


def content_of(home: Path) -> dict[str, list[Holding]]:
    """Read what an instance holds now. How many versions it took depends on what came late, and is not content."""
    found = holdings(home / "store")
    return {number: [replace(each, versions=1) for each in several] for number, several in found.items()}


def run(kind: str, folder: Path, chosen: argparse.Namespace, table: Table) -> Path:
    """Take the log by one kind and return where it is held."""
    folder.mkdir(parents=True)
    instance = Instance(folder / "home")
    try:
        started = time.monotonic()
        report = play(kind, instance, folder, chosen)
        print(f"{kind}: {time.monotonic() - started:.0f} s from the first message to rest, {instance.kills} kills")
        table.row(f"{kind}: server killed", chosen.kills, instance.kills)
        instance.stop()
        check(table, kind, instance, report, expect(LOG, chosen.limit))
    finally:
        instance.stop()
    return instance.home


def main() -> int:
    """Run and print."""
    chosen = arguments()
    table, homes = Table(), {}
    with tempfile.TemporaryDirectory(prefix="jingui-sources-") as temporary:
        folder = chosen.keep or Path(temporary)
        for kind in chosen.kinds or KINDS:
            homes[kind] = run(kind, folder / kind, chosen, table)
        first, *others = homes
        reference = content_of(homes[first])
        table.row(f"{first}: objects held", len(expect(LOG, chosen.limit).closed), len(reference))
        for kind in others:
            table.row(f"{kind}: differences from {first}", [], differences(reference, content_of(homes[kind]))[:5])
        table.show()
    print(f"\n{table.mismatches} of {len(table.rows)} lines differ")
    return 1 if table.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
