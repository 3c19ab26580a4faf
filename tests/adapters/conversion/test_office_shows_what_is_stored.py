"""What the real LibreOffice shows of values, comments and changes that a document stores."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.builders import now
from tests.formats.reading.made_files import compound
from tests.office_files import docx_of, ods, odt, xlsx_of

from jingui.adapters.conversion.office import OfficeConverter
from jingui.domain.errors import PermanentFailure
from jingui.domain.preservation.migration import ConverterName, Side, compare, shortcomings
from jingui.formats.reading import read
from jingui.ports import ConversionTask

pytestmark = pytest.mark.office
WHO = 'w:id="1" w:author="甲" w:date="2024-01-02T03:04:05Z"'
REMARK = "此处与附件不符"


@pytest.fixture(scope="module")
def office() -> Iterator[OfficeConverter]:
    made = OfficeConverter()
    yield made
    made.close()


def shown(office: OfficeConverter, folder: Path, name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """Convert a document; return the words of the result and the remarks, if the result may stand."""
    path, result = folder / name, folder / "result.pdf"
    path.write_bytes(content)
    kind = path.suffix[1:]
    made = office.convert(path, ConversionTask(ConverterName.OFFICE, kind, "pdfa", "一个文件", now()))
    result.write_bytes(made.data)
    sides = [Side(*read(each, each.name)) for each in (path, result)]
    found = compare(*sides, target="pdfa", are_pixels_same=None, remarks=made.remarks)
    assert shortcomings(found) == ()
    return " ".join(sides[1].text.split()), found.remarks


def old_workbook() -> bytes:
    """Return a sheet of BIFF8 that stores 777 and 旧 for =TODAY(), and #N/A for =1=1."""
    volatile = bytes.fromhex("1901000041dd00")
    first, second, third = (struct.pack("<HHH", 0, column, 0) for column in range(3))
    wrong = struct.pack("<BBBBBBH", 2, 0, 0x2A, 0, 0, 0, 0xFFFF)
    text = struct.pack("<BBBBBBH", 0, 0, 0, 0, 0, 0, 0xFFFF)
    start = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600)
    sheet = [
        (0x0809, start),
        (0x0200, struct.pack("<IIHHH", 0, 1, 0, 3, 0)),
        (0x0006, first + struct.pack("<dHIH", 777, 0, 0, 7) + volatile),
        (0x0006, second + text + struct.pack("<HIH", 0, 0, 7) + volatile),
        (0x0207, struct.pack("<HB", 1, 1) + "旧".encode("utf-16-le")),
        (0x0006, third + wrong + struct.pack("<HIH", 0, 0, 7) + bytes.fromhex("1e01001e01000b")),
        (0x000A, b""),
    ]
    bound = struct.pack("<IHBB", 0, 0, 1, 0) + b"T"
    globals_ = [(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600)), (0x0085, bound), (0x000A, b"")]
    offset = sum(4 + len(content) for _, content in globals_)
    globals_[1] = (0x0085, struct.pack("<I", offset) + bound[4:])
    records = b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in [*globals_, *sheet])
    made = bytearray(compound({"Workbook": records}))
    struct.pack_into("<I", made, 2 * 512 + 76, 1)  # the root of the directory leads to the stream
    return bytes(made)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "values.xlsx",
            xlsx_of(
                '<row r="1"><c r="A1"><f>TODAY()</f><v>777</v></c><c r="B1"><f ca="1">RAND()</f><v>888</v></c>'
                '<c r="C1" t="str"><f>TEXT(NOW(),"YYYY")</f><v>旧年</v></c><c r="D1" t="e"><f>1+1</f><v>#N/A</v></c>'
                '<c r="E1" t="b"><f t="array" ref="E1">NOW()=0</f><v>1</v></c></row>'
            ),
            "777 888 旧年 #N/A TRUE",
        ),
        (
            "values.ods",
            ods(
                '<table:table-cell table:formula="of:=TODAY()" office:value-type="float" office:value="777"/>'
                '<table:table-cell table:formula="of:=RAND()" office:value-type="float" office:value="888"'
                ' table:number-matrix-rows-spanned="1" table:number-matrix-columns-spanned="1"/>'
                '<table:table-cell table:formula="of:=TEXT(NOW();&quot;YYYY&quot;)" office:value-type="string"'
                ' office:string-value="旧年"><text:p>旧年</text:p></table:table-cell>'
            ),
            "777 888 旧年",
        ),
        ("values.xls", old_workbook(), "777 旧 #N/A"),
    ],
    ids=["xlsx", "ods", "xls"],
)
def test_formulas_that_follow_day_and_chance_show_what_was_stored(
    office: OfficeConverter, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    text, remarks = shown(office, tmp_path, name, content)

    assert words in text
    assert "values_not_stored" not in remarks


def test_a_formula_without_a_stored_value_is_computed_and_that_is_told(office: OfficeConverter, tmp_path: Path) -> None:
    book = xlsx_of('<row r="1"><c r="A1"><f>RAND()</f><v>700</v></c><c r="B1"><f>A1+77</f><v></v></c></row>')

    text, remarks = shown(office, tmp_path, "values.xlsx", book)

    assert "700 777" in text
    assert "values_not_stored" in remarks


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "letter.docx",
            docx_of(
                '<w:p><w:commentRangeStart w:id="1"/><w:r><w:t>正文</w:t></w:r><w:commentRangeEnd w:id="1"/>'
                '<w:r><w:commentReference w:id="1"/></w:r></w:p>',
                comments=f"<w:comment {WHO}><w:p><w:r><w:t>{REMARK}</w:t></w:r></w:p></w:comment>",
            ),
        ),
        ("letter.odt", odt(f"<text:p>正<office:annotation><text:p>{REMARK}</text:p></office:annotation>文</text:p>")),
        (
            "sheet.xlsx",
            xlsx_of('<row r="1"><c r="A1" t="inlineStr"><is><t>正文</t></is></c></row>', comment=REMARK),
        ),
    ],
    ids=["docx", "odt", "xlsx"],
)
def test_comments_stay_out_of_the_result_and_are_told(
    office: OfficeConverter, tmp_path: Path, name: str, content: bytes
) -> None:
    text, remarks = shown(office, tmp_path, name, content)

    assert "正文" in text
    assert REMARK not in text
    assert "comments" in remarks


def test_changes_nobody_accepted_stand_in_the_result_even_if_the_text_hides_them(
    office: OfficeConverter, tmp_path: Path
) -> None:
    letter = docx_of(
        f"<w:p><w:r><w:t>留下</w:t></w:r><w:ins {WHO}><w:r><w:t>新增</w:t></w:r></w:ins>"
        f"<w:del {WHO}><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>",
        settings='<w:revisionView w:markup="0" w:insDel="0"/>',
    )

    text, remarks = shown(office, tmp_path, "letter.docx", letter)

    assert "留下新增删去" in text
    assert "tracked_changes" in remarks


def test_an_old_workbook_that_is_broken_inside_is_refused_and_not_printed_as_text(
    office: OfficeConverter, tmp_path: Path
) -> None:
    content = bytearray(old_workbook())
    [sector], [size] = struct.unpack_from("<I", content, 48), struct.unpack_from("<H", content, 30)
    struct.pack_into("<I", content, ((sector + 1) << size) + 76, 0x00FFFFF0)  # the root's child in the directory
    with pytest.raises(PermanentFailure) as refused:
        shown(office, tmp_path, "a.xls", bytes(content))
    assert refused.value.code == "source_not_loaded"
