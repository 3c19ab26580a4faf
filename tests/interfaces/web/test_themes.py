"""The screens of theme cases and of made and called files: what may be seen, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.builders import make_account
from tests.personas import Office, open_office
from tests.usecases.theme_office import AGENCIES, CALL, PERSON, Matter, adopt, new_matter

from jingui.bootstrap import services
from jingui.domain.access.roles import Role


@pytest.fixture
def office(db: None, tmp_path: Path, settings: Any) -> Iterator[Office]:
    settings.JINGUI = settings.JINGUI  # restored after the test
    cache.clear()
    yield open_office(tmp_path / "home")
    services.cache_clear()


@pytest.fixture
def matter(office: Office) -> Matter:
    adopt(office, process_page="a-3b")
    made = new_matter(office)
    for at in range(3):
        made.open(at)
    made.file(0, "form", "A01")
    made.source.file(
        made.numbers[0], "person", PERSON, material="A02", name="人口信息.json", provenance=json.dumps(CALL)
    )
    made.share(1, "form", "A01")
    made.end(0)
    office.work()
    return made


def signed_in(*, agency: str = "") -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(make_account(f"reader{agency[-4:]}", Role.ARCHIVIST, agency_code=agency))
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_theme_shows_its_cases_with_their_states(matter: Matter) -> None:
    client = signed_in()

    page = text_of(client, f"/themes/{matter.row(1).key}")

    assert all(number in page for number in matter.numbers)
    assert "共 3 个办件，您能看到 3 个，已入库 1 个" in page
    assert page.index("主办") < page.index("协办")
    assert "开办餐馆“一件事”" in text_of(client, "/themes")


def test_who_sees_one_department_sees_its_case_of_the_theme_and_no_other(matter: Matter) -> None:
    client = signed_in(agency=AGENCIES[1])

    page = text_of(client, f"/themes/{matter.row(1).key}")

    assert matter.numbers[1] in page
    assert f" {matter.numbers[0]}<" not in page
    assert f" {matter.numbers[2]}<" not in page
    assert client.get(f"/themes/{matter.row(0).key}").status_code == 404
    assert "开办餐馆" in text_of(client, "/themes")


def test_a_theme_of_other_departments_does_not_exist(matter: Matter) -> None:
    other = new_matter(matter.office)
    other.open(0)
    client = signed_in(agency=AGENCIES[2])

    assert client.get(f"/themes/{other.row(0).key}").status_code == 404
    assert other.number not in text_of(client, "/themes")
    assert matter.number in text_of(client, "/themes")


def test_a_record_leads_to_its_theme(matter: Matter) -> None:
    case = matter.row(0)

    page = text_of(signed_in(), f"/records/{case.key}/files")

    assert f'href="/themes/{case.key}"' in page


def test_the_files_of_a_record_say_what_was_made_and_what_was_called(matter: Matter) -> None:
    case = matter.row(0)

    page = text_of(signed_in(), f"/records/{case.key}/files")

    for told in ("办理过程信息", "系统生成", "数据固化", "数据共享调用", "国家人口基础信息库", "2025-03-03 09:05:00"):
        assert told in page


def test_a_shared_file_says_whose_it_is(matter: Matter) -> None:
    page = text_of(signed_in(), f"/records/{matter.row(1).key}/files")

    assert f"办件 {matter.numbers[0]} 的文件 form" in page


def test_made_pages_open_in_the_viewer_and_can_be_fetched(matter: Matter) -> None:
    case, client = matter.row(0), signed_in()

    page = text_of(client, f"/records/{case.key}/files?file=made.process")
    image = client.get(f"/records/{case.key}/files/made.process/pages/1.png?w=900")
    original = client.get(f"/records/{case.key}/files/made.process/original")

    assert f"/records/{case.key}/files/made.process/pages/1.png" in page
    assert (image.status_code, image["Content-Type"]) == (200, "image/png")
    assert b"".join(original.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
