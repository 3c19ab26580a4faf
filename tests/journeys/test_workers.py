"""Several workers at once, in processes of their own: every case once, every code once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.journeys.instances import RealInstance
from tests.personas import new_number

pytestmark = pytest.mark.journey

CASES, WORKERS = 24, 4


def test_concurrent_workers_give_gapless_unique_codes(instance: RealInstance) -> None:
    integrator = instance.prepare()
    instance.start("--workers", "0")
    numbers = [new_number() for _ in range(CASES)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(integrator.whole_case, numbers))
    workers = [instance.spawn("worker", "--until-idle") for _ in range(WORKERS)]
    assert [worker.wait(120) for worker in workers] == [0] * WORKERS
    cases = [integrator.get(number).json for number in numbers]
    assert {(case["state"], case["version"]) for case in cases} == {("preserved", 1)}
    for code in ("archival_code", "record_code"):
        found = sorted(case[code] for case in cases)
        assert [int(re.sub(r".*-", "", each)) for each in found] == list(range(1, CASES + 1))
    assert instance.stop() == 0
    verified = instance.run("verify", "--json")
    assert (verified.code, verified.json["findings"]) == (0, [])
    assert verified.json["looked"]["objects"] == CASES


def test_the_first_serials_of_a_scope_taken_at_once_are_gapless(instance: RealInstance) -> None:
    instance.prepare()
    program = [sys.executable, str(Path(__file__).with_name("serials_at_once.py"))]
    done = subprocess.run(program, env=instance.environment, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == [1, 2, 3, 4]
