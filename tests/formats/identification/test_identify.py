"""What a file is, told by its bytes."""

from __future__ import annotations

import io
from typing import BinaryIO

import pytest
from tests.formats.reading import made_files as made

from jingui.domain.records.formats import EXTENSIONS
from jingui.formats.identification import claims, extension_fits, identify
from jingui.formats.identification.names import MIMES, PRONOM_IDS, Identification


def identified(data: bytes) -> Identification:
    return identify(data[:4096], data[-4096:], size=len(data), open_stream=lambda: io.BytesIO(data))


def unopenable() -> BinaryIO:
    raise AssertionError("a file that is no container was opened")


@pytest.mark.parametrize("name", made.SOUND)
def test_content_of_every_made_format_fits_its_own_name(name: str) -> None:
    found = identified(made.SOUND[name])

    assert found.format_name
    assert extension_fits(name, found.format_name)


def test_every_format_name_is_one_of_the_domain() -> None:
    assert set(MIMES) == set(EXTENSIONS)
    assert {name for name, _ in PRONOM_IDS} <= set(EXTENSIONS)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.4\n", ("pdf", "1.4", "fmt/18")),
        (b"junk before\n%PDF-2.0\n", ("pdf", "2.0", "fmt/1129")),
        (b"%PDF-1.7\n" + made.XMP, ("pdfa", "2b", "fmt/477")),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x02", ("jpeg", "1.02", "fmt/44")),
        (b"7z\xbc\xaf\x27\x1c\0\4", ("7z", "", "fmt/484")),
        (b"Rar!\x1a\x07\x01\x00", ("rar", "5", "fmt/613")),
        (b"\0\0\0\x18ftypmp42", ("mp4", "", "fmt/199")),
        (b"ID3\x04\0\0\0\0\0\0", ("mp3", "", "fmt/134")),
        (b"<svg xmlns='http://www.w3.org/2000/svg' version='1.1'/>", ("svg", "1.1", "fmt/92")),
        ("\ufeff<?xml version='1.0'?><文件/>".encode(), ("xml", "", "fmt/101")),
        ("<html><p>网页</p>".encode("utf-16"), ("html", "", "fmt/96")),
        ("粤府办〔2024〕5号".encode("gb18030"), ("text", "GB18030", "x-fmt/111")),
        ("粤府办〔2024〕5号".encode(), ("text", "UTF-8", "x-fmt/111")),
        ("[2024]5号文件".encode(), ("text", "UTF-8", "x-fmt/111")),
        (b'[1, {"a": 2}]', ("json", "", "fmt/817")),
        (b"\x00\x01\x02\x03\xff", ("", "", "")),
    ],
)
def test_signatures_are_told_apart(data: bytes, expected: tuple[str, str, str]) -> None:
    found = identify(data, data, size=len(data), open_stream=unopenable)

    assert (found.format_name, found.version, found.pronom_id) == expected


def test_a_character_cut_at_the_edge_does_not_hide_a_text() -> None:
    data = ("办" * 2000).encode()

    assert identified(data[:4096] + data).version == "UTF-8"


def test_an_ofd_is_known_by_the_root_of_its_first_part_and_has_no_pronom_identifier() -> None:
    assert identified(made.zipped(made.ofd_entries())) == Identification("ofd", "1.1", "application/ofd", "")


def test_an_archive_with_another_root_in_ofd_xml_is_only_an_archive() -> None:
    assert identified(made.zipped({"OFD.xml": b"<OFD xmlns='urn:other'/>"})).format_name == "zip"


def test_a_macro_document_is_told_from_a_plain_one() -> None:
    entries = made.docx_entries()
    plain = b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macro = b"vnd.ms-word.document.macroEnabled.main+xml"
    entries["[Content_Types].xml"] = entries["[Content_Types].xml"].replace(plain, macro)

    found = identified(made.zipped(entries))

    assert (found.format_name, found.version, found.pronom_id) == ("docx", "macro", "fmt/523")


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ({"WordDocument": b"\xec\xa5\xc1\x00"}, ("doc", "97")),
        ({"WordDocument": b"\xdc\xa5\x65\x00"}, ("doc", "6")),
        ({"Workbook": b""}, ("xls", "8")),
        ({"PowerPoint Document": b""}, ("ppt", "97")),
        ({"EncryptedPackage": b""}, ("ole2", "encrypted-ooxml")),
        ({"Something": b""}, ("ole2", "")),
    ],
)
def test_compound_files_are_told_by_their_streams(streams: dict[str, bytes], expected: tuple[str, str]) -> None:
    found = identified(made.compound(streams))

    assert (found.format_name, found.version) == expected


@pytest.mark.parametrize("mark", [b"PK00", b"PK\x07\x08"])
def test_an_archive_that_was_to_be_split_is_an_archive(mark: bytes) -> None:
    assert identified(mark + made.SOUND["包.zip"]).format_name == "zip"


@pytest.mark.parametrize(("brand", "format_name"), [(b"jp2 ", "jp2"), (b"jpx ", "jp2"), (b"jpm ", ""), (b"mjp2", "")])
def test_kinds_of_jpeg_2000_are_told_by_their_brand(brand: bytes, format_name: str) -> None:
    data = b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftyp" + brand + b"\0\0\0\0" + brand + b"\0\0\0\x2djp2h"

    assert identified(data).format_name == format_name


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        ("ms-word.template.macroEnabledTemplate.main+xml", ("docx", "macro")),
        ("ms-powerpoint.slideshow.macroEnabled.main+xml", ("pptx", "macro")),
        ("openxmlformats-officedocument.presentationml.template.main+xml", ("pptx", "")),
    ],
)
def test_templates_and_shows_are_documents_of_their_family(main: str, expected: tuple[str, str]) -> None:
    types = f'<Types><Override PartName="/a.xml" ContentType="application/vnd.{main}"/></Types>'.encode()
    found = identified(made.zipped({"[Content_Types].xml": b"<!--" + b" " * 100_000 + b"-->" + types}))

    assert (found.format_name, found.version) == expected


def test_an_opendocument_template_is_a_text() -> None:
    entries = made.odt_entries() | {"mimetype": b"application/vnd.oasis.opendocument.text-template"}

    assert identified(made.zipped(entries)).format_name == "odt"


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600])
def test_a_broken_container_is_still_named_as_a_container(data: bytes) -> None:
    assert identified(data).format_name in {"zip", "ole2"}


@pytest.mark.parametrize(
    ("name", "format_name", "fits"),
    [
        ("证照.PDF", "pdf", True),
        ("证照.pdf", "pdfa", True),
        ("证照.pdf", "png", False),
        ("旧稿.wps", "doc", True),
        ("表.xlsm", "xlsx", True),
        ("记录.txt", "json", True),
        ("记录.json", "text", False),
        ("文件.ofd", "zip", False),
        ("无后缀", "text", True),
        ("无后缀", "pdf", False),
        ("图纸.dwg", "", True),
        ("证照.pdf", "", False),
        ("书.epub", "zip", True),
        (".pdf", "text", True),
        ("旧稿.doc", "fmt/38", True),
        ("旧稿.doc", "fmt/1812", False),
        ("信封.p7m", "fmt/670", True),
        ("模板.dot", "doc", True),
        ("图.dot", "text", True),
        ("证书.pem", "cms", True),
        ("密钥.pem", "text", True),
        ("旧稿.sxw", "odt", True),
        ("模板.ott", "odt", True),
        ("网页.mht", "eml", True),
        ("网页.xhtml", "html", True),
        ("网页.xml", "html", True),
        ("底片.nef", "tiff", True),
        ("底片.nef", "png", False),
    ],
)
def test_a_name_and_a_content_agree_or_not(name: str, format_name: str, *, fits: bool) -> None:
    assert extension_fits(name, format_name) is fits


def test_an_extension_may_stand_for_several_formats() -> None:
    assert claims("a.doc") == {"doc", "ole2"}
    assert claims("a.unheard-of") == frozenset()
