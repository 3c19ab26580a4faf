"""The staff's screens that give out copies: who may open them, what they answer, and what the journal keeps."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.personas import AGENCY, OTHER_AGENCY
from tests.usecases.access_desk import Desk, events, person

from jingui.db.models import AccessCopy, Account, Case
from jingui.db.queries.copies import copies_of
from jingui.domain.access.roles import Role


@pytest.fixture
def case(desk: Desk) -> Case:
    return desk.preserved_case()


def signed_in(role: Role, agency: str = "") -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=person(role, agency).account_key))
    return client


def form(case: Case) -> str:
    return f"/records/{case.key}/copies/new"


def asked(**changes: str) -> dict[str, str]:
    last_day = (timezone.localdate() + timedelta(days=10)).isoformat()
    return {"file": "f1", "purpose": "入职", "receiver": "云泽市第一人民医院", "expires_on": last_day, **changes}


def given_out(client: Client, case: Case, **changes: str) -> AccessCopy:
    answer = client.post(form(case), asked(**changes))
    assert answer.status_code == 302, answer.content.decode()
    return AccessCopy.objects.get(pk=answer.headers["Location"].rpartition("/")[2])


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_copy_can_be_downloaded_again_and_again_with_the_same_bytes(desk: Desk, case: Case) -> None:
    client = signed_in(Role.ARCHIVIST, AGENCY)
    row = given_out(client, case)
    answers = [client.get(f"/copies/{row.key}/download") for _ in range(2)]

    assert [content(answer) for answer in answers] == [desk.kept.path(row.key).read_bytes()] * 2
    assert answers[0].headers["Content-Disposition"] == f'attachment; filename="{row.copy_number}.pdf"'
    assert [event["facts"]["way"] for event in events("record.viewed")] == ["download", "download"]


def test_thirty_days_are_proposed(case: Case) -> None:
    text = signed_in(Role.ARCHIVIST, AGENCY).get(form(case)).content.decode()

    assert f'value="{timezone.localdate() + timedelta(days=30)}"' in text


def test_the_file_named_in_the_address_is_chosen(case: Case) -> None:
    text = signed_in(Role.ARCHIVIST, AGENCY).get(f"{form(case)}?file=f2").content.decode()

    (chosen,) = re.findall(r'<input type="radio"[^>]*value="(\w+)"[^>]* checked', text)
    assert chosen == "f2"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"file": ""}, "请选一份文件"),
        ({"purpose": " "}, "请写明用途"),
        ({"expires_on": "2001-01-01"}, "有效期应晚于今天"),
        ({"expires_on": "2999-01-01"}, "有效期最晚到"),
        ({"expires_on": "31.12.2099"}, "写法不对"),
        ({"expires_on": ""}, "没有填写"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_given_out(case: Case, changes: dict[str, str], said: str) -> None:
    answer = signed_in(Role.ARCHIVIST, AGENCY).post(form(case), asked(**changes))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AccessCopy.objects.exists()


def test_a_damaged_original_is_said_on_the_form(desk: Desk, case: Case) -> None:
    path = desk.stored_path(case)
    path.chmod(0o644)
    path.write_bytes(b"%PDF-1.7 changed by hand")

    answer = signed_in(Role.ARCHIVIST, AGENCY).post(form(case), asked())

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not AccessCopy.objects.exists()


@pytest.mark.parametrize(
    ("role", "agency", "status"),
    [
        (Role.CLERK, AGENCY, 403),
        (Role.ARCHIVIST, OTHER_AGENCY, 404),
        (Role.AUDITOR, "", 403),
        (Role.INTEGRATOR, AGENCY, 403),
    ],
)
def test_only_an_archivist_of_the_agency_comes_to_the_form(case: Case, role: Role, agency: str, status: int) -> None:
    client = signed_in(role, agency)

    assert client.get(form(case)).status_code == status
    assert client.post(form(case), asked()).status_code == status
    assert not AccessCopy.objects.exists()


def test_a_stranger_is_led_to_the_sign_in(case: Case) -> None:
    row = given_out(signed_in(Role.ARCHIVIST, AGENCY), case)

    for address in (form(case), f"/copies/{row.key}", f"/copies/{row.key}/download"):
        assert Client().get(address).headers["Location"].startswith("/login")


def test_copies_of_another_agency_are_not_found(case: Case) -> None:
    row = given_out(signed_in(Role.ARCHIVIST, AGENCY), case)
    other = signed_in(Role.ARCHIVIST, OTHER_AGENCY)

    assert other.get(f"/copies/{row.key}").status_code == 404
    assert other.get(f"/copies/{row.key}/download").status_code == 404
    assert other.post(f"/copies/{row.key}/revoke", {"reason": "试"}).status_code == 404


def test_a_revoked_copy_cannot_be_downloaded(case: Case) -> None:
    client = signed_in(Role.ARCHIVIST, AGENCY)
    row = given_out(client, case)
    client.post(f"/copies/{row.key}/revoke", {"reason": "信息已更正"})

    assert client.get(f"/copies/{row.key}/download").status_code == 404
    assert "信息已更正" in client.get(f"/copies/{row.key}").content.decode()


def test_revoking_needs_a_reason(case: Case) -> None:
    client = signed_in(Role.ARCHIVIST, AGENCY)
    row = given_out(client, case)
    answer = client.post(f"/copies/{row.key}/revoke", {"reason": "  "})

    assert answer.status_code == 422
    assert 'aria-describedby="reason-h reason-e"' in answer.content.decode()


def test_the_copies_of_a_record_are_listed_newest_first(case: Case) -> None:
    client = signed_in(Role.ARCHIVIST, AGENCY)
    rows = [given_out(client, case, file=key) for key in ("f1", "f2")]

    listed = copies_of(case, now=timezone.now())

    assert [each.row.key for each in listed] == [rows[1].key, rows[0].key]
    assert [each.material for each in listed] == ["许可证", "申请表"]
