"""Putting pages into one PDF without touching their pictures."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops, ImageStat
from tests import scans

from jingui.domain.capture.pages import PagePart, RecognisedLine, RecognisedText
from jingui.domain.errors import Invalid
from jingui.formats.scanning.assembling import assemble
from jingui.formats.scanning.measuring import ink_mask, skew_degrees
from jingui.formats.scanning.placing import Placement


def pictures(data: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(data)) as made:
        return [page.resources.XObject.Im0.read_raw_bytes() for page in made.pages]


def drawn(data: bytes, page: int = 0) -> Image.Image:
    shown: Image.Image = pdfium.PdfDocument(data)[page].render(scale=2).to_pil()
    return shown.convert("L")


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures differ on average, 0 (alike) to 255."""
    return float(ImageStat.Stat(ImageChops.difference(one, other.resize(one.size))).mean[0])


def test_a_jpeg_goes_in_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(scans.jpeg(scans.form()))

    made = assemble([Placement(path, 0, quarter_turns=1, skew_degrees=2.0)], title="申请表")

    assert pictures(made) == [path.read_bytes()]


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "RGBA", "LA"])
def test_a_png_of_any_kind_looks_as_it_did(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "page.png"
    scans.form().convert("RGB").convert(mode).save(path, dpi=(200, 200))

    made = assemble([Placement(path, 0)], title="申请表")

    assert likeness(drawn(made), scans.form()) < 3


def test_pages_of_a_tiff_are_packed_without_loss(tmp_path: Path) -> None:
    pages = [scans.scanned(scans.form()), scans.scanned(scans.form("承诺书"))]
    path = scans.write_tiff(tmp_path / "batch.tif", pages, compression="tiff_lzw")

    made = assemble([Placement(path, 1), Placement(path, 0)], title="申请表")

    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert [page.resources.XObject.Im0.read_bytes() for page in pdf.pages] == [
            pages[1].tobytes(),
            pages[0].tobytes(),
        ]


def test_a_crooked_page_is_shown_level(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(scans.jpeg(scans.scanned(scans.form(), clockwise=3.0, turns=3)))

    level = assemble([Placement(path, 0, quarter_turns=1, skew_degrees=-3.0)], title="申请表")
    crooked = assemble([Placement(path, 0, quarter_turns=1)], title="申请表")

    assert skew_degrees(ink_mask(drawn(level))) == pytest.approx(0, abs=0.2)
    assert skew_degrees(ink_mask(drawn(crooked))) == pytest.approx(-3, abs=0.2)
    assert likeness(drawn(level), scans.form()) < likeness(drawn(crooked), scans.form())


def test_a_page_of_a_pdf_is_copied_and_turned(tmp_path: Path) -> None:
    path = scans.write_pdf(tmp_path / "batch.pdf", [scans.paper(), scans.scanned(scans.form(), clockwise=3.0, turns=3)])

    level = assemble([Placement(path, 1, quarter_turns=1, skew_degrees=-3.0)], title="申请表")
    crooked = assemble([Placement(path, 1, quarter_turns=1)], title="申请表")

    assert skew_degrees(ink_mask(drawn(level))) == pytest.approx(0, abs=0.2)
    assert skew_degrees(ink_mask(drawn(crooked))) == pytest.approx(-3, abs=0.2)
    assert likeness(drawn(level), scans.form()) < likeness(drawn(crooked), scans.form())


def test_the_text_of_a_page_can_be_found_but_is_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(scans.jpeg(scans.form()))
    lines = (
        RecognisedLine("护士执业注册申请审核表", (0.3, 0.09, 0.7, 0.12), 0.99),
        RecognisedLine("𠮷某某", (0.1, 0.2, 0.2, 0.22), 0.9),
    )
    text = RecognisedText(lines, "test", "1", PagePart.WHOLE)

    made = assemble([Placement(path, 0, text=text)], title="申请表")

    page = pdfium.PdfDocument(made)[0].get_textpage()
    assert page.get_text_range().split() == ["护士执业注册申请审核表", "𠮷某某"]
    left, bottom, right, top = page.get_charbox(5)
    width, height = pdfium.PdfDocument(made)[0].get_size()
    assert 0.3 <= left / width < right / width <= 0.71
    assert 0.87 <= bottom / height < top / height <= 0.92
    assert likeness(drawn(made), drawn(assemble([Placement(path, 0)], title="申请表"))) == 0


TITLE = RecognisedText((RecognisedLine("护士执业注册申请审核表", (0.3, 0.09, 0.7, 0.12), 0.99),), "test", "1")


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_the_text_stands_over_a_page_of_a_pdf_however_it_is_turned(tmp_path: Path, turns: int) -> None:
    path = scans.write_pdf(tmp_path / "batch.pdf", [scans.scanned(scans.form(), turns=-turns % 4)])

    made = assemble([Placement(path, 0, quarter_turns=turns, text=TITLE)], title="申请表")

    page = pdfium.PdfDocument(made)[0]
    assert page.get_textpage().get_text_range() == "护士执业注册申请审核表"
    left, bottom, right, top = page.get_textpage().get_charbox(5)
    width, height = page.get_size()
    assert ((left + right) / 2 / width, (bottom + top) / 2 / height) == pytest.approx((0.5, 0.895), abs=0.02)
    assert likeness(drawn(made), scans.form()) < 6


def test_a_page_that_brings_letters_of_its_own_gets_no_second_set(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(scans.jpeg(scans.form()))
    lettered = tmp_path / "lettered.pdf"
    lettered.write_bytes(assemble([Placement(path, 0, text=TITLE)], title="申请表"))

    made = assemble([Placement(lettered, 0, text=TITLE)], title="申请表")

    assert pdfium.PdfDocument(made)[0].get_textpage().get_text_range() == "护士执业注册申请审核表"


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(scans.jpeg(scans.form()))

    assert assemble([Placement(path, 0)], title="甲") == assemble([Placement(path, 0)], title="甲")


def test_nothing_to_put_together_and_pages_that_are_not_there_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(scans.jpeg(scans.form()))

    for pages, code in (([], "scan_without_pages"), ([Placement(path, 1)], "scan_no_such_page")):
        with pytest.raises(Invalid) as caught:
            assemble(pages, title="")
        assert caught.value.problems[0].code == code
