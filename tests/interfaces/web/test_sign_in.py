"""Signing in and out, and what strangers meet."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.builders import PASSWORD, Built, make_account

from jingui.db.models import JournalEvent
from jingui.domain.access.roles import Role
from jingui.interfaces.web.sessions import MOST_TRIES

PAGES = ("/", "/library", "/catalogue", "/catalogue/import", "/journal", "/integration", "/worklists/incomplete")


@pytest.fixture
def client(built: Built) -> Client:
    make_account("chen", Role.ARCHIVIST)
    return Client(HTTP_HOST="127.0.0.1")


def kinds() -> list[str]:
    return list(JournalEvent.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_led_to_the_sign_in_and_back(client: Client, page: str) -> None:
    answer = client.get(page)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


def test_the_right_password_opens_the_page_that_was_asked_for(client: Client) -> None:
    answer = client.post("/login", {"username": "chen", "password": PASSWORD, "next": "/library"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/library")
    assert client.get("/library").status_code == 200
    assert kinds()[-1] == "account.signed_in"


def test_a_wrong_password_is_told_with_the_tries_left_and_stands_in_the_journal(client: Client) -> None:
    answer = client.post("/login", {"username": "chen", "password": "wrong"})

    assert answer.status_code == 422
    assert f"还可以试 {MOST_TRIES - 1} 次" in answer.content.decode()
    assert kinds()[-1] == "account.sign_in_failed"


def test_after_too_many_wrong_tries_even_the_right_password_must_wait(client: Client) -> None:
    for _ in range(MOST_TRIES):
        client.post("/login", {"username": "chen", "password": "wrong"})

    answer = client.post("/login", {"username": "chen", "password": PASSWORD})

    assert answer.status_code == 422
    assert "试错次数太多" in answer.content.decode()


def test_an_unknown_name_is_answered_like_a_known_one(client: Client) -> None:
    known = client.post("/login", {"username": "chen", "password": "wrong"}).content.decode()
    unknown = client.post("/login", {"username": "nobody", "password": "wrong"}).content.decode()

    assert "账号或密码不对，还可以试 4 次" in known
    assert "账号或密码不对，还可以试 4 次" in unknown


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "/login", "javascript:alert(1)"])
def test_no_sign_in_leads_away_from_the_site(client: Client, address: str) -> None:
    answer = client.post("/login", {"username": "chen", "password": PASSWORD, "next": address})

    assert answer.headers["Location"] == "/"


def test_signing_out_closes_the_session_and_stands_in_the_journal(client: Client) -> None:
    client.post("/login", {"username": "chen", "password": PASSWORD})

    client.post("/logout")

    assert client.get("/library").status_code == 302
    assert kinds()[-1] == "account.signed_out"


def test_a_link_cannot_sign_anybody_out(client: Client) -> None:
    client.post("/login", {"username": "chen", "password": PASSWORD})

    assert client.get("/logout").status_code == 405
    assert client.get("/library").status_code == 200


def test_a_form_from_elsewhere_is_refused(built: Built) -> None:
    strict = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)

    answer = strict.post("/login", {"username": "chen", "password": PASSWORD})

    assert answer.status_code == 403
    assert "没有数据变化" in answer.content.decode()


def test_a_part_asked_for_by_a_signed_out_page_makes_the_whole_page_sign_in(client: Client) -> None:
    answer = client.get("/library", headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/login")
