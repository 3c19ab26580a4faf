"""Rules about what must be there: materials, steps, counts, numbers, the closure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.domain.sound_case import CLOSED, NOW, edited, make_case, make_context, make_file, make_plan, report_of, said

from jingui.domain.inspection import inspect
from jingui.domain.records.terms import ClosureKind, Outcome


def test_a_step_that_no_message_told_of_is_found():
    assert said(report_of(edited(make_case(), "files.0.step", "踏勘")), "step_unknown")


def test_late_files_and_steps_are_told_and_do_not_hold_a_case():
    case = make_case()
    case = replace(case, files=(*case.files, make_file("f-d", "B16")))
    late = replace(case.steps[0], key="s9", started_at=CLOSED + timedelta(days=2), ended_at=CLOSED + timedelta(days=2))
    case = replace(case, steps=(*case.steps, late))

    report = inspect(case, make_plan(), facts=make_context(scanner=None), now=NOW + timedelta(days=3))

    codes = {finding.code for finding in report.findings if finding.outcome is Outcome.WARNED}
    assert codes == {
        "more_files_than_declared", "more_steps_than_declared", "more_bytes_than_declared", "step_after_closure",
    }  # fmt: skip
    assert not report.is_blocked


def test_fewer_steps_than_declared_hold_a_case():
    assert report_of(edited(make_case(), "closure.declared_steps", 3)).is_blocked


def test_counts_nobody_declared_are_not_checked():
    case = make_case()
    assert case.closure is not None
    closure = replace(case.closure, declared_files=None, declared_steps=None, declared_bytes=None)
    report = report_of(replace(case, closure=closure))

    assert said(report, "count_not_declared")[0].outcome is Outcome.NOT_CHECKED
    assert said(report, "bytes_not_declared")[0].outcome is Outcome.NOT_CHECKED


def test_an_open_case_is_not_complete():
    report = report_of(replace(make_case(), closure=None))

    assert said(report, "not_closed")
    assert report.is_blocked


@pytest.mark.parametrize("kind", [kind for kind in ClosureKind if kind is not ClosureKind.COMPLETED])
def test_a_case_that_did_not_run_to_its_end_needs_no_result(kind):
    case = make_case()
    assert case.closure is not None
    closure = replace(case.closure, kind=kind, declared_files=1, declared_steps=1, declared_bytes=1000)
    case = replace(case, closure=closure, files=case.files[:1], steps=case.steps[:1])

    assert not report_of(case).is_blocked


def test_too_few_steps_of_a_completed_case_are_found():
    assert said(report_of(plan=make_plan(min_step_count=3)), "too_few_steps")


def test_unended_steps_and_steps_without_handler_are_told():
    case = edited(edited(make_case(), "steps.0.ended_at", None), "steps.1.handler", "")
    report = report_of(case)

    assert said(report, "step_not_ended")[0].outcome is Outcome.WARNED
    assert said(report, "step_without_handler")[0].outcome is Outcome.WARNED


def test_an_organisation_without_a_legal_representative_is_told():
    report = report_of(edited(make_case(), "applicant.kind", "organisation"))

    assert [finding.params["element"] for finding in said(report, "conditional_element_empty")] == ["legal_man"]


def test_files_outside_the_plan_and_over_its_counts_are_found():
    case = make_case()
    extra = (make_file("x", "Z99"), make_file("y", "B16"), make_file("z", "B16"))
    report = report_of(replace(case, files=case.files + extra))

    assert [finding.location for finding in said(report, "file_not_in_plan")] == ["file:x"]
    assert [finding.location for finding in said(report, "too_many_files")] == ["file:z"]


def test_repeated_numbers_are_found():
    report = report_of(context=make_context(number_series={"file_sequence": (1, 2, 2)}))

    assert said(report, "number_repeated")[0].params == {"series": "file_sequence", "number": "2"}


def test_what_nobody_looked_for_is_not_checked():
    report = report_of(context=make_context(extra_files=None, package=None, scanner=None, number_series={}))

    codes = {finding.code for finding in report.findings if finding.outcome is Outcome.NOT_CHECKED}
    assert {"checked_at_packaging", "no_scanner", "numbers_not_allotted"} <= codes
