from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.sound_case import field_names, make_plan

from jingui.domain.catalogue import PLAN_PROBLEM_CODES, plan_from_dict, plan_to_dict
from jingui.domain.errors import Invalid
from jingui.domain.metadata.code_rules import CODE_RULE_PROBLEMS
from jingui.domain.metadata.fields import PROBLEM_CODES
from jingui.domain.records.conditions import Condition, FieldTest
from jingui.domain.records.facts import MaterialRule
from jingui.domain.records.formats import DEFAULT_ALLOWED, EXTENSIONS
from jingui.domain.records.origins import PageProfile
from jingui.domain.records.plan_rules import MetadataRule, ProcessMove, RetentionRule
from jingui.domain.records.terms import (
    EvidenceClass,
    MaterialClass,
    MaterialSource,
    Obligation,
    Retention,
    SharingClass,
)

CODES = PROBLEM_CODES | PLAN_PROBLEM_CODES | CODE_RULE_PROBLEMS


def problems_of(raw):
    with pytest.raises(Invalid) as failure:
        plan_from_dict(raw)
    for problem in failure.value.problems:
        assert set(problem.params) == set(CODES[problem.code])
    return [(problem.location, problem.code) for problem in failure.value.problems]


WHEN = Condition(((FieldTest("closure", ("completed",)), FieldTest("situation:委托", ("yes",), is_negated=True)),))


def full_plan():
    return make_plan(
        formats=("pdf", "ofd"),
        accept_suggestions_from=90,
        materials=(
            MaterialRule(
                "A01",
                "申请表",
                MaterialClass.APPLICATION,
                Obligation.CONDITIONAL,
                when=WHEN,
                alternative="表",
                evidence=EvidenceClass.EVIDENCE,
                source=MaterialSource.SHARED,
                formats=("pdf",),
                is_paper_kept=True,
                paper_basis="某法第三条",
            ),
        ),
        retention_rules=(RetentionRule("长期", 5, WHEN, Retention.PERMANENT, "理由", "第 3 条"),),
        metadata_rules=(MetadataRule("project_code", Obligation.REQUIRED, ("A", "B"), 20),),
        situations=("委托",),
        results=("准予",),
        process=(ProcessMove("start", "收件", "received"), ProcessMove("received", closure="completed", when=WHEN)),
        scope_statement="全部归档",
        layers=("default@1",),
        process_page=PageProfile.PDFA_3B,
    )


def test_a_plan_survives_json():
    plan = make_plan(formats=("pdf", "ofd"), accept_unlisted=True)

    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan


def test_every_field_of_a_plan_is_written():
    assert set(plan_to_dict(full_plan())) == field_names(type(make_plan()))


def test_a_plan_with_every_kind_of_rule_survives_json():
    plan = full_plan()

    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan


def test_a_plan_that_states_no_rules_is_written_as_before_there_were_any():
    told: Any = plan_to_dict(make_plan())
    assert "retention_rules" not in told
    assert "when" not in told["materials"][0]


def test_a_plan_without_formats_takes_the_default_set():
    assert plan_from_dict(plan_to_dict(make_plan(formats=()))).formats == DEFAULT_ALLOWED


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"retention": "D50"}, ("retention", "not_in_range")),
        ({"retention_reason": ""}, ("retention_reason", "required")),
        ({"sharing": "04"}, ("sharing", "not_in_range")),
        ({"security_classification": "绝对机密"}, ("security_classification", "not_in_range")),
        ({"category": "Z W"}, ("category", "plan_code_malformed")),
        ({"formats": ["pdf", "exe"]}, ("formats", "unknown_format")),
        ({"archival_code_rule": "{fonds}"}, ("archival_code_rule", "code_rule_serial_count")),
        ({"min_step_count": -1}, ("min_step_count", "too_small")),
        ({"accept_unlisted": "yes"}, ("accept_unlisted", "wrong_type")),
        ({"colour": "red"}, ("colour", "unknown_field")),
        ({"materials": {}}, ("materials", "wrong_type")),
        ({"item_version": 0}, ("item_version", "too_small")),
    ],
)
def test_a_bad_part_of_a_plan_is_told(changes, problem):
    assert problem in problems_of(plan_to_dict(make_plan()) | changes)


MATERIAL = {"code": "A01", "name": "申请表", "class": "application"}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([MATERIAL | {"code": "A 01"}], ("materials[0].code", "material_code_malformed")),
        ([MATERIAL | {"class": ""}], ("materials[0].class", "required")),
        ([MATERIAL | {"obligation": "maybe"}], ("materials[0].obligation", "not_in_range")),
        ([MATERIAL | {"obligation": "conditional"}], ("materials[0].condition", "condition_missing")),
        ([MATERIAL | {"min_count": 3, "max_count": 2}], ("materials[0].max_count", "counts_reversed")),
        ([MATERIAL, MATERIAL], ("materials[1].code", "material_twice")),
        ([MATERIAL, MATERIAL | {"code": "A02", "aliases": ["A01"]}], ("materials[1].code", "material_twice")),
        ([MATERIAL | {"colour": "red"}], ("materials[0].colour", "unknown_field")),
        (["申请表"], ("materials[0]", "wrong_type")),
    ],
)
def test_a_bad_material_is_told(rows, problem):
    assert problem in problems_of(plan_to_dict(make_plan()) | {"materials": rows})


NAMES = st.text("申请表ABC12", min_size=1, max_size=8)


@st.composite
def materials(draw):
    codes = draw(st.lists(st.from_regex(r"[ABC][0-9]{2}", fullmatch=True), unique=True, max_size=4))
    return tuple(
        MaterialRule(
            code,
            draw(NAMES),
            draw(st.sampled_from(MaterialClass)),
            draw(st.sampled_from(Obligation)),
            min_count=draw(st.integers(0, 2)),
            max_count=draw(st.none() | st.integers(2, 5)),
            condition=draw(NAMES),
            sharing=draw(st.sampled_from(SharingClass)),
        )
        for code in codes
    )


@settings(deadline=None, max_examples=30)
@given(
    materials(),
    st.sampled_from(Retention),
    st.lists(st.sampled_from(sorted(EXTENSIONS)), min_size=1, unique=True),
    st.lists(NAMES, max_size=3),
    st.booleans(),
)
def test_any_plan_survives_its_dictionary(rules, retention, formats, steps, lenient):
    plan = make_plan(
        materials=rules,
        retention=retention,
        formats=tuple(formats),
        required_steps=tuple(steps),
        accept_unlisted=lenient,
    )

    assert plan_from_dict(plan_to_dict(plan)) == plan
