"""The plan editor, the compiler's report, examination, the scope-and-retention table and the four levels on the screen."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.interfaces.web.conftest import SignIn, work_off

from jingui.db.models import Agency, LevelSettlement, PlanLayer, ServiceItem
from jingui.domain.access.roles import Role
from jingui.usecases.catalogue.levels import compare

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def drafted(client: Client, scope: str = "default", code: str = "", start: str = "shipped") -> PlanLayer:
    answer = client.post("/plans/new", {"scope": scope, "code": code, "start": start})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return PlanLayer.objects.get(pk=str(answer.headers["Location"]).rpartition("/")[2])


def edit(client: Client, layer: PlanLayer, part: str, **form: Any) -> Any:
    layer.refresh_from_db()
    return client.post(f"/plans/{layer.key}/edit/{part}", {"seen": layer.event_id, **form})


def page(client: Client, layer: PlanLayer, **query: str) -> str:
    answer = client.get(f"/plans/{layer.key}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def today() -> str:
    return datetime.now().astimezone().date().isoformat()


@pytest.mark.parametrize("tab", ["materials", "retention", "metadata", "codes", "process", "versions", "nothing"])
def test_every_part_of_the_editor_opens(archivist: Client, tab: str) -> None:
    layer = drafted(archivist)

    shown = page(archivist, layer, tab=tab)

    assert "第 1 版" in shown
    assert "提交审查" in shown


def test_materials_are_stated_by_a_form_with_conditions_and_groups(archivist: Client) -> None:
    layer = drafted(archivist)
    edit(archivist, layer, "names", situations="委托代办、首次申请", results="准予")
    form = {
        "code": "A10",
        "name": "授权委托书",
        "class": "application",
        "obligation": "conditional",
        "condition": "委托他人代办",
    }

    answer = edit(
        archivist,
        layer,
        "material",
        **form,
        **{"when.situation:委托代办": "yes", "when.closure": ["completed", "not_permitted"]},
    )

    assert answer.status_code == 302
    layer.refresh_from_db()
    [row] = [row for row in layer.content["materials"] if row["code"] == "A10"]
    assert row["when"] == [
        [{"field": "closure", "is": ["completed", "not_permitted"]}, {"field": "situation:委托代办", "is": ["yes"]}]
    ]
    shown = page(archivist, layer)
    assert "授权委托书" in shown
    assert "为“委托代办”" in shown
    again = page(archivist, layer, edit="materials.A10")
    assert re.search(r'name="when.situation:委托代办" value="yes" checked', again)


def test_a_form_that_says_something_wrong_keeps_nothing_and_says_what(archivist: Client) -> None:
    layer = drafted(archivist)

    answer = edit(archivist, layer, "material", code="A 1", name="", **{"class": "application", "min_count": "x"})

    assert answer.status_code == 422
    assert "材料编码的写法不对" in answer.content.decode()
    layer.refresh_from_db()
    assert not [row for row in layer.content["materials"] if row["code"] == "A 1"]


def test_an_editor_who_saw_an_older_draft_is_told(archivist: Client) -> None:
    layer = drafted(archivist)
    seen = layer.event_id
    edit(archivist, layer, "settings", unit="WSJ")

    answer = archivist.post(f"/plans/{layer.key}/edit/settings", {"seen": seen, "unit": "XXX"})

    assert answer.status_code == 409
    assert "已被他人或在别处改过" in answer.content.decode()


def test_the_confidence_from_which_suggestions_count_is_stated_with_its_explanation(archivist: Client) -> None:
    layer = drafted(archivist)
    before = page(archivist, layer, tab="codes")

    answer = edit(archivist, layer, "settings", accept_suggestions_from="92", process_page="a-3b")

    layer.refresh_from_db()
    assert answer.status_code == 302
    assert (layer.content["accept_suggestions_from"], layer.content["process_page"]) == (92, "a-3b")
    assert "都由人决定" in before
    assert "不等人就算作该材料" in before
    assert "92% 起自动采用" in page(archivist, layer, tab="codes")


@pytest.mark.parametrize("told", ["49", "101", "九成", "-1"])
def test_a_confidence_that_is_none_is_refused(archivist: Client, told: str) -> None:
    layer = drafted(archivist)

    answer = edit(archivist, layer, "settings", accept_suggestions_from=told)

    layer.refresh_from_db()
    assert answer.status_code == 422
    assert "accept_suggestions_from" not in layer.content


def test_inherited_values_are_shown_with_their_layer_and_can_be_taken_out_here(
    archivist: Client, sign_in: SignIn
) -> None:
    to_force(archivist, sign_in, drafted(archivist))
    agency = Agency.objects.order_by("fonds")[0]
    layer = drafted(archivist, "agency", agency.code, "current")

    shown = page(archivist, layer)
    edit(archivist, layer, "drop", place="materials.B16", is_inherited="1", tab="materials")
    edit(archivist, layer, "drop", place="retention_rules.未办成", is_inherited="1", tab="retention")

    assert "默认 第 1 版" in shown
    assert "收件通知书" in shown
    assert "收件通知书" not in page(archivist, layer)
    assert "没有规则" in page(archivist, layer, tab="retention")


def to_force(archivist: Client, sign_in: SignIn, layer: PlanLayer) -> None:
    supervisor = sign_in(Role.SUPERVISOR)
    assert archivist.post(f"/plans/{layer.key}/submit", {"effective_on": today()}).status_code == 302
    work_off()
    said = {"verdict": "approved", "opinion": "同意按此执行", "document_number": "云档批〔2026〕1 号"}
    assert supervisor.post(f"/plans/{layer.key}/opinion", said).status_code == 302
    assert archivist.post(f"/plans/{layer.key}/enforce").status_code == 302
    work_off()
    layer.refresh_from_db()
    assert layer.state == "in_force", layer.report


def test_a_contradiction_is_told_on_the_page_and_stops_the_submission(archivist: Client) -> None:
    layer = drafted(archivist)
    rule = {"name": "网上永久", "priority": "10", "retention": "Y", "reason": "试", "when.channel": "online"}
    edit(archivist, layer, "retention-rule", **rule)

    archivist.post(f"/plans/{layer.key}/submit", {"effective_on": today()})
    work_off()

    shown = page(archivist, layer)
    layer.refresh_from_db()
    assert layer.state == "draft"
    assert "规则“未办成”与同级的“网上永久”矛盾" in shown
    assert "1 项须改" in shown


def test_the_supervising_authority_examines_and_nobody_else(archivist: Client, sign_in: SignIn) -> None:
    layer = drafted(archivist)
    archivist.post(f"/plans/{layer.key}/submit", {"effective_on": today()})
    work_off()
    said = {"verdict": "approved", "opinion": "同意"}

    assert archivist.post(f"/plans/{layer.key}/opinion", said).status_code == 403
    assert sign_in(Role.CLERK).get(f"/plans/{layer.key}").status_code == 403
    supervisor = sign_in(Role.SUPERVISOR)
    assert "审查意见" in page(supervisor, layer)
    assert supervisor.post(f"/plans/{layer.key}/opinion", {**said, "opinion": ""}).status_code == 422
    assert supervisor.post(f"/plans/{layer.key}/opinion", {**said, "verdict": "maybe"}).status_code == 422
    assert supervisor.post(f"/plans/{layer.key}/edit/settings", {"seen": 1}).status_code == 403
    assert supervisor.post(f"/plans/{layer.key}/opinion", said).status_code == 302
    layer.refresh_from_db()
    assert layer.state == "approved"
    assert archivist.post(f"/plans/{layer.key}/withdraw").status_code == 302


def test_an_archivist_of_one_agency_changes_only_its_own_layers(archivist: Client, sign_in: SignIn) -> None:
    one, other = Agency.objects.order_by("fonds")[:2]
    general, foreign = drafted(archivist), drafted(archivist, "agency", other.code, "current")
    bound = sign_in(Role.ARCHIVIST, agency_code=one.code)

    assert bound.get(f"/plans/{general.key}").status_code == 200
    assert bound.get(f"/plans/{foreign.key}").status_code == 404
    assert bound.post(f"/plans/{general.key}/check").status_code == 404
    assert bound.post("/plans/new", {"scope": "region", "code": "530000"}).status_code == 404
    assert bound.get(f"/scope/{other.code}").status_code == 404
    assert drafted(bound, "agency", one.code, "current").state == "draft"
    own, foreign_item = (ServiceItem.objects.filter(agency=agency)[0] for agency in (one, other))
    for code in (foreign_item.item_code, "nobody"):
        assert bound.post("/plans/new", {"scope": "item", "code": code}).status_code == 404
    assert not PlanLayer.objects.filter(scope="item").exists()
    assert drafted(bound, "item", own.item_code, "current").state == "draft"
    assert foreign.title not in bound.get("/plans").content.decode().partition("归档范围与保管期限表")[0]


def test_a_trial_page_says_what_would_change(archivist: Client) -> None:
    layer = drafted(archivist)

    before = archivist.get(f"/plans/{layer.key}/trial").content.decode()
    archivist.post(f"/plans/{layer.key}/trial/run")
    running = archivist.get(f"/plans/{layer.key}/trial").content.decode()
    work_off()
    shown = archivist.get(f"/plans/{layer.key}/trial").content.decode()

    assert "开始试算" in before
    assert "排队" in running
    assert "没有办结的办件" in shown


@pytest.mark.parametrize(
    "form",
    [
        {"scope": "nothing"},
        {"scope": "region", "code": "99"},
        {"scope": "agency", "code": "<x>"},
        {"scope": "default", "code": "1"},
    ],
)
def test_a_draft_for_nothing_known_is_refused(archivist: Client, form: dict[str, str]) -> None:
    assert archivist.post("/plans/new", form).status_code in {404, 422}


@pytest.mark.parametrize(
    "path", ["/plans/00000000-0000-0000-0000-000000000000", "/scope/nobody", "/consistency/export/doc"]
)
def test_what_is_not_there_is_not_found(archivist: Client, path: str) -> None:
    assert archivist.get(path).status_code == 404


def test_hostile_forms_are_refused_in_words(archivist: Client) -> None:
    layer = drafted(archivist)
    cases = [
        ("move", {"from": "start", "step": "\u202e"}),
        ("retention-rule", {"name": "x", "priority": "9" * 30, "retention": "Z"}),
        ("metadata-rule", {"element": ""}),
        ("drop-move", {"number": "999"}),
        ("drop", {"place": "nothing.x"}),
        ("nothing", {}),
        ("fix", {"place": "nothing"}),
    ]

    statuses = {part: edit(archivist, layer, part, **form).status_code for part, form in cases}

    assert set(statuses.values()) <= {404, 422}, statuses
    assert archivist.post(f"/plans/{layer.key}/submit", {"effective_on": "tomorrow"}).status_code == 422
    assert archivist.post(f"/plans/{layer.key}/edit/settings", {"seen": "x"}).status_code == 409


def test_the_table_shows_prints_and_exports_scope_and_periods(archivist: Client, sign_in: SignIn) -> None:
    layer = drafted(archivist)
    to_force(archivist, sign_in, layer)
    agency = Agency.objects.filter(items__isnull=False).order_by("fonds")[0]

    shown = archivist.get(f"/scope/{agency.code}").content.decode()
    book = CalamineWorkbook.from_filelike(io.BytesIO(archivist.get(f"/scope/{agency.code}.xlsx").content))
    form = archivist.get(f"/scope/{agency.code}.pdf")

    assert "云档批〔2026〕1 号" in shown
    assert "证据性材料" in shown
    assert "办结方式为" in shown
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["序号", "事项名称", "事项编码"]
    assert len(rows) - 1 == ServiceItem.objects.filter(agency=agency).count()
    assert "10 年" in str(rows[1][6])
    assert form.content.startswith(b"%PDF-")
    assert sign_in(Role.SUPERVISOR, username="other").get(f"/scope/{agency.code}?layer={layer.key}").status_code == 200


def streamed(client: Client, path: str) -> bytes:
    answer: Any = client.get(path)
    return b"".join(answer.streaming_content)


@pytest.fixture
def differing(archivist: Client) -> None:
    """Make three items of one base code that state one element differently."""
    rows = list(ServiceItem.objects.order_by("item_code").select_related("agency")[:3])
    for row, level, limit in zip(rows, "345", ("5 个工作日", "7 个工作日", "5 个工作日"), strict=True):
        code = row.item_code[:18] + level + "000123011001"
        told = {"elements": {"promise": limit, "by_law": "某法"}}
        ServiceItem.objects.filter(pk=row.pk).update(item_code=code, base_code="000123011001", content=told)
    compare(elements=("promise", "by_law", "fee_basis"), now=NOW, clock=lambda: NOW)


@pytest.mark.usefixtures("differing")
def test_differences_between_the_levels_are_listed_settled_and_exported(archivist: Client) -> None:
    shown = archivist.get("/consistency")
    [row] = shown.context["page"].rows
    assert "承诺办结时限" in shown.content.decode()
    assert "75.00%" in shown.content.decode()

    assert archivist.post(f"/consistency/settle/{row.id}", {"decision": "accepted", "reason": ""}).status_code == 422
    settled = archivist.post(f"/consistency/settle/{row.id}", {"decision": "accepted", "reason": "县里条件不同"})

    assert settled.status_code == 302
    assert LevelSettlement.objects.get().reason == "县里条件不同"
    assert archivist.get("/consistency").context["page"].total == 0
    assert archivist.get("/consistency?decision=accepted").context["page"].total == 1
    csv = streamed(archivist, "/consistency/export/csv?decision=").decode("utf-8-sig")
    assert "准予保留" in csv
    book = streamed(archivist, "/consistency/export/xlsx?decision=")
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()) == 2


@pytest.mark.usefixtures("differing")
def test_a_settlement_ends_when_a_value_changes(archivist: Client) -> None:
    [row] = archivist.get("/consistency").context["page"].rows
    archivist.post(f"/consistency/settle/{row.id}", {"decision": "sent_back", "reason": "须与市里一致"})
    changed, changed_code = {"elements": {"promise": "9 个工作日", "by_law": "某法"}}, row.lower_code
    ServiceItem.objects.filter(item_code=row.lower_code).update(content=changed)

    archivist.post("/consistency/run")
    work_off()

    found = [row for row in archivist.get("/consistency").context["page"].rows if row.lower_code == changed_code]
    assert [row.lower_value for row in found if row.element == "promise"] == ["9 个工作日"]


def test_the_screen_of_the_levels_is_empty_before_the_first_comparison(archivist: Client, sign_in: SignIn) -> None:
    assert "还没有比对过" in archivist.get("/consistency").content.decode()
    assert sign_in(Role.SUPERVISOR).post("/consistency/run").status_code == 403
    assert json.dumps(archivist.post("/consistency/settle/1", {"decision": "accepted"}).status_code) == "404"


def test_items_that_no_level_holds_are_counted_listed_and_settled(archivist: Client, sign_in: SignIn) -> None:
    one, other = ServiceItem.objects.order_by("item_code")[:2]
    ServiceItem.objects.filter(pk=one.pk).update(base_code="")
    ServiceItem.objects.filter(pk=other.pk).update(item_code="LOCAL-1", base_code="BASE", content={})
    archivist.post("/consistency/run")
    assert "排队" in archivist.get("/consistency").content.decode()
    work_off()

    shown = archivist.get("/consistency").content.decode()
    listed = archivist.get("/consistency/unplaced")
    rows = {row.reason: row for row in listed.context["page"].rows}
    number = rows["no_level"].id
    unsaid = archivist.post(f"/consistency/unplaced/{number}", {"decision": "sent_back", "reason": ""})
    settled = archivist.post(f"/consistency/unplaced/{number}", {"decision": "sent_back", "reason": "请补行使层级"})
    foreign = sign_in(Role.ARCHIVIST, agency_code=one.agency.code)

    assert "2 个事项没有比" in shown
    assert "没有可比的取值" in shown
    assert (rows["no_base_code"].item_code, rows["no_level"].item_code) == (one.item_code, "LOCAL-1")
    assert (unsaid.status_code, settled.status_code) == (422, 302)
    assert LevelSettlement.objects.get().element == "placing"
    assert archivist.get("/consistency/unplaced").context["page"].total == 1
    if other.agency_id != one.agency_id:
        assert foreign.get("/consistency/unplaced").context["page"].total == 1
        assert (
            foreign.post(f"/consistency/unplaced/{number}", {"decision": "accepted", "reason": "好的"}).status_code
            == 404
        )
