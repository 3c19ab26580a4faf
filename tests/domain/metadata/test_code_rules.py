from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.sound_case import ITEM_CODE, make_case, make_plan

from jingui.domain.arrangement.arranging import code_fields
from jingui.domain.errors import Invalid
from jingui.domain.metadata.code_rules import CODE_RULE_PROBLEMS, check_code_rule, code_scope, render_code

FIELDS = code_fields(make_case(), make_plan())


def test_the_default_archival_code_follows_the_standard_pattern():
    code = render_code(make_plan().archival_code_rule, FIELDS, 21)

    assert code == "0059-ZW·2024-D30-XZSP-000021"


def test_the_default_record_code_follows_the_documented_city_pattern():
    code = render_code(make_plan().record_code_rule, FIELDS, 21)

    assert code == f"440000-0059-{ITEM_CODE}-2024-D30-000021"


def test_a_scope_is_everything_but_the_serial():
    assert code_scope(make_plan().archival_code_rule, FIELDS) == "0059-ZW·2024-D30-XZSP-{serial}"


def test_a_serial_wider_than_its_template_keeps_its_digits():
    assert render_code("{fonds}-{serial:02}", FIELDS, 1234) == "0059-1234"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("{fonds}", "code_rule_serial_count"),
        ("{serial}-{serial}", "code_rule_serial_count"),
        ("{fonds}-{serial", "code_rule_malformed"),
        ("{fonds!r}-{serial}", "code_rule_malformed"),
        ("{serial:{fonds}}", "code_rule_malformed"),
        ("{}-{serial}", "code_rule_unknown_name"),
        ("{fonds.__class__}-{serial}", "code_rule_unknown_name"),
        ("{fonds[0]}-{serial}", "code_rule_unknown_name"),
        ("{档案}-{serial}", "code_rule_unknown_name"),
        ("{fonds:>9999999999}-{serial}", "code_rule_bad_width"),
        ("{fonds}-{serial:0100}", "code_rule_bad_width"),
        ("{fonds}-{serial:x}", "code_rule_bad_width"),
        ("{fonds}/{serial}", "code_rule_unsafe_character"),
        ("{fonds} -{serial}", "code_rule_unsafe_character"),
        ("{fonds}{serial:03}", "code_rule_serial_not_apart"),
        ("{serial:03}{fonds}", "code_rule_serial_not_apart"),
        ("{serial:03}1-{fonds}", "code_rule_serial_not_apart"),
        ("-" * 201, "code_rule_too_long"),
    ],
)
def test_a_bad_template_is_refused_with_its_reason(rule, code):
    problems = check_code_rule(rule)

    assert code in {problem.code for problem in problems}
    assert all(set(problem.params) == set(CODE_RULE_PROBLEMS[problem.code]) for problem in problems)
    with pytest.raises(Invalid):
        render_code(rule, FIELDS, 1)


@pytest.mark.parametrize("rule", ["{serial}", "{serial:06}-{fonds}", "{fonds}·{serial:4}", "{{{fonds}}}-{serial}"])
def test_a_serial_that_stands_apart_is_accepted(rule):
    assert check_code_rule(rule) == ()


def test_a_missing_value_is_refused():
    with pytest.raises(Invalid) as failure:
        code_scope("{fonds}-{serial}", {"fonds": ""})

    assert failure.value.problems[0].code == "code_value_missing"


def test_a_value_that_would_leave_its_folder_is_refused():
    with pytest.raises(Invalid) as failure:
        code_scope("{fonds}-{serial}", {"fonds": "../.."})

    assert failure.value.problems[0].code == "code_value_unsafe"


@pytest.mark.parametrize("serial", [0, -1])
def test_serials_begin_at_one(serial):
    with pytest.raises(Invalid):
        render_code("{fonds}-{serial}", FIELDS, serial)


@given(st.text(max_size=60))
def test_a_template_is_either_refused_or_renders_different_codes_for_different_serials(rule):
    if not check_code_rule(rule):
        assert render_code(rule, FIELDS, 999_999) != render_code(rule, FIELDS, 1_000_000)
