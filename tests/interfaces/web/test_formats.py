"""The screen of formats and risks: seen by whoever may search, changed by archivists of the whole archive."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.interfaces.web.conftest import SignIn

from jingui.db.models import Agency, FormatPolicyVersion
from jingui.db.queries.format_policies import current_policy
from jingui.domain.access.roles import Role

pytestmark = pytest.mark.django_db
RULE: dict[str, Any] = {
    "format": "zip", "treatment": "warn", "suitability": "unsuitable", "risk": "medium", "reason": "先接收再解开",
    "convert_to": "", "seen": "0", "why": "过渡期",
}  # fmt: skip


def test_the_policy_is_shown_with_reasons(sign_in: SignIn) -> None:
    text = sign_in(Role.CLERK).get("/formats").content.decode()

    assert "国家标准版式文件" in text
    assert "改一条规则" not in text


def test_a_rule_is_changed_into_a_new_version(sign_in: SignIn) -> None:
    answer = sign_in(Role.ARCHIVIST).post("/formats/rule", RULE)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/formats")
    assert (current_policy().version, current_policy().rule_of("zip").treatment) == (1, "warn")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"treatment": "burn"}, 422),
        ({"why": ""}, 422),
        ({"format": "nothing"}, 422),
        ({"convert_to": "pdfa"}, 422),
        ({"seen": "7"}, 409),
        ({"seen": "x"}, 409),
    ],
)
def test_a_change_that_is_wrong_changes_nothing(sign_in: SignIn, change: dict[str, str], status: int) -> None:
    answer = sign_in(Role.ARCHIVIST).post("/formats/rule", RULE | change)

    assert (answer.status_code, FormatPolicyVersion.objects.count()) == (status, 0)
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.ADMINISTRATOR])
def test_nobody_else_changes_a_rule(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).post("/formats/rule", RULE).status_code == 403


def test_an_archivist_of_one_agency_changes_nothing(sign_in: SignIn) -> None:
    answer = sign_in(Role.ARCHIVIST, agency_code=Agency.objects.values_list("code", flat=True)[0]).post(
        "/formats/rule", RULE
    )

    assert answer.status_code in (403, 404)
    assert FormatPolicyVersion.objects.count() == 0


def test_a_version_is_downloaded_as_the_file_that_is_adopted(sign_in: SignIn) -> None:
    answer = sign_in(Role.CLERK).get("/formats/policy.json?version=0")

    assert json.loads(answer.content)["name"] == "产品自带的格式策略"


@pytest.mark.parametrize("version", ["9", "x", "-1", "9" * 30])
def test_a_version_that_is_not_there_does_not_exist(sign_in: SignIn, version: str) -> None:
    assert sign_in(Role.CLERK).get(f"/formats?version={version}").status_code == 404
