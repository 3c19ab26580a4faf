"""Our own converters in their confined process, their results opened by our readers."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
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


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100"'
    ' onload="alert(1)"><title>位置图</title><style>rect {{ fill: red }}</style><script>alert("脚本")</script>'
    '<text x="10" y="50">审批</text><rect x="100" y="10" width="50" height="50"/>'
    '<image width="50" height="50" {address}/></svg>'
)
ENTITIES = (
    b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (at + 1, b"&%c;" % at * 10) for at in range(97, 104))
    + b']><svg xmlns="http://www.w3.org/2000/svg"><text>&h;</text></svg>'
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


def drawing(address: str = 'href="data:image/png;base64,{}"') -> bytes:
    return SVG.format(address=address.format(base64.b64encode(picture("PNG")).decode())).encode()


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
        ("svg", "pdfa", ENTITIES, "markup_not_read"),
        ("svg", "pdfa", b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "markup_not_read"),
        ("svg", "pdfa", b"<svg", "markup_not_read"),
        ("svg", "pdfa", drawing('xlink:href="beside.png"'), "drawing_not_taken"),
        ("svg", "pdfa", drawing('href="data:image/svg+xml;base64,{}"'), "drawing_not_taken"),
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


def test_a_drawing_becomes_a_page_of_pdfa_with_its_words_behind(converter: OwnConverter, tmp_path: Path) -> None:
    found = compared(converter, tmp_path, drawing(), "svg")

    assert shortcomings(found) == ()
    assert (found.pages[1], found.text_kept) == (2, 10_000)
    assert found.remarks == ("javascript",)
    with pikepdf.open(tmp_path / "after.pdf") as document:
        first = document.pages[0]
        assert float(first.MediaBox[2]) > float(first.MediaBox[3])
        assert [(int(one.Width), int(one.Height)) for one in images(document)] == [(60, 40)]


def images(document: pikepdf.Pdf) -> list[pikepdf.Stream]:
    streams = [one for one in document.objects if isinstance(one, pikepdf.Stream)]
    return [one for one in streams if one.get("/Subtype") == "/Image"]


@pytest.mark.parametrize("address", ['href="{secret}"', 'xlink:href="http://127.0.0.1:9/a.png"'])
def test_a_drawing_takes_nothing_from_elsewhere_and_the_comparison_says_so(
    converter: OwnConverter, tmp_path: Path, address: str
) -> None:
    (tmp_path / "secret.png").write_bytes(picture("PNG"))
    data = SVG.format(address=address.format(secret=(tmp_path / "secret.png").as_uri())).encode()

    found = compared(converter, tmp_path, data, "svg")

    assert shortcomings(found) == ()
    assert "external_links" in found.remarks
    with pikepdf.open(tmp_path / "after.pdf") as document:
        assert images(document) == []
