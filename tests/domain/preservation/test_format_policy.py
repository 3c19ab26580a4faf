"""The format policy: which rule holds, what features add, and that only a whole and sound policy is read."""

from __future__ import annotations

import pytest

from jingui.domain.errors import Invalid
from jingui.domain.preservation.default_formats import DEFAULT_POLICY
from jingui.domain.preservation.format_policy import (
    FEATURES,
    changed_rules,
    judge,
    policy_from_dict,
    policy_to_dict,
)
from jingui.domain.records.facts import Reading
from jingui.domain.records.formats import EXTENSIONS, Risk, Suitability, Treatment


def test_a_format_is_judged_by_the_rule_of_its_name() -> None:
    judged = judge(DEFAULT_POLICY, Reading("docx"))

    assert (judged.treatment, judged.convert_to, judged.suitability) == (
        Treatment.CONVERT,
        "pdfa",
        Suitability.LIMITED,
    )


def test_the_rule_of_an_identifier_comes_before_that_of_the_name() -> None:
    assert judge(DEFAULT_POLICY, Reading("ole2", pronom_id="x-fmt/430")).key == "x-fmt/430"
    assert judge(DEFAULT_POLICY, Reading("ole2", pronom_id="fmt/111")).key == "ole2"


@pytest.mark.parametrize("reading", [Reading(""), Reading("fmt/999", pronom_id="fmt/999")])
def test_what_no_rule_names_falls_under_the_last_one(reading: Reading) -> None:
    judged = judge(DEFAULT_POLICY, reading)

    assert (judged.key, judged.treatment, judged.risk) == ("", Treatment.REFUSE, Risk.HIGH)


def test_features_are_judged_with_their_details_and_the_strictest_counts() -> None:
    reading = Reading(
        "pdf", notes=("launch_action", "fonts_not_embedded: Arial", "title: x"), defects=(("needs_repair", "a"),)
    )

    judged = judge(DEFAULT_POLICY, reading)

    assert {found.feature: found.detail for found in judged.features} == {
        "launch_action": "",
        "fonts_not_embedded": "Arial",
        "needs_repair": "a",
    }
    assert (judged.treatment, judged.strictest) == (Treatment.ACCEPT, Treatment.REFUSE)


def test_the_shipped_policy_rules_on_every_own_format_and_feature() -> None:
    assert set(EXTENSIONS) <= {rule.format for rule in DEFAULT_POLICY.rules}
    assert {rule.feature for rule in DEFAULT_POLICY.features} == set(FEATURES)


def test_a_policy_survives_being_written_and_read() -> None:
    assert policy_from_dict(policy_to_dict(DEFAULT_POLICY), version=0) == DEFAULT_POLICY


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("treatment", "keep", "not_in_range"),
        ("format", "fmt/x", "unknown_format"),
        ("format", "", "unknown_format"),
        ("convert_to", "png", "target_without_conversion"),
        ("reason", "", "required"),
        ("reason", "a\x00b", "control_character"),
        ("more", 1, "unknown_field"),
    ],
)
def test_a_rule_that_is_wrong_is_told_at_its_place(place: str, value: object, code: str) -> None:
    raw = policy_to_dict(DEFAULT_POLICY)
    raw["rules"][0] = {**raw["rules"][0], place: value}

    with pytest.raises(Invalid) as told:
        policy_from_dict(raw, version=1)

    assert [(problem.location, problem.code) for problem in told.value.problems] == [(f"rules[0].{place}", code)]


@pytest.mark.parametrize("raw", [None, [], "x", {"rules": 7}, {"rules": [None]}, {"features": [[]]}])
def test_what_is_no_policy_is_refused_whatever_it_is(raw: object) -> None:
    with pytest.raises(Invalid):
        policy_from_dict(raw, version=1)


def test_a_format_ruled_twice_is_refused() -> None:
    raw = policy_to_dict(DEFAULT_POLICY)
    raw["rules"].append(raw["rules"][0])

    with pytest.raises(Invalid) as told:
        policy_from_dict(raw, version=1)

    assert [problem.code for problem in told.value.problems] == ["repeated"]


def test_changes_between_versions_are_named() -> None:
    raw = policy_to_dict(DEFAULT_POLICY)
    raw["rules"] = [rule for rule in raw["rules"] if rule["format"] != "zip"]
    raw["features"][0]["treatment"] = "refuse"

    assert changed_rules(DEFAULT_POLICY, policy_from_dict(raw, version=1)) == ("zip", raw["features"][0]["feature"])
