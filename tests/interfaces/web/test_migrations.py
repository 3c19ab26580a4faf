"""The screens of format migrations: plan, trial side by side, decision by another person, run, register."""

from __future__ import annotations

import pytest
from tests.builders import Built, make_case_at
from tests.interfaces.web.conftest import SignIn, work_off

from jingui.db.models import Case, FormatMigration
from jingui.domain.access.roles import Role
from jingui.domain.lifecycle import CaseState

PLAN = {
    "title": "图像转版式",
    "reason": "便于长期利用",
    "authorization": "局发 1 号",
    "department": "档案室",
    "sample": "1",
    "route": "jpeg:pdfa",
}


@pytest.fixture
def case(built: Built) -> Case:
    return make_case_at(built, CaseState.PRESERVED)


def test_a_migration_goes_from_its_plan_to_its_register(sign_in: SignIn, case: Case) -> None:
    planner, other = sign_in(Role.ARCHIVIST), sign_in(Role.ARCHIVIST, username="fuhe")
    assert "img2pdf" in planner.get("/migrations").content.decode()
    assert "试转换" in planner.post("/migrations/plan", PLAN, follow=True).content.decode()
    planner.post("/migrations/1/act", {"act": "trial"})
    work_off()

    shown = planner.get("/migrations/1").content.decode()
    assert "像素相同" in shown
    assert "须由其他人审批" in shown
    assert "格式策略第 0 版" in shown
    for side in ("before", "after"):
        image = planner.get(f"/migrations/1/trial/0/{side}.png")
        assert (image.status_code, image.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    assert planner.post("/migrations/1/act", {"act": "approve", "opinion": "同意"}).status_code == 403
    assert other.post("/migrations/1/act", {"act": "approve", "opinion": ""}).status_code == 422
    assert other.post("/migrations/1/act", {"act": "approve", "opinion": "同意"}).status_code == 302
    assert planner.post("/migrations/1/act", {"act": "trial"}).status_code == 409
    planner.post("/migrations/1/act", {"act": "start"})
    work_off()

    assert "已归入新版本" in planner.get("/migrations/1").content.decode()
    assert FormatMigration.objects.get().state == "done"
    assert Case.objects.get(pk=case.pk).version == 2
    register = planner.get("/migrations/1/register.pdf")
    assert register.content[:5] == b"%PDF-"


def test_formats_without_a_converter_are_listed_with_the_reason(sign_in: SignIn, case: Case) -> None:
    file = case.files.order_by("file_key")[0]
    visitor, told = sign_in(), {}
    for name in ("pdf", "ofd", "uof", "zip", "fmt/1"):
        type(file).objects.filter(pk=file.pk).update(format_name=name)
        told[name] = visitor.get("/migrations").content.decode()

    for name, reason in (
        ("pdf", "不改动内容"),
        ("ofd", "不需要"),
        ("uof", "页面尺寸"),
        ("zip", "解开"),
        ("fmt/1", "先评估"),
    ):
        assert reason in told[name], name


def test_faults_of_a_plan_are_told_above_the_form(sign_in: SignIn, case: Case) -> None:
    answer = sign_in().post("/migrations/plan", {**PLAN, "title": "", "route": "jpeg:mp4", "sample": "x"})

    said = answer.content.decode()
    assert answer.status_code == 422
    for word in ("名称：", "转换为 mp4", "抽样数："):
        assert word in said


@pytest.mark.parametrize("address", ["/migrations/7", "/migrations/7/register.pdf", "/migrations/7/trial/0/before.png"])
def test_what_is_not_there_is_not_found(sign_in: SignIn, address: str) -> None:
    assert sign_in().get(address).status_code == 404


def test_who_may_not_change_the_holdings_plans_nothing_and_sees_no_names(sign_in: SignIn, case: Case) -> None:
    archivist = sign_in()
    archivist.post("/migrations/plan", PLAN)
    archivist.post("/migrations/1/act", {"act": "trial"})
    work_off()
    clerk = sign_in(Role.CLERK, agency_code=case.agency.code if case.agency else "")

    shown = clerk.get("/migrations/1").content.decode()

    assert case.case_number not in shown
    assert clerk.post("/migrations/plan", PLAN).status_code in {403, 404}
    assert clerk.post("/migrations/1/act", {"act": "trial"}).status_code in {403, 404}
    assert clerk.get("/migrations/1/register.pdf").status_code in {403, 404}
    assert "/migrations/1/register.pdf" not in shown
    assert sign_in(Role.ADMINISTRATOR).get("/migrations").status_code == 403
