from __future__ import annotations

import io
import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.domain.catalogue import plan_import
from jingui.domain.errors import Invalid
from jingui.domain.records.terms import MaterialClass, Obligation, Retention
from jingui.formats.catalogues import CATALOGUE_FILE_PROBLEM_CODES, read_catalogue, write_template, write_workbook
from jingui.formats.catalogues.template import AGENCY_COLUMNS, ITEM_COLUMNS, MATERIAL_COLUMNS, SHEETS

CORPORA = Path(os.environ.get("JINGUI_CORPORA", Path(__file__).parents[4] / "shared")) / "data"
CODE = "11440000006940116U2440102002003"
AGENCY_ROW = ["11440000006940116U", "广东省教育厅", "省教育厅", "440000", "0059", ""]


def refusals(data):
    with pytest.raises(Invalid) as failure:
        read_catalogue(data)
    for problem in failure.value.problems:
        assert set(problem.params) == set(CATALOGUE_FILE_PROBLEM_CODES[problem.code])
    return {problem.code for problem in failure.value.problems}


def sheet(columns, *rows):
    """Return a sheet with a header; a row is a mapping by header."""
    headers = [column.header for column in columns]
    return [headers, *([row.get(header) for header in headers] for row in rows)]


ITEM_ROW = {
    "实施编码": CODE, "事项名称": "教材初审", "事项版本": 1, "实施主体编码": "11440000006940116U",
    "法定办结时限": 70, "法定时限单位": "工作日", "保管期限": "30年", "保管期限理由": "普通许可",
    "归档格式": "pdf、ofd", "必经环节": "受理；审查", "接收清单外材料": "是", "共享类型": "有条件共享",
}  # fmt: skip
MATERIAL_ROW = {"实施编码": CODE, "材料编码": "A01", "材料名称": "申请表", "材料类别": "申请材料", "是否必备": "必备"}


def workbook(items=(ITEM_ROW,), materials=(MATERIAL_ROW,), agencies=(AGENCY_ROW,)):
    return write_workbook(
        {
            "事项": sheet(ITEM_COLUMNS, *items),
            "材料": sheet(MATERIAL_COLUMNS, *materials),
            "机构": [[column.header for column in AGENCY_COLUMNS], *agencies],
        }
    )


def reasons(plan):
    return [(p.table, p.row, p.field, p.code) for row in plan.refused for p in row.problems]


def test_our_own_json_is_read_with_row_numbers_from_one():
    told = {
        "format": "jingui-catalogue/1",
        "agencies": [{"code": "x"}],
        "items": [{"item_code": "a"}, {"item_code": "b"}],
    }

    rows = read_catalogue(json.dumps(told).encode("utf-8-sig"))

    assert [(row.table, row.number) for row in rows] == [("agencies", 1), ("items", 1), ("items", 2)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"format": NaN}', "not_json"),
        (b'{"format": "jingui-catalogue/1", "items": [], "items": []}', "not_json"),
        (b"[]", "unknown_catalogue_format"),
        (b'{"format": "other/1", "items": [{"task_code": "1"}]}', "unknown_catalogue_format"),
        (b'{"items": []}', "unknown_catalogue_format"),
        (b'{"format": "jingui-catalogue/1", "items": {}}', "not_a_list"),
        (b'{"format": "jingui-catalogue/1", "items": [1]}', "not_a_list"),
        (b'{"format": "jingui-catalogue/1", "itens": []}', "unknown_catalogue_part"),
        (b'{"format": "jingui-catalogue/1", "a\\ud800": []}', "unknown_catalogue_part"),
        (b" " * (64 * 1024 * 1024 + 1), "catalogue_file_too_large"),
        (b"PK\x03\x04 no zip", "workbook_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "workbook_unreadable"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_its_reason(data, code):
    assert code in refusals(data)


def test_a_workbook_is_read_as_the_same_plan_as_json_would_be():
    plan = plan_import(read_catalogue(workbook()))

    (item,) = plan.added
    assert plan.refused == ()
    assert (item.plan.retention, item.plan.retention_reason) == (Retention.YEARS_30, "普通许可")
    assert (item.plan.formats, item.plan.required_steps) == (("pdf", "ofd"), ("受理", "审查"))
    assert item.plan.accept_unlisted
    assert item.statutory_limit is not None
    assert item.statutory_limit.days == 70
    first = item.plan.materials[0]
    assert (first.code, first.material_class, first.obligation) == (
        "A01",
        MaterialClass.APPLICATION,
        Obligation.REQUIRED,
    )
    assert plan.agencies_added[0].fonds == "0059"


def test_rows_are_told_by_the_number_that_excel_shows():
    empty = dict.fromkeys(ITEM_ROW)
    bad = ITEM_ROW | {"事项名称": "", "事项版本": 2}

    plan = plan_import(read_catalogue(workbook(items=(ITEM_ROW, empty, bad))))

    assert reasons(plan) == [("items", 4, "item_name", "required")]


def test_a_bad_material_is_told_at_its_own_row_and_refuses_its_item():
    bad = MATERIAL_ROW | {"材料编码": "A02", "材料类别": "证据"}

    plan = plan_import(read_catalogue(workbook(materials=(MATERIAL_ROW, bad))))

    assert reasons(plan) == [("materials", 3, "class", "not_in_range")]
    assert plan.added == ()


def test_a_material_of_no_item_is_refused():
    plan = plan_import(read_catalogue(workbook(materials=(MATERIAL_ROW, MATERIAL_ROW | {"实施编码": "x"}))))

    assert reasons(plan) == [("materials", 3, "item_code", "material_of_unknown_item")]
    assert len(plan.added) == 1


def test_a_word_that_is_no_number_is_refused_at_its_field():
    plan = plan_import(read_catalogue(workbook(items=(ITEM_ROW | {"事项版本": "第一版"},))))

    assert reasons(plan) == [("items", 2, "item_version", "wrong_type")]


def test_a_fonds_that_lost_its_zeros_as_a_number_is_refused():
    plan = plan_import(read_catalogue(workbook(items=(), materials=(), agencies=([*AGENCY_ROW[:4], 59],))))

    assert reasons(plan) == [("agencies", 2, "fonds", "fonds_malformed")]


def test_a_region_written_as_a_number_is_a_text_of_digits():
    plan = plan_import(read_catalogue(workbook(agencies=([*AGENCY_ROW[:3], 440000, "0059"],))))

    assert plan.agencies_added[0].region_code == "440000"


def test_a_value_under_no_header_is_not_lost_in_silence():
    data = workbook(items=(), materials=(), agencies=([*AGENCY_ROW, "多出来的值"],))

    assert [code for *_, code in reasons(plan_import(read_catalogue(data)))] == ["unknown_field"]


@pytest.mark.parametrize(
    ("sheets", "code"),
    [
        ({"别的": [["x"]]}, "sheet_missing"),
        ({"事项": []}, "column_missing"),
        ({"事项": [["x"] * 101]}, "sheet_too_long"),
        ({"事项": [["实施编码", "事项名称", "事项版本"]]}, "column_missing"),
        ({"事项": [[*(column.header for column in ITEM_COLUMNS), "备注"]]}, "column_unknown"),
        ({"事项": [[*(column.header for column in ITEM_COLUMNS), "实施编码"]]}, "column_twice"),
    ],
)
def test_a_workbook_that_is_not_of_the_template_is_refused(sheets, code):
    assert code in refusals(write_workbook(sheets))


def test_a_published_list_with_odd_parts_is_refused_row_by_row():
    odd = {"task_code": CODE, "name": 5, "dept_uscc": None, "statutory_limit": "无", "materials": "申请表"}

    plan = plan_import(read_catalogue(json.dumps({"items": [odd]}).encode()))

    assert {(field, code) for table, _, field, code in reasons(plan) if table == "items"} >= {
        ("item_name", "wrong_type"), ("agency", "required"),
        ("statutory_limit", "wrong_type"), ("materials", "wrong_type"),
    }  # fmt: skip


def test_a_workbook_that_says_it_unpacks_without_end_is_refused():
    data = bytearray(workbook())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (2**31).to_bytes(4, "little")

    assert refusals(bytes(data)) == {"workbook_too_large"}


def repacked(change, name="xl/worksheets/sheet1.xml"):
    """Return a sound workbook with one part changed, under the same or another name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row><c r="XFD3"><v>1</v></c></row>',
        '<x:row xmlns:x="u"><x:c r="&#88;FD3"/></x:row>',
        "<row>" + "<c><v>1</v></c>" * 101 + "</row>",
        '<row r="60000"><c><v>1</v></c></row>',
    ],
)
def test_a_cell_in_a_far_corner_is_refused_before_it_takes_all_memory(cells):
    data = repacked(lambda part: part.replace(b"</sheetData>", f"{cells}</sheetData>".encode()))

    assert refusals(data) == {"sheet_too_long"}


@pytest.mark.parametrize(
    "change",
    [
        lambda part: part.replace(b"<worksheet", b"<!DOCTYPE w [<!ENTITY a 'b'>]><worksheet"),
        lambda part: part[:-20],
        lambda part: part.replace(b'<row r="2">', b'<row r="-2">'),
        lambda part: part.replace(b'r="A2"', b'r="?2"'),
        lambda part: b"",
    ],
)
def test_a_workbook_with_a_broken_part_is_refused(change):
    assert refusals(repacked(change)) == {"workbook_unreadable"}


@pytest.mark.parametrize("kind", [b"worksheet", b"image"])
def test_a_sheet_that_hides_under_another_name_is_refused(kind):
    def hide(part):
        return part.replace(b"sheet1.xml", b"sheet1.png").replace(b'worksheet"', kind + b'"')

    data = repacked(hide, "xl/_rels/workbook.xml.rels")

    assert refusals(data) == {"workbook_unreadable"}


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin", "XL/WORKBOOK.XML"])
def test_a_workbook_that_could_be_read_as_something_else_is_refused(name):
    data = io.BytesIO(workbook())
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(name, "<a/>")

    assert refusals(data.getvalue()) == {"workbook_unreadable"}


def test_true_and_false_cells_are_read_as_yes_and_no():
    cell = b'<c r="T2" t="b"><v>0</v></c>'
    data = repacked(lambda part: re.sub(rb'<c r="T2".*?</c>', cell, part))

    assert not plan_import(read_catalogue(data)).added[0].plan.accept_unlisted


def test_the_template_is_an_empty_catalogue_with_all_sheets():
    assert read_catalogue(write_template()) == ()
    assert list(SHEETS) == ["事项", "材料", "机构"]


def test_workbooks_are_the_same_bytes_each_time_and_keep_markup_as_text():
    sheets = {
        "机构": [[column.header for column in AGENCY_COLUMNS], [AGENCY_ROW[0], "<b>&\x01", None, 1]],
        "事项": sheet(ITEM_COLUMNS),
    }

    assert write_workbook(sheets) == write_workbook(sheets)
    assert read_catalogue(write_workbook(sheets))[0].values["name"] == "<b>&\ufffd"


def _tried(data):
    """Import the bytes; the answer is a plan or a refusal with reasons, never another failure."""
    try:
        return plan_import(read_catalogue(data))
    except Invalid as refusal:
        return refusal.problems


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{"]))
def test_no_bytes_break_the_reader(data, head):
    assert _tried(head + data)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 3000), st.integers(0, 255))
def test_no_damaged_workbook_breaks_the_reader(place, value):
    data = bytearray(workbook())
    data[place % len(data)] = value

    assert _tried(bytes(data))


@pytest.mark.corpora
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are absent")
def test_a_published_list_is_taken_but_for_the_items_of_one_wrong_agency():
    plan = plan_import(read_catalogue((CORPORA / "catalogue" / "guangdong_items.json").read_bytes()))

    assert len(plan.added) == 1646
    assert len(plan.agencies_added) == 119
    assert [row.table for row in plan.refused] == ["agencies", "items", "items", "items"]
    assert {problem.code for row in plan.refused for problem in row.problems} == {
        "credit_code_malformed", "item_code_malformed",
    }  # fmt: skip
    assert all(item.is_default_plan for item in plan.added)
    assert len({agency.fonds for agency in plan.agencies_added}) == 119
