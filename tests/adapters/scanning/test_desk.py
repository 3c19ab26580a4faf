"""Scans opened in a process of their own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from tests import scans

from jingui.adapters.examination import Confinement
from jingui.adapters.scanning import ConfinedScanDesk
from jingui.domain.capture.pages import PageFacts, RecognisedLine, RecognisedText, split_pages
from jingui.domain.errors import Invalid
from jingui.formats.scanning.placing import Placement, placed


@pytest.fixture(scope="module")
def desk() -> Iterator[ConfinedScanDesk]:
    desk = ConfinedScanDesk()
    yield desk
    desk.close()


def refusal(desk: ConfinedScanDesk, path: Path) -> str:
    with pytest.raises(Invalid) as caught:
        list(desk.pages(path))
    return caught.value.problems[0].code


def test_a_batch_is_read_split_and_assembled_with_its_bytes_untouched(desk: ConfinedScanDesk, tmp_path: Path) -> None:
    batch = [
        scans.scanned(scans.separator("A01")),
        scans.scanned(scans.form(), clockwise=2.0),
        scans.scanned(scans.paper()),
    ]
    path = scans.write_tiff(tmp_path / "批次.tif", batch)
    before = path.read_bytes()

    pages = {page.facts.number: page for page in desk.pages(path)}
    (group,) = split_pages(page.facts for page in pages.values())
    made = desk.assemble([placed(path, pages[number].facts) for number in group.pages], title="申请表")

    assert (group.pages, group.material_code) == ((1,), "A01")
    assert pages[1].upright.startswith(b"\xff\xd8\xff")
    assert path.read_bytes() == before
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 1


def test_recognised_text_goes_into_the_assembled_pdf(desk: ConfinedScanDesk, tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(scans.jpeg(scans.form()))
    text = RecognisedText((RecognisedLine("审核表", (0.3, 0.1, 0.6, 0.12), 0.9),), "x", "1")

    made = desk.assemble([Placement(path, 0, text=text)], title="申请表")

    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert "/JGText" in pdf.pages[0].resources.Font


def test_a_bad_scan_is_refused_and_the_next_one_read(desk: ConfinedScanDesk, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.jpg", tmp_path / "good.jpg"
    good.write_bytes(scans.jpeg(scans.form()))
    bad.write_bytes(good.read_bytes()[:5_000])

    assert refusal(desk, bad) == "scan_damaged"
    assert isinstance(desk.page(good, 0).facts, PageFacts)
    assert refusal(desk, tmp_path / "gone.jpg") == "scan_damaged"


def test_a_scan_over_which_the_process_dies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.new("1", (12_000, 12_000)).save(path)
    desk = ConfinedScanDesk(bounds=Confinement(memory_bytes=400 * 1024**2))

    try:
        assert refusal(desk, path) == "scan_damaged"
    finally:
        desk.close()
