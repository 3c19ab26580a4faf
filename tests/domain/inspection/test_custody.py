"""长期保存: audits of copies and restore drills are evidence, and what they lack is left to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.sound_case import NOW, make_case, make_context, make_plan

from jingui.domain.inspection import Finding, inspect
from jingui.domain.inspection.custody import CopyAudit, Custody, Drill, OpenFinding
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.rules import make_scheme
from jingui.domain.inspection.settings import InspectionProfile, RuleSetting
from jingui.domain.inspection.subject import Statement
from jingui.domain.records.terms import Outcome

DRILL = Drill(NOW - timedelta(days=30), (), 0, 4711)


def said(
    custody: Custody | None, rule: str, *, days: int = 365, statements: tuple[Statement, ...] = ()
) -> list[Finding]:
    profile = InspectionProfile(settings=(RuleSetting("CQ-3-9", values=(("drill_days", days),)),))
    scheme = make_scheme(InspectionPhase.PRESERVATION, profile)
    context = make_context(custody=custody, statements=statements)
    report = inspect(make_case(), make_plan(), facts=context, now=NOW, scheme=scheme)
    return [finding for finding in report.findings if finding.rule == rule]


def test_a_recent_drill_that_held_proves_that_backups_restore() -> None:
    (finding,) = said(Custody(drill=DRILL), "CQ-3-9")

    assert (finding.outcome, finding.code, finding.evidence) == (Outcome.PASSED, "drill_held", "journal event 4711")


@pytest.mark.parametrize("drill", [replace(DRILL, different=("jingui_case",)), replace(DRILL, findings=2)])
def test_a_drill_that_differed_fails(drill: Drill) -> None:
    (finding,) = said(Custody(drill=drill), "CQ-3-9")

    assert (finding.outcome, finding.code) == (Outcome.FAILED, "drill_differed")


@pytest.mark.parametrize(("custody", "code"), [(Custody(), "drill_missing"), (Custody(drill=DRILL), "drill_too_old")])
def test_without_a_recent_drill_a_person_is_asked(custody: Custody, code: str) -> None:
    (finding,) = said(custody, "CQ-3-9", days=7)

    assert (finding.outcome, finding.code) == (Outcome.NEEDS_PERSON, code)


def test_what_a_person_stated_counts_where_there_is_no_recent_drill() -> None:
    statement = Statement("CQ-3-9", Outcome.PASSED, "异地恢复成功", "陈", "2024-03-01")

    (finding,) = said(Custody(), "CQ-3-9", statements=(statement,))

    assert (finding.outcome, finding.code) == (Outcome.PASSED, "stated_by_person")


def test_audits_of_the_copies_stand_as_evidence_beside_the_item() -> None:
    audits = (CopyAudit("主库", NOW, "full", True), CopyAudit("异地", NOW, "routine", True))
    damaged = OpenFinding("异地", "digest_differs", "a/b")

    findings = said(Custody(audits=audits, findings=(damaged,)), "CQ-1-14")

    told = [(finding.outcome, finding.code, finding.params["root"]) for finding in findings if "root" in finding.params]
    assert told == [
        (Outcome.PASSED, "copy_audited", "主库"),
        (Outcome.PASSED, "copy_audited", "异地"),
        (Outcome.WARNED, "copy_damaged_open", "异地"),
    ]


def test_where_nobody_knows_how_it_is_kept_nothing_is_said_of_it() -> None:
    assert "root" not in {name for finding in said(None, "CQ-1-14") for name in finding.params}
