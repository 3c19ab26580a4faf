"""The words of scanned pages behind the picture of the file that is archived, with the recogniser that is installed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from tests import scans
from tests.builders import now
from tests.personas import Office
from tests.usecases.counter_desk import CounterDesk, open_counter, pages_of

from jingui.adapters.recognition import NoRecogniser, choose_recogniser
from jingui.db.models import CounterPage, CounterPageText, CounterSession
from jingui.domain.capture.confirmation import materials_from_plain
from jingui.domain.capture.counter import PageAct
from jingui.ports import TextRecogniser
from jingui.usecases.capture.counter import page_texts
from jingui.usecases.capture.counter.finishing import close_case, finish

needs_engine = pytest.mark.skipif(find_spec("rapidocr") is None, reason="requirements/ocr.in is not installed")


def desk_of(office: Office, recogniser: TextRecogniser) -> CounterDesk:
    """Give a counter that lays the words of pages behind their pictures."""
    instance = replace(office.services.instance, layers_text=True)
    standing_in: Any = recogniser  # the services name their own kinds
    return open_counter(replace(office, services=replace(office.services, recogniser=standing_in, instance=instance)))


@pytest.fixture
def desk(office: Office) -> Iterator[CounterDesk]:
    """Give one whose machine reads words."""
    recogniser = choose_recogniser(is_wanted=True)
    yield desk_of(office, recogniser)
    recogniser.close()


@pytest.fixture
def silent(office: Office) -> CounterDesk:
    """Give one whose machine reads none."""
    return desk_of(office, NoRecogniser())


def taken(desk: CounterDesk, tmp_path: Path) -> CounterSession:
    """Scan a form and a decision, and assign them."""
    session = desk.open()
    pages = [
        scans.paper("护士执业注册申请审核表", "毕业院校　　云泽医学院护理系", ruled=False),
        scans.paper("准予护士执业注册决定书", "云泽市卫生健康委员会", ruled=False),
    ]
    desk.scan(session, scans.write_tiff(tmp_path / "批次.tif", pages).read_bytes(), name="批次.tif")
    while not pages_of(session):
        desk.read()
    for page, code in zip(pages_of(session), ("A01", "C01"), strict=True):
        desk.act(session, PageAct.ASSIGN, page, value=code)
    desk.read()
    return session


def say(page: CounterPage, text: str, *, turned: int = 0) -> None:
    """Note what a page says, as if it had been read."""
    line = {"text": text, "box": [0.3, 0.09, 0.7, 0.12], "confidence": 0.9}
    told = {"turned": turned, "asked_turned": page.turned, "lines": [line], "engine": "test 1", "at": now()}
    CounterPageText.objects.update_or_create(page=page, defaults=told)


def texts(desk: CounterDesk, session: CounterSession) -> list[str]:
    """Copy the text of the files that are laid before the applicant, as a reader of PDF does."""
    row = desk.ask(session)
    found = []
    for material in materials_from_plain(row.materials):
        with pypdfium2.PdfDocument(io.BytesIO(desk.room.scans.path(material.token).read_bytes())) as opened:
            found.append("".join(page.get_textpage().get_text_range() for page in opened))
    return found


@needs_engine
def test_the_archived_file_carries_its_words_and_the_search_finds_them(desk: CounterDesk, tmp_path: Path) -> None:
    session = taken(desk, tmp_path)
    form, decision = texts(desk, session)
    assert "护士执业注册申请审核表" in form
    assert "云泽医学院护理系" in form
    assert "准予护士执业注册决定书" in decision
    row = session.confirmations.get()
    desk.confirm(row.token)
    desk.sign(row.token)
    finish(session_key=session.key, actor=desk.actor, room=desk.room, now=now())
    at = (now() + timedelta(seconds=1)).isoformat()
    step = {"step_key": "s2", "name": "办结", "started_at": at, "ended_at": at, "handler": "李敏"}
    told = {"kind": "completed", "closed_at": at, "result": "准予"}
    close_case(session_key=session.key, told=told, steps=[step], actor=desk.actor, room=desk.room, now=now())
    desk.read()
    hits = desk.office.services.search.query("云泽医学院护理系", agency_keys=None)
    assert [key.replace("-", "") for key in hits.record_keys] == [session.case_id.hex]


def test_a_file_has_a_layer_only_if_all_its_pages_were_read_as_they_stand(silent: CounterDesk, tmp_path: Path) -> None:
    session = taken(silent, tmp_path)
    form, decision = pages_of(session)
    say(form, "申请表")
    assert texts(silent, session) == ["申请表", ""]
    say(decision, "决定书", turned=2)
    assert texts(silent, session) == ["申请表", ""]
    silent.act(session, PageAct.TURN, decision, value="2")
    assert texts(silent, session) == ["申请表", "决定书"]
    silent.act(session, PageAct.ASSIGN, decision, value="A01")
    CounterPageText.objects.filter(page=decision).delete()
    assert texts(silent, session) == [""]


def test_a_page_is_read_once_for_each_way_it_was_turned_and_only_where_layers_are_wanted(
    silent: CounterDesk, tmp_path: Path
) -> None:
    session = taken(silent, tmp_path)
    form, decision = pages_of(session)
    wanted = page_texts._next
    assert wanted() == form
    say(form, "申请表")
    assert wanted() == decision
    say(decision, "决定书")
    assert wanted() is None
    silent.act(session, PageAct.TURN, form, value="1")
    assert wanted() == form
    room = replace(silent.room, recogniser=choose_recogniser(is_wanted=True), layers_text=False)
    assert not page_texts.recognise_next_counter_page(room=room, clock=now)
