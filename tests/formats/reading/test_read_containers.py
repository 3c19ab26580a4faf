"""Containers and markup: bombs, tricks, missing parts, entities."""

from __future__ import annotations

import pytest
from tests.formats.reading import made_files as made

from jingui.domain.records.facts import Reading
from jingui.formats.reading import blocking_defects


def codes(reading: Reading) -> set[str]:
    return {code for code, _ in reading.defects}


@pytest.mark.parametrize("data", [made.BILLION_LAUGHS, made.EXTERNAL_ENTITY])
def test_xml_with_entities_is_refused_unparsed(reading_of, data: bytes) -> None:
    reading, text = reading_of(data, "过程.xml")

    assert (reading.is_readable, codes(reading), text) == (False, {"xml_entities"}, "")


def test_entities_behind_a_long_comment_or_in_utf_16_are_still_refused(reading_of) -> None:
    padded = made.EXTERNAL_ENTITY.replace(b"?><!DOCTYPE", b"?><!--" + b"x" * 100_000 + b"--><!DOCTYPE")
    wide = made.EXTERNAL_ENTITY.decode().replace("<?xml version", "<?xml version").encode("utf-16")

    for data in (padded, wide):
        reading, text = reading_of(data, "过程.xml")
        assert codes(reading) == {"xml_entities"}
        assert "root" not in text


def test_entities_inside_an_ofd_are_refused(reading_of) -> None:
    entries = made.ofd_entries() | {"Doc_0/Pages/Page_0/Content.xml": made.BILLION_LAUGHS}

    reading, _ = reading_of(made.zipped(entries), "证照.ofd")

    assert (reading.is_readable, codes(reading)) == (False, {"xml_entities"})


def test_a_document_type_without_entities_is_a_warning(reading_of) -> None:
    reading, text = reading_of(b'<!DOCTYPE a SYSTEM "a.dtd"><a>text</a>', "a.xml")

    assert (reading.is_readable, codes(reading), text) == (True, {"xml_dtd"}, "text")


@pytest.mark.parametrize(
    ("data", "name"), [(b"<a><b></a>", "a.xml"), (b'{"a": ', "a.json"), (b"{" * 9 + b'"', "a.json")]
)
def test_what_is_not_well_formed_is_said_so(reading_of, data: bytes, name: str) -> None:
    assert blocking_defects(reading_of(data, name)[0])


def test_deeply_nested_json_is_a_defect_and_no_crash(reading_of) -> None:
    assert codes(reading_of(b'{"a":' * 100_000, "a.json")[0]) == {"not_well_formed"}


def test_a_zip_bomb_is_not_unpacked(reading_of) -> None:
    reading, _ = reading_of(made.zipped({"zeros": b"\0" * 40_000_000}), "包.zip")

    assert (reading.is_readable, codes(reading)) == (False, {"zip_bomb"})


def test_overlapping_entries_are_a_bomb(reading_of) -> None:
    data = bytearray(made.zipped({"a": b"x" * 3000, "b": b"y" * 3000}))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = b"\0\0\0\0"

    assert "zip_bomb" in codes(reading_of(bytes(data), "包.zip")[0])


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", "C:\\x", "..\\x"])
def test_an_entry_that_leads_outside_is_refused(reading_of, name: str) -> None:
    assert codes(reading_of(made.zipped({name: b"x"}), "包.zip")[0]) == {"zip_slip"}


def test_an_encrypted_entry_makes_the_archive_encrypted(reading_of) -> None:
    data = bytearray(made.SOUND["包.zip"])
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1

    reading, _ = reading_of(bytes(data), "包.zip")

    assert (reading.is_encrypted, codes(reading)) == (True, {"encrypted"})


def test_archives_in_archives_are_noted_and_not_opened(reading_of) -> None:
    reading, _ = reading_of(made.zipped({"inner.zip": made.SOUND["包.zip"]}), "包.zip")

    assert reading.is_readable
    assert "nested_archives: 1" in reading.notes


def test_a_flipped_bit_inside_an_ofd_is_found_by_its_checksum(reading_of) -> None:
    data = bytearray(made.zipped(made.ofd_entries(), compression=0))
    data[data.index("东莞市".encode())] ^= 1

    assert codes(reading_of(bytes(data), "证照.ofd")[0]) == {"checksum_mismatch"}


def test_an_ofd_page_that_does_not_resolve_is_named(reading_of) -> None:
    entries = made.ofd_entries()
    del entries["Doc_0/Pages/Page_1/Content.xml"]

    reading, _ = reading_of(made.zipped(entries), "证照.ofd")

    assert reading.defects == (("page_missing", "Pages/Page_1/Content.xml"),)
    assert (reading.is_readable, reading.page_count) == (False, 2)


def test_an_ofd_path_in_another_case_is_read_and_noted(reading_of) -> None:
    entries = made.ofd_entries(pages=1)
    entries["Doc_0/PAGES/page_0/content.xml"] = entries.pop("Doc_0/Pages/Page_0/Content.xml")

    reading, text = reading_of(made.zipped(entries), "证照.ofd")

    assert reading.is_readable
    assert "loose_path: Pages/Page_0/Content.xml" in reading.notes
    assert "许可证" in text


@pytest.mark.parametrize("change", [{"Encryptions.xml": b"<a/>"}, {"Doc_0/decryptseed.dat": b"x"}])
def test_an_ofd_encrypted_entry_by_entry_is_encrypted(reading_of, change: dict[str, bytes]) -> None:
    assert reading_of(made.zipped(made.ofd_entries() | change), "证照.ofd")[0].is_encrypted


def test_an_ofd_whose_document_is_missing_has_no_page(reading_of) -> None:
    entries = made.ofd_entries()
    del entries["Doc_0/Document.xml"]

    assert codes(reading_of(made.zipped(entries), "证照.ofd")[0]) == {"part_missing", "no_pages"}


def test_a_document_without_its_main_part_is_not_readable(reading_of) -> None:
    entries = made.docx_entries()
    del entries["word/document.xml"]

    assert codes(reading_of(made.zipped(entries), "批复.docx")[0]) == {"part_missing"}


def test_macros_are_noted(reading_of) -> None:
    reading, _ = reading_of(made.zipped(made.docx_entries() | {"word/vbaProject.bin": b"x"}), "批复.docx")

    assert "macros" in reading.notes


def test_an_encrypted_open_document_is_found(reading_of) -> None:
    assert reading_of(made.zipped(made.odt_entries(is_encrypted=True)), "申请.odt")[0].is_encrypted


def test_an_old_word_file_is_never_called_readable(reading_of) -> None:
    reading, _ = reading_of(made.word_97(), "旧稿.doc")

    assert (reading.format_name, reading.is_readable, reading.defects) == ("doc", None, ())
    assert "structure_only" in reading.notes


def test_an_old_word_file_with_a_password_is_encrypted(reading_of) -> None:
    reading, _ = reading_of(made.word_97(is_encrypted=True), "旧稿.doc")

    assert (reading.is_readable, codes(reading)) == (False, {"encrypted"})


def test_an_old_word_file_cut_short_is_truncated(reading_of) -> None:
    assert codes(reading_of(made.word_97()[:-600], "旧稿.doc")[0]) == {"truncated"}


def test_an_encrypted_docx_is_encrypted_and_its_name_is_right(reading_of) -> None:
    reading, _ = reading_of(made.compound({"EncryptedPackage": b"x"}), "批复.docx")

    assert (reading.is_encrypted, codes(reading)) == (True, {"encrypted"})


def packed_by(method: int, data: bytes) -> bytes:
    """Change the method of packing in the local header and in the directory of an archive with one entry."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.index(mark) + at
        changed[place : place + 2] = method.to_bytes(2, "little")
    return bytes(changed)


def test_a_sound_method_of_packing_that_nobody_here_unpacks_is_no_damage(reading_of) -> None:
    reading, _ = reading_of(packed_by(9, made.SOUND["包.zip"]), "包.zip")

    assert (reading.is_readable, reading.defects) == (None, ())
    assert "structure_only: 1 of 1 entries are packed by Deflate64" in reading.notes


def test_a_method_of_packing_that_does_not_exist_is_damage(reading_of) -> None:
    assert codes(reading_of(packed_by(25_000, made.SOUND["包.zip"]), "包.zip")[0]) == {"damaged_structure"}


def test_an_opendocument_of_styles_alone_is_whole(reading_of) -> None:
    entries = made.odt_entries()
    entries["styles.xml"] = entries.pop("content.xml")

    assert reading_of(made.zipped(entries), "模板.ott")[0].is_readable is True
    del entries["styles.xml"]
    assert codes(reading_of(made.zipped(entries), "模板.ott")[0]) == {"part_missing"}


def test_a_manifest_that_leaves_its_namespace_to_a_document_type_is_read(reading_of) -> None:
    entries = made.odt_entries()
    entries["META-INF/manifest.xml"] = (
        b'<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">'
        b'<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"/></manifest:manifest>'
    )

    reading, text = reading_of(made.zipped(entries), "旧稿.odt")

    assert (reading.is_readable, codes(reading)) == (True, {"nonstandard_namespace"})
    assert "申请书" in text


def test_macros_in_a_package_that_is_no_known_document_are_noted(reading_of) -> None:
    reading, _ = reading_of(made.zipped({"[Content_Types].xml": b"<Types/>", "xl/vbaProject.bin": b"x"}), "表.xlsb")

    assert "macros" in reading.notes


def test_what_a_program_let_drop_in_a_package_is_no_part(reading_of) -> None:
    entries = made.docx_entries() | {"[trash]/0000.dat": b"\0" * 9}

    assert reading_of(made.zipped(entries), "批复.docx")[0].defects == ()
