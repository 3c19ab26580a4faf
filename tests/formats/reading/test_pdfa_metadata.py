"""Values of XMP properties, and metadata in other encodings, as PDF/A asks for them."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from tests.formats.reading.made_pdfa import faults, in_metadata

from jingui.formats.identification import pdfa_claim
from jingui.formats.reading.pdfa import plain_packet
from jingui.formats.reading.pdfa.xmp_properties import has_type, predefined

NAMES = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="urn:s"'


def _value(written: str, attributes: str = "") -> etree._Element:
    return etree.fromstring(f"<p {NAMES} {attributes}>{written}</p>")


def _items(kind: str, *texts: str) -> str:
    return f"<rdf:{kind}>{''.join(f'<rdf:li>{text}</rdf:li>' for text in texts)}</rdf:{kind}>"


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("integer", "+12"),
        ("real", "-.5"),
        ("boolean", "True"),
        ("date", "2024-05"),
        ("date", "2024-05-06T07:08:09.5+08:00"),
        ("mimetype", "image/svg+xml"),
        ("gpscoordinate", "116,23.5E"),
        ("text", ""),
        ("seq integer", _items("Seq", "1", "2")),
        ("bag text", "<rdf:Seq/>"),
        ("lang alt", '<rdf:Alt><rdf:li xml:lang="x-default">a</rdf:li></rdf:Alt>'),
        ("resourceref", "<rdf:Description><s:documentID>uuid:1</s:documentID></rdf:Description>"),
        ("integer", "<rdf:Description><rdf:value>7</rdf:value><s:unit>px</s:unit></rdf:Description>"),
        ("a type of one's own", _items("Bag", "1")),
    ],
)
def test_a_value_of_its_type_is_taken(kind: str, written: str) -> None:
    assert has_type(_value(written), kind)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("integer", "2.0"),
        ("real", "1/2"),
        ("boolean", "true"),
        ("date", "1997-07-16T19:20:15.45Z+01:00"),
        ("mimetype", "PDF"),
        ("gpscoordinate", "116 E"),
        ("text", _items("Seq", "a")),
        ("seq integer", _items("Seq", "1", "1.5")),
        ("seq text", _items("Bag", "a")),
        ("lang alt", _items("Alt", "a")),
        ("resourceref", "some other document"),
        ("flash", "<rdf:Description><s:Fired>maybe</s:Fired></rdf:Description>"),
    ],
)
def test_a_value_of_another_type_is_told(kind: str, written: str) -> None:
    assert not has_type(_value(written), kind)


def test_a_structure_may_be_written_as_attributes_or_as_a_resource() -> None:
    assert has_type(_value("", 's:documentID="uuid:1"'), "resourceref")
    assert has_type(_value("<s:documentID>uuid:1</s:documentID>", 'rdf:parseType="Resource"'), "resourceref")


def test_a_value_nested_without_end_stops_nothing() -> None:
    assert has_type(_value("<s:a>" * 200 + "</s:a>" * 200), "resourceref")


def test_the_parts_know_different_properties() -> None:
    basic = "http://ns.adobe.com/xap/1.0/"
    assert "Rating" not in predefined(is_first=True)[basic]
    assert predefined(is_first=False)[basic]["Rating"] == "real"
    assert "http://ns.adobe.com/exif/1.0/aux/" not in predefined(is_first=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_claim_is_found_in_every_encoding_of_unicode(encoding: str) -> None:
    packet = '<?xpacket begin="\ufeff"?><d pdfaid:part="1" pdfaid:conformance="B"/>'

    assert pdfa_claim(plain_packet(packet.encode(encoding))) == "1b"


@pytest.mark.parametrize(("standard", "expected"), [("a-1b", set()), ("a-2b", {"6.6.2.1"})])
def test_metadata_in_utf_16_are_allowed_in_part_1_alone(tmp_path: Path, standard: str, expected: set[str]) -> None:
    def widen(pdf: pikepdf.Pdf) -> None:
        text = pdf.Root.Metadata.read_bytes().decode().replace('encoding="utf-8"', "")
        pdf.Root.Metadata.write(text.encode("utf-16-le"))

    assert {fault.partition(" ")[0] for fault in faults(tmp_path, standard, widen)} == expected


def test_a_property_described_in_the_file_is_held_against_its_type(tmp_path: Path) -> None:
    described = (
        b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
        b'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" '
        b'xmlns:o="urn:o"><o:count>%s</o:count><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
        b"<pdfaSchema:schema>s</pdfaSchema:schema><pdfaSchema:namespaceURI>urn:o</pdfaSchema:namespaceURI>"
        b'<pdfaSchema:prefix>o</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
        b"<pdfaProperty:name>count</pdfaProperty:name><pdfaProperty:valueType>closed Choice of Integer</pdfaProperty:valueType>"
        b"<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>d</pdfaProperty:description>"
        b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"
    )
    assert faults(tmp_path, "a-2b", in_metadata(b"</rdf:RDF>", described % b"3")) == []
    assert "6.6.2.3.1" in faults(tmp_path, "a-2b", in_metadata(b"</rdf:RDF>", described % b"many"))[0]


def test_information_that_is_no_text_is_not_the_same_in_the_metadata(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Title"] = pdf.make_stream(b"t")

    assert any(fault.startswith("6.7.3 Title") for fault in faults(tmp_path, "a-1b", change))
