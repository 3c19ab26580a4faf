"""Items, plans, and importing a catalogue in two steps."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.interfaces.web.conftest import SignIn, work_off

from jingui.db.models import CatalogueImport, CatalogueWork, ServiceItem
from jingui.domain.access.roles import Role
from jingui.interfaces.cli.samplegen import catalogue
from jingui.interfaces.web.views import imports


def whole() -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(json.dumps(catalogue()))
    return copied


def upload(client: Client, content: bytes, name: str = "catalogue.json") -> Any:
    return client.post("/catalogue/import", {"catalogue": SimpleUploadedFile(name, content)})


def sent(client: Client, changed: dict[str, Any]) -> str:
    answer = upload(client, json.dumps(changed).encode())
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def confirmed(client: Client, address: str) -> Any:
    """Confirm an import, let a worker do it, and return the page that says what came of it."""
    asked = client.post(f"{address}/confirm")
    assert asked.status_code == 302
    work_off()
    return client.get(str(asked.headers["Location"]))


def test_an_item_shows_its_materials_rules_and_versions(archivist: Client) -> None:
    item = ServiceItem.objects.get(name__startswith="护士执业注册")

    page = archivist.get(f"/catalogue/items/{item.item_code}").content.decode()

    assert "申请人身份证明" in page
    assert "30 年" in page
    assert "事项第 1 版" in page
    assert archivist.get(f"/catalogue/items/{item.item_code}?version=2").status_code == 404
    assert archivist.get("/catalogue/items/nothing").status_code == 404


def test_items_are_found_by_name_and_agency(archivist: Client) -> None:
    item = ServiceItem.objects.select_related("agency").get(name__startswith="食品经营")

    assert archivist.get("/catalogue", {"name": "食品"}).context["page"].total == 1
    assert archivist.get("/catalogue", {"agency": item.agency.code}).context["page"].total == 1
    assert "没有符合的事项" in archivist.get("/catalogue", {"name": "没有的事"}).content.decode()


def test_a_preview_changes_nothing_and_confirming_does(archivist: Client) -> None:
    changed = whole()
    changed["items"][0]["item_version"] = 2
    changed["items"][0]["item_name"] += "（改）"
    count = ServiceItem.objects.count()

    address = sent(archivist, changed)
    preview = archivist.get(address)

    (line,) = preview.context["view"].changed
    assert (preview.context["view"].count["changed"], line["titles"]) == (1, "事项名称")
    assert ServiceItem.objects.count() == count
    shown = confirmed(archivist, address)
    assert ServiceItem.objects.count() == count + 1
    assert ("变更", 1) in shown.context["view"].taken
    assert archivist.get(address).status_code == 404


def test_refused_rows_are_named_by_row_field_and_reason_and_go_into_a_workbook(archivist: Client) -> None:
    changed = whole()
    changed["items"][0]["item_code"] = "1"
    changed["items"][1]["agency"] = "91109900MA46M5919A"

    address = sent(archivist, changed)
    page = archivist.get(address).content.decode()
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(archivist.get(f"{address}/problems.xlsx").content))
    rows = workbook.get_sheet_by_index(0).to_python()

    assert "事项编码的写法不对" in page
    assert "没有登记机构" in page
    assert rows[0] == ["表", "行", "编码", "字段", "原因"]
    assert len(rows) >= 3


def test_the_same_catalogue_again_offers_nothing_to_confirm(archivist: Client) -> None:
    page = archivist.get(sent(archivist, whole())).content.decode()

    assert "完全相同" in page
    assert "确认导入" not in page


@pytest.mark.parametrize("content", [b"", b"not a catalogue", b"PK\x03\x04broken", b"{}", b'{"format": "x"}'])
def test_a_file_that_cannot_be_read_says_why(archivist: Client, content: bytes) -> None:
    answer = upload(archivist, content)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_no_file_at_all_is_told(archivist: Client) -> None:
    answer = archivist.post("/catalogue/import")

    assert answer.status_code == 422
    assert "没有选择文件" in answer.content.decode()


@pytest.mark.parametrize("token", ["nothing", "0" * 32, "..", "a" * 31])
def test_an_unknown_upload_is_not_found(archivist: Client, token: str) -> None:
    assert archivist.get(f"/catalogue/import/{token}").status_code == 404


def test_the_template_is_a_workbook_that_reads_back(archivist: Client) -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(archivist.get("/catalogue/template.xlsx").content))

    assert workbook.sheet_names == ["事项", "材料", "机构"]


FOREIGN = "名称列,码,颜色\n教材初审,11440000006940116U2440102002003,红\n"


def test_a_foreign_list_asks_for_its_columns_and_the_answer_can_be_saved(archivist: Client) -> None:
    answer = upload(archivist, FOREIGN.encode("gb18030"), "外单位.csv")
    address = str(answer.headers["Location"])
    assert address.endswith("/mapping")

    page = archivist.get(address).content.decode()
    chosen = {"t0.kind": "items", "t0.c0": "item_name", "t0.c1": "item_code", "t0.c2": "", "name": "外单位"}
    preview = archivist.post(address, chosen)
    told = archivist.post(
        str(preview.headers["Location"]) + "/options",
        {"profile": "open", "region": "440000", "agency": "省教育厅", "complete": ""},
    )
    view = archivist.get(str(told.headers["Location"])).context["view"]

    assert "颜色" in page
    assert "教材初审" in page
    assert (view.count["added"], view.count["refused"]) == (1, 0)
    confirmed(archivist, address.removesuffix("/mapping"))
    item = ServiceItem.objects.get(item_code="11440000006940116U2440102002003")
    assert item.content["extra"] == {"颜色": "红"}
    again = upload(archivist, FOREIGN.encode(), "外单位.csv")
    assert not str(again.headers["Location"]).endswith("/mapping")
    assert "外单位" in archivist.get("/catalogue/imports").content.decode()


def test_another_kind_of_table_lists_its_own_fields(archivist: Client) -> None:
    address = str(upload(archivist, FOREIGN.encode(), "a.csv").headers["Location"])

    page = archivist.post(address, {"t0.kind": "items", "again": "1"})

    assert page.status_code == 200
    assert "实施主体编码" in page.content.decode()


def test_a_mapping_without_items_is_refused_with_its_reason(archivist: Client) -> None:
    address = str(upload(archivist, FOREIGN.encode(), "a.csv").headers["Location"])

    answer = archivist.post(address, {"t0.kind": "ignored"})

    assert answer.status_code == 422
    assert "没有哪张表对应事项" in answer.content.decode()


def test_a_scope_that_means_nothing_is_told_and_changes_nothing(archivist: Client) -> None:
    address = sent(archivist, whole())

    page = archivist.post(f"{address}/options", {"complete": "everything"}, follow=True).content.decode()

    assert "完整范围应为" in page
    assert "声明清单完整" not in page


def test_items_that_a_complete_list_leaves_out_are_named_before_they_are_withdrawn(archivist: Client) -> None:
    shorter = whole()
    gone = shorter["items"].pop()
    address = sent(archivist, shorter)

    page = archivist.post(f"{address}/options", {"complete": "all"}, follow=True).content.decode()
    confirmed(archivist, address)

    assert gone["item_code"] in page.partition("将取消")[2]
    assert ServiceItem.objects.get(item_code=gone["item_code"]).state == "withdrawn"
    assert "已取消" in archivist.get(f"/catalogue/items/{gone['item_code']}").content.decode()


def later_versions() -> dict[str, Any]:
    changed = whole()
    for item in changed["items"]:
        item["item_version"], item["item_name"] = 2, item["item_name"] + "（改）"
    return changed


@pytest.mark.parametrize("is_large", [False, True])
def test_an_archivist_of_one_agency_imports_its_items_and_no_other(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, *, is_large: bool
) -> None:
    if is_large:
        monkeypatch.setattr(imports, "READ_AT_ONCE", 1)
    code = whole()["items"][0]["agency"]
    own = {item["item_code"] for item in whole()["items"] if item["agency"] == code}
    client = sign_in(Role.ARCHIVIST, agency_code=code)

    told = later_versions()
    told["agencies"][-1]["name"] += "（改）"
    address = sent(client, told)
    work_off()
    page = client.get(address)
    assert page.context["view"].count["changed"] == len(own) < len(whole()["items"])
    assert "清单中其他机构的行不会导入" in page.content.decode()
    assert {(line.table, line.field) for line in page.context["view"].refused} == {
        ("事项", "实施主体编码"),
        ("机构", "统一社会信用代码"),
    }
    confirmed(client, address)

    assert set(ServiceItem.objects.filter(item_version=2).values_list("item_code", flat=True)) == own


def test_a_list_that_another_account_confirms_is_imported_by_that_accounts_reach(
    sign_in: SignIn, archivist: Client
) -> None:
    address = sent(archivist, later_versions())
    assert archivist.get(address).context["view"].count["changed"] == len(whole()["items"])
    code = whole()["items"][0]["agency"]
    bound = sign_in(Role.ARCHIVIST, agency_code=code)

    confirmed(bound, address)

    assert set(ServiceItem.objects.filter(item_version=2).values_list("agency__code", flat=True)) == {code}


@pytest.mark.parametrize("scope", ["all", "region:11", "agency:{other}", "agency:{own},{other}"])
def test_a_list_is_complete_for_the_own_agency_only(sign_in: SignIn, scope: str) -> None:
    own, other = sorted({item["agency"] for item in whole()["items"]})[:2]
    client = sign_in(Role.ARCHIVIST, agency_code=own)
    address = sent(client, {**whole(), "items": []})

    def asked(told: str) -> str:
        return str(client.post(f"{address}/options", {"complete": told}, follow=True).content.decode())

    assert "您只能声明自己机构的清单完整" in asked(scope.format(own=own, other=other))
    assert "将取消" not in client.get(address).content.decode()
    assert "将取消" in asked(f"agency:{own}")
    confirmed(client, address)
    assert set(ServiceItem.objects.filter(state="withdrawn").values_list("agency__code", flat=True)) == {own}


def test_refused_rows_of_a_finished_import_can_still_be_fetched(archivist: Client) -> None:
    changed = whole()
    changed["items"][0]["item_code"] = "1"
    address = sent(archivist, changed)
    tables = archivist.get(f"{address}/problems.zip")
    confirmed(archivist, address)
    run = CatalogueImport.objects.get()

    workbook = archivist.get(f"/catalogue/imports/{run.key}/problems.xlsx")

    assert tables.getvalue().startswith(b"PK")
    assert CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).sheet_names == ["未收", "items"]


@pytest.mark.parametrize("tab", ["", "elements", "materials", "process", "versions", "nothing"])
def test_every_side_of_an_item_opens(archivist: Client, tab: str) -> None:
    answer = upload(archivist, (FOREIGN.replace("颜色", "设定依据") + "").encode(), "b.csv")
    address = str(answer.headers["Location"])
    archivist.post(
        address, {"t0.kind": "items", "t0.c0": "item_name", "t0.c1": "item_code", "t0.c2": "elements.by_law"}
    )
    archivist.post(address.replace("mapping", "options"), {"profile": "open", "region": "440000", "agency": "厅"})
    confirmed(archivist, address.removesuffix("/mapping"))

    page = archivist.get("/catalogue/items/11440000006940116U2440102002003", {"tab": tab})

    assert page.status_code == 200
    assert ("红" in page.content.decode()) == (tab == "elements")


def test_an_item_says_that_its_plan_goes_on_from_the_version_before(archivist: Client) -> None:
    changed = whole()
    item = changed["items"][0]
    item["item_version"] = 2
    del item["plan"]
    changed["items"] = [item]
    address = sent(archivist, changed)

    preview = archivist.get(address).content.decode()
    confirmed(archivist, address)
    page = archivist.get(f"/catalogue/items/{item['item_code']}").content.decode()

    assert "没有写的沿用上一版本" in preview
    assert "沿用上一版本" in page
    assert "事项第 1 版" in page


def test_the_preview_of_a_large_file_is_made_by_a_worker(archivist: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = whole()
    changed["items"][0]["item_name"] = "另一个名称"
    changed["items"][0]["item_version"] = 2
    at_once = archivist.get(sent(archivist, changed)).context["view"]
    monkeypatch.setattr(imports, "READ_AT_ONCE", 0)
    address = sent(archivist, changed)

    for _ in range(2):  # looked at twice, it is asked for once
        page = archivist.get(address).content.decode()
        assert "系统在后台逐行核对" in page
    assert CatalogueWork.objects.filter(kind="preview").count() == 1
    assert archivist.get(f"{address}/problems.xlsx").status_code == 404
    work = CatalogueWork.objects.get()
    assert archivist.get(f"/works/{work.pk}").headers["Location"] == address

    work_off()
    view = archivist.get(address).context["view"]
    assert (view.count, view.changed) == (at_once.count, at_once.changed)

    archivist.post(f"{address}/options", {"profile": "strict"})
    assert "系统在后台逐行核对" in archivist.get(address).content.decode()
    work_off()
    assert archivist.get(address).context["view"].has_anything
