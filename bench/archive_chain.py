"""What ``archive.py`` measures: an instance filled from a generated tree, in one process, through the real use cases.

``prepare`` makes the instance of JINGUI_HOME; ``run TREE`` takes every case of the tree, brings it to preserved and
prints one line of JSON; ``floor TREE`` only takes the bytes durably, opens the files, digests them once more and writes
one bare row per file. The interval between two seals of the journal is the worker's own.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import resource
import secrets
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingui.settings")

import django

from jingui.interfaces.collector import settle_collector, slow_collector

slow_collector()

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up before its models are imported
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from jingui import bootstrap  # noqa: E402
from jingui.bootstrap import Services, instances, services  # noqa: E402
from jingui.db.models import Case  # noqa: E402
from jingui.db.queries.sources import find_active_key  # noqa: E402
from jingui.domain.capture.checking import (  # noqa: E402
    check_case_message,
    check_closure_message,
    check_file_message,
    check_step_message,
)
from jingui.domain.lifecycle import CaseState  # noqa: E402
from jingui.formats.catalogues import read_catalogue  # noqa: E402
from jingui.formats.digests import digest_file  # noqa: E402
from jingui.formats.identification import identify  # noqa: E402
from jingui.interfaces.cli.samplegen import catalogue  # noqa: E402
from jingui.interfaces.jobs.worker import Worker  # noqa: E402
from jingui.ports import StagedFile  # noqa: E402
from jingui.usecases import administration  # noqa: E402
from jingui.usecases.capture.cases import receive_case  # noqa: E402
from jingui.usecases.capture.closures import receive_closure  # noqa: E402
from jingui.usecases.capture.files import Arrival, receive_file, receive_files  # noqa: E402
from jingui.usecases.capture.folders import Desk, Sender  # noqa: E402
from jingui.usecases.capture.steps import receive_steps  # noqa: E402
from jingui.usecases.catalogue.importing import import_catalogue  # noqa: E402

PIECE = 1 << 18  # what the HTTP interface reads at once
FORMATS = ["pdf", "jpeg", "png", "ofd", "xml"]
CLASSES = {"A": "application", "B": "process", "C": "result"}
MATERIALS = [f"{letter}{number:02}" for letter in "ABC" for number in range(1, 8)]
STEPS = ("收件", "受理", "审核", "决定")


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def prepare() -> None:
    """Make the instance, one item whose plan takes what the trees hold, and a source."""
    instances.initialise(settings.JINGUI)
    call_command("migrate", interactive=False, verbosity=0)
    bootstrap.search_index().ensure()
    administration.initialise(name=settings.JINGUI.name, now=now())
    done = import_catalogue(read_catalogue(json.dumps(_catalogue()).encode()), actor="bench", now=now())
    if done.refused:
        raise SystemExit(str(done.refused))
    key = administration.register_source(name="bench", agency_codes=(), now=now())
    (settings.JINGUI.home / "bench.json").write_text(json.dumps({"key_id": key.key_id}), encoding="utf-8")


def _catalogue() -> dict[str, Any]:
    whole = catalogue()
    item = whole["items"][0]
    materials = [
        {"code": code, "name": f"材料{code}", "class": CLASSES[code[0]], "obligation": "optional", "min_count": 0}
        for code in MATERIALS
    ]
    # The limit makes no document, so neither does this.
    item["plan"].pop("process_page", None)
    item["plan"] |= {"materials": materials, "required_steps": list(STEPS), "formats": FORMATS}
    return whole | {"items": [item]}


def item_code() -> str:
    """Return the code of the item that every case is of."""
    return str(_catalogue()["items"][0]["item_code"])


class Feed:
    """Sends the cases of a tree as a source does, without HTTP."""

    def __init__(self, ready: Services, *, is_bulk: bool) -> None:
        """Find the source that ``prepare`` has registered."""
        told = json.loads((settings.JINGUI.home / "bench.json").read_text(encoding="utf-8"))
        known = find_active_key(told["key_id"])
        if known is None:
            raise SystemExit("no source; run prepare first")
        self._sender = Sender(known.source_key, known.source_name, known.key_id, "", known.agency_codes)
        self._desk = Desk(ready.receipt_signer, ready.queue, ready.search)
        self._staging = ready.staging
        self._item_code = item_code()
        self._is_bulk = is_bulk

    def send(self, told: dict[str, Any], folder: Path) -> None:
        """Send one case: its message, each file, its steps, its closure."""
        number = told["case_no"]
        self._open(told)
        paths = sorted(folder.iterdir())
        if self._is_bulk:
            staged = self._staging.receive_all(pieces(path) for path in paths)
            arrivals = [self._arrival(number, *pair) for pair in zip(enumerate(paths), staged, strict=True)]
            receive_files(case_number=number, arrivals=arrivals, sender=self._next(), desk=self._desk, now=now())
        else:
            for place in enumerate(paths):
                arrival = self._arrival(number, place, self._staging.receive(pieces(place[1])))
                receive_file(arrival=arrival, sender=self._next(), desk=self._desk, now=now())
        self._steps(number)
        closure = {"kind": "completed", "closed_at": "2026-03-04T16:00:00+08:00", "result": "准予", "handler": "陈玉珍"}
        message = check_closure_message(closure | {"declared_files": len(paths), "declared_steps": len(STEPS)})
        receive_closure(case_number=number, message=message, sender=self._next(), desk=self._desk, now=now())

    def _next(self) -> Sender:
        return replace(self._sender, nonce=secrets.token_hex(16))

    def _open(self, told: dict[str, Any]) -> None:
        case = {
            "case_number": told["case_no"],
            "title": told["title"],
            "item_code": self._item_code,
            "applicant": {"name": told["applicant"], "kind": "organisation", "agent": told["person"]},
            "received_at": "2026-03-02T09:00:00+08:00",
            "channel": "online",
            "region_code": "441900000000",
            "department": "审批股",
        }
        receive_case(message=check_case_message(case), sender=self._next(), desk=self._desk, now=now())

    def _arrival(self, number: str, place: tuple[int, Path], staged: StagedFile) -> Arrival:
        material, path = MATERIALS[place[0] % len(MATERIALS)], place[1]
        told = {"file_key": path.name, "name": path.name, "material_code": material, "sha256": staged.digests.sha256}
        message = check_file_message(told | {"formed_at": "2026-03-02T10:00:00+08:00"})
        identified = identify(
            staged.head, staged.tail, size=staged.bytes, open_stream=lambda: self._staging.open(staged.token)
        )
        return Arrival(number, message, staged, identified)

    def _steps(self, number: str) -> None:
        steps = [
            {
                "step_key": str(at),
                "name": name,
                "started_at": f"2026-03-0{at + 1}T10:00:00+08:00",
                "ended_at": f"2026-03-0{at + 1}T11:00:00+08:00",
                "handler": "陈玉珍",
                "unit": "审批股",
                "opinion": "材料齐全，予以通过。",
            }
            for at, name in enumerate(STEPS)
        ]
        messages = [check_step_message(step) for step in steps]
        receive_steps(case_number=number, messages=messages, sender=self._next(), desk=self._desk, now=now())


def pieces(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            yield piece


class Counted:
    """Counts the statements that go to the database, by their first words."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.kinds: Counter[str] = Counter()

    def __call__(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        """Count one and let it through."""
        self.kinds[" ".join(sql.replace('"', "").split()[:4])] += 1
        return execute(sql, params, many, context)


def run(tree: Path, limit: int | None, profile: Path | None, *, is_bulk: bool = True) -> dict[str, Any]:
    """Bring the cases of the tree to preserved, one after the other."""
    ready = services()
    settle_collector()
    feed, worker, counted = Feed(ready, is_bulk=is_bulk), Worker(ready), Counted()
    lines = (tree / "cases.jsonl").read_text(encoding="utf-8").splitlines()[:limit]
    folders = sorted(path for path in tree.iterdir() if path.name.startswith("case-"))
    profiler = cProfile.Profile()
    with ExitStack() as stack:
        if profile:
            stack.enter_context(connection.execute_wrapper(counted))
            stack.enter_context(profiler)
        for line, folder in zip(lines, folders, strict=False):
            feed.send(json.loads(line), folder)
            worker.work_once()
        worker.run_until_idle()
    if profile:
        profiler.dump_stats(profile)
    ready.examiner.close()
    return _said(counted)


_ROW = "CREATE TABLE floor_row (key TEXT PRIMARY KEY, name TEXT, bytes INTEGER, sha256 TEXT, sm3 TEXT, sha512 TEXT)"


def floor(tree: Path) -> dict[str, Any]:
    """Do only what the main job cannot leave out.

    Take the bytes with three digests and make them durable, open each file in a confined process, digest what is kept
    once more, and write one bare row per file, a durable transaction per case.
    """
    ready = services()
    settle_collector()
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(_ROW)
    for folder in sorted(path for path in tree.iterdir() if path.name.startswith("case-")):
        paths = sorted(folder.iterdir())
        taken = list(ready.staging.receive_all(pieces(path) for path in paths))
        tokens = [staged.token for staged in taken]
        kept = [ready.staging.path(token) for token in tokens]
        list(ready.examiner.examine(list(zip(kept, (path.name for path in paths), strict=True))))
        for path in kept:
            digest_file(path, ("sha256",))
        _write_bare_rows(taken, paths)
        for token in tokens:
            ready.staging.discard(token)
        count += len(paths)
    ready.examiner.close()
    return {"files": count}


def _write_bare_rows(taken: Sequence[StagedFile], paths: Sequence[Path]) -> None:
    rows = [
        (each.token, path.name, each.bytes, each.digests.sha256, each.digests.sm3, each.digests.sha512)
        for each, path in zip(taken, paths, strict=True)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("INSERT INTO floor_row VALUES (%s, %s, %s, %s, %s, %s)", rows)


def _said(counted: Counted) -> dict[str, Any]:
    preserved = Case.objects.filter(state=CaseState.PRESERVED.value)
    held = Case.objects.filter(state=CaseState.HELD.value).first()
    inspection = held.inspections.order_by("-number").first() if held else None
    return {
        "preserved": preserved.count(),
        "findings": str(inspection.report)[:4000] if inspection else "",
        "self_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "readers_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "statements": dict(counted.kinds.most_common(60)),
    }


def main() -> int:
    """Prepare or run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("action", choices=["prepare", "run", "floor"])
    parser.add_argument("tree", type=Path, nargs="?")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--single", action="store_true")
    chosen = parser.parse_args()
    if chosen.action == "prepare":
        prepare()
        return 0
    if chosen.action == "floor":
        print(json.dumps(floor(chosen.tree)))
        return 0
    print(json.dumps(run(chosen.tree, chosen.limit, chosen.profile, is_bulk=not chosen.single), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
