from __future__ import annotations

from typing import Any

import pytest

from jingui.domain.catalogue import CatalogueDefaults, plan_import
from jingui.domain.catalogue.assembling import Assembler
from jingui.domain.catalogue.cells import CONVERTERS
from jingui.domain.catalogue.changes import changed_elements
from jingui.domain.catalogue.content import CONTENT_PROBLEM_CODES
from jingui.domain.catalogue.drafts import ItemState, told_content
from jingui.domain.catalogue.elements import BY_IDENTIFIER, WORKING_LIST
from jingui.domain.catalogue.exchange import BASIC, EXTEND, MATERIAL, NATIONAL_EXCHANGE
from jingui.domain.catalogue.importing import Existing, KnownItem, SourceRow
from jingui.domain.catalogue.mappings import (
    MAPPING_PROBLEM_CODES,
    TableHead,
    guess_mapping,
    mapping_from_dict,
    mapping_to_dict,
)
from jingui.domain.catalogue.profiles import NATIONAL, OPEN
from jingui.domain.catalogue.targets import BY_PATH, TableKind, Target
from jingui.domain.errors import Invalid
from jingui.domain.records.terms import Obligation

AGENCY = "11440000006940116U"
TASK = f"{AGENCY}2440102002003"
BASIC_ROW = {
    "row_guid": "g1", "catalog_code": "440102002003", "task_code": TASK, "task_handle_item": f"{TASK}01",
    "task_name": "教材初审", "task_type": "01", "dept_name": "省教育厅", "dept_code": AGENCY, "by_law": "条例第一条",
    "use_level": "2", "anticipate_day": "70", "anticipate_type": "1", "promise_explain": "见指南", "server_type": "1,2",
    "task_state": "1", "task_version": "3", "plan_effective_date": "2024-05-01 00:00:00", "cd_batch": "b1",
}  # fmt: skip


def open_plan(rows, mapping=NATIONAL_EXCHANGE, **existing):
    return plan_import(Assembler(mapping).rows(rows), defaults=CatalogueDefaults(profile=OPEN), **existing)


def material(number, **cells):
    return SourceRow(MATERIAL, number, {"task_guid": "g1", "task_code": TASK, **cells})


def codes(plan):
    return [problem.code for row in (*plan.refused, *plan.noted) for problem in row.problems]


def test_the_exchange_tables_are_joined_into_one_item_with_all_it_says():
    plan = open_plan(
        [
            material(1, material_name="身份证明", is_need="0", order_num="2"),
            material(2, material_name="申请表", is_need="1", order_num="1", fill_explain="如实填写"),
            SourceRow(EXTEND, 1, {"task_guid": "g1", "task_code": TASK, "is_online": "1", "result_name": "批复"}),
            SourceRow(BASIC, 1, BASIC_ROW),
        ]
    )

    (item,) = plan.added
    told: Any = told_content(item)
    assert (item.item_code, item.task_code, item.base_code) == (f"{TASK}01", TASK, "440102002003")
    assert (item.item_version, item.statutory_limit.days, item.statutory_limit.unit) == (3, 70, "工作日")
    assert [m["name"] for m in told["materials"]] == ["申请表", "身份证明"]
    assert told["materials"][0]["fill_explain"] == "如实填写"
    assert told["elements"]["result_name"] == "批复"
    assert told["elements"]["server_type"] == ["1", "2"]
    assert told["elements"]["promise_explain"] == "见指南"
    assert "extra" not in told
    assert item.lifetime.begins.isoformat() == "2024-05-01"
    rules = [(rule.code, rule.name, rule.obligation) for rule in item.plan.materials][:2]
    assert rules == [("A01", "申请表", Obligation.REQUIRED), ("A02", "身份证明", Obligation.OPTIONAL)]
    assert codes(plan) == []


def test_a_row_that_belongs_to_no_item_is_refused_and_comes_back_whole():
    plan = open_plan([SourceRow(MATERIAL, 7, {"task_code": "x", "material_name": "申请表"})])

    (row,) = plan.refused
    assert codes(plan) == ["material_of_unknown_item"]
    assert row.origin[0].number == 7


def test_a_bad_material_is_told_at_its_own_row():
    plan = open_plan([SourceRow(BASIC, 1, BASIC_ROW), material(9, material_name="名" * 201)])

    (problem,) = plan.refused[0].problems
    assert (problem.table, problem.row, problem.field, problem.code) == (MATERIAL, 9, "name", "too_long")


def test_what_the_national_profile_demands_is_refused_when_it_is_missing():
    rows = Assembler(NATIONAL_EXCHANGE).rows([SourceRow(BASIC, 1, BASIC_ROW)])

    plan = plan_import(rows, defaults=CatalogueDefaults(profile=NATIONAL))

    assert {p.field for p in plan.refused[0].problems} >= {"elements.power_source", "elements.accept_condition"}


def test_columns_are_guessed_by_identifier_title_or_alias_and_the_rest_is_kept():
    head = TableHead("清单", ("事项名称", "实施编码", "dept_uscc", "dept_code", "设定依据", "颜色", "原因"))

    columns = guess_mapping([head]).tables["*"].columns

    assert list(columns.values()) == [
        "item_name", "task_code", "agency", "agency_alternative", "elements.by_law", "", "-",
    ]  # fmt: skip


def test_a_column_that_is_no_field_of_ours_is_kept_with_the_item():
    head = TableHead("清单", ("事项名称", "部门", "区划代码", "颜色"))
    rows = [SourceRow("清单", 2, {"事项名称": "教材初审", "部门": "教育局", "区划代码": "440100", "颜色": "红"})]

    plan = open_plan(rows, guess_mapping([head]))

    (item,) = plan.added
    assert item.content.extra == {"颜色": "红"}
    assert item.content.elements["dept_name"] == "教育局"
    assert set(codes(plan)) == {"item_code_allotted", "agency_code_allotted"}


def test_codes_that_are_allotted_are_the_same_next_time():
    head = TableHead("清单", ("事项名称", "部门", "区划代码"))
    rows = [SourceRow("清单", 2, {"事项名称": "教材初审", "部门": "教育局", "区划代码": "440100"})]
    first = open_plan(rows, guess_mapping([head]))
    known = {item.item_code: KnownItem(item.item_version, item.digest) for item in first.added}
    existing = Existing(known, {agency.code: agency for agency in first.agencies_added})

    again = open_plan(rows, guess_mapping([head]), existing=existing)

    assert (len(again.unchanged), again.added, again.changed) == (1, (), ())


def test_a_list_without_versions_makes_the_next_version_where_something_changed():
    head = TableHead("清单", ("事项名称", "实施编码", "dept_uscc", "部门", "常见问题"))
    cells = {"事项名称": "教材初审", "实施编码": TASK, "dept_uscc": AGENCY, "部门": "省教育厅", "常见问题": "无"}
    first = open_plan([SourceRow("清单", 2, cells)], guess_mapping([head]))
    existing = Existing(
        {i.item_code: KnownItem(1, i.digest) for i in first.added}, {a.code: a for a in first.agencies_added}
    )

    plan = open_plan([SourceRow("清单", 2, cells | {"常见问题": "要多久"})], guess_mapping([head]), existing=existing)

    (item,) = plan.changed
    assert item.item_version == 2
    assert changed_elements(told_content(first.added[0]), told_content(item)) == ("faq",)


def test_an_item_that_is_withdrawn_says_so_without_a_new_version():
    first = open_plan([SourceRow(BASIC, 1, BASIC_ROW)])
    (item,) = first.added
    known = Existing(
        {item.item_code: KnownItem(3, item.digest, item.lifetime)}, {a.code: a for a in first.agencies_added}
    )

    plan = open_plan(
        [SourceRow(BASIC, 1, BASIC_ROW | {"task_state": "3", "plan_cancel_date": "20250101"})], existing=known
    )

    (again,) = plan.restated
    assert (again.item_version, again.lifetime.state) == (3, ItemState.WITHDRAWN)
    assert again.lifetime.ends.isoformat() == "2025-01-01"


@pytest.mark.parametrize(
    ("cell", "limit", "explained"),
    [
        ("70(工作日)", (70, "工作日"), None),
        ("20个工作日（自受理之日）", (20, "工作日"), "20个工作日（自受理之日）"),
        ("受理即生效", None, "受理即生效"),
        ("无", None, None),
        ("1年", (1, "年"), None),
        ([5, "工作日"], (5, "工作日"), None),
    ],
)
def test_a_time_limit_is_read_and_words_beyond_it_are_kept(cell, limit, explained):
    head = TableHead("t", ("事项名称", "部门", "区划代码", "法定办结时限"))
    row = SourceRow("t", 2, {"事项名称": "甲", "部门": "乙", "区划代码": "440100", "法定办结时限": cell})

    (item,) = open_plan([row], guess_mapping([head])).added

    told = item.statutory_limit and (item.statutory_limit.days, item.statutory_limit.unit)
    assert (told, item.content.elements.get("anticipate_explain")) == (limit, explained)


@pytest.mark.parametrize(
    ("path", "cell", "value"),
    [
        ("item_type", "行政许可", "01"), ("item_type", "1", "01"), ("item_type", "20", "20"), ("item_type", "别的", "别的"),
        ("elements.server_type", "自然人、企业法人", ["1", "2"]), ("elements.is_online", "是", "1"),
        ("elements.is_online", "true", "1"), ("elements.use_level", "省级", "2"), ("state", "取消", "withdrawn"),
        ("effective_to", "2024年5月1日", "2024-05-01"), ("effective_to", "随时", "随时"), ("item_version", "2.0", "2.0"),
        ("materials", '["甲", "乙"]', [{"name": "甲"}, {"name": "乙"}]),
        ("materials", [{"name": "甲", "required": True, "copies": 2, "色": "红"}],
         [{"name": "甲", "requirement": "required", "copies": "2", "remark": "色：红"}]),
    ],
)  # fmt: skip
def test_a_cell_becomes_the_value_of_its_field_or_stays_as_it_is(path, cell, value):
    target = BY_PATH[TableKind.ITEMS][path]

    assert CONVERTERS[target.kind](cell, target) == value


def test_a_code_that_no_set_knows_is_kept_and_told():
    row = BASIC_ROW | {"server_type": "1,非法人企业"}

    plan = open_plan([SourceRow(BASIC, 1, row)])

    assert plan.added[0].content.elements["server_type"] == ("1", "非法人企业")
    (problem,) = plan.noted[0].problems
    assert set(problem.params) == set(CONTENT_PROBLEM_CODES[problem.code])


def test_a_mapping_survives_being_written_and_read():
    assert mapping_from_dict(mapping_to_dict(NATIONAL_EXCHANGE)) == NATIONAL_EXCHANGE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "other"}, "mapping_malformed"),
        ({"tables": {}}, "mapping_without_items"),
        ({"tables": {"t": {"kind": "items", "columns": {"a": "nowhere"}}}}, "mapping_target_unknown"),
        ({"tables": {"t": {"kind": "colours"}}}, "mapping_kind_unknown"),
        ({"profile": "kind"}, "mapping_profile_unknown"),
        ({"constants": {"nowhere": "1"}}, "mapping_target_unknown"),
        ({"tables": "all"}, "wrong_type"),
    ],
)
def test_a_mapping_that_is_none_is_refused_with_its_reason(change, code):
    with pytest.raises(Invalid) as failure:
        mapping_from_dict(mapping_to_dict(NATIONAL_EXCHANGE) | change)

    found = {problem.code: problem.params for problem in failure.value.problems}
    assert code in found
    assert set(found[code]) >= set(MAPPING_PROBLEM_CODES.get(code, ()))


def test_every_target_has_its_converter_and_every_element_its_target():
    targets = [target for kind in TableKind for target in BY_PATH[kind].values()]

    assert all(isinstance(target, Target) and target.kind in CONVERTERS for target in targets)
    own = {element.place or f"elements.{element.identifier}" for element in WORKING_LIST} - {"elements.dept_name"}
    assert own <= set(BY_PATH[TableKind.ITEMS])
    assert len(BY_IDENTIFIER) == len({element.title for element in BY_IDENTIFIER.values()})
