"""What a browser never sends and a stranger does: words without end, days before the calendar, addresses opened wrongly."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.builders import Built, make_account
from tests.formats.signatures.authority import Authority
from tests.interfaces.web.conftest import SignIn

from jingui.db.models import Agency, OfflineMedium
from jingui.domain.access.roles import Role
from jingui.interfaces.web.sessions import MOST_TRIES, count_try, tries_left

ENDLESS = "案" * 60_000  # more bytes than a pattern of SQLite may have
MEDIUM = {
    "label": "盘-01",
    "carrier": "optical",
    "place": "库",
    "content": "备份",
    "written_at": "2026-01-02",
    "check_days": "30",
}


@pytest.mark.parametrize(
    ("role", "address", "name"),
    [
        (Role.ARCHIVIST, "/catalogue", "name"),
        (Role.ARCHIVIST, "/library", "q"),
        (Role.CLERK, "/counter", "find"),
        (Role.CLERK, "/counter/new", "q"),
        (Role.AUDITOR, "/journal", "actor"),
        (Role.AUDITOR, "/journal", "case"),
    ],
)
def test_words_without_end_are_searched_for_up_to_a_length(
    sign_in: SignIn, role: Role, address: str, name: str
) -> None:
    assert sign_in(role).get(address, {name: ENDLESS}).status_code == 200


def test_a_form_at_the_counter_with_words_without_end_comes_back(sign_in: SignIn) -> None:
    assert sign_in(Role.CLERK).post("/counter/new", {"q": ENDLESS}).status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0000-00-00", "2026-13-41"])
def test_a_day_at_the_edge_of_the_calendar_opens_the_coverage(archivist: Client, day: str) -> None:
    assert archivist.get("/coverage", {"until": day, "days": "90"}).status_code == 200


@pytest.mark.parametrize("address", ["/plans/new", "/formats/rule", "/logout", "/consistency/run"])
def test_an_address_that_only_takes_a_form_says_so_in_words(archivist: Client, address: str) -> None:
    answer = archivist.get(address)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "没有数据变化" in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/plans/new", {"scope": "agency", "code": "a\0b", "start": "current"}),
        ("/media", MEDIUM | {"place": "a\0b"}),
        ("/inspection/tasks/state", {"rule": "GD-3-6", "outcome": "passed", "words": "a\0b"}),
        ("/inspection/profiles/edit", {"scope": "a\0b"}),
    ],
)
def test_a_form_with_a_nul_is_refused_on_every_database(archivist: Client, address: str, form: dict[str, str]) -> None:
    answer = archivist.post(address, form)

    assert answer.status_code == 400
    assert "没有" in answer.content.decode()


@pytest.mark.parametrize("address", ["/login", "/", "/api/v1/keys", "/api/v1/cases/A-1"])
def test_a_host_name_that_is_not_registered_is_told_with_the_setting_that_registers_it(
    built: Built, address: str
) -> None:
    answer = Client(HTTP_HOST="archive.example.gov.cn").get(address)

    assert answer.status_code == 400
    assert "JINGUI_ALLOWED_HOSTS" in answer.content.decode()
    is_problem = answer.headers["Content-Type"] == "application/problem+json"
    assert is_problem == address.startswith("/api/")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Give what the process writes to its log."""
    handler = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.mark.parametrize(
    "media", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=界"]
)
def test_a_form_in_parts_without_a_boundary_is_refused_in_words_and_told_in_one_line(
    built: Built, log: io.StringIO, media: str
) -> None:
    answer = Client(HTTP_HOST="127.0.0.1").generic("POST", "/login", b"a=b", content_type=media)

    assert answer.status_code == 400
    assert "没有" in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    (line,) = log.getvalue().splitlines()
    assert line.endswith("WARNING django.request Bad request (Unable to parse request body): /login")


def test_a_host_name_that_is_not_registered_is_told_in_one_line(built: Built, log: io.StringIO) -> None:
    Client(HTTP_HOST="archive.example.gov.cn").get("/login")

    (line,) = log.getvalue().splitlines()
    assert "archive.example.gov.cn" in line


def test_a_mistake_of_ours_is_told_with_its_place_in_the_code(
    built: Built, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jingui.interfaces.web.middleware.bad_request", None)

    answer = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False).get("/login?x=%00")

    assert answer.status_code == 500
    assert "web/middleware.py" in log.getvalue()


def test_below_the_interface_even_an_unknown_version_answers_with_a_problem(built: Built) -> None:
    answer = Client(HTTP_HOST="127.0.0.1").get("/api/v2/cases")

    assert (answer.status_code, answer.json()["code"]) == (404, "address_unknown")


def test_wrong_tries_are_not_forgotten_by_trying_many_other_names(built: Built) -> None:
    make_account("chen", Role.ARCHIVIST)
    client = Client(HTTP_HOST="127.0.0.1")
    for _ in range(MOST_TRIES):
        client.post("/login", {"username": "chen", "password": "wrong"})

    for number in range(1000):
        count_try(f"other{number}", is_right=False)

    assert tries_left("chen") == 0


def test_a_certificate_trusted_since_before_the_calendar_is_refused(sign_in: SignIn) -> None:
    form = {
        "certificate": SimpleUploadedFile("root.cer", Authority.create("根").root.der),
        "purpose": ["seal"],
        "since": "0001-01-01",
    }

    answer = sign_in(Role.ADMINISTRATOR).post("/trust/add", form)

    assert answer.status_code == 422


def test_an_archivist_of_one_agency_does_not_touch_the_media_of_all(sign_in: SignIn) -> None:
    bound = sign_in(Role.ARCHIVIST, agency_code=Agency.objects.order_by("code")[0].code)
    sign_in(Role.ARCHIVIST).post("/media", MEDIUM)
    medium = OfflineMedium.objects.get()

    refused = [
        bound.post("/media", MEDIUM | {"label": "盘-02"}).status_code,
        bound.post(f"/media/{medium.key}/check", {"result": "sound"}).status_code,
        bound.post(f"/media/{medium.key}/end", {"reason": "坏了"}).status_code,
    ]

    assert refused == [404, 404, 404]
    assert list(OfflineMedium.objects.values_list("label", "ended_at")) == [("盘-01", None)]
    assert 'id="h-add"' not in bound.get("/media").content.decode()


def test_the_plans_offer_the_tables_of_ones_own_agency_only(sign_in: SignIn) -> None:
    own, other = Agency.objects.order_by("code").values_list("code", flat=True)[:2]

    page = sign_in(Role.ARCHIVIST, agency_code=own).get("/plans").content.decode()

    assert f"/scope/{own}" in page
    assert f"/scope/{other}" not in page
