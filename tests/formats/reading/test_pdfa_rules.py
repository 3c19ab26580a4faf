"""Rules of ISO 19005, each broken by itself in a document that typst made to conform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.formats.reading.made_files import attach
from tests.formats.reading.made_pdfa import Change, conforming, faults, fonts_of, in_metadata

from jingui.formats.reading import read


@pytest.mark.parametrize("standard", ["a-1b", "a-2b", "a-2u", "a-3b", "a-2a", "a-4", "a-4e", "a-4f"])
def test_a_document_made_to_conform_is_not_contradicted(tmp_path: Path, standard: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(conforming(standard))

    assert [note for note in read(path, "a.pdf")[0].notes if note.startswith("pdfa_fault")] == []
    assert faults(tmp_path, standard) == []


def _wrong_width(pdf: pikepdf.Pdf) -> None:
    for font in fonts_of(pdf):
        if "/W" in font:
            font.W = Array([0, Array([999] * 60)])


def _glyph_that_is_not_there(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    (name, *_) = page.obj.Resources.Font.keys()
    page.contents_add(f"BT {name} 12 Tf 10 10 Td <FFF0> Tj ET".encode())


def _no_glyph(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    (name, *_) = page.obj.Resources.Font.keys()
    page.contents_add(f"BT {name} 12 Tf 10 10 Td <0000> Tj ET".encode())


def _annotation(**more: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        told = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], F=4, **more)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(told)])

    return change


def _field(**more: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        field = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("x"), **more))
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    return change


def _inherit(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0].obj
    page.Parent.Resourcez = pdf.make_indirect(page.Resources)  # saving would give the page its own again
    del page.Resources


def _embed(data: bytes) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        attach(pdf, "a.pdf", data, mime_type="application/pdf")

    return change


def _picture(**more: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        told = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 1, "Height": 1, "ColorSpace": Name.DeviceGray}
        stream = pdf.make_stream(b"\0", Dictionary(**{**told, "BitsPerComponent": 8, **more}))
        pdf.pages[0].obj.Resources.XObject = Dictionary(Im9=stream)
        pdf.pages[0].contents_add(b"/Im9 Do")

    return change


def _separations(pdf: pikepdf.Pdf) -> None:
    def spot(value: int) -> Array:
        tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0], C1=[value], N=1)
        return Array([Name.Separation, Name.Gold, Name.DeviceGray, tint])

    pdf.pages[0].obj.Resources.ColorSpace = Dictionary(S1=spot(1), S2=spot(0))
    pdf.pages[0].contents_add(b"/S1 cs 1 scn /S2 cs 1 scn")


BROKEN: list[tuple[str, str, Change]] = [
    ("a-2b", "6.2.11.5", _wrong_width),
    ("a-1b", "6.3.6", _wrong_width),
    ("a-2b", "6.2.11.4.1", _glyph_that_is_not_there),
    ("a-2b", "6.2.11.8", _no_glyph),
    ("a-1b", "6.5.3", lambda pdf: (_annotation(C=Array([1, 0, 0]))(pdf), pdf.Root.__delitem__("/OutputIntents"))[0]),
    ("a-1b", "6.6.2", _field(AA=Dictionary())),
    ("a-2b", "6.4.1", _field(AA=Dictionary())),
    ("a-2b", "6.2.2", _inherit),
    ("a-2b", "6.8", _embed(b"%PDF-1.4 no archive")),
    ("a-2b", "6.8", _embed(b"no PDF at all")),
    ("a-2b", "6.2.8.1", _picture(BitsPerComponent=5)),
    ("a-1b", "6.2.4", _picture(BitsPerComponent=16)),
    ("a-2b", "6.2.8.1", _picture(ImageMask=True, BitsPerComponent=2)),
    ("a-2b", "6.2.4.4", _separations),
    ("a-2b", "6.1.13", lambda pdf: setattr(pdf.pages[0].obj, "MediaBox", Array([0, 0, 2, 2]))),
    ("a-2b", "6.11", lambda pdf: setattr(pdf.Root, "Requirements", Array([]))),
    ("a-2b", "6.6.2.1", lambda pdf: pdf.Root.Metadata.__delitem__("/Subtype")),
    ("a-2b", "6.6.2.3.1", in_metadata(b"<xmp:CreatorTool>", b"<xmp:Author>x</xmp:Author><xmp:CreatorTool>")),
    ("a-2b", "6.6.2.3.1", in_metadata(b"<xmp:CreatorTool>", b"<xmp:Rating>high</xmp:Rating><xmp:CreatorTool>")),
    ("a-2b", "6.6.4", in_metadata(b"<pdfaid:part>2", b"<pdfaid:part>9")),
    ("a-2b", "6.6.4", in_metadata(b"<pdfaid:conformance>B", b"<pdfaid:conformance>")),
    ("a-2b", "6.9", lambda pdf: setattr(pdf.Root, "OCProperties", Dictionary(
        OCGs=Array([pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("a")))]),
        D=Dictionary(Name=String("d"), Order=Array([])),
    ))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("standard", "clause", "change"), BROKEN, ids=[f"{one}-{two}-{at}" for at, (one, two, _) in enumerate(BROKEN)]
)
def test_a_rule_that_is_broken_is_told_with_its_clause(
    tmp_path: Path, standard: str, clause: str, change: Change
) -> None:
    assert clause in {fault.partition(" ")[0] for fault in faults(tmp_path, standard, change)}


def test_an_embedded_document_that_conforms_contradicts_nothing(tmp_path: Path) -> None:
    assert faults(tmp_path, "a-2b", _embed(conforming("a-1b"))) == []


def test_spot_colours_that_mean_the_same_contradict_nothing(tmp_path: Path) -> None:
    def same(pdf: pikepdf.Pdf) -> None:
        _separations(pdf)
        spaces = pdf.pages[0].obj.Resources.ColorSpace
        spaces.S2 = spaces.S1

    assert faults(tmp_path, "a-2b", same) == []


def test_a_font_program_without_units_contradicts_nothing_and_stops_nothing(tmp_path: Path) -> None:
    def break_program(pdf: pikepdf.Pdf) -> None:
        for one in pdf.objects:
            if isinstance(one, Dictionary) and "/FontFile2" in one:
                data = bytearray(one.FontFile2.read_bytes())
                at = int.from_bytes(data[data.index(b"head") + 8 : data.index(b"head") + 12])
                data[at + 18 : at + 20] = b"\0\0"
                one.FontFile2.write(bytes(data))

    assert faults(tmp_path, "a-2b", break_program) == []


def _names_in_gbk(pdf: pikepdf.Pdf) -> None:
    name: Any = pikepdf.Object.parse(b"/ABCDEF+#CB#CE#CC#E5")  # a name that is no UTF-8
    for one in pdf.objects:
        for key in ("/BaseFont", "/FontName"):
            if isinstance(one, Dictionary) and key in one:
                one[key] = name
    fonts = pdf.pages[0].obj.Resources.Font
    (known, *_) = fonts.keys()
    fonts[name] = fonts[known]
    pdf.pages[0].contents_add(b"BT /ABCDEF+#CB#CE#CC#E5 9 Tf ET")


@pytest.mark.parametrize(("standard", "expected"), [("a-1b", set()), ("a-2b", {"6.1.8"}), ("a-4", {"6.1.7"})])
def test_font_names_in_gbk_are_allowed_in_part_1_and_stop_nothing(
    tmp_path: Path, standard: str, expected: set[str]
) -> None:
    assert {fault.partition(" ")[0] for fault in faults(tmp_path, standard, _names_in_gbk)} == expected
