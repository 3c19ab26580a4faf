"""The pipeline under a worker: what a case goes through, and what is left when the power fails at any step."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from tests.builders import now
from tests.personas import CLOSURE_KINDS, OTHER_ITEM, Integrator, Office, needed, new_number, pdf, step_message

from jingui.db import journal
from jingui.db.models import Case, CodeSequence, Inspection, Job, JournalEvent, PackageVersion, Receipt
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.interfaces.jobs.heart import machine
from jingui.interfaces.jobs.worker import MAX_ATTEMPTS, Worker
from jingui.usecases.preservation.storing import release_staging
from jingui.usecases.reconciliation import GRACE_SECONDS, reconcile

LATE = "2025-04-01T10:00:00+08:00"
DEAD = f"{machine()}:4194305:1"  # no process can have this number


class KilledError(BaseException):
    """Stands for SIGKILL: nothing in the product may catch it."""


class Wire:
    """Counts the durable steps that are about to be made, and cuts the power before or after one of them."""

    def __init__(self, *, at: int = 0, is_after: bool = False) -> None:
        self.at, self.is_after = at, is_after
        self.steps: list[str] = []

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            self.steps.append(name)
            is_here = len(self.steps) == self.at
            if is_here and not self.is_after:
                raise KilledError
            result = function(*args, **kwargs)
            if is_here:
                raise KilledError
            return result

        return run

    def tap(self, thing: Any, *names: str) -> Any:
        return Tapped(
            thing, {name: self.around(f"{type(thing).__name__}.{name}", getattr(thing, name)) for name in names}
        )


class Tapped:
    """A service with some of its methods on the wire."""

    def __init__(self, thing: Any, tapped: dict[str, Callable[..., Any]]) -> None:
        self._thing, self._tapped = thing, tapped

    def __getattr__(self, name: str) -> Any:
        return self._tapped.get(name) or getattr(self._thing, name)


def tapped(thing: Any, methods: dict[str, Callable[..., Any]]) -> Any:
    """Return a service with other methods; typed as whatever stands in its place."""
    return Tapped(thing, methods)


def wired(office: Office, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Return a worker of a process that will be dead, with every durable step on the wire."""
    ready = office.services
    monkeypatch.setattr(journal, "record", wire.around("journal.record", RECORD))
    worker = Worker(
        replace(
            ready,
            staging=wire.tap(ready.staging, "discard"),
            store=wire.tap(ready.store, "build", "commit"),
            queue=wire.tap(ready.queue, "put", "claim", "finish"),
            search=wire.tap(ready.search, "put"),
            examiner=wire.tap(ready.examiner, "examine"),
            receipt_signer=wire.tap(ready.receipt_signer, "sign"),
        )
    )
    worker.name = DEAD
    return worker


RECORD = journal.record


def story(case: Case) -> Counter[str]:
    return Counter(JournalEvent.objects.filter(case_key=case.key).values_list("kind", flat=True))


def end_state(case: Case) -> tuple[Any, ...]:
    packages = PackageVersion.objects.filter(case=case).order_by("number")
    receipts = Receipt.objects.filter(case=case).order_by("kind", "subject").values_list("kind", "subject")
    return (
        case.state,
        case.version,
        [(row.number, row.stored_at is not None, row.file_count) for row in packages],
        list(receipts),
        Inspection.objects.filter(case=case).count(),
        sorted(story(case).items()),
        Job.objects.filter(case_key=case.key).exists(),
    )


def first_version(office: Office, number: str) -> None:
    office.integrator.whole_case(number)


def late_version(office: Office, number: str) -> None:
    office.integrator.whole_case(number)
    office.work()
    office.integrator.file(number, "f9", pdf(f"{number} late"), material="A02", name="补.pdf")


@pytest.mark.parametrize("prepare", [first_version, late_version], ids=["first version", "late version"])
def test_a_worker_killed_at_any_durable_step_leaves_nothing_half_there(
    office: Office, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Office, str], None]
) -> None:
    number, clean = new_number(), Wire()
    prepare(office, number)
    wired(office, clean, monkeypatch).run_until_idle()
    expected = end_state(office.case_row(number))
    assert expected[0] == "preserved"
    assert {"FolderStore.build", "FolderStore.commit", "journal.record", "DatabaseQueue.finish"} <= set(clean.steps)
    # After one step is before the next: only the last needs both.
    for at, is_after in [*((at, False) for at in range(1, len(clean.steps) + 1)), (len(clean.steps), True)]:
        number = new_number()
        prepare(office, number)
        with pytest.raises(KilledError):
            wired(office, Wire(at=at, is_after=is_after), monkeypatch).run_until_idle()
        monkeypatch.setattr(journal, "record", RECORD)
        office.work()
        found = end_state(office.case_row(number))
        assert found == expected, f"killed {'after' if is_after else 'before'} {clean.steps[at - 1]} ({at})"
    assert office.findings() == []
    assert [path.name for path in (office.home / "work").iterdir() if path.name != "locks"] == []
    reconcile_now(office)
    assert office.staged() == set()
    assert gaps() == []


def gaps() -> list[str]:
    """Name the archival codes that are missing or given twice."""
    codes = Case.objects.exclude(archival_code=None).values_list("archival_code", flat=True)
    serials = [int(str(code).rpartition("-")[2]) for code in codes]
    wrong = [str(n) for n in range(1, len(serials) + 1) if serials.count(n) != 1]
    last = CodeSequence.objects.filter(scope__startswith="archival_code").get().last
    return wrong if last == len(serials) else [*wrong, f"last {last}"]


def reconcile_now(office: Office) -> Any:
    ready = office.services
    return reconcile(store=ready.store, staging=ready.staging, queue=ready.queue, now=now())


def test_a_held_case_goes_through_when_its_source_mends_it(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    integrator.file("N-1", "bad", b"%PDF-1.7 broken", material="A02", name="坏.pdf")
    office.work()
    assert office.case_row("N-1").state == "held"
    assert office.work() == 0, "a held case waits without being asked again"
    integrator.file("N-1", "good", pdf("good"), material="A02", name="好.pdf", replaces="bad")
    office.work()
    row = office.case_row("N-1")
    assert (row.state, row.version, row.blocking_count) == ("preserved", 1, 0)
    assert story(row)["case.held"] == 1
    arranged = PackageVersion.objects.get(case=row).arranged
    assert set(arranged) == {"f1", "f2", "good"}


def test_what_arrives_while_files_are_being_opened_is_in_the_next_version(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    integrator.whole_case("N-1")
    examine = office.services.examiner.examine

    def busy(files: Any) -> Any:
        found = list(examine(files))
        integrator.steps("N-1", step_message("s9", "回访", LATE))
        return iter(found)

    wire = tapped(office.services.examiner, {"examine": busy})
    Worker(replace(office.services, examiner=wire)).run_until_idle()
    case = office.case_row("N-1")
    assert (case.state, case.version, case.is_late_event, case.is_late_arrival) == ("preserved", 2, True, True)
    assert office.findings() == []


def test_an_error_of_one_case_does_not_stop_the_others(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("N-1", "N-2"):
        integrator.whole_case(number)
    bad = office.case_row("N-1")
    build = office.services.store.build

    def fail(spec: Any) -> Any:
        if str(bad.key) in spec.object_id:
            raise RuntimeError("only this one")
        return build(spec)

    Worker(replace(office.services, store=tapped(office.services.store, {"build": fail}))).run_until_idle()
    assert (office.case_row("N-1").state, office.case_row("N-2").state) == ("arranged", "preserved")
    job = Job.objects.get(case_key=bad.key)
    assert (job.state, job.attempts, job.error) == ("ready", 1, "RuntimeError: only this one")
    Job.objects.update(run_after=now())
    office.work()
    assert office.case_row("N-1").state == "preserved"


@pytest.mark.parametrize(
    ("error", "state", "attempts"),
    [(TransientFailure("storage_busy"), "ready", 1), (PermanentFailure("storage_broken"), "failed", 1)],
)
def test_failures_wait_for_their_time_or_for_a_person(
    office: Office, integrator: Integrator, error: Exception, state: str, attempts: int
) -> None:
    integrator.whole_case("N-1")

    def fail(*_: Any) -> Any:
        raise error

    worker = Worker(replace(office.services, store=tapped(office.services.store, {"build": fail})))
    worker.run_until_idle()
    job = Job.objects.get()
    assert (job.state, job.attempts) == (state, attempts)


def test_a_case_that_fails_again_and_again_is_kept_for_a_person_and_taken_up_when_something_arrives(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")

    def fail(*_: Any) -> Any:
        raise RuntimeError("always")

    worker = Worker(replace(office.services, store=tapped(office.services.store, {"build": fail})))
    for _ in range(MAX_ATTEMPTS):
        Job.objects.update(run_after=now())
        worker.run_until_idle()
    assert Job.objects.get().state == "failed"
    integrator.steps("N-1", step_message("s9", "回访", LATE))
    office.work()
    assert office.case_row("N-1").state == "preserved"
    assert office.case_row("N-1").version == 2


def test_a_job_of_a_living_worker_is_not_taken_from_it(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    mine = Worker(office.services)
    assert office.services.queue.claim(mine.name, now=now())
    assert office.work() == 0
    assert office.case_row("N-1").state == "closed"


def test_reconciliation_asks_again_for_cases_that_no_job_remembers(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    Job.objects.all().delete()
    assert reconcile_now(office).asked_again == 1
    office.work()
    assert office.case_row("N-1").state == "preserved"
    assert reconcile_now(office).is_quiet


def test_reconciliation_lets_go_of_old_bytes_that_no_row_knows_and_keeps_young_ones(
    office: Office, integrator: Integrator
) -> None:
    staging = office.services.staging
    old, young = staging.receive([b"old"]).token, staging.receive([b"young"]).token
    past = time.time() - GRACE_SECONDS - 10
    os.utime(staging.path(old), (past, past))
    part = staging.folder / ("a" * 32 + ".part")
    part.write_bytes(b"broken off")
    os.utime(part, (past, past))
    integrator.file("N-1", "f1", pdf("one"))
    kept = office.staged() - {old, part.name}
    done = reconcile_now(office)
    assert (done.staged_orphans, done.parts_swept) == (1, 1)
    assert office.staged() == kept
    assert young in kept


def test_reconciliation_releases_staged_bytes_that_a_stored_version_holds(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jingui.usecases.preservation.storing.release_staging", lambda *_: 0)
    integrator.whole_case("N-1")
    office.work()
    assert len(office.staged()) == 2
    assert reconcile_now(office).staged_released == 2
    assert office.staged() == set()
    assert release_staging is not None
    assert office.findings() == []


def test_bytes_of_a_replaced_file_are_kept(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    integrator.file("N-1", "bad", b"no pdf", material="A02", name="坏.pdf")
    integrator.file("N-1", "good", pdf("good"), material="A02", name="好.pdf", replaces="bad")
    office.work()
    reconcile_now(office)
    assert len(office.staged()) == 1
    assert office.findings() == []


@pytest.mark.parametrize("kind", CLOSURE_KINDS)
def test_every_end_is_told_in_the_receipt_of_archiving(office: Office, integrator: Integrator, kind: str) -> None:
    integrator.whole_case("N-1", kind=kind)
    office.work()
    row = office.case_row("N-1")
    assert (row.closure_kind, row.state) == (kind, "preserved")
    assert Receipt.objects.get(case=row, kind="case_archived").subject == "1"


def test_codes_of_different_agencies_and_years_are_series_of_their_own(office: Office, integrator: Integrator) -> None:
    # Midnight in the source's own offset decides the year, not ours.
    ends = ("2024-12-31T23:59:59+08:00", "2025-01-01T00:00:00+08:00", "2025-06-01T00:00:00+08:00")
    for number, end in zip(("N-1", "N-2", "N-3"), ends, strict=True):
        integrator.case(number, received_at="2024-06-01T00:00:00+08:00")
        for key, query in needed("completed"):
            integrator.file(number, key, pdf(f"{number} {key}"), **query)
        integrator.steps(number, *(step_message(name, name, "2024-06-02T00:00:00+08:00") for name in ("收件", "决定")))
        integrator.closure(number, closed_at=end)
    integrator.whole_case("N-4", item_code=OTHER_ITEM)
    office.work()
    codes = dict(Case.objects.values_list("case_number", "archival_code"))
    assert {number: str(code).split("·")[1] for number, code in codes.items()} == {
        "N-1": "2024-D30-WSJ-000001",
        "N-2": "2025-D30-WSJ-000001",
        "N-3": "2025-D30-WSJ-000002",
        "N-4": "2025-D30-WSJ-000001",
    }
    assert len(set(codes.values())) == 4


class Held(Wire):
    """Holds its worker before one durable step, outside transactions, until another worker has done what it held."""

    def __init__(self, *, at: int, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.place, self.meanwhile = at, meanwhile
        self.floor = len(connection.savepoint_ids)
        self.has_been_held = False

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            if len(connection.savepoint_ids) == self.floor:
                self.steps.append(name)
                if len(self.steps) == self.place:
                    self.has_been_held = True
                    self.meanwhile()
            return function(*args, **kwargs)

        return run


@pytest.mark.parametrize("prepare", [first_version, late_version], ids=["first version", "late version"])
def test_a_worker_that_was_taken_for_dead_and_goes_on_changes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Office, str], None]
) -> None:
    number, clean = new_number(), Held(at=0, meanwhile=bool)
    prepare(office, number)
    wired(office, clean, monkeypatch).run_until_idle()
    expected = end_state(office.case_row(number))
    outside = {"FolderStore.build", "FolderStore.commit", "DatabaseQueue.finish", "FolderStagingArea.discard"}
    assert outside <= set(clean.steps)
    for at in range(1, len(clean.steps) + 1):
        number = new_number()
        prepare(office, number)
        held = Held(at=at, meanwhile=office.work)
        wired(office, held, monkeypatch).run_until_idle()
        monkeypatch.setattr(journal, "record", RECORD)
        office.work()
        assert held.has_been_held
        assert end_state(office.case_row(number)) == expected, f"held before {clean.steps[at - 1]} ({at})"
    assert office.findings() == []
    assert gaps() == []
    reconcile_now(office)
    assert office.staged() == set()
