"""One worker does for all: long acts give their place up after each slice, cases go first, nothing starves or is done twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.builders import now
from tests.personas import Office, new_number
from tests.usecases.catalogue.test_works import asked_import, list_of
from tests.usecases.counter_desk import CounterDesk, open_counter, pages_of, separator, sheet, tiff

from jingui.adapters.queues.database import DatabaseQueue
from jingui.adapters.recognition import NoRecogniser
from jingui.bootstrap import catalogue_bench
from jingui.db.models import CatalogueWork, CounterScan, CounterSession, Job, JournalEvent
from jingui.domain.audit.events import Event
from jingui.domain.capture.pages import PagePart, RecognisedLine, RecognisedText
from jingui.interfaces.jobs import worker as working
from jingui.interfaces.jobs.worker import Worker
from jingui.ports import Lane

SHEETS = 9


@pytest.fixture
def desk(office: Office) -> CounterDesk:
    """Give a counter whose worker ends each slice after the first piece of work, and that recognises nothing."""
    at_once = replace(office.services.instance, slice_seconds=0)
    return open_counter(replace(office, services=replace(office.services, instance=at_once, recogniser=NoRecogniser())))


def scanned(desk: CounterDesk) -> CounterSession:
    """Lay a long scan before the worker."""
    session = desk.open()
    desk.scan(session, tiff(*(sheet(f"p{number}") for number in range(SHEETS))))
    return session


def is_read(session: CounterSession) -> bool:
    return CounterScan.objects.get(session=session).state == "read"


def jobs_until(worker: Worker, is_done: Callable[[], bool]) -> int:
    """Let a worker do one job after another until something is done; return how many it took."""
    for count in range(1, 60):
        worker.work_once()
        if is_done():
            return count
    raise AssertionError(list(Job.objects.values()))


def test_a_long_scan_begun_first_lets_a_short_import_and_a_case_by(
    desk: CounterDesk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    session, worker = scanned(desk), Worker(desk.office.services)
    worker.work_once()
    assert 0 < len(pages_of(session)) < SHEETS
    work = asked_import(catalogue_bench(desk.office.services, now), list_of(tmp_path_factory.mktemp("list"), 3))
    number = new_number()
    desk.office.integrator.whole_case(number)

    assert jobs_until(worker, lambda: desk.office.case_row(number).state == "preserved") == 1
    done = jobs_until(worker, lambda: CatalogueWork.objects.get(pk=work.pk).finished_at is not None)
    assert done <= 8
    assert not is_read(session)

    jobs_until(worker, lambda: is_read(session))
    assert [page.number for page in pages_of(session)] == list(range(SHEETS))


def test_a_worker_killed_as_it_gives_its_place_up_loses_nothing_and_tells_nothing_twice(
    desk: CounterDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, queue = scanned(desk), desk.office.services.queue
    with monkeypatch.context() as patch:
        patch.setattr(DatabaseQueue, "finish", _die)
        with pytest.raises(KeyboardInterrupt):
            Worker(desk.office.services).work_once()
    assert Job.objects.get(pk=session.key).state == "running"

    queue.release_dead(lambda _name: False, now=now(), most_attempts=8)
    jobs_until(Worker(desk.office.services), lambda: is_read(session))

    rows = JournalEvent.objects.filter(kind=Event.COUNTER_READ, case_key=session.case_id).values_list(
        "payload", flat=True
    )
    told = [json.loads(payload)["facts"]["pages"] for payload in rows]
    assert sum(told) == 2 * SHEETS  # each page once as it came, once as it was settled
    assert len(told) == SHEETS + 1
    assert not Job.objects.filter(pk=session.key).exists()


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_headings_are_recognised_in_slices_each_once(desk: CounterDesk) -> None:
    reader = _Reader()
    standing_in: Any = reader  # the services name their own kinds
    worker = Worker(replace(desk.office.services, recogniser=standing_in))
    session = desk.open()
    pages = [sheet("h0"), separator("Z1"), sheet("h1"), separator("Z2"), sheet("h2")]
    desk.scan(session, tiff(*pages))

    jobs = jobs_until(worker, lambda: is_read(session))

    assert jobs == len(pages) + 3
    assert len(reader.asked) == 3
    found = [(page.text, page.turned) for page in pages_of(session) if page.kind == "page"]
    assert found == [("heading 1", 2), ("heading 2", 0), ("heading 3", 0)]


class _Reader:
    """Reads a heading from everything; the first page it sees stands on its head."""

    engine, version, is_available = "test", "1", True

    def __init__(self) -> None:
        self.asked: list[PagePart] = []

    def recognise(self, image: bytes, *, part: PagePart) -> RecognisedText:
        del image
        self.asked.append(part)
        line = RecognisedLine(f"heading {len(self.asked)}", (0.1, 0.1, 0.9, 0.2), 0.9)
        return RecognisedText((line,), self.engine, self.version, part, is_upside_down=len(self.asked) == 1)


def test_cases_go_first_and_long_acts_take_turns_by_how_long_they_wait(office: Office) -> None:
    queue, first, second, case = office.services.queue, uuid4(), uuid4(), uuid4()
    for place, (key, lane) in enumerate(((first, Lane.LONG), (second, Lane.LONG), (case, Lane.CASES))):
        queue.put(key.hex, now=now() + timedelta(milliseconds=place), lane=lane)

    later = now() + timedelta(seconds=1)
    claimed = [queue.claim("w", now=later) for _ in range(4)]

    assert [UUID(job.case_key) for job in claimed if job] == [case, first, second]
    assert [job.lane for job in claimed if job] == [Lane.CASES, Lane.LONG, Lane.LONG]


def test_a_long_act_has_its_turn_while_cases_keep_coming(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.integrator.whole_case(new_number())
    office.services.queue.put(uuid4().hex, now=now(), lane=Lane.LONG)
    worker = Worker(office.services)
    monkeypatch.setattr(working, "LONG_TURN_SECONDS", -1.0)

    worker.work_once()

    assert set(Job.objects.values_list("lane", flat=True)) == {Lane.CASES}
