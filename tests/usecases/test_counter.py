"""The counter: what is confirmed is what is archived; a change undoes it; nothing is half done."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from tests.builders import make_account, now
from tests.personas import OTHER_AGENCY, Office
from tests.usecases.counter_desk import (
    CODE,
    SCREEN,
    STROKES,
    CounterDesk,
    marked_batch,
    open_counter,
    pages_of,
    sheet,
    stored,
    tiff,
)

from jingui.adapters.recognition import NoRecogniser
from jingui.db.models import CaseFile, Confirmation, CounterScan, CounterSession, JournalEvent
from jingui.db.queries.accounts import actor_of
from jingui.db.queries.counter import find_cases, open_sessions
from jingui.domain.access.roles import Role
from jingui.domain.capture.confirmation import CODE_LIFETIME, VIEWING_LIFETIME
from jingui.domain.capture.counter import PageAct
from jingui.domain.errors import Conflict, DomainError, Invalid, MoveNotAllowed, NotFound, Refused
from jingui.domain.metadata.inventory import CONFIRMATION_MATERIAL, SCAN_MATERIAL
from jingui.ports import PreparedPage
from jingui.usecases.capture.counter import reading
from jingui.usecases.capture.counter.confirming import Screen, bound_confirmation, object_to, open_screen
from jingui.usecases.capture.counter.finishing import close_case, finish
from jingui.usecases.capture.counter.opening import abandon, open_for_case

Committing = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def desk(office: Office) -> CounterDesk:
    """Give a counter whose machine reads no words, so that only sheets and clerks say where pages belong."""
    silent = replace(office.services, recogniser=NoRecogniser())
    return open_counter(replace(office, services=silent))


def test_separator_sheets_assign_and_blank_sheets_are_put_aside(desk: CounterDesk) -> None:
    session = desk.open()
    desk.scan(session, marked_batch())
    desk.read()

    told = [(page.kind, page.is_dropped, page.material_code, page.decision) for page in pages_of(session)]
    assert told == [
        ("separator", True, "", "open"),
        ("page", False, "A01", "stated"),
        ("page", False, "A01", "stated"),
        ("separator", True, "", "open"),
        ("page", False, "C01", "stated"),
        ("blank", True, "", "open"),
    ]


def test_a_reader_that_was_killed_goes_on_where_it_stopped(desk: CounterDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    session, asked = desk.open(), []
    desk.scan(session, marked_batch())
    monkeypatch.setattr(reading, "KEPT_AT_ONCE", 2)
    scanner = desk.room.scanner

    class Dying:
        """Prepares pages until the fourth, then the machine goes."""

        count_pages, assemble, pages = scanner.count_pages, scanner.assemble, scanner.pages

        def page(self, path: Path, number: int) -> PreparedPage:
            asked.append(number)
            if number == 3 and asked.count(3) == 1:
                raise KeyboardInterrupt
            return scanner.page(path, number)

    room = replace(desk.room, scanner=Dying())
    with pytest.raises(KeyboardInterrupt):
        reading.read_scans(session.key, room=room, clock=now)
    assert len(pages_of(session)) == 2
    reading.read_scans(session.key, room=room, clock=now)

    assert asked == [0, 1, 2, 3, 2, 3, 4, 5]
    assert [page.number for page in pages_of(session)] == list(range(6))
    assert CounterScan.objects.get(session=session).state == "read"


def test_a_scan_that_cannot_be_opened_is_refused_alone(desk: CounterDesk) -> None:
    session = desk.open()
    desk.scan(session, marked_batch()[:900], name="断掉的.tif")
    desk.scan(session, tiff(sheet("x")), name="好的.tif")
    desk.read()

    states = dict(CounterScan.objects.filter(session=session).values_list("name", "state"))
    assert states == {"断掉的.tif": "refused", "好的.tif": "read"}
    assert len(pages_of(session)) == 1


def test_what_is_no_scan_is_not_taken(desk: CounterDesk) -> None:
    session = desk.open()
    with pytest.raises(Invalid) as refused:
        desk.scan(session, b"PK\x03\x04 not a scan", name="照片.jpg")

    assert refused.value.problems[0].code == "scan_form_unknown"
    assert not CounterScan.objects.exists()


def test_the_same_scan_is_taken_once(desk: CounterDesk) -> None:
    session = desk.open()
    desk.scan(session, marked_batch())
    desk.scan(session, marked_batch())

    assert CounterScan.objects.filter(session=session).count() == 1


def test_unassigned_pages_are_not_laid_before_the_applicant(desk: CounterDesk) -> None:
    session = desk.open()
    desk.scan(session, tiff(sheet("p"), sheet("q")))
    desk.read()
    with pytest.raises(Invalid) as refused:
        desk.ask(session)
    assert [problem.code for problem in refused.value.problems] == ["counter_pages_unassigned"]

    desk.act(session, PageAct.ASSIGN, *pages_of(session), value="A01")
    assert desk.ask(session).state == "waiting"


def test_a_material_outside_the_plan_cannot_be_assigned(desk: CounterDesk) -> None:
    session = desk.open()
    desk.scan(session, tiff(sheet("p")))
    desk.read()

    with pytest.raises(Invalid):
        desk.act(session, PageAct.ASSIGN, *pages_of(session), value="Z99")


def test_pages_are_turned_moved_dropped_and_taken_back(desk: CounterDesk) -> None:
    session = desk.open()
    desk.scan(session, marked_batch())
    desk.read()
    first = pages_of(session)
    desk.act(session, PageAct.TURN, first[1], value="3")
    desk.act(session, PageAct.MOVE, first[4], value=first[1].key.hex)
    desk.act(session, PageAct.DROP, first[2])
    desk.act(session, PageAct.KEEP, first[5])

    then = pages_of(session)
    assert [page.number for page in then] == [0, 4, 1, 2, 3, 5]
    assert {page.number: (page.turned, page.is_dropped) for page in then}[1] == (3, False)
    assert [page.number for page in then if page.is_dropped] == [0, 2, 3]
    acts = JournalEvent.objects.filter(kind="counter.arranged").count()
    assert acts == 4


@pytest.mark.parametrize("act", [PageAct.TURN, PageAct.ASSIGN])
def test_a_page_changed_after_the_signature_makes_it_void(desk: CounterDesk, act: PageAct) -> None:
    session, _ = desk.signed()
    page = pages_of(session)[1]
    values = {PageAct.TURN: "1", PageAct.ASSIGN: "C01"}
    desk.act(session, act, page, value=values[act])

    row = Confirmation.objects.get()
    assert (row.state, row.void_reason) == ("void", "pages_changed")
    assert stored(session.key).state == "collecting"
    with pytest.raises(Conflict):
        finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())
    assert not CaseFile.objects.exists()


def test_another_scan_after_the_signature_makes_it_void(desk: CounterDesk) -> None:
    session, _ = desk.signed()
    desk.scan(session, tiff(sheet("later")))

    assert Confirmation.objects.get().state == "void"


def test_what_was_shown_and_signed_is_what_is_archived(desk: CounterDesk) -> None:
    session, row = desk.signed()
    finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())

    files = {file.material_code: file for file in CaseFile.objects.all()}
    assert set(files) == {"A01", "C01", CONFIRMATION_MATERIAL}
    with desk.room.staging.open(files[CONFIRMATION_MATERIAL].staged_token) as stream, pikepdf.open(stream) as pdf:
        parts = {name: part.get_file().read_bytes() for name, part in pdf.attachments.items()}
    told = json.loads(parts["confirmation.json"])
    assert {each["code"]: (each["sha256"], each["sm3"]) for each in told["materials"]} == {
        code: (files[code].sha256, files[code].sm3) for code in ("A01", "C01")
    }
    assert told["signature"]["strokes"] == STROKES["strokes"]
    assert told["signature"]["pictures"]["png"]["sha256"] == hashlib.sha256(parts["signature.png"]).hexdigest()
    assert (told["operator"], told["station"], told["applicant"]) == ("李敏", "3 号窗口", "萨仁高娃")
    shown = {page.image_sha256 for page in pages_of(session) if not page.is_dropped}
    assert {page["sha256"] for each in told["materials"] for page in each["pages"]} == shown
    assert row.evidence_sha256 == files[CONFIRMATION_MATERIAL].sha256


def test_a_case_of_the_counter_is_closed_there_and_archived_whole(
    desk: CounterDesk, django_capture_on_commit_callbacks: Committing
) -> None:
    session, _ = desk.signed()
    with django_capture_on_commit_callbacks(execute=True):
        finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())
    moment = now().isoformat()
    close_case(
        session_key=session.key,
        told={"kind": "completed", "closed_at": moment, "result": "准予"},
        steps=[{"step_key": "s2", "name": "办结", "started_at": moment, "ended_at": moment, "handler": "李敏"}],
        actor=desk.actor,
        room=desk.room,
        now=now(),
    )
    desk.read()

    assert desk.office.case_row(session.case.case_number).state == "preserved"
    assert desk.office.findings() == []
    assert list((desk.office.home / "scans").iterdir()) == []


def test_scans_are_archived_as_they_came_where_that_is_wanted(desk: CounterDesk) -> None:
    session, _ = desk.signed()
    scan = CounterScan.objects.get()
    finish(session_key=session.key, actor=desk.actor, room=replace(desk.room, keeps_scans=True), now=now())

    assert CaseFile.objects.get(material_code=SCAN_MATERIAL).sha256 == scan.sha256


def test_a_file_altered_while_it_waited_is_not_handed_over(desk: CounterDesk) -> None:
    session, row = desk.signed()
    path = desk.room.scans.path(row.materials[0]["token"])
    path.write_bytes(path.read_bytes() + b" ")
    before = desk.office.staged()

    with pytest.raises(Conflict) as refused:
        finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())
    assert refused.value.code == "counter_file_changed"
    assert desk.office.staged() == before
    assert stored(session.key).state == "signed"


def open_with(desk: CounterDesk, token: str, code: str, *, later: timedelta = timedelta()) -> None:
    open_screen(token=token, code=code, screen=Screen(SCREEN, {}), scans=desk.room.scans, now=now() + later)


def test_a_code_is_used_once(desk: CounterDesk) -> None:
    _, row = desk.signed()
    with pytest.raises(Refused):
        open_with(desk, row.token, CODE)


def asked(desk: CounterDesk) -> tuple[CounterSession, Confirmation]:
    session = desk.open()
    desk.scan(session, marked_batch())
    desk.read()
    return session, desk.ask(session)


def test_a_code_is_spent_after_five_wrong_tries_and_by_time(desk: CounterDesk) -> None:
    session, row = asked(desk)
    with pytest.raises(Refused, match="counter_code_spent"):
        open_with(desk, row.token, CODE, later=CODE_LIFETIME)
    for left in ("4", "3", "2", "1"):
        with pytest.raises(Refused) as refused:
            open_with(desk, row.token, "00000000")
        assert refused.value.params == {"left": left}
    with pytest.raises(Refused, match="counter_code_spent"):
        open_with(desk, row.token, "00000000")

    with pytest.raises(Refused, match="counter_code_spent"):
        open_with(desk, row.token, CODE)
    assert stored(session.key).state == "collecting"
    assert Confirmation.objects.get().void_reason == "tries_spent"


def test_only_the_screen_that_typed_the_code_sees_anything_and_not_for_ever(desk: CounterDesk) -> None:
    _, row = asked(desk)
    open_with(desk, row.token, CODE)

    assert bound_confirmation(token=row.token, screen_sha256=SCREEN, now=now()).key == row.key
    for stranger, moment in (("00" * 32, now()), ("", now()), (SCREEN, now() + VIEWING_LIFETIME)):
        with pytest.raises(NotFound):
            bound_confirmation(token=row.token, screen_sha256=stranger, now=moment)


def test_nothing_is_signed_before_every_material_is_confirmed(desk: CounterDesk) -> None:
    _, row = asked(desk)
    open_with(desk, row.token, CODE)

    with pytest.raises(Conflict, match="counter_material_unconfirmed"):
        desk.sign(row.token)


def test_an_objection_gives_the_pages_back_with_the_words(desk: CounterDesk) -> None:
    session, row = asked(desk)
    open_with(desk, row.token, CODE)
    object_to(token=row.token, screen_sha256=SCREEN, words="第 1 页不是我的", scans=desk.room.scans, now=now())

    assert stored(session.key).state == "collecting"
    assert Confirmation.objects.get().objection == "第 1 页不是我的"
    with pytest.raises(Conflict, match="counter_confirmation_void"):
        desk.sign(row.token)


def test_a_session_given_up_hands_nothing_over_and_keeps_no_picture(
    desk: CounterDesk, django_capture_on_commit_callbacks: Committing
) -> None:
    session, _ = desk.signed()
    with django_capture_on_commit_callbacks(execute=True):
        abandon(session_key=session.key, actor=desk.actor, scans=desk.room.scans, now=now())

    assert not CaseFile.objects.exists()
    assert list((desk.office.home / "scans").iterdir()) == []
    with pytest.raises(MoveNotAllowed):
        abandon(session_key=session.key, actor=desk.actor, scans=desk.room.scans, now=now())
    with pytest.raises(Conflict, match="counter_ended"):
        desk.scan(session, tiff(sheet("late")))


def test_a_clerk_of_another_agency_knows_nothing_of_it(desk: CounterDesk) -> None:
    session = desk.open()
    other = actor_of(make_account("other", Role.CLERK, agency_code=OTHER_AGENCY))
    stranger = replace(desk, actor=other)

    assert open_sessions(other) == []
    assert find_cases(other, "萨仁高娃") == []
    with pytest.raises(NotFound):
        stranger.scan(session, tiff(sheet("p")))
    with pytest.raises(NotFound):
        open_for_case(case_key=session.case_id, station="", actor=other, now=now())
    with pytest.raises(DomainError):
        stranger.open()


def test_a_case_of_a_platform_is_gone_on_with_at_the_counter_but_not_closed_there(desk: CounterDesk) -> None:
    desk.office.integrator.case("539900WSJ2025900001")
    (case,) = find_cases(desk.actor, "539900WSJ2025900001")
    session = open_for_case(case_key=case.key, station="", actor=desk.actor, now=now())
    again = open_for_case(case_key=case.key, station="", actor=desk.actor, now=now())
    assert again.key == session.key
    desk.scan(session, marked_batch())
    desk.read()
    row = desk.ask(session)
    desk.confirm(row.token)
    desk.sign(row.token)
    finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())

    assert CaseFile.objects.filter(case=case).count() == 3
    with pytest.raises(Conflict, match="counter_case_of_platform"):
        close_case(session_key=session.key, told={}, steps=[], actor=desk.actor, room=desk.room, now=now())


def test_the_evidence_reads_as_a_page(desk: CounterDesk) -> None:
    _, row = desk.signed()
    data = desk.room.scans.path(row.evidence_token).read_bytes()

    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
