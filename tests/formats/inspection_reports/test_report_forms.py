"""The report as XML is kept as it is; as a form it is a PDF with every item."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from lxml import etree
from tests.domain.sound_case import edited, make_case, report_of

from jingui.formats.inspection_reports import report_pdf, report_xml
from jingui.interfaces.inspection_forms import report_form
from jingui.interfaces.wording import finding_text

GOLDEN = Path(__file__).parents[2] / "golden" / "inspection_reports" / "report.xml"


def _report():
    return report_of(edited(make_case(), "files.0.reading.is_encrypted", True))


def test_the_xml_of_a_report_is_the_kept_one():
    assert report_xml(_report(), say=finding_text, heading={"archival_code": "0059-ZW"}).decode() == GOLDEN.read_text()


def test_every_finding_stands_in_the_xml_even_what_xml_cannot_hold():
    report = report_of(edited(make_case(), "files.0.name", "a\x01b\ud800.pdf"))

    root = etree.fromstring(report_xml(report))

    assert len(list(root.iter("finding"))) == len(report.findings)


def test_the_printed_form_names_every_item_and_leaves_room_to_sign():
    made = report_pdf(report_form(_report(), facts=(("办件", "测试"),)))

    document = pypdfium2.PdfDocument(made)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert all(finding.rule in text for finding in _report().findings)
    assert "负责人（签章）" in text
    assert "不通过" in text
