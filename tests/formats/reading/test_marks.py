"""Comments and tracked changes that readers note in office documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.office_files import docx_of, ods, odt, xlsx, xlsx_of

from jingui.formats.reading import read

CHANGE = '<w:p><w:ins w:id="1" w:author="甲"><w:r><w:t>新</w:t></w:r></w:ins></w:p>'
CHANGED = (
    '<text:tracked-changes><text:changed-region text:id="c"><text:deletion><text:p>删去</text:p></text:deletion>'
    "</text:changed-region></text:tracked-changes><text:p>留下</text:p>"
)


@pytest.mark.parametrize(
    ("name", "content", "noted"),
    [
        ("a.docx", docx_of("<w:p/>", comments='<w:comment w:id="1"/>'), ("comments",)),
        ("a.docx", docx_of("<w:p/>", comments=""), ()),
        ("a.docx", docx_of(CHANGE), ("tracked_changes",)),
        ("a.docx", docx_of("<w:p/>", header=CHANGE), ("tracked_changes",)),
        ("a.docx", docx_of("<w:p/>", settings="<w:trackRevisions/>"), ()),
        ("a.xlsx", xlsx_of("<row/>", comment="批注"), ("comments",)),
        ("a.xlsx", xlsx(("一",)), ()),
        ("a.odt", odt(CHANGED), ("tracked_changes",)),
        ("a.odt", odt("<text:tracked-changes/><text:p>留下</text:p>"), ()),
        ("a.ods", ods("<table:table-cell><office:annotation/></table:table-cell>"), ("comments",)),
        ("a.rtf", rb"{\rtf1 a{\*\atnid Z}{\*\annotation b}\par}", ("comments",)),
        ("a.rtf", rb"{\rtf1 a{\revised\revauth1 b}\par}", ("tracked_changes",)),
        ("a.rtf", rb"{\rtf1 a{\revised0 b}\par}", ()),
    ],
)  # fmt: skip
def test_comments_and_changes_are_noted_where_there_are_any(
    tmp_path: Path, name: str, content: bytes, noted: tuple[str, ...]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    reading, _ = read(path, name)

    assert (reading.is_readable, reading.notes) == (True, noted)


def test_a_comment_is_no_text_of_the_document(tmp_path: Path) -> None:
    path = tmp_path / "a.odt"
    path.write_bytes(odt("<text:p>正<office:annotation><text:p>批注</text:p></office:annotation>文</text:p>"))

    assert read(path, path.name)[1] == "正文"
