"""Persons: statements for an agency and a time, decisions on what was left open, asking again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.personas import Integrator, Office

from jingui.bootstrap import services
from jingui.db.models import Case, Inspection, InspectionStatement
from jingui.domain.access.roles import ALL_AGENCIES, Actor, Role
from jingui.domain.errors import Conflict, Invalid, NotFound, Refused
from jingui.domain.inspection.report import report_from_dict
from jingui.usecases.inspection.statements import (
    Handed,
    Said,
    StatementDesk,
    ask_again,
    decide_finding,
    effective,
    state_standing,
)

ARCHIVIST = Actor("k", "陈玉珍", frozenset({Role.ARCHIVIST}), ALL_AGENCIES)
YEAR: dict[str, Any] = {"valid_from": date(2020, 1, 1), "valid_until": None}


def _desk(actor: Actor = ARCHIVIST) -> StatementDesk:
    ready = services()
    return StatementDesk(actor, "account:chen", ready.evidence, ready.queue, datetime.now(UTC))


def _said(rule: str = "GD-4-7", outcome: str = "passed", words: str = "制度执行情况已逐项核对", **more: Any) -> Said:
    return Said(rule, outcome, words, **more)


def _finding(rule: str) -> tuple[str, str, str]:
    found = report_from_dict(Inspection.objects.latest("at").report).findings
    return next((f.outcome.value, f.code, f.evidence) for f in found if f.rule == rule)


def test_without_a_statement_an_item_of_persons_waits_and_with_one_it_says_who_when_and_on_what(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    office.work()
    assert _finding("GD-4-7")[:2] == ("needs_person", "needs_statement")

    state_standing(_said(evidence=Handed("检查记录.pdf", [b"%PDF-1.4"])), agency_code="", desk=_desk(), **YEAR)
    integrator.whole_case("N-2")
    office.work()

    outcome, code, evidence = _finding("GD-4-7")
    assert (outcome, code) == ("passed", "stated_by_person")
    assert "检查记录.pdf sha256 " in evidence
    assert [finding.code for finding in office.findings()] == []


def test_a_statement_counts_only_for_its_time_and_its_agency(office: Office, integrator: Integrator) -> None:
    state_standing(_said(), agency_code="", valid_from=date(2020, 1, 1), valid_until=date(2020, 12, 31), desk=_desk())
    integrator.whole_case("N-1")
    office.work()

    assert _finding("GD-4-7")[0] == "needs_person"


def test_the_newest_statement_counts_even_if_it_is_a_bad_one(office: Office, integrator: Integrator) -> None:
    state_standing(_said(), agency_code="", desk=_desk(), **YEAR)
    state_standing(_said(outcome="failed", words="抽查发现两次未登记"), agency_code="", desk=_desk(), **YEAR)
    integrator.whole_case("N-1")
    office.work()

    assert _finding("GD-4-7")[0] == "failed"
    assert Case.objects.get().state == "preserved"  # the item does not block


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (_said(rule="GD-1-1"), Refused),
        (_said(rule="XX-9-9"), Invalid),
        (_said(outcome="warned"), Invalid),
        (_said(words="  "), Invalid),
        (_said(words="字" * 1001), Invalid),
    ],
)
def test_a_statement_of_what_a_program_sees_or_without_reason_is_refused(
    office: Office, said: Said, error: type[Exception]
) -> None:
    with pytest.raises(error):
        state_standing(said, agency_code="", desk=_desk(), **YEAR)

    assert InspectionStatement.objects.count() == 0


def test_nobody_states_for_the_house_who_is_bound_to_an_agency(office: Office) -> None:
    bound = Actor("k", "李四", frozenset({Role.ARCHIVIST}), frozenset({"A1"}))

    with pytest.raises((NotFound, Refused)):
        state_standing(_said(), agency_code="", desk=_desk(bound), **YEAR)


def test_a_finding_that_does_not_wait_for_a_person_cannot_be_decided(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    office.work()
    case = Case.objects.get()

    with pytest.raises(Conflict):
        decide_finding(case.key, _said(rule="GD-1-1"), location="", desk=_desk())


def test_what_waits_in_a_record_can_be_decided_for_that_record_alone(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    office.work()
    case = Case.objects.get()

    decide_finding(case.key, _said(), location="", desk=_desk())

    report = effective(report_from_dict(Inspection.objects.get().report), case, datetime.now(UTC))
    assert [f.outcome.value for f in report.findings if f.rule == "GD-4-7"] == ["passed"]
    assert [finding.code for finding in office.findings()] == []
    with pytest.raises(Conflict):
        decide_finding(case.key, _said(), location="", desk=_desk())


def test_a_held_case_is_inspected_again_when_asked_and_no_other(office: Office, integrator: Integrator) -> None:
    integrator.case("N-1")
    integrator.steps("N-1")
    integrator.closure("N-1")
    office.work()
    held = Case.objects.get()
    assert (held.state, Inspection.objects.count()) == ("held", 1)

    ask_again(held.key, desk=_desk())
    office.work()

    assert (Case.objects.get().state, Inspection.objects.count()) == ("held", 2)
    integrator.whole_case("N-2")
    office.work()
    with pytest.raises(Conflict):
        ask_again(Case.objects.get(case_number="N-2").key, desk=_desk())
