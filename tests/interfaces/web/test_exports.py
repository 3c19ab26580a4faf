"""Exporting at the screen: asked for, written by a worker, downloaded by who asked, told in the journal."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.builders import make_account, now
from tests.personas import Office, open_office
from tests.usecases.theme_office import adopt, new_matter

from jingui.adapters.exchange import ConfinedPackageDesk
from jingui.bootstrap import catalogue_bench, export_room, services
from jingui.db.models import Account, Agency, Case, CatalogueWork, JournalEvent
from jingui.domain.access.roles import Role
from jingui.usecases.catalogue.working import work_on
from jingui.usecases.exchange import working
from jingui.usecases.exchange.exporting import write_export
from jingui.usecases.exchange.working import discard_old


@dataclass(frozen=True, slots=True)
class Desk:
    office: Office
    archivist: Client

    def key(self, number: str) -> Any:
        return Case.objects.get(case_number=number).key

    def ask(self, address: str, form: str) -> CatalogueWork:
        answer = self.archivist.post(address, {"form": form})
        assert answer.status_code == 302, answer.content.decode()
        return CatalogueWork.objects.get(pk=answer.headers["Location"].rpartition("/")[2])

    def taken(self, work: CatalogueWork) -> bytes:
        answer = self.archivist.get(f"/works/{work.pk}/package")
        assert answer.status_code == 200
        return answer.getvalue()


def client_of(role: Role, name: str) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(make_account(name, role))
    return client


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Any) -> Iterator[Desk]:
    settings.JINGUI = settings.JINGUI  # restored after the test
    cache.clear()
    office = open_office(tmp_path / "home")
    for number in ("N-1", "N-2", "N-3"):
        office.integrator.whole_case(number)
    office.work()
    yield Desk(office, client_of(Role.ARCHIVIST, "chen"))
    services.cache_clear()


def test_a_record_is_exported_by_a_worker_and_taken_by_who_asked(desk: Desk, tmp_path: Path) -> None:
    key = desk.key("N-1")
    assert "信息包形式" in desk.archivist.get(f"/records/{key}/export").content.decode()
    work = desk.ask(f"/records/{key}/export", "national-draft")
    assert 'hx-trigger="every 1s"' in desk.archivist.get(f"/works/{work.pk}").content.decode()
    desk.office.work()
    assert "下载 ZIP" in desk.archivist.get(f"/works/{work.pk}").content.decode()
    (tmp_path / "a.zip").write_bytes(desk.taken(work))
    checked = ConfinedPackageDesk().check(tmp_path / "a.zip")
    assert (checked.profile, checked.is_sound) == ("national-draft", True)
    kinds = JournalEvent.objects.filter(kind__in=("record.exported", "export.taken")).order_by("id")
    assert [(row.kind, row.actor, row.case_key) for row in kinds] == [
        ("record.exported", "account:chen", key),
        ("export.taken", "account:chen", None),
    ]
    assert desk.office.findings() == []


@pytest.mark.parametrize(("form", "profile"), [("bagit", "collection"), ("eep", "collection"), ("da-t-93", "da-t-93")])
def test_what_the_library_shows_is_exported_together(desk: Desk, tmp_path: Path, form: str, profile: str) -> None:
    desk.office.integrator.case("N-9")
    desk.office.work()
    assert "/library/export?" in desk.archivist.get("/library?state=preserved").content.decode()
    page = desk.archivist.get("/library/export?state=preserved").content.decode()
    assert "共 <b>3</b> 件" in page
    work = desk.ask("/library/export?state=preserved", form)
    desk.office.work()
    (tmp_path / "a.zip").write_bytes(desk.taken(work))
    checked = ConfinedPackageDesk().check(tmp_path / "a.zip")
    assert (checked.profile, checked.is_sound) == (profile, True), checked
    assert JournalEvent.objects.filter(kind="record.exported").count() == 3


def test_the_result_of_a_search_is_what_is_exported(desk: Desk) -> None:
    work = desk.ask("/library/export?q=N-2", "eark-sip")
    assert work.arguments["keys"] == [desk.key("N-2").hex]


def test_asking_twice_makes_one_export(desk: Desk) -> None:
    first, second = (desk.ask("/library/export", "bagit") for _ in range(2))
    assert first == second


def test_an_export_that_is_killed_goes_on_with_the_records_that_are_whole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    written = []

    def killed(*args: Any, **kwargs: Any) -> None:
        write_export(*args, **kwargs)
        written.append(args[0][0].record.code)
        if len(written) == 2:
            raise KilledError

    work = desk.ask("/library/export", "bagit")
    bench = catalogue_bench(services(), now)
    object.__setattr__(bench, "seconds", 0.0)
    work_on(work.key, bench=bench)  # one record a slice
    monkeypatch.setattr(working, "write_export", killed)
    archive = export_room(services(), now).package(work.key).path
    work_on(work.key, bench=bench)
    with pytest.raises(KilledError):
        work_on(work.key, bench=bench)
    with archive.open("r+b") as torn:  # what a power cut leaves: the directory was not written
        torn.truncate(archive.stat().st_size - 40)
    for _ in range(3):
        work_on(work.key, bench=bench)
    (tmp_path / "a.zip").write_bytes(desk.taken(CatalogueWork.objects.get(pk=work.pk)))
    checked = ConfinedPackageDesk().check(tmp_path / "a.zip")
    assert (checked.profile, checked.is_sound) == ("collection", True), checked
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(tmp_path / "a.zip").namelist()}
    assert len(tops) == 3
    assert len(written) == 3, "the first record was not written again"


def test_damaged_content_is_not_given_out(desk: Desk) -> None:
    stored = next((desk.office.home / "store").rglob("*许可证*.pdf"))
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes() + b"x")
    work = desk.ask("/library/export", "bagit")
    desk.office.work()
    page = desk.archivist.get(f"/works/{work.pk}").content.decode()
    assert "库中保存的内容与归档时不一致" in page
    assert desk.archivist.get(f"/works/{work.pk}/package").status_code == 404
    assert not (desk.office.home / "exports" / work.key.hex).exists()


def test_nobody_else_sees_or_takes_an_export(desk: Desk) -> None:
    work = desk.ask("/library/export", "bagit")
    desk.office.work()
    for role, name, status in ((Role.ARCHIVIST, "zhao", 404), (Role.CLERK, "li", 403), (Role.AUDITOR, "wu", 403)):
        client = client_of(role, name)
        assert client.get(f"/works/{work.pk}").status_code == status, name
        assert client.get(f"/works/{work.pk}/package").status_code == status, name
    assert not JournalEvent.objects.filter(kind="export.taken").exists()


def test_who_may_no_longer_export_gets_nothing(desk: Desk) -> None:
    work = desk.ask("/library/export", "bagit")
    Account.objects.filter(username="chen").update(role=Role.CLERK.value)
    desk.office.work()
    work.refresh_from_db()
    assert work.state == "refused"
    assert not JournalEvent.objects.filter(kind="record.exported").exists()


def test_who_has_moved_to_another_agency_does_not_take_what_he_asked_for_before(desk: Desk) -> None:
    work = desk.ask("/library/export", "bagit")
    desk.office.work()
    agency = Case.objects.all()[0].agency_id
    assert agency is not None
    Account.objects.filter(username="chen").update(agency=Agency.objects.exclude(pk=agency)[0])
    for address in (f"/works/{work.pk}", f"/works/{work.pk}/package"):
        assert desk.archivist.get(address).status_code == 404
    assert not JournalEvent.objects.filter(kind="export.taken").exists()
    Account.objects.filter(username="chen").update(agency=None)
    assert desk.taken(work)


def test_an_export_is_kept_for_its_days(desk: Desk) -> None:
    work = desk.ask("/library/export", "bagit")
    desk.office.work()
    folder = desk.office.home / "exports" / work.key.hex
    discard_old(export_room(services(), now))
    assert folder.is_dir()
    os.utime(folder, (time.time() - 8 * 86_400,) * 2)
    discard_old(export_room(services(), now))
    assert not folder.exists()
    assert "已过保存期" in desk.archivist.get(f"/works/{work.pk}").content.decode()


def test_an_unknown_form_an_empty_choice_and_too_many_are_refused_on_the_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.archivist.post("/library/export", {"form": "../x"})
    assert (answer.status_code, "没有导出" in answer.content.decode()) == (422, True)
    answer = desk.archivist.post("/library/export?fonds=none", {"form": "bagit"})
    assert (answer.status_code, "1 至 500 件" in answer.content.decode()) == (422, True)
    assert not CatalogueWork.objects.exists()


def test_a_clerk_cannot_export(desk: Desk) -> None:
    clerk = client_of(Role.CLERK, "li")
    for address in (f"/records/{desk.key('N-1')}/export", "/library/export"):
        assert clerk.get(address).status_code == 403
        assert clerk.post(address, {"form": "eep"}).status_code == 403
    assert "导出这些" not in clerk.get("/library").content.decode()


def test_a_theme_is_exported_on_its_screen(db: None, tmp_path: Path, settings: Any) -> None:
    settings.JINGUI = settings.JINGUI
    cache.clear()
    office = open_office(tmp_path / "home")
    adopt(office, process_page="a-3b")
    matter = new_matter(office)
    for at in range(3):
        matter.open(at)
        matter.file(at, "proof", "A02")
        if at:
            matter.share(at, "form", "A01")
        else:
            matter.file(at, "form", "A01")
        matter.end(at)
    office.work()
    desk = Desk(office, client_of(Role.ARCHIVIST, "chen"))
    address = f"/themes/{matter.row(0).key}"
    assert [matter.row(at).state for at in range(3)] == ["preserved"] * 3
    assert f"{address}/export" in desk.archivist.get(address).content.decode()
    work = desk.ask(f"{address}/export", "city-theme")
    office.work()
    (tmp_path / "a.zip").write_bytes(desk.taken(work))
    names = zipfile.ZipFile(io.BytesIO((tmp_path / "a.zip").read_bytes())).namelist()
    assert sum("子包/" in name for name in names) == len(work.arguments["keys"])
    checked = ConfinedPackageDesk().check(tmp_path / "a.zip")
    assert (checked.profile, checked.is_sound) == ("city-theme", True), checked
    services.cache_clear()
