"""HTML as it is met: prefixes, pieces of pages, encodings; XHTML; document types without entities; RTF with bytes in it."""

from __future__ import annotations

import pytest


def codes(reading) -> list[str]:
    return [code for code, _ in reading.defects]


@pytest.mark.parametrize(
    "start",
    [
        '<html xml:lang="zh" xmlns:v="urn:v"><body><o:p></o:p>',
        "<script>var a;</script>",
        '<div class="a">',
        "<!-- saved --><style></style>",
        "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL>",
    ],
)
def test_html_is_read_whatever_it_begins_with(reading_of, start: str) -> None:
    reading, text = reading_of(f"{start}<p>公示<br>正文".encode(), "页.html")

    assert (reading.format_name, reading.is_readable, reading.defects) == ("html", True, ())
    assert "公示" in text


@pytest.mark.parametrize(("label", "codec"), [("iso-8859-6", "iso8859-6"), ("Shift_JIS", "cp932"), ("Big5", "big5")])
def test_html_is_decoded_as_it_declares(reading_of, label: str, codec: str) -> None:
    words = {"iso8859-6": "قرار", "cp932": "ひらがな", "big5": "臺灣"}[codec]
    page = f'<html><head><meta http-equiv=Content-Type content="text/html; charset={label}"></head><p>{words} text text'

    reading, text = reading_of(page.encode(codec), "页.html")

    assert (reading.is_readable, codes(reading)) == (True, [])
    assert words in text


def test_what_utf_8_shows_counts_before_what_is_declared(reading_of) -> None:
    _, text = reading_of('<html><meta charset="gb2312"><p>公示'.encode(), "页.html")

    assert text == "公示"


def test_bytes_that_the_declared_encoding_does_not_have_are_told(reading_of) -> None:
    reading, _ = reading_of(b'<html><meta charset="windows-1253"><p>\xff\xaa lost lost lost lost', "页.html")

    assert (reading.is_readable, codes(reading)) == (True, ["needs_repair"])


def test_html_without_any_encoding_that_fits_is_said_so(reading_of) -> None:
    assert codes(reading_of(b"<html><p>\xff\xfa text text text", "页.html")[0]) == ["unknown_encoding"]


def test_xhtml_may_be_called_xml_if_it_is(reading_of) -> None:
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>公示</p></body></html>'

    assert reading_of(page.encode(), "页.xml")[0].defects == ()
    assert reading_of(page.encode(), "页.xhtml")[0].defects == ()
    assert codes(reading_of(page.replace("</p>", "").encode(), "页.xml")[0]) == ["not_well_formed"]


def test_xml_in_a_western_encoding_is_xml(reading_of) -> None:
    reading, text = reading_of("<?xml version='1.0' encoding='iso-8859-1'?><a>é è ü</a>".encode("latin-1"), "a.xml")

    assert (reading.format_name, reading.defects, text) == ("xml", (), "é è ü")


def test_a_document_type_may_declare_elements(reading_of) -> None:
    data = b'<!DOCTYPE a [<!ELEMENT a (#PCDATA)><!ATTLIST a b CDATA "1">]><a>text</a>'

    reading, text = reading_of(data, "a.xml")

    assert (reading.is_readable, codes(reading), text) == (True, ["xml_dtd"], "text")


@pytest.mark.parametrize(
    "subset",
    [
        '<!ELEMENT a ANY><!ENTITY b "c">',
        "<!-- ]> --><!ENTITY % b SYSTEM 'http://example.org/'>",
        "<!ELEMENT a ANY>" * 6000 + "<!ENTITY b 'c'>",
    ],
)
def test_a_document_type_that_declares_entities_is_refused(reading_of, subset: str) -> None:
    assert codes(reading_of(f"<!DOCTYPE a [{subset}]><a/>".encode(), "a.xml")[0]) == ["xml_entities"]


def test_bytes_in_rtf_do_not_count_as_groups(reading_of) -> None:
    data = rb"{\rtf1 before{\pict\bin6 }}}{{{} after}"

    reading, text = reading_of(data, "稿.rtf")

    assert (reading.is_readable, reading.defects, text) == (True, (), "before after")
    assert codes(reading_of(data[:-1], "稿.rtf")[0]) == ["truncated"]


def test_a_mail_without_blanks_behind_its_colons_is_a_mail(reading_of) -> None:
    data = b"X-Store:a\r\nFrom:a@example.org\r\nTo:b@example.org\r\nSubject:hello\r\n\r\nbody\r\n"

    assert reading_of(data, "信.eml")[0].format_name == "eml"


def test_a_bell_is_text(reading_of) -> None:
    assert reading_of("日志\x07\n".encode(), "a.log")[0].defects == ()


def test_a_few_control_characters_in_a_text_are_told_and_many_are_no_text(reading_of) -> None:
    reading, text = reading_of("办件日志 ok\n".encode() * 400 + b"\x01\x02", "a.log")

    assert (reading.is_readable, codes(reading), reading.format_version) == (True, ["needs_repair"], "UTF-8")
    assert text.startswith("办件日志 ok")
    assert codes(reading_of(b"abc\x01\x02", "a.log")[0]) == ["extension_mismatch"]
    assert codes(reading_of("办件日志 ok\n".encode() * 500 + b"\0", "a.log")[0]) == ["content_not_text"]
