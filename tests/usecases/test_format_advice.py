"""The archive's format policy speaks in the inspection: what it warns of is told, what it refuses holds the case."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
from tests.builders import now
from tests.personas import Office, new_number, pdf

from jingui.db.models import Inspection
from jingui.domain.inspection.report import Finding, report_from_dict
from jingui.domain.lifecycle import CaseState
from jingui.domain.preservation.default_formats import DEFAULT_POLICY
from jingui.domain.preservation.format_policy import policy_to_dict
from jingui.domain.records.formats import Treatment
from jingui.domain.records.terms import Outcome
from jingui.usecases.format_policies import adopt_policy


def with_script(title: str) -> bytes:
    """Make a PDF that runs a script when it is opened."""
    with pikepdf.open(io.BytesIO(pdf(title))) as document:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def said(office: Office, number: str, code: str) -> list[Finding]:
    last = Inspection.objects.filter(case=office.case_row(number)).order_by("-number").first()
    assert last is not None
    return [finding for finding in report_from_dict(last.report).findings if finding.code == code]


def send(office: Office) -> str:
    number = new_number()
    office.integrator.whole_case(number)
    office.integrator.file(number, "f9", with_script(number), material="A02", name="脚本.pdf")
    office.work()
    return number


def test_what_the_policy_warns_of_is_told_and_holds_nothing(office: Office) -> None:
    number = send(office)
    found = [
        (f.outcome, f.location) for f in said(office, number, "feature_warned") if f.params["feature"] == "javascript"
    ]
    assert found == [(Outcome.WARNED, "file:f9")]
    assert office.case_row(number).state == CaseState.PRESERVED


def test_what_an_adopted_policy_refuses_holds_the_case(office: Office) -> None:
    strict = tuple(
        replace(rule, treatment=Treatment.REFUSE) if rule.feature == "javascript" else rule
        for rule in DEFAULT_POLICY.features
    )
    policy = policy_to_dict(replace(DEFAULT_POLICY, features=strict))
    adopt_policy(policy, reason="不收含脚本的文件", actor="tests", now=now())
    number = send(office)
    assert said(office, number, "feature_refused")
    assert office.case_row(number).state == CaseState.HELD


def test_a_format_that_the_plan_allows_and_the_policy_warns_of_is_told(office: Office) -> None:
    strict = tuple(
        replace(rule, treatment=Treatment.WARN, reason="测试") if rule.format in {"pdf", "pdfa"} else rule
        for rule in DEFAULT_POLICY.rules
    )
    adopt_policy(policy_to_dict(replace(DEFAULT_POLICY, rules=strict)), reason="试", actor="tests", now=now())
    number = new_number()
    office.integrator.whole_case(number)
    office.work()
    assert {finding.params["reason"] for finding in said(office, number, "format_advised")} == {"测试"}
    assert office.case_row(number).state == CaseState.PRESERVED
