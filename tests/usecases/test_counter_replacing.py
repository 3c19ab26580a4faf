"""A better scan takes the place of a file that was taken before; the old one stays in the case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders import now
from tests.personas import Integrator, Office
from tests.usecases.counter_desk import CounterDesk, open_counter, pages_of, sheet, stored, tiff

from jingui.adapters.recognition import NoRecogniser
from jingui.db.models import Case, CaseFile, Confirmation, CounterSession
from jingui.db.queries.facts import current_files
from jingui.domain.capture.confirmation import materials_from_plain
from jingui.domain.capture.counter import PageAct
from jingui.domain.errors import Conflict, NotFound
from jingui.usecases.capture.counter.finishing import finish
from jingui.usecases.capture.counter.opening import open_for_case
from jingui.usecases.capture.counter.replacing import choose_replaced

NUMBER = "K-1"


@pytest.fixture
def desk(office: Office) -> CounterDesk:
    return open_counter(replace(office, services=replace(office.services, recogniser=NoRecogniser())))


@pytest.fixture
def session(desk: CounterDesk, integrator: Integrator) -> CounterSession:
    """A platform's case with its files, archived; a clerk has scanned one of its materials again."""
    integrator.whole_case(NUMBER)
    desk.office.work()
    row = open_for_case(case_key=case().key, station="", actor=desk.actor, now=now())
    desk.scan(row, tiff(sheet("better")))
    desk.read()
    desk.act(row, PageAct.ASSIGN, *pages_of(row), value="A01")
    return row


def case() -> Case:
    return Case.objects.get(case_number=NUMBER)


def old_file() -> CaseFile:
    return CaseFile.objects.filter(case__case_number=NUMBER, material_code="A01").order_by("arrived_event")[0]


def choose(desk: CounterDesk, session: CounterSession, file: CaseFile | None) -> bool:
    key = file.key if file else None
    return choose_replaced(
        session_key=session.key, code="A01", file_key=key, actor=desk.actor, scans=desk.room.scans, now=now()
    )


def hand_in(desk: CounterDesk, session: CounterSession) -> None:
    row = desk.ask(session)
    desk.confirm(row.token)
    desk.sign(row.token)
    finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())


def test_the_better_scan_counts_and_the_old_file_stays_with_its_version(
    desk: CounterDesk, session: CounterSession
) -> None:
    old = old_file()
    assert choose(desk, session, old)
    hand_in(desk, session)
    desk.read()
    standing = [file for file in current_files(case()) if file.material_code == "A01"]
    assert [file.replaces for file in standing] == [old.file_key]
    assert CaseFile.objects.filter(key=old.key, sha256=old.sha256).exists()
    assert (case().state, case().version) == ("preserved", 2)
    assert not desk.office.findings()


def test_without_a_choice_the_scan_stands_beside_what_was_taken(desk: CounterDesk, session: CounterSession) -> None:
    choose(desk, session, old_file())
    assert choose(desk, session, None)
    hand_in(desk, session)
    assert len([file for file in current_files(case()) if file.material_code == "A01"]) == 2


def test_the_applicant_is_told_and_the_evidence_says_which_file_is_replaced(
    desk: CounterDesk, session: CounterSession
) -> None:
    old = old_file()
    choose(desk, session, old)
    (shown,) = materials_from_plain(desk.ask(session).materials)
    assert (shown.replaces, shown.replaced_name) == (old.file_key, old.name)


def test_another_choice_makes_a_confirmation_void_and_the_same_one_changes_nothing(
    desk: CounterDesk, session: CounterSession
) -> None:
    desk.ask(session)
    assert choose(desk, session, old_file())
    assert not choose(desk, session, old_file())
    assert (stored(session.key).state, Confirmation.objects.get().state) == ("collecting", "void")


def test_a_file_of_another_material_or_case_cannot_be_replaced(desk: CounterDesk, session: CounterSession) -> None:
    other = CaseFile.objects.filter(case__case_number=NUMBER).exclude(material_code="A01")[0]
    with pytest.raises(NotFound):
        choose(desk, session, other)


def test_a_file_that_was_replaced_meanwhile_is_not_replaced_twice(
    desk: CounterDesk, session: CounterSession, integrator: Integrator
) -> None:
    old = old_file()
    choose(desk, session, old)
    row = desk.ask(session)
    desk.confirm(row.token)
    desk.sign(row.token)
    sent = integrator.file(NUMBER, "newer", b"%PDF-newer", material="A01", name="补.pdf", replaces=old.file_key)
    assert sent.status == 201
    with pytest.raises(Conflict, match="counter_file_replaced"):
        finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())
    assert stored(session.key).state == "signed"
