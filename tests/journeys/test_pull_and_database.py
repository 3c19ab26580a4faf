"""The same cases by push, by pull and from a database give the same holdings, the servers killed in the middle."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.same_holdings import holdings, same_holdings
from tests.journeys.conftest import made_instance
from tests.journeys.instances import RealInstance, Template
from tests.personas import PREFIX, Integrator
from tests.usecases.sources.file_server import FileServer, file_server
from tests.usecases.sources.source_database import MAPPING, BusinessDatabase, configuration
from tests.usecases.sources.whole_notices import whole_notice
from tests.waiting import wait_for

# One worker, so that the cases are pushed once.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("pushed")]

NUMBERS = [f"20250303-{number:04}" for number in range(6)]


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Iterator[Path]:
    """Give the store of an instance that the cases were sent to."""
    for instance in made_instance(tmp_path_factory.mktemp("pushed"), template):
        integrator = instance.prepare()
        instance.start()
        for number in NUMBERS:
            integrator.whole_case(number)
        until_preserved(integrator)
        assert instance.stop() == 0
        yield instance.home / "store"


def until_preserved(integrator: Integrator) -> None:
    def told() -> list[str]:
        return [state_of(integrator, number) for number in NUMBERS]

    wait_for(lambda: set(told()) == {"preserved"}, told)


def state_of(integrator: Integrator, number: str) -> str:
    """Ask for a case; a server that is just being killed or started says nothing."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        reply = integrator.get(number)
        return str(reply.json["state"]) if reply.status == 200 else ""
    return ""


def connect(instance: RealInstance, kind: str, given: dict[str, Any], mapping: dict[str, Any]) -> None:
    options = []
    for name, value in (("config", given), ("mapping", mapping)):
        path = instance.home.parent / f"{name}.json"
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        options += [f"--{name}", str(path)]
    done = instance.run("source", "connect", "连接", "--source", "办理系统", "--kind", kind, *options)
    assert done.code == 0, done


def kill_when(instance: RealInstance, is_so: Callable[[], bool]) -> None:
    wait_for(is_so)
    instance.kill()
    instance.start()


def check(instance: RealInstance, pushed: Path) -> None:
    """Hold the instance against the one that was sent the same, and let it verify itself."""
    assert instance.stop() == 0
    store = instance.home / "store"
    assert sorted(holdings(store)) == NUMBERS
    assert same_holdings(pushed, store) == []
    verified = instance.run("verify", "--json")
    assert (verified.code, verified.json["findings"]) == (0, [])
    listed = instance.run("source", "list", "--json").json
    assert [(each["taken"], each["problems"]) for each in listed] == [(6 * len(NUMBERS), 0)]


def test_a_database_gives_the_same_holdings_as_sending(instance: RealInstance, tmp_path: Path, pushed: Path) -> None:
    integrator = instance.prepare()
    business = BusinessDatabase(f"sqlite:///{tmp_path / 'business.sqlite3'}")
    connect(instance, "database", configuration(business.url, batch=2), MAPPING)
    for number in NUMBERS[:3]:
        business.whole_case(number)
    instance.start()
    kill_when(instance, lambda: state_of(integrator, NUMBERS[1]) != "")
    for number in reversed(NUMBERS[3:]):
        business.whole_case(number)
    kill_when(instance, lambda: state_of(integrator, NUMBERS[4]) != "")
    until_preserved(integrator)
    check(instance, pushed)


@pytest.fixture
def files() -> Iterator[FileServer]:
    with file_server() as server:
        yield server


def test_pulling_gives_the_same_holdings_as_sending(instance: RealInstance, files: FileServer, pushed: Path) -> None:
    integrator = instance.prepare()
    given = {"hosts": [files.host], "private_networks": ["127.0.0.0/8"], "allow_http": True, "interval_seconds": 1}
    connect(instance, "pull", given, {})
    instance.start()
    for number in reversed(NUMBERS):
        notice = whole_notice(files, number)
        files.breaks_after[f"/{number}/f1"] = [100]
        assert integrator.post(f"{PREFIX}/notices", notice).status == 201
    kill_when(instance, lambda: len(files.asked) > 8)
    until_preserved(integrator)
    check(instance, pushed)


def test_the_comparison_names_what_differs(pushed: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(pushed, store)
    content = next(path for path in object_of(store, NUMBERS[0]).rglob("*.pdf") if "01结果材料" in path.parts)
    content.write_bytes(content.read_bytes() + b"\n")
    shutil.rmtree(object_of(store, NUMBERS[1]))
    found = same_holdings(pushed, store)
    assert [text.partition(": ")[0] for text in found] == NUMBERS[:2]
    assert "files:" in found[0]
    assert "only in the first" in found[1]


def object_of(store: Path, number: str) -> Path:
    return next(
        declaration.parent
        for declaration in store.rglob("0=ocfl_object_*")
        if any(number in path.read_text(encoding="utf-8") for path in declaration.parent.rglob("基本信息元数据.xml"))
    )
