"""Old Office files: documents in documents, names in either case, small files, macros and embedded objects."""

from __future__ import annotations

import struct

import pytest
from tests.formats.reading import made_files as made

WORD = struct.pack("<HH6xH", 0xA5EC, 0x00C1, 0)
PPT_MACROS = b"\x1f\x00\xff\x03\x14\0\0\0" + b"\x02\0\0\x04\x0c\0\0\0" + struct.pack("<III", 0, 1, 2)
PPT_OBJECT = b"\x0f\x00\xcc\x0f\x30\0\0\0" + b"\0\0\xcd\x0f\x08\0\0\0" + bytes(8)


def workbook(*, sheet_kind: int = 0) -> bytes:
    records = ((0x0809, bytes(16)), (0x0085, struct.pack("<IBB", 0, 0, sheet_kind) + b"\1\0a"), (0x000A, b""))
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def notes_of(reading) -> set[str]:
    return {note.partition(":")[0] for note in reading.notes}


def test_a_document_inside_a_workbook_does_not_make_it_a_document(reading_of) -> None:
    data = made.compound({"Workbook": workbook(), "MBD0012ABCD/WordDocument": b"not a document of its own"})

    reading, _ = reading_of(data, "附表.xls")

    assert (reading.format_name, reading.defects) == ("xls", ())
    assert "attachments" in notes_of(reading)


def test_a_document_inside_a_document_is_not_taken_for_it(reading_of) -> None:
    data = made.compound({"ObjectPool/_1/WordDocument": b"broken", "WordDocument": WORD})

    reading, _ = reading_of(data, "批复.doc")

    assert (reading.format_name, reading.defects) == ("doc", ())
    assert "attachments" in notes_of(reading)


@pytest.mark.parametrize(("stream", "format_name"), [("WORDDOCUMENT", "doc"), ("workbook", "xls")])
def test_names_of_streams_are_the_same_in_either_case(reading_of, stream: str, format_name: str) -> None:
    content = WORD if format_name == "doc" else workbook()

    assert reading_of(made.compound({stream: content}), f"a.{format_name}")[0].format_name == format_name


def test_an_encrypted_package_in_capitals_is_encrypted_and_no_other_format(reading_of) -> None:
    reading, _ = reading_of(made.compound({"ENCRYPTEDPACKAGE": b"x"}), "批复.docx")

    assert [code for code, _ in reading.defects] == ["encrypted"]


def test_a_compound_file_of_less_than_4_kib_is_read_from_its_start(reading_of) -> None:
    data = made.compound({})

    assert len(data) < 4096
    assert reading_of(data, "旧稿.wps")[0].defects == ()


@pytest.mark.parametrize(
    ("streams", "name"),
    [
        ({"WordDocument": WORD, "Macros/VBA/_VBA_PROJECT": b"x"}, "a.doc"),
        ({"Workbook": workbook(sheet_kind=1)}, "a.xls"),
        ({"PowerPoint Document": PPT_MACROS}, "a.ppt"),
    ],
)
def test_macros_are_noted_wherever_each_format_keeps_them(reading_of, streams: dict[str, bytes], name: str) -> None:
    assert "macros" in notes_of(reading_of(made.compound(streams), name)[0])


@pytest.mark.parametrize(
    ("streams", "name"),
    [
        ({"WordDocument": WORD}, "a.doc"),
        ({"Workbook": workbook()}, "a.xls"),
        ({"PowerPoint Document": PPT_MACROS[:-8] + bytes(8)}, "a.ppt"),
    ],
)
def test_a_plain_document_has_neither_macros_nor_attachments(reading_of, streams: dict[str, bytes], name: str) -> None:
    assert notes_of(reading_of(made.compound(streams), name)[0]) == {"structure_only"}


def test_objects_in_a_presentation_are_attachments(reading_of) -> None:
    reading, _ = reading_of(made.compound({"PowerPoint Document": PPT_OBJECT}), "汇报.ppt")

    assert "attachments" in notes_of(reading)


def test_a_zip_inside_a_document_is_an_attachment_and_one_behind_it_a_polyglot(reading_of) -> None:
    packed = made.SOUND["包.zip"]
    inside = made.compound({"WordDocument": WORD, "ObjectPool/_1/Package": packed.rjust(8192, b"\0")})

    assert notes_of(reading_of(inside, "批复.doc")[0]) == {"attachments", "structure_only"}
    assert "polyglot" in notes_of(reading_of(made.compound({"WordDocument": WORD}) + packed, "批复.doc")[0])
