"""A process that runs commands of the product while another process writes to the same SQLite database all the while.

After every statement outside a transaction the other process commits a row, and only then does the command go on: what
chance does beside a busy server happens here each time. Batches, pages and what a cursor fetches at once are single rows,
so that three cases are read as thousands would be.

Reads one JSON object a line, the ``words`` of a command (none: a cursor is left open on purpose), and answers each with
one: ``code``, ``error`` and how many rows were ``written`` meanwhile. The instance is that of JINGUI_HOME.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "jingui.settings"

import django

django.setup()

# Someone's package may have brought a "tests" of its own, which would hide this folder.
sys.modules["tests"] = ModuleType("tests")
sys.modules["tests"].__path__ = [str(Path(__file__).resolve().parents[1])]

from django.conf import settings  # noqa: E402 - Django must be set up before models are imported
from django.db import OperationalError, connection, transaction  # noqa: E402
from django.db.models import QuerySet  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests.builders import make_tables, now  # noqa: E402
from tests.personas import ITEM, Office, as_json, new_number, open_office, small_catalogue  # noqa: E402
from tests.usecases.closing_desk import closed_line, put_lines  # noqa: E402

from jingui.bootstrap import plan_profile  # noqa: E402
from jingui.db.models import Job, ServiceItem  # noqa: E402
from jingui.db.queries import paging, plan_layers  # noqa: E402
from jingui.domain.catalogue.planning.examination import Verdict  # noqa: E402
from jingui.domain.catalogue.planning.layers import LayerScope  # noqa: E402
from jingui.formats.catalogues import read_catalogue  # noqa: E402
from jingui.interfaces.cli.main import main  # noqa: E402
from jingui.usecases import indexing, reconciliation  # noqa: E402
from jingui.usecases.catalogue import levels  # noqa: E402
from jingui.usecases.catalogue.importing import import_catalogue  # noqa: E402
from jingui.usecases.catalogue.plan_rollout import bring_into_force  # noqa: E402
from jingui.usecases.catalogue.plans import Opinion, draft_layer, give_opinion, submit_layer  # noqa: E402
from jingui.usecases.preservation import looking, roots  # noqa: E402
from jingui.usecases.supervision import loading, reading, receiving  # noqa: E402

SINGLE = (
    (indexing, "BATCH"), (levels, "_BATCH"), (loading, "BATCH"), (plan_layers, "BATCH"), (reading, "PAGE_BLOCKS"),
    (reconciliation, "CHUNK"), (roots, "CHUNK"), (looking, "BATCH_OBJECTS"),
)  # fmt: skip
ARCHIVED, WAITING, MORE_ITEMS = 3, 3, 4
WRITE = "INSERT INTO jingui_nonce (key_id, nonce, used_at) VALUES ('beside', ?, '2026-01-01')"


def read_singly() -> None:
    """Make every batch, page and fetch one row."""
    for module, name in SINGLE:
        assert hasattr(module, name)
        setattr(module, name, 1)
    vars(receiving)["BLOCK_BYTES"] = 64  # a line of a ledger is longer
    paging.in_pages.__kwdefaults__ |= {"size": 1}  # type: ignore[operator]
    iterator: Any = QuerySet.iterator
    QuerySet.iterator = lambda rows, **_: iterator(rows, chunk_size=1)  # type: ignore[method-assign]


def prepare() -> None:
    """Archive cases, let others wait for a worker, bring a layer in force before further items come, send a ledger."""
    make_tables()
    office = open_office(settings.JINGUI.home)
    numbers = [new_number() for _ in range(ARCHIVED)]
    for number in numbers:
        office.integrator.whole_case(number)
    office.work()
    lay_down_layer()
    import_more_items()
    put_lines(office.integrator, *(closed_line(number, item_code=ITEM) for number in numbers))
    leave_waiting(office)
    office.services.examiner.close()


def lay_down_layer() -> None:
    """Bring the shipped default layer into force."""
    profile = plan_profile()
    told: Any = dict(profile.default_layer)
    layer = draft_layer(LayerScope.DEFAULT, "", actor="account:one", now=now(), content=told)
    submit_layer(
        layer, effective_on=timezone.localdate(now()), profile=profile.compiling, actor="account:one", now=now()
    )
    give_opinion(layer, Opinion(Verdict.APPROVED, "同意", "一号", "李某"), actor="account:two", now=now())
    layer.refresh_from_db()
    bring_into_force(layer, profile=profile.compiling, actor="account:two", now=now())


def import_more_items() -> None:
    """Import items of one base code, which the layer has not seen."""
    catalogue = small_catalogue()
    first = catalogue["items"][0]
    codes = [f"{ITEM[:-3]}{number:03}" for number in range(2, 2 + MORE_ITEMS)]
    catalogue["items"] = [{**first, "item_code": code, "item_name": code} for code in codes]
    import_catalogue(read_catalogue(as_json(catalogue)), actor="system:tests", now=now())
    assert ServiceItem.objects.exclude(base_code="").count() >= MORE_ITEMS


def leave_waiting(office: Office) -> None:
    """Take cases whose jobs are lost, as after a crash."""
    for _ in range(WAITING):
        office.integrator.whole_case(new_number())
    Job.objects.all().delete()


def write_when_told() -> None:
    """Be the other process: commit a row for every line that is read, and say so."""
    with contextlib.closing(sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)) as other:
        for line in sys.stdin:
            other.execute("BEGIN IMMEDIATE")
            other.execute(WRITE, [line])
            other.execute("COMMIT")
            sys.stdout.write("written\n")
            sys.stdout.flush()


@contextlib.contextmanager
def other_process() -> Iterator[Callable[[], None]]:
    """Run the other process; give what lets it write."""
    line = [sys.executable, __file__, "writes"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        counted = iter(range(10**9))

        def write() -> None:
            assert process.stdin
            assert process.stdout
            process.stdin.write(f"{next(counted)}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "written\n"

        yield write
        process.communicate()


class Disturbed:
    """What stands around every statement of this process."""

    def __init__(self, write: Callable[[], None]) -> None:
        """Write with this."""
        self.write, self.written = write, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Execute, and let the other one write unless we have the turn to."""
        found = execute(sql, params, many, context)
        if not connection.connection.in_transaction:
            self.write()
            self.written += 1
        return found


def leave_cursor_open(_words: list[str]) -> int:
    """Write between the rows of a cursor, which nothing in the product may do."""
    for _item in ServiceItem.objects.iterator():
        with transaction.atomic():
            Job.objects.all().delete()
    return 0


def answer(words: list[str], write: Callable[[], None]) -> dict[str, Any]:
    """Run a command beside the other process."""
    around, code, error = Disturbed(write), 99, ""
    with open(os.devnull, "w", encoding="utf-8") as nothing, contextlib.redirect_stdout(nothing):  # noqa: PTH123
        try:
            with connection.execute_wrapper(around):
                code = (main if words else leave_cursor_open)(words)
        except OperationalError as failure:
            error = str(failure)
    return {"code": code, "error": error, "written": around.written}


def serve() -> None:
    """Answer line by line."""
    read_singly()
    prepare()
    with other_process() as write:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(answer(json.loads(line), write)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    write_when_told() if sys.argv[1:] == ["writes"] else serve()
