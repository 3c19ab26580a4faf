"""Screens of inspection: reports to take away, profiles, statements, statistics, and who may do what."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests.builders import Built, make_case_at, now
from tests.interfaces.web.conftest import SignIn

from jingui.db.models import InspectionProfileVersion, InspectionStatement, Job, PhaseInspection
from jingui.domain.access.roles import Role
from jingui.domain.lifecycle import CaseState
from jingui.usecases.workers import beat, beat_no_more


def test_a_report_can_be_taken_away_in_three_forms(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)

    forms = {form: archivist.get(f"/records/{case.key}/inspection/report.{form}") for form in ("pdf", "xml", "json")}

    assert {form: answer.status_code for form, answer in forms.items()} == {"pdf": 200, "xml": 200, "json": 200}
    assert forms["pdf"].content.startswith(b"%PDF-")
    assert json.loads(forms["json"].content)["phase"] == "gd"
    assert "四性检测报告".encode() in forms["xml"].content


def test_who_may_not_see_personal_data_gets_the_masked_form_alone(built: Built, sign_in: SignIn) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    assert case.agency is not None
    clerk = sign_in(Role.CLERK, agency_code=case.agency.code)

    assert clerk.get(f"/records/{case.key}/inspection/report.pdf").status_code == 200
    assert clerk.get(f"/records/{case.key}/inspection/report.xml").status_code == 403
    assert clerk.post(f"/records/{case.key}/inspection/run", {"phase": "cq"}).status_code == 403


def test_a_phase_is_inspected_on_demand_and_its_report_shown(built: Built, archivist: Client) -> None:
    case = make_case_at(built, CaseState.PRESERVED)

    answer = archivist.post(f"/records/{case.key}/inspection/run", {"phase": "cq"}, follow=True)

    assert "长期保存环节检测：通过" in answer.content.decode()
    run = PhaseInspection.objects.get()
    assert archivist.get(f"/records/{case.key}/inspection/report.pdf?run={run.key}").status_code == 200
    assert archivist.get(f"/records/{case.key}/inspection/report.pdf?run=nonsense").status_code == 404


def test_a_profile_is_saved_as_a_version_and_a_stale_or_wrong_one_is_not(built: Built, archivist: Client) -> None:
    form = {"name": "云泽市方案", "scope": "general", "scope_value": "", "note": "试", "seen": "0"}
    form |= {"GD-3-4:shown": "1", "GD-3-4:on": "1", "GD-3-4:blocking": "1", "GD-3-4:minimum_dpi": "200"}
    address = "/inspection/profiles/edit"

    assert archivist.post(address, form | {"GD-3-4:minimum_dpi": "-5"}).status_code == 422
    assert archivist.post(address, form | {"scope": "agency", "scope_value": "none"}).status_code == 422
    assert archivist.post(address, form).status_code == 302
    assert archivist.post(address, form).status_code == 409

    row = InspectionProfileVersion.objects.get()
    assert row.content["settings"] == [{"rule": "GD-3-4", "on": True, "blocking": None, "values": {"minimum_dpi": 200}}]


def test_an_item_that_a_profile_switches_off_says_so_in_the_report(built: Built, archivist: Client) -> None:
    form = {"name": "云泽市方案", "scope": "general", "scope_value": "", "seen": "0", "GD-2-9:shown": "1"}
    archivist.post("/inspection/profiles/edit", form)

    case = make_case_at(built, CaseState.HELD)

    page = archivist.get(f"/records/{case.key}/inspection").content.decode()
    assert "未启用，依检测方案“云泽市方案 第 1 版”" in page
    assert case.state == "preserved"  # what was missing is no longer looked for, and the report says why


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.SUPERVISOR])
def test_nobody_else_changes_a_profile_or_states_anything(built: Built, sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)

    assert client.post("/inspection/profiles/edit", {"scope": "general"}).status_code in {403, 404}
    assert client.post("/inspection/tasks/state", {"rule": "GD-4-7"}).status_code == 403


def test_a_statement_without_reason_is_refused_with_what_is_wrong(built: Built, archivist: Client) -> None:
    told = {"rule": "GD-4-7", "outcome": "passed", "words": "", "agency": "", "valid_from": "2026-01-01"}

    assert archivist.post("/inspection/tasks/state", told).status_code == 422
    assert archivist.post("/inspection/tasks/state", told | {"valid_from": "x"}).status_code == 422
    assert InspectionStatement.objects.count() == 0


def test_statistics_lead_to_the_cases_and_to_a_workbook(built: Built, archivist: Client) -> None:
    make_case_at(built, CaseState.HELD)

    page = archivist.get("/inspection?by=code")
    cases = archivist.get("/inspection/cases?code=material_missing")
    book = archivist.get("/inspection/statistics.xlsx")

    assert [row["query"]["code"] for row in page.context["rows"]] == ["material_missing"]
    assert cases.context["page"].total == 1
    assert zipfile.is_zipfile(io.BytesIO(book.content))


def test_the_first_page_says_loudly_that_no_scanner_is_connected(built: Built, archivist: Client) -> None:
    assert "没有接入病毒扫描" in archivist.get("/").content.decode()


def test_the_first_page_says_loudly_that_nobody_works_while_work_waits(built: Built, archivist: Client) -> None:
    words = "后台没有进程在工作：1 项工作在等"
    long_ago = now() - timedelta(minutes=3)
    Job.objects.create(case_key=uuid4(), run_after=long_ago, state="ready")
    assert words in archivist.get("/").content.decode()
    beat("somebody")
    assert words not in archivist.get("/").content.decode()
    beat_no_more("somebody")
    assert words in archivist.get("/").content.decode()
    Job.objects.update(run_after=now())
    assert words not in archivist.get("/").content.decode(), "a restart may take as long"
