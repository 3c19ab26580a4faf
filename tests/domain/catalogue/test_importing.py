from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.domain.catalogue import (
    IMPORT_PROBLEM_CODES,
    PLAN_PROBLEM_CODES,
    ROW_PROBLEM_CODES,
    CatalogueDefaults,
    Existing,
    KnownItem,
    RawRow,
    check_agency_row,
    check_item_row,
    item_digest,
    item_to_dict,
    plan_import,
)
from jingui.domain.metadata.code_rules import CODE_RULE_PROBLEMS
from jingui.domain.metadata.fields import PROBLEM_CODES
from jingui.domain.records.identifiers import ItemCodeRules
from jingui.domain.records.terms import Retention

CODES = PROBLEM_CODES | PLAN_PROBLEM_CODES | CODE_RULE_PROBLEMS | ROW_PROBLEM_CODES | IMPORT_PROBLEM_CODES
AGENCY = {"code": "11440000006940116U", "name": "广东省教育厅", "region_code": "440000", "fonds": "0059"}
OTHER = {"code": "11430000006122244L", "name": "另一机构", "region_code": "430000"}
ITEM: dict[str, Any] = {
    "item_code": "11440000006940116U2440102002003",
    "item_name": "中小学地方课程教材初审",
    "item_version": 1,
    "base_code": "440102002003",
    "item_type": "01",
    "agency": "11440000006940116U",
    "statutory_limit": {"days": 70, "unit": "工作日"},
    "promised_limit": None,
    "plan": {
        "retention": "Y",
        "retention_reason": "长期有效的许可",
        "materials": [{"code": "A01", "name": "申请表", "class": "application"}],
    },
}


def rows_of(*items, agencies=(AGENCY,)):
    return [
        *(RawRow("agencies", number, values) for number, values in enumerate(agencies, 1)),
        *(RawRow("items", number, values) for number, values in enumerate(items, 1)),
    ]


def existing_after(plan):
    known = {item.item_code: KnownItem(item.item_version, item_digest(item)) for item in plan.added + plan.changed}
    return Existing(items=known, agencies={agency.code: agency for agency in plan.agencies_added})


def reasons(plan):
    found = [problem for row in plan.refused for problem in row.problems]
    assert all(set(problem.params) == set(CODES[problem.code]) for problem in found)
    return [(problem.table, problem.row, problem.field, problem.code) for problem in found]


def test_a_good_item_and_its_agency_are_added():
    plan = plan_import(rows_of(ITEM))

    (item,) = plan.added
    assert item.statutory_limit is not None
    assert (item.item_type, item.statutory_limit.days, item.plan.retention) == ("01", 70, Retention.PERMANENT)
    assert plan.agencies_added[0].fonds == "0059"
    assert plan.refused == ()


def test_an_item_without_a_plan_gets_a_default_one_that_says_so():
    item, _ = check_item_row({name: value for name, value in ITEM.items() if name != "plan"})

    assert item is not None
    assert item.is_default_plan
    assert (item.plan.retention, item.plan.retention_reason) == (Retention.YEARS_30, "默认，待审定")
    assert [rule.code for rule in item.plan.materials] == ["B99", "C01"]


def test_what_is_assumed_is_a_setting():
    defaults = CatalogueDefaults(retention=Retention.YEARS_10, retention_reason="暂定", added_materials=())

    item, _ = check_item_row(ITEM | {"plan": {}}, defaults=defaults)

    assert item is not None
    assert (item.plan.retention, item.plan.retention_reason, item.plan.materials) == (Retention.YEARS_10, "暂定", ())


def test_base_code_and_type_come_from_the_item_code_when_absent():
    item, _ = check_item_row(ITEM | {"base_code": "", "item_type": None})

    assert item is not None
    assert (item.base_code, item.item_type) == ("440102002003", "01")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"item_code": "123"}, "item_code", "item_code_malformed"),
        ({"item_code": 123}, "item_code", "wrong_type"),
        ({"item_name": ""}, "item_name", "required"),
        ({"item_name": "名" * 201}, "item_name", "too_long"),
        ({"item_version": None}, "item_version", "required"),
        ({"item_version": 1.5}, "item_version", "wrong_type"),
        ({"base_code": "440102002004"}, "base_code", "base_code_not_of_item"),
        ({"base_code": "4401"}, "base_code", "base_code_malformed"),
        ({"item_type": "07"}, "item_type", "item_type_not_of_item"),
        ({"item_type": "99"}, "item_type", "not_in_range"),
        ({"agency": "11440000006940116A"}, "agency", "credit_code_malformed"),
        ({"agency": "11430000006122244L"}, "agency", "agency_unknown"),
        ({"statutory_limit": {"days": -1}}, "statutory_limit.days", "too_small"),
        ({"statutory_limit": {"days": 5, "unit": "旬"}}, "statutory_limit.unit", "not_in_range"),
        ({"statutory_limit": "无"}, "statutory_limit", "wrong_type"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"plan": {"retention": "永远"}}, "plan.retention", "not_in_range"),
        ({"plan": {"retention": "D10"}}, "plan.retention_reason", "required"),
        ({"plan": {"materials": [{"code": "A01"}]}}, "plan.materials[0].name", "required"),
        ({"plan": {"colour": "red"}}, "plan.colour", "unknown_field"),
    ],
)
def test_a_bad_item_row_is_refused_by_row_field_and_reason(changes, field, code):
    plan = plan_import(rows_of(ITEM, ITEM | {"item_version": 2} | changes))

    assert ("items", 2, field, code) in reasons(plan)
    assert len(plan.added) == 1


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"code": "TE440000GD030003VV"}, "code", "credit_code_malformed"),
        ({"name": None}, "name", "required"),
        ({"region_code": "99"}, "region_code", "region_code_malformed"),
        ({"fonds": "59"}, "fonds", "fonds_malformed"),
        ({"boss": "x"}, "boss", "unknown_field"),
    ],
)
def test_a_bad_agency_row_is_refused_by_row_field_and_reason(changes, field, code):
    plan = plan_import(rows_of(agencies=(AGENCY | changes,)))

    assert reasons(plan) == [("agencies", 1, field, code)]


def test_all_problems_of_a_row_are_told():
    _, problems = check_agency_row({"code": "1", "name": "", "region_code": "", "fonds": "1"})

    assert len(problems) == 4


def test_importing_the_same_again_changes_nothing():
    first = plan_import(rows_of(ITEM, agencies=(AGENCY, OTHER)))

    again = plan_import(rows_of(copy.deepcopy(ITEM), agencies=(AGENCY, OTHER)), existing=existing_after(first))

    assert again.unchanged == (ITEM["item_code"],)
    assert set(again.agencies_unchanged) == {AGENCY["code"], OTHER["code"]}
    assert (again.added, again.changed, again.refused, again.agencies_changed) == ((), (), (), ())


def test_another_content_under_the_same_version_is_refused():
    first = plan_import(rows_of(ITEM))

    plan = plan_import(rows_of(ITEM | {"item_name": "改名"}), existing=existing_after(first))

    assert reasons(plan) == [("items", 1, "item_version", "version_not_increased")]


def test_another_content_under_a_higher_version_is_a_change():
    first = plan_import(rows_of(ITEM))

    plan = plan_import(rows_of(ITEM | {"item_name": "改名", "item_version": 2}), existing=existing_after(first))

    assert [item.item_version for item in plan.changed] == [2]


def test_an_older_version_is_refused():
    first = plan_import(rows_of(ITEM | {"item_version": 3}))

    plan = plan_import(rows_of(ITEM), existing=existing_after(first))

    assert reasons(plan) == [("items", 1, "item_version", "version_older")]


def test_the_same_row_twice_is_refused_the_second_time():
    plan = plan_import(rows_of(ITEM, ITEM, agencies=(AGENCY, AGENCY)))

    assert reasons(plan) == [("agencies", 2, "", "row_twice"), ("items", 2, "", "row_twice")]


def test_two_versions_may_come_in_one_file():
    plan = plan_import(rows_of(ITEM, ITEM | {"item_version": 2}))

    assert (len(plan.added), len(plan.changed), plan.refused) == (1, 1, ())


def test_a_new_name_of_an_agency_is_a_change():
    first = plan_import(rows_of())

    plan = plan_import(rows_of(agencies=(AGENCY | {"name": "新名"},)), existing=existing_after(first))

    assert [agency.name for agency in plan.agencies_changed] == ["新名"]


def test_agencies_without_a_fonds_get_free_provisional_numbers_and_keep_them():
    third = OTHER | {"code": "11100000000013338W"}
    first = plan_import(rows_of(agencies=(AGENCY | {"fonds": "T001"}, OTHER, third)))
    again = plan_import(rows_of(agencies=(third,)), existing=existing_after(first))

    assert [(agency.fonds, agency.is_provisional) for agency in first.agencies_added] == [
        ("T001", False), ("T002", True), ("T003", True),
    ]  # fmt: skip
    assert again.agencies_unchanged == (third["code"],)


def test_when_provisional_numbers_run_out_the_row_is_refused():
    plan = plan_import(rows_of(agencies=(OTHER,)), defaults=CatalogueDefaults(fonds_prefixes=""))

    assert reasons(plan) == [("agencies", 1, "fonds", "fonds_exhausted")]


def test_local_item_codes_are_taken_where_they_are_allowed():
    defaults = CatalogueDefaults(item_codes=ItemCodeRules(allow_local=True))
    local = ITEM | {"item_code": "511A0138000000-511602000000", "base_code": "511A0138000000", "item_type": "08"}

    plan = plan_import(rows_of(local), defaults=defaults)

    assert plan.added[0].base_code == "511A0138000000"


def test_a_material_without_its_item_is_refused():
    plan = plan_import([RawRow("materials", 7, {"item_code": "nowhere"})])

    assert reasons(plan) == [("materials", 7, "item_code", "material_of_unknown_item")]


def test_a_problem_of_a_part_is_told_at_the_row_it_came_from():
    bad = ITEM | {"plan": {"materials": [{"code": "A01", "name": "", "class": "application"}]}}

    plan = plan_import([*rows_of(), RawRow("items", 4, bad, {"plan.materials[0]": ("materials", 9)})])

    assert reasons(plan) == [("materials", 9, "name", "required")]
    assert (plan.refused[0].table, plan.refused[0].row) == ("items", 4)


def test_an_item_written_out_can_be_imported_again():
    (item,) = plan_import(rows_of(ITEM)).added

    (again,) = plan_import(rows_of(item_to_dict(item))).added

    assert again == item


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(sorted(ITEM)), st.none() | st.integers() | st.text(max_size=9)), max_size=5
    )
)
def test_every_row_ends_in_exactly_one_list(changes):
    rows = rows_of(*(ITEM | change for change in changes))

    plan = plan_import(rows)

    reasons(plan)
    placed = len(plan.added) + len(plan.changed) + len(plan.unchanged) + len(plan.refused)
    assert placed + len(plan.agencies_added) == len(rows)


def test_who_is_bound_to_agencies_changes_theirs_and_no_other():
    foreign = {**ITEM, "item_code": "11430000006122244L2440102002003", "agency": OTHER["code"]}
    list_of_both = rows_of(ITEM, foreign, agencies=(AGENCY, OTHER))

    plan = plan_import(list_of_both, within={AGENCY["code"]})

    assert [item.item_code for item in plan.added] == [ITEM["item_code"]]
    assert [agency.code for agency in plan.agencies_added] == [AGENCY["code"]]
    assert reasons(plan) == [
        ("agencies", 2, "code", "agency_out_of_reach"),
        ("items", 2, "agency", "agency_out_of_reach"),
    ]
    assert len(plan_import(list_of_both).added) == 2
    assert plan_import(list_of_both, within=()).added == ()


def test_what_stays_as_it_is_needs_no_reach():
    first = plan_import(rows_of(ITEM, agencies=(AGENCY, OTHER)))

    again = plan_import(rows_of(ITEM, agencies=(AGENCY, OTHER)), existing=existing_after(first), within=())

    assert (again.refused, again.unchanged) == ((), (ITEM["item_code"],))
    assert set(again.agencies_unchanged) == {AGENCY["code"], OTHER["code"]}
    ended = {**ITEM, "effective_to": "2026-12-31"}
    renamed = {**OTHER, "name": "又一机构"}
    assert reasons(plan_import(rows_of(ended, agencies=(renamed,)), existing=existing_after(first), within=())) == [
        ("agencies", 1, "code", "agency_out_of_reach"),
        ("items", 1, "agency", "agency_out_of_reach"),
    ]


def test_an_item_of_another_agency_is_not_taken_over_by_naming_the_own_one():
    held = Existing(
        items={ITEM["item_code"]: KnownItem(1, "0" * 64, agency=OTHER["code"])},
        agencies=existing_after(plan_import(rows_of(ITEM, agencies=(AGENCY, OTHER)))).agencies,
    )
    later = {**ITEM, "item_version": 2}

    assert reasons(plan_import(rows_of(later, agencies=()), existing=held, within={AGENCY["code"]})) == [
        ("items", 1, "agency", "agency_out_of_reach")
    ]
    assert len(plan_import(rows_of(later, agencies=()), existing=held).changed) == 1


def test_an_agency_that_a_row_names_by_the_way_is_not_entered_by_who_is_bound_to_another():
    told = {**ITEM, "agency": OTHER["code"], "agency_name": "另一机构", "agency_region": "430000"}

    plan = plan_import(rows_of(told), within={AGENCY["code"]})

    assert plan.added == plan.changed == ()
    assert OTHER["code"] not in {agency.code for agency in plan.agencies_added}
