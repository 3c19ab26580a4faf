"""A process that runs commands of the product in children of its own and kills them by SIGKILL at a chosen act.

An act is a change of a file below one folder, or the commit of a transaction, counted before it happens. Reads one
JSON object a line: ``words`` of the command, ``dies_at`` (0: never), ``below``; or ``make``: how many cases to archive.
Answers each with one line: the exit code, negative for a signal. The instance is that of JINGUI_HOME, on SQLite.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "jingui.settings"

import django

django.setup()

# Someone's package may have brought a "tests" of its own, which would hide this folder.
sys.modules["tests"] = ModuleType("tests")
sys.modules["tests"].__path__ = [str(Path(__file__).resolve().parents[2])]

from django.conf import settings  # noqa: E402 - Django must be set up before models are imported
from django.db.backends.signals import connection_created  # noqa: E402
from tests.builders import make_tables  # noqa: E402
from tests.personas import new_number, open_office, pdf  # noqa: E402

from jingui.interfaces.cli import storage  # noqa: E402, F401 - loaded once for all children
from jingui.interfaces.cli.main import main  # noqa: E402
from jingui.usecases.preservation import looking  # noqa: E402

CHANGES = {"os.rename", "os.mkdir", "os.link", "os.remove", "os.rmdir"}
WRITING = os.O_WRONLY | os.O_RDWR


def make(cases: int) -> int:
    """Archive so many cases, the first one in two versions."""
    make_tables()
    office = open_office(settings.JINGUI.home)
    numbers = [new_number() for _ in range(cases)]
    for number in numbers:
        office.integrator.whole_case(number)
    office.work()
    office.integrator.file(numbers[0], "f9", pdf("late"), material="A02", name="补.pdf")
    office.work()
    office.services.examiner.close()
    return 0


def is_change(event: str, given: tuple[Any, ...], below: str) -> bool:
    """Say whether this is a change of something below the folder."""
    if event == "open":
        return bool(given[2] & WRITING) and str(given[0]).startswith(below)
    return event in CHANGES and any(isinstance(each, str | Path) and str(each).startswith(below) for each in given)


def arm(dies_at: int, below: str) -> None:
    """Kill this process just before its so-and-so-manieth act."""
    left = dies_at

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def changed(event: str, given: tuple[Any, ...]) -> None:
        if (event == "open" or event in CHANGES) and is_change(event, given, below):
            reached()

    def connected(connection: Any, **_: Any) -> None:
        connection.connection.set_trace_callback(lambda sql: reached() if sql == "COMMIT" else None)

    sys.addaudithook(changed)
    connection_created.connect(connected, weak=False)


def in_child(act: Callable[[], int]) -> int:
    """Run in a child to its end."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 99
    try:
        with open(os.devnull, "w", encoding="utf-8") as nothing:  # noqa: PTH123 - no path of ours
            os.dup2(nothing.fileno(), 1)
        code = act()
    except Exception:  # noqa: BLE001 - the child ends here, whatever it was
        traceback.print_exc()
    finally:
        os._exit(code)


def answer(asked: dict[str, Any]) -> int:
    """Do what a line asks for."""
    if "make" in asked:
        return in_child(lambda: make(asked["make"]))

    def act() -> int:
        looking.BATCH_OBJECTS = 1
        if asked["dies_at"]:
            arm(asked["dies_at"], asked["below"])
        return main(asked["words"])

    return in_child(act)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(f"{answer(json.loads(line))}\n")
        sys.stdout.flush()
