"""Rules of content: colours that nobody chose, groups, limits, and what characters mean."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from tests.formats.reading.made_pdfa import Change, faults, fonts_of

from jingui.formats.reading.pdfa.glyph_names import is_meant


def _content(written: bytes, *, keeps_output: bool = True, **resources: Dictionary) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.contents_add(written)
        for key, told in resources.items():
            page.obj.Resources[f"/{key}"] = told
        if not keeps_output:
            del pdf.Root.OutputIntents

    return change


def _group(space: Name) -> Change:
    return lambda pdf: setattr(pdf.pages[0].obj, "Group", Dictionary(S=Name.Transparency, CS=space))


def _painted_group(pdf: pikepdf.Pdf) -> None:
    form = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9], Group=Dictionary(S=Name.Transparency))
    form.Resources = Dictionary()
    pdf.pages[0].obj.Resources.XObject = Dictionary(F9=pdf.make_stream(b"", form))
    if "/Group" in pdf.pages[0].obj:
        del pdf.pages[0].obj.Group
    _content(b"/F9 Do", keeps_output=False)(pdf)


def _pattern(paint_type: int) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        told = Dictionary(
            PatternType=1,
            PaintType=paint_type,
            TilingType=1,
            BBox=[0, 0, 9, 9],
            XStep=9,
            YStep=9,
            Resources=Dictionary(),
        )
        pattern = pdf.make_stream(b"0 0 5 5 re f", told)
        _content(b"/Pattern cs /P9 scn", keeps_output=False, Pattern=Dictionary(P9=pattern))(pdf)

    return change


BROKEN: list[tuple[str, str, Change]] = [
    ("a-2b", "6.2.4.3", _content(b"0 0 9 9 re f", keeps_output=False)),
    ("a-2b", "6.2.4.3", _group(Name.DeviceCMYK)),
    ("a-2b", "6.2.10", _painted_group),
    ("a-2b", "6.1.13", _content(b"2157483648 0 m")),
    ("a-2b", "6.1.13", _content(b"/Span <</T (" + b"x" * 32_768 + b")>> BDC EMC")),
    ("a-1b", "6.1.12", _content(b"60000.1 Tz")),
    ("a-1b", "6.1.12", _content(b"/Span <</T (" + b"x" * 65_536 + b")>> BDC EMC")),
    ("a-2b", "6.1.10", _content(b"BI /W 1 /H 1 /IM true /F /JBIG2Decode ID x EI")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("standard", "clause", "change"), BROKEN, ids=[f"{one}-{two}-{at}" for at, (one, two, _) in enumerate(BROKEN)]
)
def test_content_that_breaks_a_rule_is_told_with_its_clause(
    tmp_path: Path, standard: str, clause: str, change: Change
) -> None:
    assert clause in {fault.partition(" ")[0] for fault in faults(tmp_path, standard, change)}


def test_long_runs_of_digits_in_strings_and_names_are_no_numbers(tmp_path: Path) -> None:
    written = b"/Span <</N9999999999 (1 9999999999 2) /H <9999999999>>> BDC EMC (\\061\\061) pop"

    assert [fault for fault in faults(tmp_path, "a-2b", _content(written)) if "6.1.13" in fault] == []


def test_a_pattern_without_colours_of_its_own_takes_those_told_beside_it(tmp_path: Path) -> None:
    coloured, uncoloured = (faults(tmp_path, "a-2b", _pattern(kind)) for kind in (1, 2))

    assert len([one for one in coloured if "(gray)" in one]) == 1
    assert [one for one in uncoloured if "(gray)" in one] == []


def _private(*, is_told: bool) -> Change:
    """Map the characters that are shown to private ones, and tell their text in the structure tree or not."""

    def change(pdf: pikepdf.Pdf) -> None:
        for font in fonts_of(pdf):
            if "/ToUnicode" in font:
                font.ToUnicode.write(b"1 beginbfrange <0000> <ffff> <e000> endbfrange")
        for one in pdf.objects:
            if is_told and isinstance(one, Dictionary) and one.get("/Type") == "/StructElem":
                one.ActualText = pikepdf.String("text")

    return change


def test_the_structure_tree_may_tell_what_private_characters_mean(tmp_path: Path) -> None:
    assert any(fault.startswith("6.2.11.7.3") for fault in faults(tmp_path, "a-2a", _private(is_told=False)))
    assert not any(fault.startswith("6.2.11.7.3") for fault in faults(tmp_path, "a-2a", _private(is_told=True)))


@pytest.mark.parametrize("name", ["A", "alpha", "uni4E2D", "f_i", "eacute.sc", "afii10017", "Gcommaaccent", "ffi"])
def test_names_of_glyphs_that_stand_for_characters_are_known(name: str) -> None:
    assert is_meant(name)


@pytest.mark.parametrize("name", ["g12", "integraldisplay", "square", "cid4711", ".notdef", ""])
def test_names_of_glyphs_that_stand_for_nothing_known_are_told(name: str) -> None:
    assert not is_meant(name)
