"""Whether a process lives: told by the process table of this machine, and by the database for all others."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from tests.builders import now
from tests.personas import Integrator, Office
from tests.waiting import wait_for

from jingui.db.models import Job, WorkerBeat
from jingui.db.queries.workers import SILENCE, has_beaten
from jingui.interfaces.jobs import heart as hearts
from jingui.interfaces.jobs.heart import Heart, machine
from jingui.interfaces.jobs.worker import MAX_ATTEMPTS, Worker
from jingui.usecases.workers import beat, beat_no_more, forget_old_beats

AWAY = "another-machine/1:77:99"


def name_of(number: int) -> str:
    return f"{machine()}:{number}:{hearts._started(number)}"


def test_a_process_of_this_machine_lives_until_it_ends_even_if_nobody_asks_for_it() -> None:
    child = subprocess.Popen(["sleep", "600"])
    name, heart = name_of(child.pid), Heart()
    assert heart.is_alive(name)
    assert not heart.is_alive(f"{machine()}:{child.pid}:1")  # its number, used by another one before
    os.kill(child.pid, 9)
    wait_for(lambda: not heart.is_alive(name))
    assert os.path.exists(f"/proc/{child.pid}/stat")  # noqa: PTH110 - it still lies there
    child.wait()
    assert not heart.is_alive(name)


def test_a_name_nobody_gave_is_dead_on_this_machine() -> None:
    heart = Heart()
    assert heart.is_alive(heart.name)
    assert not any(heart.is_alive(f"{machine()}:{rest}") for rest in ("", "x:1", "4194305:1"))


def test_without_a_process_table_the_number_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hearts, "_TABLE", str(tmp_path / "none"))
    child = subprocess.Popen(["sleep", "600"])
    name, heart = name_of(child.pid), Heart()
    assert heart.is_alive(heart.name)
    assert heart.is_alive(name)
    child.kill()
    child.wait()
    assert not heart.is_alive(name)
    assert not heart.is_alive(f"{machine()}:{10**30}:running")


@pytest.fixture
def integrator(office: Office) -> Integrator:
    return office.integrator


@pytest.fixture
def judge(db: None, monkeypatch: pytest.MonkeyPatch) -> Heart:
    """Give a heart that has beaten for long enough to judge others."""
    heart = Heart()
    monkeypatch.setattr(hearts, "SILENCE", timedelta(0))
    heart._beat()
    time.sleep(0.001)
    return heart


def test_a_process_elsewhere_lives_while_it_beats(judge: Heart) -> None:
    assert not judge.is_alive(AWAY)
    beat(AWAY)
    assert judge.is_alive(AWAY)
    WorkerBeat.objects.filter(name=AWAY).update(at=Now() - SILENCE - timedelta(seconds=1))
    assert not judge.is_alive(AWAY)
    beat(AWAY)
    assert judge.is_alive(AWAY)
    beat_no_more(AWAY)
    assert not judge.is_alive(AWAY)


def test_who_has_not_beaten_for_long_judges_nobody_elsewhere(db: None) -> None:
    heart = Heart()
    assert heart.is_alive(AWAY)
    heart._beat()
    assert heart.is_alive(AWAY)
    assert has_beaten(heart.name)


def test_a_pause_between_beats_puts_judging_off(judge: Heart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearts, "SILENCE", timedelta(minutes=2))
    judge._steady_since -= 1000
    judge._beat()
    assert not judge.is_alive(AWAY)
    judge._beaten_at -= hearts.STEADY_SECONDS + 1
    judge._beat()
    assert judge.is_alive(AWAY)


def test_a_process_beats_while_it_works_and_is_off_the_list_afterwards(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearts, "BEAT_SECONDS", 0.01)
    with Heart() as heart:
        assert has_beaten(heart.name)
        first = WorkerBeat.objects.get(name=heart.name).at
        wait_for(lambda: WorkerBeat.objects.get(name=heart.name).at > first)
    assert not has_beaten(heart.name)


def test_beats_of_days_ago_are_forgotten(db: None) -> None:
    beat(AWAY)
    WorkerBeat.objects.update(at=Now() - timedelta(days=2))
    beat("me")
    assert forget_old_beats() == 1
    assert list(WorkerBeat.objects.values_list("name", flat=True)) == ["me"]


def test_what_a_worker_elsewhere_held_is_done_when_it_is_silent_for_long(
    office: Office, integrator: Integrator, judge: Heart
) -> None:
    integrator.whole_case("N-1")
    assert office.services.queue.claim(AWAY, now=now())
    beat(AWAY)
    assert Worker(office.services, judge).run_until_idle() == 0
    beat_no_more(AWAY)
    assert Worker(office.services, judge).run_until_idle() == 1
    assert office.case_row("N-1").state == "preserved"


def test_a_case_that_workers_die_of_lets_the_others_by_and_at_last_waits_for_a_person(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    queue = office.services.queue
    for number in range(1, MAX_ATTEMPTS + 1):
        Job.objects.update(run_after=now())
        assert queue.claim(AWAY, now=now())
        asked = now()
        assert queue.release_dead(lambda _name: False, now=asked, most_attempts=MAX_ATTEMPTS) == 1
        job = Job.objects.get()
        assert (job.run_after > asked) == (number > 1)
        assert job.claimed_by == ""
    assert (job.state, job.error) == ("failed", f"WorkerLost: whoever worked on this ended {MAX_ATTEMPTS} times")
    integrator.whole_case("N-2")
    assert office.work() == 1
    assert [office.case_row(number).state for number in ("N-1", "N-2")] == ["closed", "preserved"]


def test_who_was_taken_for_dead_gives_back_nothing_that_another_one_holds(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    queue = office.services.queue
    first = queue.claim(AWAY, now=now())
    assert first
    assert queue.release_dead(lambda _name: False, now=now(), most_attempts=MAX_ATTEMPTS) == 1
    second = queue.claim("second", now=now())
    assert second
    queue.finish(first, now=now())
    queue.fail(first, error="late", retry_at=None, now=now())
    queue.fail(first, error="late", retry_at=now(), now=now())
    job = Job.objects.get()
    assert (job.state, job.claimed_by, job.error) == ("running", "second", "")
    queue.finish(second, now=now())
    assert not Job.objects.exists()
