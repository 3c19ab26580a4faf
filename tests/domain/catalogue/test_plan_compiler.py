"""The plan compiler: planted faults are named with the rule at fault and its layer; sound plans are let through."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.domain.catalogue.planning.boxes import boxes_of, uncovered
from jingui.domain.catalogue.planning.compiling import PlanReport, compile_plan
from jingui.domain.catalogue.planning.layers import ItemIdentity, merge_layers
from jingui.domain.catalogue.planning.paths import walk_paths
from jingui.domain.catalogue.planning.vocabulary import Vocabulary
from jingui.domain.records.conditions import Condition, FieldTest, assigned, holds
from jingui.usecases.catalogue.plan_profile import load_plan_profile

PROFILE = load_plan_profile()
ITEM = ItemIdentity("11440000006940116U2440102002003", 1, "某许可", "11440000006940116U", "440000")
FORM = {"code": "A01", "name": "申请表", "class": "application", "obligation": "required"}


def told(field: str, *values: str) -> list[list[dict[str, Any]]]:
    return [[{"field": field, "is": list(values)}]]


def rule(name: str, priority: int, retention: str, when: Any = None, **more: Any) -> dict[str, Any]:
    base = {"name": name, "priority": priority, "retention": retention, "reason": "理由"}
    return {**base, "when": [[]] if when is None else when, **more}


def proved(*contents: dict[str, Any], profile: Any = None) -> PlanReport:
    """Prove the default layer with further layers on top: ``L1``, ``L2`` …"""
    layers = [("default@1", PROFILE.default_layer), *((f"L{n}@1", c) for n, c in enumerate(contents, 1))]
    return compile_plan(merge_layers(ITEM, layers), profile or PROFILE.compiling)


def found(report: PlanReport, code: str) -> list[tuple[str, str]]:
    return [(finding.rule, finding.layer) for finding in report.findings if finding.code == code]


def test_the_shipped_layer_is_sound_and_every_way_of_a_case_was_walked() -> None:
    report = proved({"materials": [FORM]})

    assert report.errors == ()
    assert report.is_whole
    assert report.path_count > 20
    assert report.case_count > report.path_count / 4


def test_rules_of_one_rank_that_disagree_are_named_with_a_case_in_which_they_do() -> None:
    report = proved(
        {"retention_rules": [rule("网上", 5, "D10", told("channel", "online"))]},
        {"retention_rules": [rule("法人", 5, "Y", told("applicant_kind", "organisation"))]},
    )

    [finding] = [finding for finding in report.findings if finding.code == "retention_contradiction"]
    assert (finding.rule, finding.layer) == ("retention_rules.网上", "L1@1")
    assert finding.params["other"] == "法人"
    assert finding.params["other_layer"] == "L2@1"
    assert finding.example == {"channel": "online", "applicant_kind": "organisation"}


def test_rules_of_one_rank_that_agree_are_only_mentioned() -> None:
    report = proved({"retention_rules": [rule("一", 5, "D10", told("channel", "online")), rule("二", 5, "D10")]})

    assert found(report, "retention_tie") == [("retention_rules.一", "L1@1")]
    assert report.is_sound


def test_rules_of_one_rank_that_never_meet_do_not_contradict() -> None:
    kinds = [
        rule("人", 5, "D10", told("applicant_kind", "person")),
        rule("企", 5, "Y", told("applicant_kind", "organisation")),
    ]

    assert proved({"retention_rules": kinds}).is_sound


def test_a_rule_hidden_behind_several_higher_ones_together_is_named() -> None:
    report = proved(
        {
            "retention_rules": [
                rule("人", 9, "D10", told("applicant_kind", "person")),
                rule("企", 8, "D30", told("applicant_kind", "organisation")),
            ]
        },
        {"retention_rules": [rule("窗口", 2, "Y", told("channel", "counter"))]},
    )

    assert ("retention_rules.窗口", "L2@1") in found(report, "retention_shadowed")


def test_a_rule_that_no_path_can_reach_is_mentioned() -> None:
    impossible = [[{"field": "closure", "is": ["not_accepted"]}, {"field": "step:审核", "is": ["yes"]}]]

    report = proved({"retention_rules": [rule("审后不受理", 20, "Y", impossible)]})

    assert found(report, "retention_unreached") == [("retention_rules.审后不受理", "L1@1")]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (told("situation:没有声明", "yes"), "condition_unknown_field"),
        (told("closure", "lost"), "condition_unknown_value"),
        ([[{"field": "channel", "is": ["online"]}, {"field": "channel", "is": ["post"]}]], "retention_never_applies"),
    ],
)
def test_a_condition_that_cannot_be_decided_or_met_is_named(when: Any, code: str) -> None:
    report = proved({"retention_rules": [rule("坏", 20, "Y", when)]})

    assert ("retention_rules.坏", "L1@1") in found(report, code)


def test_an_item_for_which_nothing_is_decided_in_some_case_is_uncovered() -> None:
    only_done = {
        name: value for name, value in PROFILE.default_layer.items() if name not in {"retention", "retention_reason"}
    }
    made = merge_layers(ITEM, [("default@1", only_done)])

    [finding] = [f for f in compile_plan(made, PROFILE.compiling).findings if f.code == "retention_undecided"]
    assert finding.is_error
    assert finding.example["closure"] in {"completed", "not_permitted"}


def test_an_item_without_any_material_is_uncovered() -> None:
    report = compile_plan(
        merge_layers(ITEM, [("default@1", {"retention": "Y", "retention_reason": "x"})]), PROFILE.compiling
    )

    assert "item_uncovered" in {finding.code for finding in report.errors}


def test_a_path_whose_package_would_hold_no_result_is_named_with_the_path() -> None:
    report = proved({"materials": [FORM, {"code": "C01", "removed": True}]})

    [finding] = [f for f in report.errors if f.code == "package_without_evidence"]
    assert finding.params["closure"] == "completed"
    assert finding.path[-1] == "completed"
    assert "办结" in finding.path


def test_a_situation_in_which_the_result_is_not_needed_is_found_among_all_combinations() -> None:
    when = [[{"field": "closure", "is": ["completed"]}, {"field": "situation:免证", "is": ["no"]}]]
    result = {
        "code": "C01",
        "name": "决定书",
        "class": "result",
        "obligation": "conditional",
        "min_count": 1,
        "when": when,
    }

    report = proved({"situations": ["免证", "代办"], "materials": [result]})

    [finding] = [f for f in report.errors if f.code == "package_without_evidence"]
    assert finding.example["situation:免证"] == "yes"


def test_a_required_step_that_a_path_leaves_out_is_named() -> None:
    report = proved({"required_steps": ["审核"]})

    [finding] = [f for f in report.findings if f.code == "step_not_on_path"]
    assert finding.layer == "L1@1"
    assert "审核" not in finding.path
    assert finding.example == {"metadata:service_type": "1"}


def test_a_required_step_that_no_path_takes_stops_the_plan() -> None:
    process = [{"from": "start", "step": "收件", "to": "end"}, {"from": "end", "closure": "completed"}]

    report = proved({"required_steps": ["登簿"], "process": process})

    assert found(report, "step_on_no_path") == [("required_steps", "L1@1")]


def test_the_steps_an_item_requires_stand_in_the_process_where_it_leaves_room_for_them() -> None:
    report = proved({"required_steps": ["受理", "初审", "登簿"]})

    assert report.is_sound
    assert found(report, "step_on_no_path") == []


def test_a_catalogue_that_says_a_condition_in_words_keeps_the_decidable_one_from_above() -> None:
    words = {
        "code": "B4",
        "name": "不予受理决定",
        "class": "process",
        "obligation": "conditional",
        "condition": "不受理时",
    }
    layers = [("default@1", PROFILE.default_layer), ("import:x@1", {"materials": [words]})]

    made = merge_layers(ITEM, layers)

    [rule] = [rule for rule in made.plan.materials if rule.code == "B4"]
    assert rule.name == "不予受理决定"
    assert rule.when is not None
    assert rule.when.fields() == ("closure",)


def test_alternatives_leave_a_choice_or_are_named() -> None:
    lone = {**FORM, "code": "A03", "alternative": "学历"}
    split = [
        {**FORM, "code": f"A0{n}", "alternative": "身份", "when": told("applicant_kind", kind)}
        for n, kind in ((4, "person"), (5, "organisation"))
    ]

    report = proved({"materials": [lone, *split]})

    assert found(report, "alternative_alone") == [("materials.A03", "L1@1")]
    assert found(report, "alternative_shadowed") == [("materials.A04", "L1@1"), ("materials.A05", "L1@1")]


def test_what_a_higher_layer_fixed_stays_and_the_lower_one_is_named() -> None:
    made = merge_layers(
        ITEM,
        [
            ("region:440000@3", {"category": "ZW", "fixed": ["category", "materials.A01"], "materials": [FORM]}),
            ("agency:x@1", {"category": "WS", "materials": [{**FORM, "name": "别的表"}]}),
        ],
    )

    assert made.plan.category == "ZW"
    assert made.plan.materials[0].name == "申请表"
    told_of = [(f.rule, f.layer, f.params["fixed_by"]) for f in made.findings]
    assert told_of == [
        ("category", "agency:x@1", "region:440000@3"),
        ("materials.A01", "agency:x@1", "region:440000@3"),
    ]


def test_every_value_tells_the_layer_it_comes_from() -> None:
    made = merge_layers(
        ITEM, [("default@1", PROFILE.default_layer), ("agency:a@2", {"unit": "WSJ", "materials": [FORM]})]
    )

    assert made.layer_of("unit") == "agency:a@2"
    assert made.layer_of("category") == "default@1"
    assert made.layer_of("materials.A01") == "agency:a@2"
    assert made.layer_of("materials.C01") == "default@1"
    assert made.plan.layers == ("default@1", "agency:a@2")


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        ({"materials": [{**FORM, "is_paper_kept": True}]}, "paper_without_law", "materials.A01"),
        ({"formats": ["pdf"], "materials": [{**FORM, "formats": ["ofd"]}]}, "format_not_kept", "materials.A01"),
        ({"metadata_rules": [{"element": "nothing"}]}, "metadata_element_unknown", "metadata_rules.nothing"),
        (
            {"metadata_rules": [{"element": "service_type", "values": ["7"]}]},
            "metadata_values_outside",
            "metadata_rules.service_type",
        ),
        ({"package_profile": "unknown"}, "package_profile_unknown", "package_profile"),
        ({"security_classification": "机密"}, "security_not_kept_here", "security_classification"),
        ({"process": [{"from": "start", "step": "收件", "to": "lost"}]}, "process_dead_end", "process"),
        ({"process": []}, "process_missing", "process"),
        ({"min_step_count": 4}, "too_few_steps_on_path", "min_step_count"),
        (
            {"retention_rules": [rule("x", 5, "Y", told("channel", "post"), reason="")]},
            "retention_unexplained",
            "retention_rules.x",
        ),
    ],
)
def test_a_value_that_makes_packages_unlawful_is_named(content: dict[str, Any], code: str, place: str) -> None:
    report = proved(content)

    assert (place, "L1@1") in found(report, code)
    assert not report.is_sound


def test_beyond_its_bound_the_walk_says_so_and_tries_a_few_situations_at_once() -> None:
    names = [f"情形{n}" for n in range(14)]
    materials = [
        {**FORM, "code": f"A{n:02}", "obligation": "conditional", "when": told(f"situation:{name}", "yes")}
        for n, name in enumerate(names)
    ]

    report = proved(
        {"situations": names, "materials": materials}, profile=replace(PROFILE.compiling, most_combinations=512)
    )

    assert not report.is_whole
    assert [f.params["at_once"] for f in report.findings if f.code == "combinations_bounded"] == ["2"]
    assert found(report, "material_unreached") == []


def test_no_path_takes_a_move_more_often_than_the_rounds_allow() -> None:
    made = merge_layers(ITEM, [("default@1", PROFILE.default_layer)])

    paths = list(walk_paths(made.plan.process, PROFILE.compiling))

    assert max(path.steps.count("补齐补正") for path in paths) == 2 * PROFILE.compiling.rounds
    assert {path.closure for path in paths} == {"completed", "returned", "withdrawn", "not_accepted", "not_permitted"}


FIELDS = {"a": ("1", "2", "3"), "b": ("1", "2"), "c": ("1", "2")}
VOCABULARY = Vocabulary({name: frozenset(values) for name, values in FIELDS.items()}, frozenset())
TESTS = st.builds(
    lambda field, values, negated: FieldTest(field, tuple(values), is_negated=negated),
    st.sampled_from(sorted(FIELDS)),
    st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=2, unique=True),
    st.booleans(),
)
CONDITIONS = st.builds(
    lambda alternatives: Condition(tuple(map(tuple, alternatives))),
    st.lists(st.lists(TESTS, max_size=3), min_size=1, max_size=3),
)


@settings(deadline=None, max_examples=60)
@given(CONDITIONS, st.lists(CONDITIONS, max_size=3))
def test_the_arithmetic_of_boxes_says_what_trying_every_case_says(one: Condition, others: list[Condition]) -> None:
    cases = [assigned(dict(zip(FIELDS, values, strict=True))) for values in product(*FIELDS.values())]
    left = [case for case in cases if holds(one, case) and not any(holds(other, case) for other in others)]

    gap = uncovered(
        boxes_of(one, VOCABULARY), [box for other in others for box in boxes_of(other, VOCABULARY)], VOCABULARY
    )

    assert (gap is None) == (not left)
    assert gap is None or any(all(case(field) in values for field, values in gap.items()) for case in left)
