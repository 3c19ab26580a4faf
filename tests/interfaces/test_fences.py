"""What goes wrong in the background stops nothing else, and what the database forgot is not left lying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import InterfaceError, OperationalError
from tests.builders import now
from tests.personas import Integrator, Office
from tests.usecases.sources.source_database import MAPPING, BusinessDatabase, configuration

from jingui.adapters.queues.database import DatabaseQueue
from jingui.bootstrap.sources import connection_problems
from jingui.db.models import Case, Job, PhaseInspection, Source, SourceProgress
from jingui.interfaces.jobs import collecting, kept_inspection, worker
from jingui.interfaces.jobs.collecting import Collector
from jingui.interfaces.jobs.heart import Heart
from jingui.interfaces.jobs.kept_inspection import KeptInspection
from jingui.interfaces.jobs.pipeline import advance
from jingui.interfaces.jobs.worker import MAX_ATTEMPTS, Worker
from jingui.usecases.capture.collecting import claim_connection, release_connection
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection
from jingui.usecases.inspection.phases import inspect_kept
from jingui.usecases.workers import beat


@pytest.fixture
def integrator(office: Office) -> Integrator:
    return office.integrator


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("place", ["advance", "finish"])
def test_a_case_in_hand_when_the_database_goes_away_is_taken_up_again(
    office: Office,
    integrator: Integrator,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    place: str,
) -> None:
    integrator.whole_case("N-1")
    ours, begun = Worker(office.services), []
    real: Callable[..., Any] = advance if place == "advance" else DatabaseQueue.finish

    def away(*given: Any, **named: Any) -> None:
        begun.append(Job.objects.get().attempts)
        if len(begun) == 1:
            raise error("the server closed the connection")
        real(*given, **named)
        ours.stop.set()

    owner: Any = worker if place == "advance" else DatabaseQueue
    monkeypatch.setattr(owner, place, away)
    monkeypatch.setattr(ours.stop, "wait", lambda _seconds: False)
    monkeypatch.setattr(worker, "close_old_connections", bool)  # the transaction of this test is in it
    ours.run()
    assert begun == [1, 1], "an outage is no attempt"
    assert office.case_row("N-1").state == "preserved"
    assert not Job.objects.exists()


def test_a_case_that_fails_for_good_while_something_comes_for_it_is_looked_at_again(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    queue = office.services.queue
    job = queue.claim("us", now=now())
    assert job
    queue.put(job.case_key, now=now())
    queue.fail(job, error="PermanentFailure", retry_at=None, now=now())
    assert Job.objects.get().state == "ready"
    job = queue.claim("us", now=now())
    assert job
    queue.fail(job, error="PermanentFailure", retry_at=None, now=now())
    assert Job.objects.get().state == "failed"


def test_a_case_that_came_again_as_its_worker_died_is_not_failed(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    queue = office.services.queue
    job = queue.claim("gone", now=now())
    assert job
    Job.objects.update(attempts=MAX_ATTEMPTS)

    def asked_meanwhile(_name: str) -> bool:
        queue.put(job.case_key, now=now())
        return False

    assert queue.release_dead(asked_meanwhile, now=now(), most_attempts=MAX_ATTEMPTS) == 0
    assert queue.release_dead(lambda _name: False, now=now(), most_attempts=MAX_ATTEMPTS) == 1
    assert Job.objects.get().state == "ready"


def test_a_source_that_could_not_be_given_back_is_read_again(
    office: Office, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    business = BusinessDatabase(f"sqlite:///{tmp_path / 'business.sqlite3'}")
    choices = ConnectionChoices("业务库", Source.objects.get().name, "database", configuration(business.url), MAPPING)
    keep_connection(choices, check=connection_problems, actor="tests", now=now())
    collector = Collector(1)

    def away(*_: object, **__: object) -> None:
        monkeypatch.setattr(collecting, "release_connection", release_connection)
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(collecting, "release_connection", away)
    with pytest.raises(OperationalError):
        collector.collect_all()
    assert SourceProgress.objects.get().claimed_by == collector.name
    collector._tidy()
    assert SourceProgress.objects.get().claimed_by == ""
    key = SourceProgress.objects.get().connection_id
    assert claim_connection(key, worker=collector.name)
    collector._in_hand.add(key)
    collector._tidied_at = 0.0
    collector._tidy()
    assert SourceProgress.objects.get().claimed_by == collector.name, "what is in hand is kept"


@pytest.mark.parametrize("name", ["wake_all_waiting", "discard_spent_copies", "copy_next", "recognise_next_page"])
def test_a_failure_in_the_background_stops_no_case(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    failed = []

    def fail(*_: object, **__: object) -> None:
        failed.append(name)
        raise FileNotFoundError(name)

    monkeypatch.setattr(worker, name, fail)
    integrator.whole_case("N-1")
    assert Worker(office.services).run_until_idle() == 1
    assert failed
    assert office.case_row("N-1").state == "preserved"


@pytest.fixture
def kept(office: Office) -> Callable[[], KeptInspection]:
    for number in ("N-1", "N-2"):
        office.integrator.whole_case(number)
    office.work()
    return lambda: KeptInspection(office.services, Heart())


def in_two_years() -> Any:
    return now() + timedelta(days=800)


def test_of_several_workers_one_inspects_what_is_kept(kept: Callable[[], KeptInspection]) -> None:
    ours, others = kept(), kept()
    beat(ours._heart.name)
    others._heart.name = "~later by name"
    beat("~later by name")
    for _ in range(3):
        ours.step(in_two_years)
        others.step(in_two_years)
    inspected = PhaseInspection.objects.values_list("case_id", flat=True)
    assert sorted(inspected) == sorted(Case.objects.values_list("pk", flat=True))


def test_a_record_whose_inspection_fails_keeps_none_behind_it(
    kept: Callable[[], KeptInspection], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Case.objects.order_by("preserved_at", "pk").first()
    assert first

    def fails_once(key: UUID, **more: Any) -> Any:
        if key == first.pk:
            raise RuntimeError(key)
        return inspect_kept(key, **more)

    monkeypatch.setattr(kept_inspection, "inspect_kept", fails_once)
    walk = kept()
    assert [walk.step(in_two_years) for _ in range(3)] == [True, True, False]
    assert PhaseInspection.objects.count() == 1
