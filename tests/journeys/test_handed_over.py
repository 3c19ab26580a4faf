"""A small log as batches, as bags and over a queue, at a server that dies meanwhile: held once each, as it was sent."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.brokers import Broker
from tests.journeys.instances import RealInstance
from tests.journeys.test_replay import Log, head_file, judge
from tests.waiting import PATIENCE_SECONDS, wait_for

from jingui.interfaces.cli.client import CaptureClient, Endpoint, Waiting
from jingui.interfaces.cli.replay.deliver import DELIVERIES, Delivery, Handing
from jingui.interfaces.cli.replay.feed import order
from jingui.interfaces.cli.replay.plan import Message
from jingui.interfaces.cli.replay.replay import ReplayOptions, plan_log
from jingui.interfaces.cli.replay.settle import settle
from jingui.interfaces.cli.samplegen import demo_cases

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("broker")]

CASES = 4
WAITING = Waiting(30.0, 90.0)
NOBODY = Endpoint("http://127.0.0.1:1", "nobody", "nothing")


@dataclass
class Handed:
    """What one kind of source hands over, and what must be held of it in the end, by case number."""

    delivery: Delivery
    messages: list[Message]
    closed: set[str]
    steps: dict[str, list[str]]
    bytes: dict[str, Counter[str]]


def sample_files(folder: Path) -> Path:
    """Write the files of a shipped demo case."""
    folder.mkdir()
    for case in islice(demo_cases(), 3, 4):
        for file in case.files:
            (folder / f"{file.file_key}{Path(file.name).suffix}").write_bytes(file.content)
    return folder


def hand_over(kind: str, into: str, tmp_path: Path, files: Path) -> Handed:
    """Hand the log over under case numbers of the kind's own, as a case number is one case in an agency."""
    log = Log(tmp_path / f"{kind}.csv", CASES)
    log.path.write_text(log.path.read_text(encoding="utf-8").replace("case-", f"{kind}-"), encoding="utf-8")
    plans = plan_log(log.path, items=tmp_path / "catalogue.json", files=[files], options=ReplayOptions())
    messages = [message for plan in plans for message in plan.messages]
    sent = order(messages, rng=Random(7), repeat=2, is_shuffled=True)
    handing = Handing(into, NOBODY, WAITING, files=tmp_path / f"{kind}-files", together=3)
    delivery = DELIVERIES[kind](handing)
    delivery.deliver(sent)
    content: dict[str, Counter[str]] = defaultdict(Counter)
    for message in messages:
        if message.path is not None:
            content[message.case_number][hashlib.sha512(message.path.read_bytes()).hexdigest()] += 1
    steps = {number.replace("case-", f"{kind}-"): keys for number, keys in log.steps.items()}
    return Handed(delivery, sent, {number.replace("case-", f"{kind}-") for number in log.closed}, steps, content)


def commands(instance: RealInstance, *steps: list[str]) -> None:
    """Run several commands in one process."""
    code = f"from jingui.interfaces.cli.main import main; print([main(step) for step in {list(steps)!r}])"
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, env=instance.environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.endswith(f"{[0] * len(steps)}\n"), done


def connecting(kind: str, delivery: Delivery, folder: Path) -> list[str]:
    told = delivery.connecting()
    paths = {name: folder / f"{kind}-{name}.json" for name in ("configuration", "mapping")}
    for name, path in paths.items():
        path.write_text(json.dumps(getattr(told, name)), encoding="utf-8")
    given = ["--config", str(paths["configuration"]), "--mapping", str(paths["mapping"])]
    return ["source", "connect", kind, "--source", f"来源-{kind}", "--kind", told.kind, *given]


def contents(store: Path) -> Iterator[tuple[str, list[str], Counter[str]]]:
    """Read every object: its case, the steps in their order, and how often it holds which bytes."""
    for declaration in store.rglob("0=ocfl_object_*"):
        folder = declaration.parent
        inventory = json.loads((folder / "inventory.json").read_bytes())
        base, process = (head_file(folder, inventory, name) for name in ("基本信息元数据.xml", "过程信息元数据.xml"))
        state: dict[str, Any] = inventory["versions"][inventory["head"]]["state"]
        held = Counter(digest for digest, paths in state.items() for path in paths if "材料/" in path)
        yield str(base.findtext(".//project_id")), [str(each.text) for each in process.iter("step_key")], held


def test_batches_bags_and_a_queue_are_held_as_they_were_handed_over_by_a_server_that_dies(
    instance: RealInstance, broker: Broker, tmp_path: Path
) -> None:
    instance.prepare()
    files = sample_files(tmp_path / "files")
    places = {"batch": str(tmp_path / "batch"), "bags": str(tmp_path / "bags"), "amqp": broker.url}
    handed = {kind: hand_over(kind, into, tmp_path, files) for kind, into in places.items()}
    instance.more["JINGUI_CREDENTIAL_replay_broker"] = broker.password
    added = [["source", "add", f"来源-{kind}"] for kind in handed]
    commands(instance, *added, *(connecting(kind, each.delivery, tmp_path) for kind, each in handed.items()))
    instance.start()
    wait_for(lambda: any((tmp_path / "batch").glob("*.receipt.json")))
    instance.kill()
    instance.start()
    for kind, each in handed.items():
        known = instance.source(f"来源-{kind}")
        with CaptureClient(Endpoint(instance.url, known.key_id, known.secret), waiting=WAITING) as client:
            states = settle(each.closed, client=client, patience_seconds=PATIENCE_SECONDS)
        assert {status.state for status in states.values()} == {"preserved"}, (kind, states)
    wait_for(lambda: len(list((tmp_path / "batch").glob("*.xml"))) == len(receipts(tmp_path / "batch", "batch")))
    assert {told["state"] for told in receipts(tmp_path / "batch", "package")} == {"accepted"}
    assert {told["state"] for told in receipts(tmp_path / "bags", "bag")} == {"accepted"}
    assert instance.stop() == 0
    expected = [(n, each.steps[n], each.bytes[n]) for each in handed.values() for n in each.closed]
    found = list(contents(instance.home / "store"))
    assert sorted(found, key=lambda one: one[0]) == sorted(expected, key=lambda one: one[0])
    assert judge(instance.home / "store") == "valid"
    assert instance.run("verify", "--json").json["findings"] == []


def receipts(folder: Path, kind: str) -> list[dict[str, Any]]:
    told = [json.loads(path.read_bytes()) for path in folder.glob("*.receipt.json")]
    return [each for each in told if each["kind"] == kind]
