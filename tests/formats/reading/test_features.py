"""What readers note beside defects: polyglots, hidden data, fonts not embedded, links out, nested bombs, PDF/A claims."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf
import pytest
from tests.formats.reading import made_files as made

from jingui.domain.records.facts import Reading
from jingui.formats.identification import Identification
from jingui.formats.reading import Pronom, read


def read_bytes(folder: Path, name: str, data: bytes) -> Reading:
    path = folder / "file"
    path.write_bytes(data)
    return read(path, name)[0]


def notes_of(reading: Reading) -> dict[str, str]:
    return dict(reversed([(code, detail) for code, _, detail in (note.partition(": ") for note in reading.notes)]))


def codes_of(reading: Reading) -> set[str]:
    return {code for code, _ in reading.defects}


@pytest.mark.parametrize("name", ["扫描.jpg", "扫描.png", "图.gif", "证照.pdf"])
def test_a_zip_behind_another_file_is_a_polyglot(tmp_path: Path, name: str) -> None:
    reading = read_bytes(tmp_path, name, made.SOUND[name] + made.SOUND["包.zip"])

    assert "polyglot" in notes_of(reading)


@pytest.mark.parametrize("name", made.SOUND)
def test_a_sound_file_is_no_polyglot(tmp_path: Path, name: str) -> None:
    assert "polyglot" not in notes_of(read_bytes(tmp_path, name, made.SOUND[name]))


def test_a_script_in_a_picture_is_a_polyglot(tmp_path: Path) -> None:
    picture = made.SOUND["扫描.png"]
    data = picture[:33] + made.png_chunk(b"tEXt", b"c\0<script>alert(1)</script>") + picture[33:]

    assert notes_of(read_bytes(tmp_path, "扫描.png", data))["polyglot"] == "png and markup or script"


def test_bytes_before_and_behind_a_pdf_are_told(tmp_path: Path) -> None:
    pdf = made.SOUND["证照.pdf"]

    assert notes_of(read_bytes(tmp_path, "a.pdf", b"MZ garbage\n" + pdf))["hidden_data"] == "11 bytes before the header"
    assert "trailing_data" in codes_of(read_bytes(tmp_path, "a.pdf", pdf + b"hidden" * 50))


def test_fonts_that_are_not_in_a_pdf_are_named(tmp_path: Path) -> None:
    assert notes_of(read_bytes(tmp_path, "a.pdf", made.saved_pdf()))["fonts_not_embedded"] == "Helvetica"


def test_a_font_named_in_gbk_keeps_no_pdf_from_being_read(tmp_path: Path) -> None:
    data = made.saved_pdf().replace(b"/Helvetica", b"/#BA#DA#CC#E5")

    reading = read_bytes(tmp_path, "a.pdf", data)

    assert (reading.is_readable, notes_of(reading)["fonts_not_embedded"]) == (True, "黑体")


def test_a_page_that_names_another_parent_is_told(tmp_path: Path) -> None:
    def misname(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1].obj.Parent = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages))

    reading = read_bytes(tmp_path, "a.pdf", made.saved_pdf(change=misname))

    assert ("needs_repair", "a page names another parent") in reading.defects


def test_a_page_tree_that_leads_back_into_itself_ends(tmp_path: Path) -> None:
    def loop(pdf: pikepdf.Pdf) -> None:
        inner = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=1))
        inner.Kids = pikepdf.Array([pdf.Root.Pages])
        pdf.Root.Pages.Kids.append(inner)

    reading = read_bytes(tmp_path, "a.pdf", made.saved_pdf(change=loop))

    assert reading.defects


def test_a_pdfa_claim_that_structure_contradicts_is_told_with_the_clause(tmp_path: Path) -> None:
    reading = read_bytes(tmp_path, "a.pdf", made.saved_pdf(change=made.claim_pdfa))

    assert reading.format_name == "pdfa"
    assert any(note.startswith("pdfa_fault: 6.2.11.4.1 a font that is not embedded") for note in reading.notes)
    assert "pdfa_unproven" not in notes_of(reading)


def test_a_relationship_to_a_template_elsewhere_is_told(tmp_path: Path) -> None:
    entries = made.docx_entries()
    entries["word/_rels/settings.xml.rels"] = (
        f'<Relationships xmlns="{made.RELATIONSHIPS}"><Relationship Id="r1" Type="{made.OFFICE}/attachedTemplate" '
        'Target="http://example.org/t.dotm" TargetMode="External"/></Relationships>'
    ).encode()

    reading = read_bytes(tmp_path, "a.docx", made.zipped(entries))

    assert notes_of(reading)["external_links"] == "attachedTemplate http://example.org/t.dotm"


def test_a_relationship_to_a_part_that_is_not_there_is_told(tmp_path: Path) -> None:
    entries = made.docx_entries()
    entries["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{made.RELATIONSHIPS}"><Relationship Id="r1" Type="{made.OFFICE}/image" '
        'Target="media/gone.png"/></Relationships>'
    ).encode()

    assert "needs_repair" in codes_of(read_bytes(tmp_path, "a.docx", made.zipped(entries)))


@pytest.mark.parametrize(
    ("name", "trick"),
    [
        ("发票\u202egpj.exe", "writing direction changed"),
        ("con.txt", "name of a device"),
        ("folder/AUX/申请表.txt", "name of a device"),
        ("com¹.txt", "name of a device"),
        ("CONOUT$", "name of a device"),
        ("nul .txt", "name of a device"),
        ("a. ", "ends with a dot or space"),
        ("长" * 100, "longer than file systems take"),
    ],
)
def test_deceptive_names_in_an_archive_are_told(tmp_path: Path, name: str, trick: str) -> None:
    told = notes_of(read_bytes(tmp_path, "a.zip", made.zipped({name: b"x"})))

    assert told["path_tricks"].startswith(trick)


@pytest.mark.parametrize("name", ["console.txt", "com10.txt", "a.con", "con-1/x.txt"])
def test_a_name_that_only_looks_like_a_device_is_not_told(tmp_path: Path, name: str) -> None:
    assert "path_tricks" not in notes_of(read_bytes(tmp_path, "a.zip", made.zipped({name: b"x"})))


def test_names_that_differ_only_in_case_are_told(tmp_path: Path) -> None:
    assert "path_tricks" in notes_of(read_bytes(tmp_path, "a.zip", made.zipped({"A.txt": b"1", "a.TXT": b"2"})))


def nested(depth: int) -> bytes:
    data = made.zipped({"a.txt": b"x"})
    for _ in range(depth):
        data = made.zipped({"inner.zip": data})
    return data


def test_archives_inside_are_counted_and_too_deep_ones_are_a_bomb(tmp_path: Path) -> None:
    shallow, deep = (read_bytes(tmp_path, "a.zip", nested(depth)) for depth in (2, 6))

    assert (notes_of(shallow)["nested_archives"], shallow.is_readable) == ("2", True)
    assert ("zip_bomb" in codes_of(deep), deep.is_readable) == (True, False)


def test_a_small_archive_of_dense_archives_is_a_bomb(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        inner = made.zipped({"zeros": bytes(20_000_000)})
        for number in range(10):
            archive.writestr(f"{number}.zip", inner)

    assert "zip_bomb" in codes_of(read_bytes(tmp_path, "a.zip", buffer.getvalue()))


def test_a_uniform_office_document_is_known_by_its_namespace(tmp_path: Path) -> None:
    data = '<?xml version="1.0"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"><a>通知</a></uof:UOF>'.encode()

    reading = read_bytes(tmp_path, "a.uof", data)

    assert (reading.format_name, reading.pronom_id, reading.is_readable) == ("uof", "", True)


def test_a_page_with_a_handler_and_a_foreign_frame_is_told(tmp_path: Path) -> None:
    data = b'<!DOCTYPE html><html><body onload="x()"><iframe src="//example.org/a"></iframe></body></html>'

    assert {"javascript", "external_links"} <= notes_of(read_bytes(tmp_path, "a.html", data)).keys()


def test_a_pdf_that_is_locked_by_an_unknown_method_is_encrypted(tmp_path: Path) -> None:
    data = made.encrypted_pdf("secret").replace(b"/Filter /Standard", b"/Filter /Certific")

    reading = read_bytes(tmp_path, "a.pdf", data)

    assert (reading.is_encrypted, codes_of(reading)) == (True, {"encrypted"})


@pytest.mark.parametrize(
    ("mark", "is_asked"),
    [(b"/GTS_PDFXVersion (PDF/X-3:2003)", True), (b"<pdfe:ISO_PDFEVersion>", True), (b"/Title (GTS)", False)],
)
def test_pronom_is_asked_of_a_pdf_that_bears_the_mark_of_another_kind(
    tmp_path: Path, mark: bytes, is_asked: bool
) -> None:
    path, asked = tmp_path / "a.pdf", []
    path.write_bytes(made.SOUND["证照.pdf"].replace(b"%\xbf", b"%" + mark + b"\n%\xbf", 1))

    def ask(told: Path) -> Identification:
        asked.append(told)
        return Identification("fmt/148", "3:2003", "application/pdf", "fmt/148", "PRONOM: test")

    reading, _ = read(path, "a.pdf", pronom=Pronom(ask))

    assert bool(asked) == is_asked
    assert (reading.pronom_id == "fmt/148") == is_asked


def test_what_is_text_at_its_start_only_is_what_pronom_tells(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"SIMPLE  =                    T".ljust(5000) + bytes(range(8)) * 100)
    told = Identification("x-fmt/383", "3.0", "application/fits", "x-fmt/383", "PRONOM V125: byte match")

    reading, _ = read(path, "观测.fits", pronom=Pronom(lambda _: told))

    assert (reading.format_name, reading.is_readable, reading.defects) == ("x-fmt/383", None, ())
    assert codes_of(read(path, "观测.txt")[0]) == {"content_not_text"}
