"""Exporting a record at the screen."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.builders import make_account
from tests.personas import Office, open_office

from jingui.bootstrap import services
from jingui.db.models import Case, JournalEvent
from jingui.domain.access.roles import Role


@pytest.fixture
def archived(db: None, tmp_path: Path, settings: Any) -> Any:
    settings.JINGUI = settings.JINGUI  # restored after the test
    office: Office = open_office(tmp_path / "home")
    office.integrator.whole_case("N-1")
    office.work()
    yield Case.objects.get(case_number="N-1")
    services.cache_clear()


def client_of(role: Role) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(make_account(f"exports-{role.value}", role))
    return client


@pytest.fixture
def archivist(archived: Case) -> Client:
    return client_of(Role.ARCHIVIST)


@pytest.fixture
def clerk(archived: Case) -> Client:
    return client_of(Role.CLERK)


def test_an_archivist_gets_the_sealed_package_and_the_journal_says_so(archived: Case, archivist: Client) -> None:
    page = archivist.get(f"/records/{archived.key}/export")
    assert "信息包形式" in page.content.decode()
    answer = archivist.post(f"/records/{archived.key}/export", {"form": "national-draft"})
    data = b"".join(answer.streaming_content)
    names = zipfile.ZipFile(BytesIO(data)).namelist()
    assert f"{archived.record_code}/说明文件.txt" in names
    event = JournalEvent.objects.get(kind="record.exported")
    assert (event.case_key, event.actor.partition(":")[0]) == (archived.key, "account")


def test_an_unknown_form_and_a_case_not_archived_are_refused_on_the_page(archived: Case, archivist: Client) -> None:
    answer = archivist.post(f"/records/{archived.key}/export", {"form": "../x"})
    assert (answer.status_code, "没有导出" in answer.content.decode()) == (422, True)


def test_a_clerk_cannot_export(archived: Case, clerk: Client) -> None:
    assert clerk.get(f"/records/{archived.key}/export").status_code == 403
    assert clerk.post(f"/records/{archived.key}/export", {"form": "eep"}).status_code == 403
    assert not JournalEvent.objects.filter(kind="record.exported").exists()
