"""Plan layers: drawn up, proved, examined by somebody else, in force from a day; running cases keep their plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.builders import now
from tests.personas import CLOSED, ITEM, OTHER_AGENCY, OTHER_ITEM, Integrator, Office, new_number

from jingui.bootstrap import plan_profile
from jingui.db import journal
from jingui.db.models import ArchivingPlan, JournalEvent, PlanLayer, PlanOpinion, PlanRollout
from jingui.domain.catalogue.planning.examination import LayerState, Verdict
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.errors import Conflict, Invalid, MoveNotAllowed, Refused
from jingui.usecases.catalogue.plan_proof import prove_layer, try_layer
from jingui.usecases.catalogue.plan_rollout import bring_into_force, catch_up, enforce_due, roll_out
from jingui.usecases.catalogue.plans import (
    Opinion,
    change_draft,
    draft_layer,
    give_opinion,
    submit_layer,
    withdraw_layer,
)

DRAFTER, EXAMINER = "account:danganyuan", "account:daju"
AGREED = Opinion(Verdict.APPROVED, "同意", "云档批〔2026〕17 号", "李某")
CLASH = [
    {
        "name": "人",
        "priority": 50,
        "when": [[{"field": "applicant_kind", "is": ["person"]}]],
        "retention": "D10",
        "reason": "甲",
    },
    {
        "name": "网",
        "priority": 50,
        "when": [[{"field": "channel", "is": ["online"]}]],
        "retention": "Y",
        "reason": "乙",
    },
]


def today(days: int = 0) -> Any:
    return timezone.localtime(now()).date() + timedelta(days=days)


def submitted(layer: PlanLayer, *, days: int = 0) -> PlanLayer:
    when = today(days)
    return submit_layer(layer, effective_on=when, profile=plan_profile().compiling, actor=DRAFTER, now=now())


def drafted(scope: LayerScope = LayerScope.DEFAULT, code: str = "", content: dict[str, Any] | None = None) -> PlanLayer:
    told = dict(plan_profile().default_layer) if content is None else content
    return draft_layer(scope, code, actor=DRAFTER, now=now(), content=told)


def approved(layer: PlanLayer, *, days: int = 0) -> PlanLayer:
    return give_opinion(submitted(layer, days=days), AGREED, actor=EXAMINER, now=now())


def in_force(layer: PlanLayer) -> PlanRollout:
    return bring_into_force(approved(layer), profile=plan_profile().compiling, actor=EXAMINER, now=now())


def plan_version_of(office: Office, number: str) -> int:
    plan = office.case_row(number).plan
    assert plan is not None
    return int(plan.plan_version)


def newest_plan(item_code: str = ITEM) -> dict[str, Any]:
    return dict(ArchivingPlan.objects.filter(item__item_code=item_code).latest("plan_version").content)


def test_a_layer_in_force_writes_a_plan_for_every_item_and_says_where_it_comes_from(office: Office) -> None:
    rollout = in_force(drafted())

    assert (rollout.item_count, rollout.written_count, rollout.failed_count) == (2, 2, 0)
    plan = newest_plan()
    assert plan["plan_version"] == 2
    assert plan["layers"] == ["default@1", f"import:{ITEM}@1"]
    assert plan["retention_reason"] == "测试"  # the catalogue said so of the item itself
    assert [rule["name"] for rule in plan["retention_rules"]] == ["未办成"]
    assert JournalEvent.objects.filter(kind="plan.adopted").exists()
    assert office.findings() == []


def test_a_running_case_keeps_the_version_it_began_with(office: Office, integrator: Integrator) -> None:
    early, late = new_number(), new_number()
    integrator.case(early)

    in_force(drafted())
    integrator.case(late)

    assert [plan_version_of(office, number) for number in (early, late)] == [1, 2]


def test_a_rule_decides_the_period_the_code_and_the_package_of_a_case(office: Office, integrator: Integrator) -> None:
    in_force(drafted())
    done, left = new_number(), new_number()
    integrator.whole_case(done)
    integrator.whole_case(left, kind="withdrawn")

    office.work()

    assert office.case_row(done).retention == "D30"
    row = office.case_row(left)
    assert row.retention == "D10"
    assert "-D10-" in str(row.archival_code)
    arranged = JournalEvent.objects.get(kind="case.arranged", case_key=row.key)
    assert '"retention_rule":"未办成"' in arranged.payload
    assert office.findings() == []


def test_a_refused_application_without_its_notice_is_held(office: Office, integrator: Integrator) -> None:
    in_force(drafted())
    number = new_number()
    integrator.whole_case(number, kind="not_accepted")

    office.work()

    assert office.case_row(number).state == "held"
    assert [line["code"] for line in integrator.get(number, "inventory").json["missing"]] == ["B4"]


def test_a_plan_with_a_contradiction_cannot_be_sent_in_and_its_report_names_the_rules(office: Office) -> None:
    layer = drafted(content={**plan_profile().default_layer, "retention_rules": CLASH})

    with pytest.raises(Conflict, match="plan_has_errors"):
        submitted(layer)

    layer.refresh_from_db()
    assert layer.state == LayerState.DRAFT.value
    [finding] = [f for f in layer.report["findings"] if f["code"] == "retention_contradiction"]
    assert finding["rule"] == "retention_rules.人"
    assert finding["params"]["other"] == "网"
    assert finding["item_count"] == 2


@pytest.mark.usefixtures("office")
def test_an_item_no_layer_speaks_for_is_named() -> None:
    in_force(drafted())
    content = {"materials": [{"code": row["code"], "removed": True} for row in newest_plan(OTHER_ITEM)["materials"]]}

    report = prove_layer(drafted(LayerScope.ITEM, OTHER_ITEM, content), profile=plan_profile().compiling)

    [found] = [f for f in report.findings if f.finding.code == "item_uncovered"]
    assert found.items == [OTHER_ITEM]
    assert report.uncovered_count == 1


@pytest.mark.usefixtures("office")
def test_who_drew_a_version_up_does_not_examine_it() -> None:
    layer = submitted(drafted())

    with pytest.raises(Refused, match="plan_own_examination"):
        give_opinion(layer, AGREED, actor=DRAFTER, now=now())

    assert PlanOpinion.objects.count() == 0


@pytest.mark.usefixtures("office")
def test_a_returned_version_goes_back_to_its_drafters_with_the_opinion() -> None:
    said = Opinion(Verdict.RETURNED, "不予许可的期限应为永久")

    layer = give_opinion(submitted(drafted()), said, actor=EXAMINER, now=now())

    assert layer.state == LayerState.DRAFT.value
    assert layer.opinions.get().opinion == "不予许可的期限应为永久"
    changed = change_draft(layer, {**layer.content, "unit": "XK"}, actor=DRAFTER, now=now())
    assert submitted(changed).state == LayerState.SUBMITTED.value


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("text", ["", " ", "好"])
def test_an_opinion_says_something(text: str) -> None:
    layer = submitted(drafted())

    with pytest.raises(Invalid):
        give_opinion(layer, Opinion(Verdict.APPROVED, text), actor=EXAMINER, now=now())


@pytest.mark.usefixtures("office")
def test_nothing_is_in_force_unexamined_or_before_its_day() -> None:
    layer = submitted(drafted(), days=3)
    with pytest.raises(MoveNotAllowed):
        bring_into_force(layer, profile=plan_profile().compiling, actor=EXAMINER, now=now())

    waiting = give_opinion(layer, AGREED, actor=EXAMINER, now=now())
    with pytest.raises(Conflict, match="plan_not_due"):
        bring_into_force(waiting, profile=plan_profile().compiling, actor=EXAMINER, now=now())

    assert enforce_due(profile=plan_profile().compiling, now=now()) == []
    assert enforce_due(profile=plan_profile().compiling, now=now() + timedelta(days=3)) == ["default:@1"]


@pytest.mark.usefixtures("office")
def test_a_second_draft_a_stale_draft_and_a_past_day_are_refused() -> None:
    layer = drafted()
    with pytest.raises(Conflict, match="plan_draft_exists"):
        drafted()
    with pytest.raises(Invalid):
        submitted(layer, days=-1)
    change_draft(layer, {**layer.content, "unit": "A"}, actor=DRAFTER, now=now())
    with pytest.raises(Conflict, match="plan_changed_meanwhile"):
        change_draft(layer, {**layer.content, "unit": "B"}, actor=DRAFTER, now=now())
    withdraw_layer(layer, actor=DRAFTER, now=now())
    assert drafted().version == 2


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("scope", "code"), [(LayerScope.REGION, "12"), (LayerScope.AGENCY, "x"), (LayerScope.ITEM, "x")]
)
def test_a_layer_for_something_unknown_is_refused(scope: LayerScope, code: str) -> None:
    with pytest.raises(Invalid):
        drafted(scope, code, {})


def test_the_agency_layer_overrides_the_region_and_speaks_only_for_its_own(office: Office) -> None:
    in_force(drafted())
    in_force(drafted(LayerScope.REGION, "530000", {"security_classification": "公开"}))
    in_force(drafted(LayerScope.AGENCY, OTHER_AGENCY, {"security_classification": "内部"}))

    assert newest_plan()["security_classification"] == "公开"
    assert newest_plan(OTHER_ITEM)["security_classification"] == "内部"
    assert office.findings() == []


def test_a_rollout_broken_off_goes_on_where_it_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jingui.db.queries.plan_layers.BATCH", 1)
    layer, calls = approved(drafted()), []

    def dying(entry: Any, **rows: Any) -> Any:
        if entry.kind.value == "plan.adopted":
            calls.append(entry)
            if len(calls) == 2:
                raise KeyboardInterrupt
        return real(entry, **rows)

    real = journal.record
    monkeypatch.setattr(journal, "record", dying)
    with pytest.raises(KeyboardInterrupt):
        bring_into_force(layer, profile=plan_profile().compiling, actor=EXAMINER, now=now())
    assert ArchivingPlan.objects.filter(plan_version=2).count() == 1

    assert enforce_due(profile=plan_profile().compiling, now=now()) == ["default:@1"]

    assert ArchivingPlan.objects.filter(plan_version=2).count() == 2
    assert roll_out(layer, profile=plan_profile().compiling, now=now()).finished_at is not None
    assert office.findings() == []


@pytest.mark.usefixtures("office")
def test_items_that_come_after_a_layer_get_its_plan() -> None:
    in_force(drafted())
    ArchivingPlan.objects.filter(plan_version=2, item__item_code=ITEM).delete()  # as if the item were new

    assert catch_up(profile=plan_profile().compiling, now=now()) == 1
    assert catch_up(profile=plan_profile().compiling, now=now()) == 0


def test_a_trial_tells_what_would_change_in_cases_of_the_past(office: Office, integrator: Integrator) -> None:
    done, left = new_number(), new_number()
    integrator.whole_case(done)
    integrator.whole_case(left, kind="returned")
    office.work()
    layer = drafted(content={**plan_profile().default_layer, "category": "XK"})

    totals = try_layer(layer, since=datetime.fromisoformat(CLOSED))

    assert totals.case_count == 2
    assert totals.kinds == {"retention": 1, "code": 2, "missing": 1, "category": 2}
    [change] = [change for change in totals.examples if change.case_number == left]
    assert change.retention == ("D30", "D10")
    assert change.missing == ((), ("B15",))
    assert change.code[1].startswith("0101-XK·2025-D10-")
    assert (totals.complete_before, totals.complete_after) == (2, 1)
