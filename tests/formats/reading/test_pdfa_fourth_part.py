"""Rules of ISO 19005-4, which stands on PDF 2.0, each broken by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from tests.formats.reading.made_files import attach
from tests.formats.reading.made_pdfa import Change, conforming, faults, in_metadata


def _annotation(kind: str, **more: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        look = pdf.make_stream(b"", Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9]))
        told = Dictionary(Type=Name.Annot, Subtype=Name(kind), Rect=[0, 0, 9, 9], F=4, AP=Dictionary(N=look), **more)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(told)])

    return change


def _action(kind: str) -> Change:
    return lambda pdf: setattr(pdf.Root, "OpenAction", Dictionary(Type=Name.Action, S=Name(kind)))


def _information(**more: Any) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        for key in list(pdf.docinfo.keys()):
            del pdf.docinfo[key]
        pdf.docinfo.update({f"/{key}": value for key, value in more.items()})
        pdf.Root.PieceInfo = Dictionary()

    return change


def _profile_of_output(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """A CMYK profile as far as its header goes, as the output intent."""
    header = bytearray(132)
    header[8], header[12:16], header[16:20], header[36:40] = 2, b"prtr", b"CMYK", b"acsp"
    profile = pdf.make_stream(bytes(header), Dictionary(N=4))
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("x"), DestOutputProfile=profile
    )
    pdf.Root.OutputIntents = Array([intent])
    return profile


def _same_profile(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.obj.Resources.ColorSpace = Dictionary(K9=Array([Name.ICCBased, _profile_of_output(pdf)]))
    page.contents_add(b"/K9 cs 0 0 0 1 sc 0 0 9 9 re f")


def _role_in_gbk(pdf: pikepdf.Pdf) -> None:
    roles = Dictionary(Own=pikepdf.Object.parse(b"/#B0#A1"))
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, RoleMap=roles))


def _halftone_origin(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Resources.ExtGState = Dictionary(G9=Dictionary(HTO=Array([0, 0])))
    pdf.pages[0].contents_add(b"/G9 gs")


def _colour_of_no_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/OutputIntents"]
    pdf.pages[0].contents_add(b"1 0 0 rg 0 0 9 9 re f")


BROKEN: list[tuple[str, str, Change]] = [
    ("a-4", "6.7.3", in_metadata(b"<pdfaid:rev>2020</pdfaid:rev>", b"")),
    ("a-4f", "6.7.3", in_metadata(b">F<", b"><")),
    ("a-4", "6.1.7", _role_in_gbk),
    ("a-4", "6.1.3", _information(Title="t")),
    ("a-4", "6.1.12", lambda pdf: setattr(pdf.Root, "Version", Name("/1.7"))),
    ("a-4", "6.2.5", _halftone_origin),
    ("a-4", "6.2.2", lambda pdf: pdf.pages[0].contents_add(b"/X9 Do")),
    ("a-4", "6.2.4.2", _same_profile),
    ("a-4", "6.2.4.3", _colour_of_no_intent),
    ("a-4", "6.2.10.8", lambda pdf: pdf.pages[0].contents_add(b"/Span <</ActualText <FEFFE000>>> BDC EMC")),
    ("a-4", "6.3.1", _annotation("/FileAttachment")),
    ("a-4", "6.3.1", _annotation("/RichMedia")),
    ("a-4f", "6.3.1", _annotation("/3D")),
    ("a-4", "6.6.1", _action("/Launch")),
    ("a-4", "6.6.1", _action("/SetOCGState")),
    ("a-4", "6.6.3", lambda pdf: setattr(pdf.Root, "AA", Dictionary(WC=Dictionary(S=Name.JavaScript)))),
    ("a-4e", "6.1.6.1", _annotation("/3D", **{"3DD": Dictionary(Type=Name("/3D"), Subtype=Name.Other)})),
    ("a-4", "6.9", lambda pdf: attach(pdf, "a.pdf", b"no PDF", mime_type="application/pdf")),
    ("a-4f", "6.9", lambda pdf: pdf.Root.Names.__delitem__("/EmbeddedFiles")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("standard", "clause", "change"), BROKEN, ids=[f"{one}-{two}-{at}" for at, (one, two, _) in enumerate(BROKEN)]
)
def test_a_rule_of_part_4_that_is_broken_is_told_with_its_own_clause(
    tmp_path: Path, standard: str, clause: str, change: Change
) -> None:
    assert clause in {fault.partition(" ")[0] for fault in faults(tmp_path, standard, change)}


ALLOWED: list[tuple[str, Change]] = [
    ("a-4", _information(ModDate="D:20240102")),
    ("a-4", _action("/JavaScript")),
    ("a-4e", _action("/SetOCGState")),
    ("a-4e", _annotation("/RichMedia")),
    ("a-4f", _annotation("/FileAttachment")),
    ("a-4", lambda pdf: setattr(pdf.pages[0].obj, "MediaBox", Array([0, 0, 20_000, 20_000]))),
    ("a-4", in_metadata(b"</rdf:RDF>", b'<rdf:Description rdf:about="" xmlns:o="urn:o" o:own="1"/></rdf:RDF>')),
    ("a-4", lambda pdf: setattr(pdf.Root, "AA", Dictionary(Fo=Dictionary(S=Name.JavaScript)))),
]


@pytest.mark.parametrize(("standard", "change"), ALLOWED, ids=[str(at) for at in range(len(ALLOWED))])
def test_what_part_4_allows_and_earlier_parts_do_not_contradicts_nothing(
    tmp_path: Path, standard: str, change: Change
) -> None:
    assert faults(tmp_path, standard, change) == []


def test_a_page_may_have_an_output_intent_of_its_own(tmp_path: Path) -> None:
    def move(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.OutputIntents = pdf.Root.OutputIntents
        del pdf.Root.OutputIntents
        pdf.pages[0].contents_add(b"1 0 0 rg 0 0 9 9 re f")

    assert faults(tmp_path, "a-4", move) == []


def test_a_group_that_blends_in_calibrated_colours_stands_in_for_an_output_intent(tmp_path: Path) -> None:
    def blend(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.OutputIntents
        space = Array([Name.CalRGB, Dictionary(WhitePoint=Array([1, 1, 1]))])
        pdf.pages[0].obj.Group = Dictionary(S=Name.Transparency, CS=space)
        pdf.pages[0].contents_add(b"1 0 0 rg 0 0 9 9 re f")

    told = faults(tmp_path, "a-4", blend)
    assert [fault for fault in told if "RGB" in fault] == []


def test_an_embedded_document_of_part_4_is_held_against_its_own_claim(tmp_path: Path) -> None:
    def embed(pdf: pikepdf.Pdf) -> None:
        attach(pdf, "a.pdf", conforming("a-4"), mime_type="application/pdf")

    assert [fault for fault in faults(tmp_path, "a-4", embed) if "no PDF/A" in fault] == []
