"""Every rule has a case that it passes and one that it does not; the file's name is the expected result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.domain.sound_case import NOW, edited, make_case, make_context, make_plan

from jingui.domain.inspection import FINDING_CODES, RULES, Finding, inspect
from jingui.domain.records.terms import Outcome

GOLDEN = Path(__file__).parents[2] / "golden" / "inspection"
BUILT = [rule.identifier for rule in RULES if rule.method != "person"]
BY_PERSON = [rule.identifier for rule in RULES if rule.method == "person"]


def _findings(rule: str, changes: dict[str, object]) -> list[Finding]:
    things: dict[str, Any] = {"case": make_case(), "plan": make_plan(), "context": make_context()}
    for path, value in changes.items():
        root, _, rest = path.partition(".")
        things[root] = edited(things[root], rest, value)
    report = inspect(things["case"], things["plan"], facts=things["context"], now=NOW)
    return [finding for finding in report.findings if finding.rule == rule]


@pytest.mark.parametrize("rule", BUILT)
def test_a_rule_passes_its_sound_example(rule):
    told = json.loads((GOLDEN / rule / "pass.json").read_text())

    findings = _findings(rule, told["set"])

    assert findings[0].outcome is Outcome.PASSED, findings
    assert findings[0].code == "all_well"
    assert int(findings[0].params["count"]) > 0


@pytest.mark.parametrize("rule", BUILT)
def test_a_rule_finds_what_is_wrong_with_its_broken_example(rule):
    told = json.loads((GOLDEN / rule / "fail.json").read_text())

    findings = _findings(rule, told["set"])

    wanted = (told["expect"]["outcome"], told["expect"]["code"])
    assert wanted in [(finding.outcome, finding.code) for finding in findings]
    assert all(finding.outcome is not Outcome.PASSED for finding in findings)


def test_no_golden_example_stands_without_a_rule():
    assert {folder.name for folder in GOLDEN.iterdir()} == set(BUILT)


@pytest.mark.parametrize("rule", BY_PERSON)
def test_an_item_that_only_a_person_sees_never_passes_by_itself(rule):
    (finding,) = _findings(rule, {})

    assert finding.outcome in {Outcome.NOT_APPLICABLE, Outcome.NEEDS_PERSON}
    assert finding.code in FINDING_CODES
