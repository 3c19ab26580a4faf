"""Our own converters in their confined process, their results opened by our readers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.builders import now

from jingui.adapters.conversion import OwnConverter
from jingui.domain.errors import PermanentFailure
from jingui.domain.preservation.migration import ROUTES, Side, compare, shortcomings
from jingui.domain.records.conversions import Comparison
from jingui.formats.reading import read
from jingui.ports import ConversionTask

HTML = (
    "<html><head><title>说明</title><script>alert(1)</script></head><body><h1>标题 #let x</h1>直接的<p>一段 <b>粗</b> $x$"
    "<div>块<ul><li>甲<li>乙<p>丙</ul></div><table><tr><td>1<td>2<tr><td>3</table><pre>a\n  b</pre><img alt='章'>尾</body></html>"
)


@pytest.fixture(scope="module")
def converter() -> Iterator[OwnConverter]:
    made = OwnConverter()
    yield made
    made.close()


def picture(form: str, mode: str = "RGB", frames: int = 1) -> bytes:
    made = io.BytesIO()
    images = [Image.effect_noise((60 + at, 40), 80).convert(mode) for at in range(frames)]
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(made, form, **more)
    return made.getvalue()


def compared(converter: OwnConverter, folder: Path, data: bytes, source: str, target: str = "pdfa") -> Comparison:
    """Convert a file and hold the result against it."""
    before, after = folder / f"before.{source}", folder / f"after.{'pdf' if target == 'pdfa' else target}"
    before.write_bytes(data)
    task = ConversionTask(ROUTES[source, target], source, target, "一个文件", now())
    made = converter.convert(before, task)
    after.write_bytes(made.data)
    sides = [read(path, path.name) for path in (before, after)]
    first, second = (Side(reading, text, sizes) for (reading, text), sizes in zip(sides, made.sizes, strict=True))
    return compare(first, second, target=target, are_pixels_same=made.are_pixels_same)


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("jpeg", picture("JPEG")),
        ("jpeg", picture("JPEG", "L")),
        ("png", picture("PNG")),
        ("png", picture("PNG", "P")),
        ("png", picture("PNG", "1")),
        ("png", picture("PNG", "RGBA")),
        ("tiff", picture("TIFF", frames=3)),
        ("bmp", picture("BMP")),
        ("jp2", picture("JPEG2000")),
        ("gif", picture("GIF", "P")),
    ],
)
def test_pictures_become_pages_of_pdfa_without_a_pixel_changed(
    converter: OwnConverter, tmp_path: Path, source: str, data: bytes
) -> None:
    found = compared(converter, tmp_path, data, source)

    assert shortcomings(found) == ()
    assert found.are_pixels_same is True
    assert found.sizes[0] == found.sizes[1] != ()
    assert found.pages[1] == len(found.sizes[0])


@pytest.mark.parametrize(
    ("source", "target", "data"),
    [("gif", "png", picture("GIF", "P")), ("bmp", "png", picture("BMP")), ("jp2", "tiff", picture("JPEG2000"))],
)
def test_pictures_are_written_in_other_formats_without_loss(
    converter: OwnConverter, tmp_path: Path, source: str, target: str, data: bytes
) -> None:
    found = compared(converter, tmp_path, data, source, target)

    assert shortcomings(found) == ()
    assert found.are_pixels_same is True


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("text", "第一行 #set *x*\n\n\t缩进 $\\int$\r\n末行 \u202e 藏".encode()),
        ("text", "国标编码的文字".encode("gb18030")),
        ("xml", "<?xml version='1.0'?><甲 a='1'>\n  <乙>文字 &amp; 符号</乙>\n</甲>".encode()),
        ("json", '{"姓名": "巴特尔", "号": [1, 2]}'.encode()),
        ("html", HTML.encode()),
        ("html", ("<div>" * 150 + "深处" + "</div>" * 150).encode()),
    ],
)
def test_texts_become_pdfa_with_all_their_words(
    converter: OwnConverter, tmp_path: Path, source: str, data: bytes
) -> None:
    found = compared(converter, tmp_path, data, source)

    assert found.faults == ()
    assert found.text_kept is not None
    assert found.text_kept >= 9_000  # a sign that has no picture of its own is written as its code point


@pytest.mark.parametrize(
    ("source", "target", "data", "code"),
    [
        ("jpeg", "pdfa", b"\xff\xd8\xff\xe0 no picture", "image_not_taken"),
        ("png", "pdfa", picture("PNG")[:-400], "image_not_taken"),
        ("gif", "png", picture("GIF", "P", frames=2), "image_moves"),
        ("text", "pdfa", b"\x00\x01\x02", "text_not_decoded"),
        ("text", "pdfa", b"x" * 200_000, "text_too_long"),
        ("html", "pdfa", b"", "text_not_decoded|markup_not_read"),
        ("html", "pdfa", b"<div>" * 5_000, "markup_not_read"),
    ],
)
def test_what_cannot_be_converted_says_why(
    converter: OwnConverter, tmp_path: Path, source: str, target: str, data: bytes, code: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)

    with pytest.raises(PermanentFailure, match=code):
        converter.convert(path, ConversionTask(ROUTES[source, target], source, target, "x", now()))


def test_the_same_file_gives_the_same_bytes(converter: OwnConverter, tmp_path: Path) -> None:
    path = tmp_path / "file"
    at = now()
    for source, data in (("jpeg", picture("JPEG")), ("html", HTML.encode())):
        path.write_bytes(data)
        task = ConversionTask(ROUTES[source, "pdfa"], source, "pdfa", "x", at)
        assert converter.convert(path, task).data == converter.convert(path, task).data


def test_the_versions_of_what_did_the_work_are_named(converter: OwnConverter) -> None:
    assert converter.version(ROUTES["jpeg", "pdfa"]).startswith("img2pdf ")
    assert converter.version(ROUTES["html", "pdfa"]).startswith("typst ")
