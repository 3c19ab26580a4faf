"""Sound files are readable, broken ones say what is wrong, and no bytes raise."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest
from tests.formats.reading import made_files as made

from jingui.domain.records.facts import Reading
from jingui.domain.records.formats import EXTENSIONS
from jingui.formats import reading as reading_package
from jingui.formats.reading import DEFECTS, NOTES, READERS, blocking_defects, failed_reading, read


def codes(reading: Reading) -> set[str]:
    return {code for code, _ in reading.defects}


@pytest.mark.parametrize("name", made.SOUND)
def test_a_sound_file_is_readable_and_has_no_defect(reading_of, name: str) -> None:
    reading, _ = reading_of(made.SOUND[name], name)

    assert (reading.is_readable, reading.defects, reading.is_encrypted) == (True, (), False)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("证照.pdf", "Licence page 2"),
        ("证照.ofd", "准予许可决定书\n东莞市食品经营许可证1\n东莞市食品经营许可证2"),
        ("过程.xml", "受理 办结"),
        ("数据.json", "食品经营许可"),
        ("说明.txt", "关于食品经营许可的说明"),
        ("页.html", "公示"),
        ("批复.docx", "关于申请的批复\n第二段"),
        ("申请.odt", "申请书\n正文"),
        ("稿.rtf", "申请\nsecond"),
        ("信.eml", "通知"),
    ],
)
def test_the_text_of_a_born_digital_file_is_taken(reading_of, name: str, words: str) -> None:
    _, text = reading_of(made.SOUND[name], name)

    assert words in text


@pytest.mark.parametrize(("name", "pages"), [("证照.pdf", 2), ("证照.ofd", 2), ("扫描.tif", 2), ("扫描.png", 1)])
def test_pages_are_counted(reading_of, name: str, pages: int) -> None:
    assert reading_of(made.SOUND[name], name)[0].page_count == pages


@pytest.mark.parametrize(
    "name", [name for name in made.SOUND if name.endswith((".pdf", ".png", ".jpg", ".tif", ".wav"))]
)
def test_a_file_cut_in_half_is_found_truncated(reading_of, name: str) -> None:
    data = made.SOUND[name]

    reading, _ = reading_of(data[: len(data) // 2], name)

    assert reading.is_readable is False
    assert "truncated" in codes(reading)


@pytest.mark.parametrize("name", ["证照.ofd", "批复.docx", "申请.odt", "包.zip"])
def test_a_container_cut_in_half_is_found_truncated_and_not_called_something_else(reading_of, name: str) -> None:
    data = made.SOUND[name]

    reading, _ = reading_of(data[: len(data) // 2], name)

    assert reading.is_readable is False
    assert codes(reading) == {"truncated"}


@pytest.mark.parametrize("password", ["geheim", ""])
def test_an_encrypted_pdf_is_encrypted_whatever_its_password(reading_of, password: str) -> None:
    reading, _ = reading_of(made.encrypted_pdf(password), "证照.pdf")

    assert (reading.is_encrypted, reading.is_readable, codes(reading)) == (True, False, {"encrypted"})


@pytest.mark.parametrize(
    ("change", "note"),
    [(made.add_script, "javascript"), (made.add_launch, "launch_action"), (made.add_attachment, "attachments")],
)
def test_what_a_pdf_can_do_besides_showing_pages_is_noted(reading_of, change, note: str) -> None:
    reading, _ = reading_of(made.saved_pdf(change=change), "证照.pdf")

    assert note in reading.notes
    assert reading.is_readable


def test_a_pdfa_claim_is_found_even_in_a_compressed_stream(reading_of) -> None:
    data = made.saved_pdf(change=made.claim_pdfa, object_stream_mode=pikepdf.ObjectStreamMode.generate)

    reading, _ = reading_of(data, "证照.pdf")

    assert (reading.format_name, reading.format_version, reading.pronom_id) == ("pdfa", "2b", "fmt/477")


def test_a_pdf_without_pages_is_not_readable(reading_of) -> None:
    reading, _ = reading_of(made.saved_pdf(pages=0), "证照.pdf")

    assert (reading.is_readable, codes(reading)) == (False, {"no_pages"})


def test_a_pdf_with_a_wrong_cross_reference_table_is_read_with_a_warning(reading_of) -> None:
    data = made.saved_pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)

    reading, _ = reading_of(re.sub(rb"startxref\n\d+", b"startxref\n7", data), "证照.pdf")

    assert reading.is_readable
    assert codes(reading) == {"needs_repair"}
    assert blocking_defects(reading) == ()


def test_a_png_with_a_flipped_bit_fails_its_checksum(reading_of) -> None:
    data = bytearray(made.SOUND["扫描.png"])
    data[len(data) // 2] ^= 1

    assert codes(reading_of(bytes(data), "扫描.png")[0]) == {"checksum_mismatch"}


def test_a_png_with_too_few_pixels_is_truncated_though_its_checksums_hold(reading_of) -> None:
    reading, _ = reading_of(made.png_of_size(100, 100, b"\0" * 500), "扫描.png")

    assert codes(reading) == {"truncated"}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "BMP"])
def test_a_picture_beyond_the_pixel_limit_is_not_decoded(reading_of, kind: str) -> None:
    reading, _ = reading_of(made.picture(kind, (200, 100)), f"扫描.{kind.lower()}", pixels=19_999)

    assert (reading.is_readable, codes(reading)) == (False, {"too_many_pixels"})


@pytest.mark.parametrize("interlaced_size", [(1, 1), (5, 3), (33, 17)])
def test_an_interlaced_png_is_counted_right(reading_of, interlaced_size: tuple[int, int]) -> None:
    width, height = interlaced_size
    rows = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))]  # fmt: skip
    pixels = b"".join((b"\0" + b"\7" * columns) * count for columns, count in rows if columns > 0)
    data = bytearray(made.png_of_size(width, height, pixels))
    data[28] = 1
    data[29:33] = made.png_chunk(b"IHDR", bytes(data[16:29]))[-4:]

    assert reading_of(bytes(data), "扫描.png")[0].is_readable


def test_a_wrong_extension_is_a_defect_that_names_both(reading_of) -> None:
    reading, _ = reading_of(made.SOUND["扫描.png"], "证照.pdf")

    assert reading.format_name == "png"
    assert reading.defects == (("extension_mismatch", "name says .pdf, content is png"),)


def test_random_bytes_under_a_known_name_are_a_mismatch_and_unread(reading_of) -> None:
    reading, _ = reading_of(bytes(range(256)) * 8, "证照.pdf")

    assert (reading.is_readable, codes(reading), reading.notes) == (None, {"extension_mismatch"}, ("format_unknown",))


def test_an_empty_file_is_a_defect(reading_of) -> None:
    assert reading_of(b"", "证照.pdf")[0].defects == (("empty_file", ""),)


def test_bytes_that_no_text_holds_are_found_behind_the_part_identified(reading_of) -> None:
    reading, _ = reading_of(b"plain text\n" * 1000 + b"\0\1\2" + b"end", "说明.txt")

    assert codes(reading) == {"content_not_text"}


def test_text_in_an_encoding_not_told_is_a_defect(reading_of) -> None:
    reading, _ = reading_of("L'Haÿ-les-Roses\n".encode("latin-1") * 30, "说明.txt")

    assert codes(reading) == {"unknown_encoding"}


def test_text_is_capped_and_free_of_what_databases_refuse(reading_of) -> None:
    _, text = reading_of("\ufeff一二三\r\n四五".encode() + b"\x1b" + "六".encode() * 50, "说明.txt", text_characters=12)

    assert text == "一二三\n四五六六六六"[: len(text)]
    assert len(text) <= 12


def test_sound_that_is_missing_is_found(reading_of) -> None:
    assert codes(reading_of(made.wav(seconds_missing=True), "录音.wav")[0]) == {"truncated"}
    assert codes(reading_of(made.mp3()[:-100], "录音.mp3")[0]) == {"truncated"}
    assert codes(reading_of(made.mp4()[:-20], "录像.mp4")[0]) == {"truncated"}


def test_a_video_is_not_called_readable_without_a_decoder(reading_of) -> None:
    reading, _ = reading_of(made.mp4(), "录像.mp4")

    assert (reading.is_readable, reading.notes) == (None, ("structure_only",))


def test_a_path_that_is_not_there_is_no_defect_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "gone", "证照.pdf")


def test_a_lost_file_is_still_identified_and_never_readable(tmp_path: Path) -> None:
    path = tmp_path / "staged"
    path.write_bytes(made.SOUND["证照.pdf"])

    reading = failed_reading(path, "证照.pdf", code="reader_crashed", detail="signal 11")

    assert (reading.format_name, reading.is_readable) == ("pdf", False)
    assert reading.defects == (("reader_crashed", "signal 11"),)


@pytest.mark.parametrize("name", made.SOUND)
def test_no_damage_raises(reading_of, name: str) -> None:
    data = made.SOUND[name]
    for step in range(1, 24):
        position = len(data) * step // 24
        flipped = bytearray(data)
        for offset in range(position, min(position + 4, len(data))):
            flipped[offset] ^= 0xA5
        for broken in (data[:position], bytes(flipped), data[position:], data + b"\0" * step * 10):
            reading, _ = reading_of(broken, name)
            assert codes(reading) <= set(DEFECTS)
            assert "reader_failed" not in codes(reading), reading


def test_every_code_in_the_readers_is_in_the_tables() -> None:
    folder = Path(reading_package.__file__).parent
    source = "\n".join(path.read_text() for path in folder.glob("*.py") if path.name != "defects.py")

    assert set(re.findall(r'\.(?:defect|refuse)\(\s*"(\w+)"', source)) <= set(DEFECTS)
    assert set(re.findall(r'\.note\(\s*"(\w+)"', source)) <= set(NOTES)


def test_every_format_has_a_reader() -> None:
    assert set(READERS) == set(EXTENSIONS)
