from __future__ import annotations

import pytest
from PIL import Image, TiffImagePlugin

from jingui.domain.errors import PermanentFailure
from jingui.formats.copies import TextOriginal, images, make_copy

Colour = int | tuple[int, ...]


def scan(mode="RGB", size=(620, 877), corner=None):
    """A white page with a black upper left quarter."""
    colours: dict[str, tuple[Colour, Colour]] = {
        "RGB": ((255,) * 3, (0,) * 3),
        "RGBA": ((0, 0, 0, 0), (0, 0, 0, 255)),
        "I;16": (65535, 0),
        "CMYK": ((0, 0, 0, 0), (0, 0, 0, 255)),
    }
    white, black = colours.get(mode, (255, 0))
    image = Image.new(mode, size, white)
    image.paste(black, (0, 0, size[0] // 2, size[1] // 2))
    return image


def quarters(picture):
    """Say whether each quarter of the picture is dark: upper left, upper right, lower left, lower right."""
    grey, width, height = picture.convert("L"), picture.width, int(picture.height * 0.92)
    spots = [(0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7)]
    boxes = [(int(x * width) - 9, int(y * height) - 9, int(x * width) + 9, int(y * height) + 9) for x, y in spots]
    return [sum(grey.crop(box).get_flattened_data()) / 324 < 100 for box in boxes]


@pytest.mark.parametrize(
    ("mode", "format_name"),
    [("RGB", "jpeg"), ("L", "jpeg"), ("CMYK", "jpeg"), ("RGB", "png"), ("RGBA", "png"), ("1", "png"), ("P", "png"), ("I;16", "png"), ("1", "tiff"), ("L", "tiff"), ("CMYK", "tiff")],
)  # fmt: skip
def test_a_scan_of_any_kind_becomes_a_stamped_page(mode, format_name, tmp_path, copy_of, stamp):
    source = tmp_path / "scan"
    (scan("L").convert("P") if mode == "P" else scan(mode)).save(source, format_name.upper())

    copy = copy_of(source, format_name)

    assert copy.result.pages == 1
    assert copy.codes() == [stamp.verify_url]
    assert quarters(copy.picture()) == [True, False, False, False]


def test_a_photograph_is_turned_as_its_camera_says(tmp_path, copy_of):
    source, exif = tmp_path / "photo.jpg", Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    scan().save(source, exif=exif)

    copy = copy_of(source, "jpeg")

    assert copy.picture().size == (842, 596)
    assert quarters(copy.picture()) == [False, True, False, False]


def test_where_and_with_what_a_photograph_was_taken_is_not_copied(tmp_path, copy_of):
    source, exif = tmp_path / "photo.jpg", Image.Exif()
    exif[0x010F] = "SecretCamera"
    scan().save(source, exif=exif, comment=b"SecretComment")
    assert b"SecretCamera" in source.read_bytes()

    assert b"Secret" not in copy_of(source, "jpeg").plain()


def test_every_picture_of_a_tiff_becomes_a_page(tmp_path, copy_of, stamp):
    source = tmp_path / "scan.tif"
    scan("1").save(source, save_all=True, append_images=[scan("L", (877, 620)), scan("RGB")], compression="tiff_lzw")

    copy = copy_of(source, "tiff")

    assert copy.result.pages == 3
    assert [copy.picture(page).size for page in range(3)] == [(596, 842), (842, 596), (596, 842)]
    assert all(copy.codes(page) == [stamp.verify_url] for page in range(3))


def test_a_scan_larger_than_needed_is_made_smaller(tmp_path, copy_of):
    source = tmp_path / "large.png"
    Image.effect_noise((5000, 4000), 40).save(source)

    assert copy_of(source, "png").result.bytes < 8_000_000


@pytest.mark.parametrize(
    ("format_name", "kept"), [("jpeg", 0.5), ("png", 0.5), ("tiff", 0.5), ("jpeg", 0), ("png", 0.01)]
)
def test_a_truncated_scan_is_refused(format_name, kept, tmp_path, stamp):
    source = tmp_path / "scan"
    Image.effect_noise((400, 300), 60).save(source, format_name.upper())
    data = source.read_bytes()
    source.write_bytes(data[: int(len(data) * kept)])

    with pytest.raises(PermanentFailure) as stopped:
        make_copy(source, format_name, stamp=stamp, out=tmp_path / "copy.pdf")
    assert stopped.value.code == "copy_source_broken"


def test_a_scan_of_another_format_than_claimed_is_refused(tmp_path, stamp):
    source = tmp_path / "scan.png"
    scan().save(source)

    with pytest.raises(PermanentFailure) as stopped:
        make_copy(source, "tiff", stamp=stamp, out=tmp_path / "copy.pdf")
    assert stopped.value.code == "copy_source_broken"


def test_a_scan_that_unpacks_without_measure_is_refused(tmp_path, stamp):
    source = tmp_path / "bomb.png"
    Image.new("1", (20_000, 10_001)).save(source)
    assert source.stat().st_size < 100_000
    assert images.MAX_PIXELS < 20_000 * 10_001

    with pytest.raises(PermanentFailure) as stopped:
        make_copy(source, "png", stamp=stamp, out=tmp_path / "copy.pdf")
    assert stopped.value.code == "copy_source_too_large"


def test_odd_tags_of_a_scan_raise_no_warning(tmp_path, copy_of):
    source, tags = tmp_path / "odd.tif", TiffImagePlugin.ImageFileDirectory_v2()
    tags[65000] = "private"
    scan("L").save(source, tiffinfo=tags)

    assert copy_of(source, "tiff").result.pages == 1


ORIGINAL = TextOriginal(("企业设立登记\n云泽市天工商贸有限公司 #let $x *b*", "第二页的文字"), "ab" * 32)


def test_the_copy_of_an_ofd_says_that_it_is_text_only_and_of_which_original(tmp_path, copy_of, stamp):
    copy = copy_of(tmp_path / "unread.ofd", "ofd", text=ORIGINAL)

    assert (copy.result.pages, copy.result.note) == (2, "copy_text_only")
    for page in (0, 1):
        assert "只列出 OFD 原件的文字" in copy.text(page)
        assert "ab" * 32 in copy.text(page)
        assert copy.codes(page) == [stamp.verify_url]
    assert "云泽市天工商贸有限公司 #let $x *b*" in copy.text(0)
    assert "第二页的文字" in copy.text(1)
    assert "原件第 2 页，共 2 页" in copy.text(1)


def test_a_long_page_of_text_runs_over_several_pages(tmp_path, copy_of):
    copy = copy_of(tmp_path / "x.ofd", "ofd", text=TextOriginal(("很长的一页文字\n" * 200,), "ab" * 32))

    assert copy.result.pages > 3


@pytest.mark.parametrize("text", [None, TextOriginal((), "ab" * 32), TextOriginal((" \n",), "ab" * 32)])
def test_an_ofd_without_text_is_refused(text, tmp_path, stamp):
    with pytest.raises(PermanentFailure) as stopped:
        make_copy(tmp_path / "x.ofd", "ofd", stamp=stamp, out=tmp_path / "copy.pdf", text=text)
    assert stopped.value.code == "copy_text_missing"


def test_characters_without_a_picture_do_not_stop_the_copy(tmp_path, copy_of):
    copy = copy_of(tmp_path / "x.ofd", "ofd", text=TextOriginal(("文\x00字\ud800\u202e\t结尾",), "ab" * 32))

    assert "文字" in copy.text().replace("\r\n", "")
