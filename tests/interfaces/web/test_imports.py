"""Large catalogue files over the web: laid by in the request, opened by a worker, told on the page that waits for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.interfaces.web.conftest import SignIn, work_off

from jingui.bootstrap import services
from jingui.db.models import Agency, CatalogueImport, CatalogueMapping, CatalogueWork, Job, ServiceItem
from jingui.domain.access.roles import Role
from jingui.formats.catalogues.sources import open_source
from jingui.formats.catalogues.workbooks import write_workbook
from jingui.interfaces.jobs.heart import machine
from jingui.interfaces.jobs.worker import Worker
from jingui.interfaces.web.views import imports
from jingui.ports import Lane
from jingui.usecases.catalogue import list_acts, opening

AGENCY = "11440000006940116U"
NAMED = ("事项名称", "实施编码", "实施主体编码", "区划", "部门")
STRANGE = ("甲", "乙", "丙", "丁", "戊")
ROWS = 300
BOUND = 8_000
"""What is read at once here, in bytes: the workbooks are smaller as files, and larger unpacked."""
DEAD = f"{machine()}:4194305:1"  # no process can have this number


class KilledError(BaseException):
    """Stands for SIGKILL: nothing in the product may catch it."""


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Lower the bound, and note each opening of a list."""
    noted: list[Path] = []

    def noting(path: Path) -> Any:
        noted.append(path)
        return open_source(path)

    monkeypatch.setattr(imports, "READ_AT_ONCE", BOUND)
    monkeypatch.setattr(opening, "open_source", noting)
    return noted


def book(headers: tuple[str, ...] = NAMED) -> bytes:
    lines = [(f"大清单{n}", f"{AGENCY}2440109{n:06}", AGENCY, "440000", "省教育厅") for n in range(ROWS)]
    return write_workbook({"清单": [headers, *lines]})


def broken() -> bytes:
    """A workbook whose last part was cut off on its way."""
    return book()[:-200] + b"\0" * (BOUND * 2)


def sent(client: Client, content: bytes) -> str:
    answer = client.post("/catalogue/import", {"catalogue": SimpleUploadedFile("大清单.xlsx", content)})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def folder_of(address: str) -> Path:
    home: Path = settings.JINGUI.home
    return home / "cache" / "uploads" / address.rpartition("/")[2]


def killed_at(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a worker do what waits and be killed there, its job still in its hands."""
    worker = Worker(services())
    worker.name = DEAD
    with monkeypatch.context() as patch:
        patch.setattr(list_acts, name, dying)
        with pytest.raises(KilledError):
            worker.run_until_idle()
    assert Job.objects.get(pk=CatalogueWork.objects.get().pk).claimed_by == DEAD


def dying(*_: object, **__: object) -> None:
    raise KilledError


def test_a_large_workbook_is_laid_by_and_opened_by_a_worker(archivist: Client, opened: list[Path]) -> None:
    content = book()
    address = sent(archivist, content)

    work = CatalogueWork.objects.get()
    assert (work.kind, work.title, work.state) == ("preview", "大清单.xlsx", "waiting")
    assert Job.objects.get(pk=work.pk).lane == Lane.LONG
    assert (folder_of(address) / "file.xlsx").read_bytes() == content
    assert "系统在后台逐行核对" in archivist.get(address).content.decode()
    assert opened == []

    work_off()
    view = archivist.get(address).context["view"]
    assert (len(opened), view.count["added"], view.count["refused"]) == (1, ROWS, 0)


@pytest.mark.parametrize(("step", "posted"), [("mapping", {}), ("options", {"profile": "strict"}), ("confirm", {})])
def test_before_a_large_file_has_been_opened_every_step_leads_to_its_progress(
    archivist: Client, opened: list[Path], step: str, posted: dict[str, str]
) -> None:
    address = sent(archivist, book())

    answer = archivist.post(f"{address}/{step}", posted)

    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert opened == []
    assert not CatalogueWork.objects.filter(kind="import").exists()


def test_a_large_list_with_strange_columns_asks_for_them_and_no_page_opens_it(
    archivist: Client, opened: list[Path]
) -> None:
    address = sent(archivist, book(STRANGE))
    work_off()
    told = archivist.get(address)
    assert told.headers["Location"] == f"{address}/mapping"
    page = archivist.get(f"{address}/mapping").content.decode()
    assert "大清单0" in page

    fields = ("item_name", "item_code", "agency_code", "agency_region", "agency_name")
    archivist.post(f"{address}/mapping", {"t0.kind": "items"} | {f"t0.c{n}": name for n, name in enumerate(fields)})
    assert "系统在后台逐行核对" in archivist.get(address).content.decode()
    work_off()
    by_worker = len(opened)
    assert archivist.get(address).context["view"].count["added"] == ROWS
    confirmed = archivist.post(f"{address}/confirm")
    assert len(opened) == by_worker == 2

    work_off()
    counts = archivist.get(str(confirmed.headers["Location"])).context["view"].counts
    assert (counts["added"], counts["refused"]) == (ROWS, 0)
    assert ServiceItem.objects.filter(name__startswith="大清单").count() == ROWS


def test_a_large_workbook_that_is_broken_is_refused_on_its_page_in_the_words_of_a_small_one(
    archivist: Client, monkeypatch: pytest.MonkeyPatch, opened: list[Path]
) -> None:
    address = sent(archivist, broken())
    assert opened == []
    work_off()
    page = archivist.get(address)
    again = archivist.get(address).content.decode()
    with monkeypatch.context() as patch:
        patch.setattr(imports, "READ_AT_ONCE", 1 << 20)
        small = archivist.post("/catalogue/import", {"catalogue": SimpleUploadedFile("大清单.xlsx", broken())})

    assert small.status_code == 422
    assert page.status_code == 200
    assert page.context["refusal"] == small.context["problems"] != []
    assert all(said in again for said in (*small.context["problems"], "没有导入，没有数据变化。请改正后重新上传。"))
    assert CatalogueWork.objects.get().state == "refused"


@pytest.mark.parametrize("step", ["mapping", "options", "confirm"])
def test_nothing_of_a_refused_workbook_is_kept_but_what_its_page_needs(archivist: Client, step: str) -> None:
    address = sent(archivist, broken())
    work_off()

    answer = archivist.post(f"{address}/{step}")

    assert [path.name for path in folder_of(address).iterdir()] == ["choices.json"]
    assert answer.headers["Location"] == address
    assert CatalogueWork.objects.count() == 1
    assert not CatalogueImport.objects.exists()


@pytest.mark.parametrize("at", ["open_task", "keep_head", "make_preview"])
def test_a_worker_killed_with_a_large_file_leaves_it_to_the_next(
    archivist: Client, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    address = sent(archivist, book())
    killed_at(monkeypatch, at)
    assert "系统在后台逐行核对" in archivist.get(address).content.decode()

    work_off()

    assert archivist.get(address).context["view"].count["added"] == ROWS
    assert CatalogueWork.objects.count() == 1


def test_a_worker_killed_while_it_removes_a_refused_file_leaves_that_to_the_next(
    archivist: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sent(archivist, broken())
    killed_at(monkeypatch, "forget_head")
    told = archivist.get(address).context["refusal"]

    work_off()

    assert archivist.get(address).context["refusal"] == told != []
    assert [path.name for path in folder_of(address).iterdir()] == ["choices.json"]
    assert not Job.objects.exists()


def test_what_a_worker_found_out_about_a_list_is_one_file_of_ascii(archivist: Client) -> None:
    address = sent(archivist, book())
    work_off()

    head = json.loads((folder_of(address) / "head.json").read_text(encoding="ascii"))

    assert head["tables"][0]["headers"] == list(NAMED)
    assert {path.name for path in folder_of(address).iterdir()} == {"file.xlsx", "choices.json", "head.json", "preview"}


def test_a_stuck_import_is_settled_by_who_reaches_all_that_it_changes(archivist: Client, sign_in: SignIn) -> None:
    address = sent(archivist, book())
    work_off()
    archivist.post(f"{address}/confirm")
    work = CatalogueWork.objects.get(kind="import")
    Job.objects.filter(pk=work.pk).update(state="failed")
    bound = sign_in(Role.ARCHIVIST, agency_code=Agency.objects.order_by("fonds")[0].code)

    assert bound.post(f"/works/{work.pk}/stuck", {"act": "abandon"}).status_code == 404
    assert CatalogueWork.objects.get(pk=work.pk).state == work.state
    assert archivist.post(f"/works/{work.pk}/stuck", {"act": "abandon"}).status_code == 302
    assert CatalogueWork.objects.get(pk=work.pk).state != work.state


def test_a_saved_mapping_is_replaced_by_who_reaches_all(archivist: Client, sign_in: SignIn) -> None:
    fields = ("item_name", "item_code", "agency_code", "agency_region", "agency_name")
    posted = {"t0.kind": "items", "name": "大家的"} | {f"t0.c{n}": name for n, name in enumerate(fields)}
    address = sent(archivist, book(STRANGE))
    work_off()
    archivist.post(f"{address}/mapping", posted)
    bound = sign_in(Role.ARCHIVIST, agency_code=Agency.objects.order_by("fonds")[0].code)

    told = bound.post(f"{address}/mapping", posted | {"t0.c4": "-"}, follow=True).content.decode()
    bound.post(f"{address}/mapping", posted | {"name": "自己的"})

    assert "请换一个名字" in told
    assert sorted(CatalogueMapping.objects.values_list("name", "version")) == [("大家的", 1), ("自己的", 1)]


def test_runs_and_refused_rows_are_shown_to_who_reaches_all_that_they_could_touch(
    archivist: Client, sign_in: SignIn
) -> None:
    one, other = (agency.code for agency in Agency.objects.order_by("fonds")[:2])
    bound, neighbour = (sign_in(Role.ARCHIVIST, agency_code=code) for code in (one, other))
    for client in (archivist, bound):
        address = sent(client, book())
        work_off()
        client.post(f"{address}/confirm")
    of_all, of_one = sorted(
        CatalogueWork.objects.filter(kind="import"), key=lambda work: bool(work.arguments["within"])
    )
    assert "大清单.xlsx" in bound.get("/catalogue/imports").content.decode()
    assert bound.get(f"/works/{of_one.pk}").status_code == 200
    assert {bound.get(f"/works/{of_all.pk}").status_code, neighbour.get(f"/works/{of_one.pk}").status_code} == {404}
    work_off()
    runs = {tuple(run.task.get("within") or ()): run for run in CatalogueImport.objects.all()}
    assert runs.keys() == {(), (one,)}
    for client, seen in ((archivist, {(), (one,)}), (bound, {(one,)}), (neighbour, set())):
        assert {tuple(run.task.get("within") or ()) for run in client.get("/catalogue/imports").context["runs"]} == seen
        for within, run in runs.items():
            for page in ("run-problems", "run-problem-tables"):
                answer = client.get(reverse(page, args=[run.key]))
                assert answer.status_code == (200 if within in seen else 404)
                assert answer.getvalue()
