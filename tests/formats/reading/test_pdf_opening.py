"""PDFs that libraries refuse although they are sound, and content that no library misses when it is broken."""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pytest
from tests.formats.reading import made_files as made

READ = "import sys; from pathlib import Path; from jingui.formats.reading import read; print(read(Path(sys.argv[1]), 'a.pdf')[0].notes)"


def one_page(first_number: int = 1, *, content: bytes = b"", declared: str = "") -> bytes:
    """Write a PDF by hand whose objects are numbered from ``first_number``."""
    catalogue, pages, page, stream = range(first_number, first_number + 4)
    packed = content or zlib.compress(b"BT ET")
    bodies = {
        catalogue: f"<</Type/Catalog/Pages {pages} 0 R>>".encode(),
        pages: f"<</Type/Pages/Kids[{page} 0 R]/Count 1>>".encode(),
        page: (f"<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 99 99]/Resources<<>>/Contents {stream} 0 R>>").encode(),
        stream: b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    }
    data, rows = b"%PDF-1.7\n", []
    for number, body in bodies.items():
        rows.append(f"{number} 1\n{len(data):010} 00000 n\r\n".encode())
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = declared or str(stream + 1)
    trailer = f"trailer\n<</Size {size}/Root {catalogue} 0 R>>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + b"xref\n0 1\n0000000000 65535 f\r\n" + b"".join(rows) + trailer.encode()


@pytest.mark.parametrize("first_number", [1, 6_374, 156_000])
def test_numbers_of_objects_may_be_high_in_a_small_file(reading_of, first_number: int) -> None:
    data = one_page(first_number)

    reading, _ = reading_of(data, "摘页.pdf")

    assert (reading.is_readable, reading.page_count, reading.defects) == (True, 1, ())


def test_high_numbers_do_not_make_a_broken_file_sound(reading_of) -> None:
    data = re.sub(rb"/Root \d+ 0 R", b"/Rest 1 0 R", one_page(6_374)).replace(b"/Catalog", b"/Cabinet")

    assert [code for code, _ in reading_of(data, "摘页.pdf")[0].defects] == ["damaged_structure"]


def test_numbers_beyond_what_the_standard_allows_cost_no_memory(reading_of) -> None:
    data = one_page(6_374, declared="9999999").replace(b"/Catalog", b"/Cabinet")

    assert reading_of(data, "摘页.pdf")[0].is_readable is not None


def test_content_of_a_page_that_cannot_be_unpacked_is_damage(reading_of) -> None:
    packed = zlib.compress(b"BT ET")[:2] + b"\xff" * 40

    reading, _ = reading_of(one_page(content=packed), "证照.pdf")

    assert reading.is_readable is False
    assert [code for code, _ in reading.defects] == ["damaged_structure"]
    assert "content of page 1" in reading.defects[0][1]


@pytest.mark.parametrize("content", [zlib.compress(b"BT ET") + b"\r\n", zlib.compress(b"BT ET")[:-4] + b"\0\0\0\0"])
def test_a_wrong_checksum_or_a_line_end_behind_content_is_none(reading_of, content: bytes) -> None:
    assert reading_of(one_page(content=content), "证照.pdf")[0].defects == ()


def test_notes_are_the_same_in_every_process(tmp_path: Path) -> None:
    def add_fonts(pdf: pikepdf.Pdf) -> None:
        names = ("Times-Roman", "Courier", "Symbol", "Helvetica-Bold")
        fonts = {
            f"/{name}": pikepdf.Dictionary(Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(f"/{name}"))
            for name in names
        }
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(fonts))

    path = tmp_path / "a.pdf"
    path.write_bytes(made.saved_pdf(change=add_fonts))
    told = {
        subprocess.run(
            [sys.executable, "-c", READ, str(path)], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1


@pytest.mark.parametrize("is_own_entry_there", [True, False])
def test_a_stream_of_references_need_not_list_itself(reading_of, is_own_entry_there: bool) -> None:
    whole = one_page()
    data = whole[: whole.rindex(b"xref\n0 1")]
    places = [data.index(b"%d 0 obj" % number) for number in range(1, 5)] + [len(data)] * is_own_entry_there
    rows = b"\0\0\0\xff" + b"".join(b"\1" + place.to_bytes(2, "big") + b"\0" for place in places)
    index = b"/Index[0 %d]" % (len(places) + 1)
    entry = b"<</Type/XRef/Size 6/W[1 2 1]%s/Root 1 0 R/Length %d>>" % (index, len(rows))
    data += b"5 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (entry, rows)
    place = data.index(b"5 0 obj")
    reading, _ = reading_of(data + b"startxref\n%d\n%%%%EOF\n" % place, "a.pdf")
    assert reading.page_count == 1
    assert not reading.defects
