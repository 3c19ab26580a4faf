"""Measuring and preparing pages of scans."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from tests import scans

from jingui.domain.capture.pages import PageFacts, PageWarning, is_blank, page_warnings, separator_code
from jingui.domain.errors import Invalid
from jingui.formats.scanning.opening import DEFAULT_LIMITS, ScanLimits, opened
from jingui.formats.scanning.preparing import prepare, upright


def measured(path: Path, image: Image.Image, *, dpi: int = 200) -> PageFacts:
    target = path / "page.jpg"
    target.write_bytes(scans.jpeg(image, dpi=dpi))
    with opened(target) as scan:
        return prepare(scan, 0)[0]


def prepare_all(path: Path, limits: ScanLimits) -> None:
    with opened(path, limits=limits) as scan:
        for number in range(scan.page_count):
            prepare(scan, number)


def refusal(path: Path, content: bytes, *, limits: ScanLimits = DEFAULT_LIMITS) -> str:
    target = path / "scan"
    target.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        prepare_all(target, limits)
    return caught.value.problems[0].code


@pytest.mark.parametrize("clockwise", [-9.0, -0.8, 3.5])
def test_the_skew_of_a_page_is_measured_within_a_quarter_of_a_degree(tmp_path: Path, clockwise: float) -> None:
    facts = measured(tmp_path, scans.scanned(scans.form(), clockwise=clockwise))

    assert facts.skew_degrees == pytest.approx(-clockwise, abs=0.25)
    assert facts.quarter_turns == 0


@pytest.mark.parametrize("turns", [1, 3])
def test_a_page_on_its_side_is_turned_and_levelled(tmp_path: Path, turns: int) -> None:
    facts = measured(tmp_path, scans.scanned(scans.form(), clockwise=2.0, turns=turns))

    assert facts.quarter_turns == 1
    assert facts.skew_degrees == pytest.approx(-2.0, abs=0.25)


def test_an_upright_picture_is_level(tmp_path: Path) -> None:
    crooked = scans.scanned(scans.form(), clockwise=4.0)

    level = upright(crooked, quarter_turns=0, skew_degrees=-4.0)

    assert measured(tmp_path, level).skew_degrees == pytest.approx(0.0, abs=0.25)


def test_what_a_camera_says_of_its_orientation_counts(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    target = tmp_path / "camera.jpg"
    scans.scanned(scans.form(), turns=3).save(target, exif=exif)

    with opened(target) as scan:
        facts, picture = prepare(scan, 0)

    assert facts.quarter_turns == 1
    assert Image.open(io.BytesIO(picture)).size == (scans.WIDTH, scans.HEIGHT)


def test_a_blank_page_is_blank_and_one_line_is_not(tmp_path: Path) -> None:
    blank = measured(tmp_path, scans.scanned(scans.paper()))
    short = measured(tmp_path, scans.scanned(scans.paper("", "本页无正文", ruled=False)))

    assert page_warnings(blank) == (PageWarning.BLANK,)
    assert not is_blank(short)
    assert page_warnings(short) == ()


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"blur": 3.0}, PageWarning.BLURRED),
        ({"light": 0.35}, PageWarning.TOO_DARK),
        ({"clockwise": 3.0}, PageWarning.SKEWED),
    ],
)
def test_what_is_wrong_with_a_page_is_named_alone(
    tmp_path: Path, changes: dict[str, float], warning: PageWarning
) -> None:
    assert page_warnings(measured(tmp_path, scans.scanned(scans.form(), **changes))) == (warning,)  # type: ignore[arg-type]


def test_a_sound_page_has_no_warning(tmp_path: Path) -> None:
    assert page_warnings(measured(tmp_path, scans.scanned(scans.form(), clockwise=0.5))) == ()


def test_low_resolution_is_told_by_what_the_file_states_or_by_its_pixels(tmp_path: Path) -> None:
    small = scans.scanned(scans.form()).resize((scans.WIDTH // 2, scans.HEIGHT // 2))

    stated, guessed = measured(tmp_path, small, dpi=100), measured(tmp_path, small, dpi=72)

    assert (stated.dpi, stated.is_dpi_stated) == (100, True)
    assert (guessed.dpi, guessed.is_dpi_stated) == (100, False)
    assert PageWarning.LOW_RESOLUTION in page_warnings(guessed)


@pytest.mark.parametrize("turned", [{"clockwise": 2.0}, {"turns": 2}, {"turns": 1}])
def test_a_separator_sheet_is_known_however_it_lies(tmp_path: Path, turned: dict[str, float]) -> None:
    facts = measured(tmp_path, scans.scanned(scans.separator("A-01", "申请表"), **turned))  # type: ignore[arg-type]

    assert separator_code(facts) == "A-01"


def test_a_page_with_some_other_barcode_separates_nothing() -> None:
    facts = PageFacts(0, 1, 1, 200, True, 0, 0.0, 0.1, 0.9, 255, barcodes=("https://example.org/1",))

    assert separator_code(facts) is None
    assert separator_code(replace(facts, barcodes=("JG-SEP:",))) == ""


def test_a_multi_page_tiff_gives_its_pages_one_after_another(tmp_path: Path) -> None:
    pages = [scans.scanned(scans.form()), scans.scanned(scans.paper()), scans.scanned(scans.form("承诺书"))]
    path = scans.write_tiff(tmp_path / "batch.tif", pages)

    with opened(path) as scan:
        found = [is_blank(prepare(scan, number)[0]) for number in range(scan.page_count)]

    assert found == [False, True, False]


def test_black_and_white_fax_pages_are_measured(tmp_path: Path) -> None:
    path = scans.write_tiff(tmp_path / "fax.tif", [scans.form().convert("1")], compression="group4")

    with opened(path) as scan:
        assert page_warnings(prepare(scan, 0)[0]) == ()


def test_a_scanned_pdf_tells_the_resolution_of_its_pictures(tmp_path: Path) -> None:
    path = scans.write_pdf(tmp_path / "batch.pdf", [scans.scanned(scans.form()).resize((827, 1169))])

    with opened(path) as scan:
        facts = prepare(scan, 0)[0]

    assert facts.dpi == 200  # as the file says: a page of half the size
    assert (facts.width, facts.height) == (827, 1169)


def test_what_is_no_scan_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"PK\3\4 something else") == "scan_form_unknown"
    assert refusal(tmp_path, b"") == "scan_form_unknown"


def test_broken_scans_are_refused(tmp_path: Path) -> None:
    whole = scans.jpeg(scans.form())

    assert refusal(tmp_path, whole[: len(whole) // 2]) == "scan_damaged"
    assert refusal(tmp_path, b"II*\0\xff\xff\xff\x7f") == "scan_damaged"
    assert refusal(tmp_path, b"%PDF-1.7 nothing") == "scan_damaged"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )

    assert refusal(tmp_path, bomb) == "scan_too_large"


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    path = scans.write_tiff(tmp_path / "many.tif", [Image.new("1", (8, 8))] * 4, compression="group4")

    assert refusal(tmp_path, path.read_bytes(), limits=ScanLimits(pages=3)) == "scan_too_many_pages"


def test_an_encrypted_pdf_is_refused_as_such(tmp_path: Path) -> None:
    target = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(target, encryption=pikepdf.Encryption(user="x", owner="y"))

    assert refusal(tmp_path, target.getvalue()) == "scan_encrypted"
