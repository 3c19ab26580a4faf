"""GD-3-5: whether a format suits long-term keeping is said by the profile's list or the archive's format policy."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from tests.domain.sound_case import NOW, make_case, make_context, make_plan

from jingui.domain.inspection import Finding, InspectionContext, inspect
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.rules import make_scheme
from jingui.domain.inspection.settings import InspectionProfile, RuleSetting
from jingui.domain.preservation.default_formats import DEFAULT_POLICY
from jingui.domain.preservation.format_policy import FormatPolicy, judge
from jingui.domain.records.formats import Suitability
from jingui.domain.records.terms import Outcome


def policy_that_finds_pdfa(suitability: Suitability) -> FormatPolicy:
    rules = tuple(
        replace(rule, suitability=suitability) if rule.format == "pdfa" else rule for rule in DEFAULT_POLICY.rules
    )
    return replace(DEFAULT_POLICY, rules=rules, version=3)


def said(context: InspectionContext, *, listed: tuple[str, ...] = ()) -> list[Finding]:
    settings = (RuleSetting("GD-3-5", values=(("long_term_formats", listed),)),) if listed else ()
    scheme = make_scheme(InspectionPhase.ARCHIVING, InspectionProfile(settings=settings))
    report = inspect(make_case(), make_plan(), facts=context, now=NOW, scheme=scheme)
    return [finding for finding in report.findings if finding.rule == "GD-3-5"]


@pytest.mark.parametrize("suitability", [Suitability.LIMITED, Suitability.UNSUITABLE, Suitability.UNKNOWN])
def test_a_policy_that_thinks_otherwise_of_a_format_changes_the_outcome(suitability: Suitability) -> None:
    policy = policy_that_finds_pdfa(suitability)

    findings = said(make_context(judge_format=partial(judge, policy)))

    assert {(finding.outcome, finding.code) for finding in findings} == {(Outcome.WARNED, "format_not_long_term")}
    assert all(finding.evidence.startswith(f"format policy 3: {suitability.value}") for finding in findings)


def test_the_list_of_a_profile_counts_before_the_policy() -> None:
    policy = policy_that_finds_pdfa(Suitability.UNSUITABLE)

    (finding,) = said(make_context(judge_format=partial(judge, policy)), listed=("pdfa", "ofd"))

    assert finding.outcome is Outcome.PASSED


def test_a_format_that_a_profile_does_not_list_is_warned_of_though_the_policy_takes_it() -> None:
    findings = said(make_context(), listed=("ofd",))

    assert {finding.outcome for finding in findings} == {Outcome.WARNED}


def test_without_list_and_policy_nothing_passes() -> None:
    (finding,) = said(make_context(judge_format=None))

    assert (finding.outcome, finding.code) == (Outcome.NOT_CHECKED, "no_format_policy")


def test_a_coarse_scan_is_told_by_the_profile_s_own_least_resolution() -> None:
    case = make_case()
    reading = case.files[0].reading
    assert reading is not None
    scan = replace(reading, notes=("resolution: 150 dpi, page 2",))
    case = replace(case, files=(replace(case.files[0], reading=scan), *case.files[1:]))

    def outcomes(least: int) -> list[tuple[str, dict[str, str]]]:
        profile = InspectionProfile(settings=(RuleSetting("GD-3-4", values=(("minimum_dpi", least),)),))
        scheme = make_scheme(InspectionPhase.ARCHIVING, profile)
        report = inspect(case, make_plan(), facts=make_context(), now=NOW, scheme=scheme)
        return [
            (finding.outcome.value, finding.params)
            for finding in report.findings
            if finding.code == "resolution_too_low"
        ]

    assert outcomes(0) == outcomes(150) == []
    assert [(outcome, params["found"], params["least"]) for outcome, params in outcomes(200)] == [
        ("warned", "150", "200")
    ]
