"""Page images show the page that was asked for, bounded in size."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from tests.formats.reading import made_files as made

from jingui.adapters.rendering import MAX_WIDTH, PageImages, reading_aid_caption
from jingui.adapters.rendering.ofd_shapes import Matrix, matrix_of, outlines
from jingui.domain.errors import PermanentFailure

Render = Callable[..., Image.Image]


@pytest.fixture(scope="module")
def pages() -> Iterator[PageImages]:
    with PageImages() as renderer:
        yield renderer


@pytest.fixture
def render(pages: PageImages, tmp_path: Path) -> Render:
    def draw(data: bytes, format_name: str, *, page: int = 0, width: int = 300) -> Image.Image:
        path = tmp_path / "staged"
        path.write_bytes(data)
        image = Image.open(io.BytesIO(pages.render(path, format_name, page=page, width=width)))
        assert image.format == "PNG"
        return image

    return draw


def ink(image: Image.Image, box: tuple[float, float, float, float]) -> int:
    """Count dark pixels inside a box given in parts of the page."""
    grey = image.convert("L")
    left, top, right, bottom = box
    part = grey.crop(
        (int(left * grey.width), int(top * grey.height), int(right * grey.width), int(bottom * grey.height))
    )
    return sum(part.histogram()[:128])


@pytest.mark.parametrize(
    ("name", "format_name", "ratio"),
    [
        ("证照.pdf", "pdf", 842 / 595),
        ("证照.ofd", "ofd", 297 / 210),
        ("扫描.jpg", "jpeg", 0.75),
        ("扫描.png", "png", 0.75),
    ],
)
def test_a_page_is_as_wide_as_asked_and_keeps_its_proportions(
    render: Render, name: str, format_name: str, ratio: float
) -> None:
    image = render(made.SOUND[name], format_name, width=400)

    assert image.width == 400
    assert abs(image.height - 400 * ratio) <= 1


def test_a_pdf_page_shows_its_text_where_it_stands(render: Render) -> None:
    image = render(made.SOUND["证照.pdf"], "pdf", page=1)

    assert ink(image, (0.1, 0.1, 0.9, 0.2)) > 100
    assert ink(image, (0.1, 0.5, 0.9, 0.9)) == 0


def test_an_ofd_page_shows_text_and_lines_at_their_coordinates(render: Render) -> None:
    image = render(made.SOUND["证照.ofd"], "ofd", page=1, width=600)

    assert ink(image, (20 / 210, 30 / 297, 120 / 210, 42 / 297)) > 500
    assert ink(image, (20 / 210, 59 / 297, 120 / 210, 62 / 297)) > 200
    assert ink(image, (0, 0.3, 1, 1)) == 0


def test_only_an_ofd_page_needs_a_caption() -> None:
    assert "阅读" in reading_aid_caption("ofd")
    assert reading_aid_caption("pdf") == ""


def test_a_photograph_is_turned_upright(render: Render) -> None:
    picture = Image.new("RGB", (80, 40), "white")
    picture.paste("black", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # the left side of what is stored is its top
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)

    image = render(buffer.getvalue(), "jpeg", width=100)

    assert image.size == (100, 200)
    assert ink(image, (0, 0, 1, 0.45)) > 8000
    assert ink(image, (0, 0.55, 1, 1)) == 0


def test_the_second_page_of_a_tiff_is_another_picture(render: Render) -> None:
    first, second = (render(made.SOUND["扫描.tif"], "tiff", page=page) for page in (0, 1))

    assert first.height < first.width
    assert second.height > second.width


def test_transparency_becomes_white(render: Render) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(buffer, "PNG")

    assert ink(render(buffer.getvalue(), "png"), (0, 0, 1, 1)) == 0


@pytest.mark.parametrize(("width", "expected"), [(100_000, MAX_WIDTH), (-5, 16)])
def test_the_width_is_bounded(render: Render, width: int, expected: int) -> None:
    assert render(made.SOUND["扫描.png"], "png", width=width).width == expected


def test_a_very_tall_page_is_drawn_narrower(render: Render) -> None:
    def stretch(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.MediaBox = pikepdf.Array([0, 0, 10, 14_000])

    image = render(made.saved_pdf(pages=1, change=stretch), "pdf", width=2000)

    assert image.width * image.height <= 17_000_000


@pytest.mark.parametrize(
    ("data", "format_name", "page", "code"),
    [
        (made.SOUND["证照.pdf"], "pdf", 2, "no_such_page"),
        (made.SOUND["证照.ofd"], "ofd", 2, "no_such_page"),
        (made.SOUND["扫描.tif"], "tiff", 2, "no_such_page"),
        (made.SOUND["扫描.png"], "png", -1, "no_such_page"),
        (made.encrypted_pdf("geheim"), "pdf", 0, "encrypted"),
        (made.SOUND["证照.pdf"][:300], "pdf", 0, "page_not_drawn"),
        (made.SOUND["证照.ofd"][:300], "ofd", 0, "page_not_drawn"),
        (made.SOUND["扫描.png"][:60], "png", 0, "page_not_drawn"),
        (made.SOUND["说明.txt"], "text", 0, "format_not_rendered"),
        (
            made.zipped(made.ofd_entries() | {"Doc_0/Pages/Page_0/Content.xml": made.BILLION_LAUGHS}),
            "ofd",
            0,
            "page_not_drawn",
        ),
    ],
)
def test_what_cannot_be_drawn_says_why(render: Render, data: bytes, format_name: str, page: int, code: str) -> None:
    with pytest.raises(PermanentFailure) as caught:
        render(data, format_name, page=page)

    assert caught.value.code == code


def test_path_data_are_flattened_and_hostile_ones_end(render: Render) -> None:
    assert outlines("M 0 0 L 10 0 C", Matrix()) == [[(0, 0), (10, 0), (0, 0)]]
    assert len(outlines("M 0 0 B 0 5 5 10 10 10", Matrix())[0]) == 13
    assert outlines("M 0 0 L nonsense", Matrix()) == [[(0.0, 0.0)]]
    assert outlines("L 1 1 X", Matrix()) == []
    assert matrix_of("2 0 0 2 1 1").then_shifted(1, 0).then_scaled(10).apply(1, 1) == (40, 30)


@pytest.mark.corpora
def test_every_real_ofd_and_scan_is_drawn(pages: PageImages, corpora: Path) -> None:
    kinds = {".ofd": "ofd", ".jpg": "jpeg", ".png": "png"}
    for folder in ("ofd", "scans"):
        for path in sorted((corpora / "data" / folder).rglob("*")):
            if path.suffix in kinds:
                assert pages.render(path, kinds[path.suffix], page=0, width=200).startswith(b"\x89PNG")
