"""The copy of a document that an office is given: stored values for formulas, and nothing else changed."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from tests.formats.reading.made_files import compound
from tests.office_files import docx_of, ods, xlsx_of

from jingui.formats.conversion import NotConvertibleError
from jingui.formats.conversion.office_copies import office_copy
from jingui.formats.identification.compound_files import CompoundFile

SHEET = "xl/worksheets/sheet1.xml"
VALUED = '<table:table-cell table:formula="of:=1" office:value-type="float" office:value="1"/>'


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(content: bytes, name: str, old: str, new: str, *, encoding: str = "utf-8") -> bytes:
    """Return an archive one of whose members reads otherwise."""
    changed = {**members(content), name: members(content)[name].decode().replace(old, new).encode(encoding)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, data in changed.items():
            archive.writestr(path, data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("cells", "left", "remarks"),
    [
        ('<c r="A1"><f>1</f><v>2</v></c>', '<c r="A1"><v>2</v></c>', ()),
        ('<c r="A1" t="str"><f>1</f><v></v></c>', '<c r="A1" t="str"><v></v></c>', ()),
        ('<c r="A1"><f>1</f><v/></c>', '<c r="A1"><f>1</f><v/></c>', ("values_not_stored",)),
        (
            '<c><f t="shared" ref="A1:B1" si="0">1</f><v>2</v></c><c><f t="shared" si="0"/><v>3</v></c>',
            "<c><v>2</v></c><c><v>3</v></c>",
            (),
        ),
        (
            '<c><f t="shared" ref="A1:B1" si="0">1</f><v>2</v></c><c><f t="shared" si="0"/></c><c><f>1</f><v>4</v></c>',
            '<c><f t="shared" ref="A1:B1" si="0">1</f><v>2</v></c><c><f t="shared" si="0"/></c><c><v>4</v></c>',
            ("values_not_stored",),
        ),
        ('<c><f t="array" ref="A1:A2">1</f><v>2</v></c><!-- <f> -->', "<c><v>2</v></c><!-- <f> -->", ()),
    ],
    ids=["number", "empty text", "no value", "shared", "shared, one without a value", "array"],
)
def test_a_formula_makes_room_for_its_stored_value(cells: str, left: str, remarks: tuple[str, ...]) -> None:
    book = xlsx_of(f"<row>{cells}</row>")

    made = office_copy(book, format_name="xlsx")

    assert members(made.data) == members(xlsx_of(f"<row>{left}</row>"))
    assert made.remarks == remarks


def test_a_document_in_which_nothing_is_computed_is_given_as_it_is() -> None:
    book, letter = xlsx_of("<row><c><v>1</v></c></row>"), docx_of("<w:p/>", settings="<w:zoom/>")

    assert office_copy(book, format_name="xlsx").data is book
    assert office_copy(letter, format_name="docx").data is letter


def test_a_formula_of_open_document_goes_with_its_matrix_and_leaves_the_value() -> None:
    formula = ' table:formula=\'of:="a" table:number-matrix-rows-spanned="9"\' table:number-matrix-rows-spanned="2"'
    cell = (
        f'<table:table-cell{formula} office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>'
    )

    made = office_copy(ods(cell), format_name="ods")

    assert members(made.data) == members(ods(cell.replace(formula, "")))


def test_a_part_that_is_no_markup_of_ours_does_not_keep_a_letter_from_its_copy() -> None:
    letter = docx_of("<w:p/>", settings='<w:revisionView w:markup="0"/>', header="<w:p/>")
    letter = repacked(letter, "word/header.xml", "<w:header", "<!doctype html><br><w:header")

    made = members(office_copy(letter, format_name="docx").data)

    assert b"revisionView" not in made["word/settings.xml"]
    assert made["word/header.xml"] == members(letter)["word/header.xml"]


@pytest.mark.parametrize(
    ("content", "format_name", "code"),
    [
        (b"no archive", "xlsx", "source_not_loaded"),
        (xlsx_of("")[:-60], "xlsx", "source_not_loaded"),
        (repacked(xlsx_of("<row/>"), SHEET, "<row/>", "<row>"), "xlsx", "markup_not_read"),
        (
            repacked(xlsx_of("<row/>"), SHEET, "<worksheet", '<!DOCTYPE w [<!ENTITY a "b">]><worksheet'),
            "xlsx",
            "markup_not_read",
        ),
        (repacked(ods(VALUED), "content.xml", "UTF-8", "UTF-16", encoding="utf-16"), "ods", "markup_not_read"),
        (compound({"Workbook": b""})[:600], "xls", "source_not_loaded"),
    ],
    ids=["no archive", "cut off", "broken sheet", "entities", "other encoding", "old, cut off"],
)
def test_what_cannot_be_copied_is_refused_by_its_reason(content: bytes, format_name: str, code: str) -> None:
    with pytest.raises(NotConvertibleError) as refusal:
        office_copy(content, format_name=format_name)

    assert refusal.value.code == code


def records(*told: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in told)


def old_formula(value: bytes) -> bytes:
    return struct.pack("<HHH", 4, 5, 6) + value + bytes(6) + struct.pack("<H", 1) + b"\x1c"


NUMBER, ERROR, TEXT = struct.pack("<d", 1.5), b"\2\0\x2a\0\0\0\xff\xff", b"\0\0\0\0\0\0\xff\xff"


@pytest.mark.parametrize(
    ("before", "kinds", "remarks"),
    [
        (((6, old_formula(NUMBER)), (0x221, b"array")), [0x203, 0xFFE], ()),
        (((6, old_formula(ERROR)), (0x1C, bytes(12))), [0x205, 0x1C], ("comments",)),
        (((6, old_formula(TEXT)), (0x4BC, b"shared"), (0x207, b"\1\0\0a")), [0x204], ()),
        (((6, old_formula(TEXT)), (0x207, b"\1\0\0a"), (0x3C, b"")), [6, 0x207, 0x3C], ("values_not_stored",)),
        (((0x2F, b"key"), (6, old_formula(NUMBER))), [0x2F, 6], ()),
    ],
    ids=["number of an array", "error", "text of a group", "text too long", "encrypted"],
)
def test_a_formula_of_an_old_workbook_becomes_its_value_in_place(
    before: tuple[tuple[int, bytes], ...], kinds: list[int], remarks: tuple[str, ...]
) -> None:
    book = compound({"Workbook": records(*before)})

    made = office_copy(book, format_name="xls")

    stream, found, at = CompoundFile(io.BytesIO(made.data)).read("Workbook"), [], 0
    while any(stream[at:]):
        kind, length = struct.unpack_from("<HH", stream, at)
        found.append(kind)
        at += 4 + length
    assert found == kinds
    assert len(made.data) == len(book)
    assert made.remarks == remarks


def test_a_comment_of_an_old_workbook_that_is_always_shown_is_hidden() -> None:
    book = compound({"Workbook": records((0x1C, bytes((1, 0, 2, 0, 0x02, 0, 3, 0))))})

    made = office_copy(book, format_name="xls")

    assert CompoundFile(io.BytesIO(made.data)).read("Workbook", 12) == records((0x1C, bytes((1, 0, 2, 0, 0, 0, 3, 0))))
