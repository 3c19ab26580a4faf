from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from jingui.interfaces.cli.samplegen.catalogue import items, read_data
from jingui.interfaces.cli.samplegen.drawing import Seal, seal_characters, text_width, wrap
from jingui.interfaces.cli.samplegen.money import money_words
from jingui.interfaces.cli.samplegen.story import DemoCase


def _first(cases: list[DemoCase], code: str, ending: str, item_key: str) -> bytes:
    return next(
        file.content
        for case in cases
        for file in case.files
        if case.item_key == item_key and file.material_code == code and file.name.endswith(ending)
    )


def test_every_document_that_an_item_names_has_a_specification() -> None:
    tables = {"form": "forms", "letter": "letters", "certificate": "certificates", "card": "cards"}
    for item in items().values():
        for material in item.materials:
            kind, _, rest = material.doc.partition(":")
            if kind in tables:
                assert rest.partition(".")[0] in read_data(tables[kind]), (item.key, material.doc)


def test_no_placeholder_is_left_in_the_text_of_a_form(cases: list[DemoCase]) -> None:
    for case in cases:
        for file in case.files:
            if file.name.endswith(".pdf") and file.file_key != case.target:
                text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file.content))
                assert "{" not in text


def test_a_form_fits_its_page_and_shows_name_and_seal_text(cases: list[DemoCase]) -> None:
    document = pypdfium2.PdfDocument(_first(cases, "A01", ".pdf", "nurse_first"))
    assert len(document) == 1
    assert "护士执业注册申请审核表" in document[0].get_textpage().get_text_range()


def test_a_contract_runs_over_two_pages(cases: list[DemoCase]) -> None:
    assert len(pypdfium2.PdfDocument(_first(cases, "A09", ".pdf", "construction"))) == 2


def test_a_scan_is_a_colour_page_with_ink_and_a_red_seal(cases: list[DemoCase]) -> None:
    image = Image.open(io.BytesIO(_first(cases, "A06", ".jpg", "nurse_first"))).convert("RGB")
    assert image.size == (1000, 1414)
    pixels: Any = image.resize((500, 707)).get_flattened_data()
    assert sum(1 for red, green, blue in pixels if red > 150 and green < 110 and blue < 110) > 300
    assert sum(1 for pixel in pixels if max(pixel) < 90) > 300


def test_lines_keep_punctuation_off_their_start_and_numbers_whole() -> None:
    lines = wrap("办理进度可查询，咨询电话：0999-8600085。", width=40, size=4)
    assert all(text_width(line, 4) <= 44.01 for line in lines)
    assert not any(line[0] in "，。：" for line in lines)
    assert any("0999-8600085" in line for line in lines)


def test_a_seal_writes_its_name_from_left_to_right() -> None:
    placed = [char for char in seal_characters(Seal(0, 0, "云泽市公安局")) if char.text in "云局"]
    assert placed[0].x < 0 < placed[1].x


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.05", "零元零伍分"),
        ("1200.30", "壹仟贰佰元叁角整"),
        ("10005.00", "壹万零伍元整"),
        ("8277.05", "捌仟贰佰柒拾柒元零伍分"),
        ("100000.00", "壹拾万元整"),
        ("1000500.00", "壹佰万零伍佰元整"),
    ],
)
def test_amounts_are_written_as_on_cheques(amount: str, words: str) -> None:
    assert money_words(Decimal(amount)) == words
