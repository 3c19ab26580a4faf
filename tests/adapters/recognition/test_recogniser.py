"""Reading pages with the recogniser that is installed, and saying so where none is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from tests import scans

from jingui.adapters.recognition import NoRecogniser, ProcessRecogniser, choose_recogniser
from jingui.domain.capture.pages import PagePart
from jingui.domain.errors import PermanentFailure

needs_engine = pytest.mark.skipif(find_spec("rapidocr") is None, reason="requirements/ocr.in is not installed")


@pytest.fixture(scope="module")
def recogniser() -> Iterator[ProcessRecogniser | NoRecogniser]:
    chosen = choose_recogniser(is_wanted=True)
    yield chosen
    chosen.close()


def test_without_a_recogniser_it_is_said_and_nothing_is_read() -> None:
    none = choose_recogniser(is_wanted=False)

    assert not none.is_available
    with pytest.raises(PermanentFailure) as caught:
        none.recognise(b"", part=PagePart.HEADING)
    assert caught.value.code == "recogniser_missing"


@needs_engine
def test_a_heading_is_read_without_the_rest_of_the_page(recogniser: ProcessRecogniser) -> None:
    image = scans.jpeg(scans.scanned(scans.form(), clockwise=0.5))

    found = recogniser.recognise(image, part=PagePart.HEADING)

    assert found.lines[0].text == "护士执业注册申请审核表"
    assert found.lines[0].confidence > 0.9
    assert 0.08 < found.lines[0].box[1] < found.lines[0].box[3] < 0.13
    assert "申请人签名" not in found.text
    assert found.engine == "rapidocr"
    assert found.version


@needs_engine
def test_a_page_on_its_head_is_read_and_told(recogniser: ProcessRecogniser) -> None:
    found = recogniser.recognise(scans.jpeg(scans.scanned(scans.form(), turns=2)), part=PagePart.HEADING)

    assert found.is_upside_down
    assert found.lines[0].text == "护士执业注册申请审核表"
    assert found.lines[0].box[3] < 0.13


@needs_engine
def test_bytes_that_are_no_page_are_refused_and_the_next_page_is_read(recogniser: ProcessRecogniser) -> None:
    with pytest.raises(PermanentFailure) as caught:
        recogniser.recognise(b"\xff\xd8\xff nothing", part=PagePart.WHOLE)
    assert caught.value.code == "page_not_recognised"

    assert recogniser.recognise(scans.jpeg(scans.paper()), part=PagePart.HEADING).lines == ()
