"""GIF to its trailer, the resolution of scans, and pictures in PDFs against the size that is told of them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import img2pdf
import pikepdf
import pytest
from PIL import Image

from jingui.domain.records.facts import Reading
from jingui.formats.reading import read


def read_bytes(folder: Path, name: str, data: bytes) -> Reading:
    path = folder / "file"
    path.write_bytes(data)
    return read(path, name)[0]


def codes_of(reading: Reading) -> set[str]:
    return {code for code, _ in reading.defects}


def saved(kind: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 50).save(buffer, kind, **options)
    return buffer.getvalue()


def moving_gif() -> bytes:
    return saved("GIF", save_all=True, append_images=[Image.effect_noise((60, 40), 90) for _ in range(3)])


@pytest.mark.parametrize(
    "data", [saved("GIF"), moving_gif(), saved("GIF", (1, 1)), saved("GIF", interlace=1, comment=b"x")]
)
def test_a_sound_gif_has_no_defect(tmp_path: Path, data: bytes) -> None:
    reading = read_bytes(tmp_path, "a.gif", data)

    assert (reading.is_readable, reading.defects) == (True, ())


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_gif_that_was_cut_off_is_truncated(tmp_path: Path, kept: float) -> None:
    data = moving_gif()

    reading = read_bytes(tmp_path, "a.gif", data[: int(len(data) * kept)])

    assert (reading.is_readable, codes_of(reading)) == (False, {"truncated"})


def test_a_gif_without_its_trailer_needs_repair(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, "a.gif", saved("GIF")[:-1])

    assert (reading.is_readable, codes_of(reading)) == (True, {"needs_repair"})


def test_what_stands_behind_the_trailer_of_a_gif_is_told(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, "a.gif", saved("GIF") + b"%PDF-1.4 " + b"x" * 200)

    assert codes_of(reading) == {"trailing_data"}
    assert "polyglot: gif and pdf" in reading.notes


def test_a_damaged_later_frame_of_a_gif_is_found(tmp_path: Path) -> None:
    data = bytearray(moving_gif())
    second = data.index(b"\x2c\0\0\0\0", data.index(b"\x2c\0\0\0\0") + 1)
    data[second] = 0x2D

    assert read_bytes(tmp_path, "a.gif", bytes(data)).is_readable is False


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.tif", "TIFF"), ("a.bmp", "BMP")])
def test_the_resolution_that_a_scan_tells_is_noted(tmp_path: Path, name: str, kind: str) -> None:
    assert "resolution: 300 dpi" in read_bytes(tmp_path, name, saved(kind, dpi=(300, 300))).notes


def test_the_lower_of_two_resolutions_counts(tmp_path: Path) -> None:
    assert "resolution: 100 dpi" in read_bytes(tmp_path, "a.jpg", saved("JPEG", dpi=(300, 100))).notes


def test_a_picture_that_tells_no_resolution_has_none(tmp_path: Path) -> None:
    assert not any("dpi" in note for note in read_bytes(tmp_path, "a.png", saved("PNG")).notes)


def test_a_scanned_page_has_the_resolution_of_its_picture_on_the_page(tmp_path: Path) -> None:
    fine, coarse = saved("JPEG", (1200, 1600), dpi=(300, 300)), saved("JPEG", (400, 600), dpi=(100, 100))

    reading = read_bytes(tmp_path, "a.pdf", img2pdf.convert([fine, coarse]))

    assert "resolution: 100 dpi, page 2" in reading.notes


@pytest.mark.parametrize("kind", ["JPEG", "JPEG2000"])
def test_a_picture_of_another_size_than_the_pdf_tells_is_told(tmp_path: Path, kind: str) -> None:
    def document(height: int) -> bytes:
        buffer = io.BytesIO()
        with pikepdf.open(io.BytesIO(img2pdf.convert(saved(kind, (80, 60))))) as pdf:
            (picture,) = pdf.pages[0].obj.Resources.XObject.values()
            picture.Height = height
            pdf.save(buffer)
        return buffer.getvalue()

    assert read_bytes(tmp_path, "a.pdf", document(60)).defects == ()
    assert read_bytes(tmp_path, "a.pdf", document(50)).defects == (
        ("needs_repair", "a picture of 80×60 pixels is said to have 80×50"),
    )


def tiff_of(*directories: dict[int, tuple[int, int]]) -> bytes:
    """Write directories of tags, each a type and a value, behind eight bytes of pixels."""
    data, links = b"II*\0\0\0\0\0" + bytes(8), [4]
    for tags in directories:
        data = data[: links[-1]] + struct.pack("<I", len(data)) + data[links[-1] + 4 :]
        rows = [struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in sorted(tags.items())]
        data += struct.pack("<H", len(rows)) + b"".join(rows)
        links.append(len(data))
        data += bytes(4)
    return data


PAGE = {
    256: (3, 8),
    257: (3, 8),
    258: (3, 1),
    259: (3, 1),
    262: (3, 1),
    273: (4, 8),
    277: (3, 1),
    278: (3, 8),
    279: (4, 8),
}
PREVIEW = {254: (4, 1), 259: (3, 6), 513: (4, 8), 514: (4, 8)}


def test_a_thumbnail_without_a_size_is_no_page_of_a_tiff(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, "扫描.tif", tiff_of(PAGE, PREVIEW))

    assert (reading.page_count, reading.is_readable, reading.defects) == (1, True, ())


def test_a_raw_photograph_of_previews_is_not_called_damaged(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, "底片.arw", tiff_of(PREVIEW))

    assert (reading.is_readable, reading.defects) == (None, ())
    assert "structure_only: previews only" in reading.notes


def test_a_compression_that_is_not_known_is_told_and_no_damage(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, "底片.pef", tiff_of(PAGE | {259: (3, 65_535)}))

    assert (reading.is_readable, reading.defects) == (None, ())
    assert "structure_only: compression 65535" in reading.notes


def test_a_page_without_a_size_is_damage(tmp_path: Path) -> None:
    without = {tag: value for tag, value in PAGE.items() if tag not in (256, 257)}

    assert codes_of(read_bytes(tmp_path, "扫描.tif", tiff_of(without))) == {"damaged_structure"}


def test_what_is_told_of_damage_does_not_tell_where_the_file_lies(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, "图.jp2", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 " + bytes(60))

    assert reading.is_readable is False
    assert str(tmp_path) not in str(reading.defects)
