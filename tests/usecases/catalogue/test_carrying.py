"""A new version of an item keeps what its predecessor's plan says and it leaves unsaid: nothing falls out of the scope."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.builders import now
from tests.personas import ITEM, Office, as_json, small_catalogue

from jingui.bootstrap import plan_profile
from jingui.db.models import ArchivingPlan, CarriedPlan, JournalEvent, PlanLayer, ServiceItem
from jingui.db.queries.plan_layers import LayerShelf, effective_plans, local_day
from jingui.domain.catalogue.planning.examination import Verdict
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.formats.catalogues import read_catalogue
from jingui.usecases.catalogue.importing import import_catalogue
from jingui.usecases.catalogue.plan_rollout import bring_into_force, catch_up
from jingui.usecases.catalogue.plans import Opinion, draft_layer, give_opinion, submit_layer


def imported(*items: dict[str, Any]) -> None:
    whole = small_catalogue()
    read = read_catalogue(as_json(whole | {"items": list(items)}))
    plan = import_catalogue(read, actor="system:tests", now=now())
    assert not plan.refused, plan.refused


def version(number: int, **told: Any) -> dict[str, Any]:
    row: dict[str, Any] = small_catalogue()["items"][0]
    del row["plan"]
    return row | {"item_version": number} | told


def newest(number: int) -> dict[str, Any]:
    rows = ArchivingPlan.objects.filter(item__item_code=ITEM, item__item_version=number)
    return dict(rows.latest("plan_version").content)


def materials(number: int) -> set[tuple[str, str]]:
    return {(row["code"], row["obligation"]) for row in newest(number)["materials"]}


def layer_in_force(content: dict[str, Any]) -> PlanLayer:
    when = local_day(now())
    profile = plan_profile().compiling
    layer = draft_layer(LayerScope.DEFAULT, "", actor="a", now=now(), content=content)
    layer = submit_layer(layer, effective_on=when, profile=profile, actor="a", now=now())
    layer = give_opinion(layer, Opinion(Verdict.APPROVED, "同意", "1 号", "李某"), actor="b", now=now())
    bring_into_force(layer, profile=profile, actor="b", now=now())
    return layer


def same_but(one: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {**one, **other}


def test_a_version_that_says_nothing_of_its_plan_takes_over_the_one_before_it(office: Office) -> None:
    imported(version(2, item_name="护士注册（新）"))

    assert newest(2) == same_but(newest(1), item_version=2, item_name="护士注册（新）")
    row = CarriedPlan.objects.get()
    assert (row.source.item.item_version, row.carried["retention"], row.stated) == (1, "D30", {})
    event = JournalEvent.objects.get(pk=row.event_id)
    assert json.loads(event.payload)["facts"]["carried_on"] == [[ITEM, 2, 1]]
    assert office.findings() == []


@pytest.mark.usefixtures("office")
def test_the_same_list_again_changes_nothing_after_a_plan_was_carried_on() -> None:
    imported(version(2))
    again = import_catalogue(read_catalogue(as_json(small_catalogue() | {"items": [version(2)]})), actor="t", now=now())

    assert (again.unchanged, again.changed) == ((ITEM,), ())


@pytest.mark.usefixtures("office")
def test_what_a_version_states_counts_and_the_rest_goes_on() -> None:
    imported(version(2, plan={"retention": "Y", "retention_reason": "新规定"}))

    assert (newest(2)["retention"], newest(2)["unit"]) == ("Y", "WSJ")
    assert materials(2) == materials(1)


@pytest.mark.usefixtures("office")
def test_a_new_list_of_materials_to_hand_in_leaves_the_result_in_the_scope() -> None:
    imported(version(2, materials=[{"name": "新申请表", "code": "A09"}]))

    assert materials(2) == {("A09", "required"), ("C01", "required")}


@pytest.mark.usefixtures("office")
def test_a_plan_of_its_own_is_not_mixed_with_the_one_before() -> None:
    own = [{"code": "C07", "name": "批复", "class": "result", "obligation": "required", "min_count": 1}]
    imported(
        version(2, plan={"materials": own, "retention": "Y", "retention_reason": "新", "unit": "X", "category": "ZW"})
    )

    assert materials(2) == {("C07", "required")}
    assert not CarriedPlan.objects.exists()


@pytest.mark.usefixtures("office")
def test_versions_that_come_together_carry_on_one_after_the_other() -> None:
    imported(version(2, plan={"retention": "Y", "retention_reason": "新规定"}), version(3))

    assert (newest(3)["retention"], newest(3)["unit"]) == ("Y", "WSJ")
    assert materials(3) == materials(1)
    assert CarriedPlan.objects.get(item__item_version=3).source.item.item_version == 2


@pytest.mark.usefixtures("office")
def test_under_layers_the_plan_in_force_goes_on_at_once_and_the_layers_find_what_was_carried() -> None:
    layer_in_force(dict(plan_profile().default_layer))
    before = newest(1)
    assert before["layers"]

    imported(version(2))
    at_once = newest(2)
    catch_up(profile=plan_profile().compiling, now=now())

    ignored = {"item_version": 2, "layers": newest(2)["layers"], "plan_version": newest(2)["plan_version"]}
    assert same_but(at_once, **ignored) == same_but(before, **ignored) == newest(2)
    item = ServiceItem.objects.get(item_code=ITEM, item_version=2)
    made = next(iter(effective_plans([item], LayerShelf.open())))[1]
    assert made.layer_of("retention") == f"previous:{ITEM}@1"
    assert made.layer_of("materials.C01") == f"previous:{ITEM}@1"
    assert made.layer_of("retention_rules.未办成") == "default@1"


@pytest.mark.usefixtures("office")
def test_under_layers_a_new_list_of_materials_drops_only_what_the_old_list_named() -> None:
    layer_in_force(dict(plan_profile().default_layer))
    kept = {row["code"] for row in newest(1)["materials"]} - {"A01", "A02"}

    imported(version(2, materials=[{"name": "新申请表", "code": "A09"}]))
    at_once = {row["code"] for row in newest(2)["materials"]}
    catch_up(profile=plan_profile().compiling, now=now())

    assert at_once == {row["code"] for row in newest(2)["materials"]} == kept | {"A09"}
