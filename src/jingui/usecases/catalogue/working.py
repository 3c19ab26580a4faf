"""Doing long acts on catalogue and plans: a few seconds at a time, so that the archiving beside them goes on.

After its slice an act goes back to the end of the queue with what it has reached. Killed anywhere, it goes on at the
last batch that was written (imports, rollouts, comparisons) or at the last slice (previews, proofs and trials, which
change nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from jingui.db.models import CatalogueWork, PlanLayer
from jingui.db.queries.plan_layers import get_layer
from jingui.domain.catalogue.planning.reports import LayerReport, report_from_state, report_state
from jingui.domain.catalogue.planning.trial import TrialTotals, totals_from_dict, totals_to_dict
from jingui.domain.catalogue.works import WorkKind, WorkState
from jingui.domain.errors import DomainError, Invalid, PermanentFailure
from jingui.domain.records.canonical import canonical_sha256
from jingui.ports import Lane
from jingui.usecases.catalogue.hands import Hand, SliceOver, WorkBench
from jingui.usecases.catalogue.levels import compare
from jingui.usecases.catalogue.list_acts import import_list, let_go_of_list, preview_list
from jingui.usecases.catalogue.plan_proof import prove_layer, try_layer
from jingui.usecases.catalogue.plan_rollout import CaughtUp, catch_up, roll_out
from jingui.usecases.catalogue.plans import check_can_submit, keep_report, submit_proved
from jingui.usecases.catalogue.works import settle


def work_on(key: UUID, *, bench: WorkBench) -> bool:
    """Do a slice of an act; say whether the key was that of one.

    Raises:
        TransientFailure: trying again may help.
    """
    work = CatalogueWork.objects.filter(pk=key).first()
    if work is None:
        return False
    if work.finished_at is None:
        _do(work, bench)
    if work.state == WorkState.REFUSED.value and WorkKind(work.kind) in _AFTER_REFUSAL:
        # Killed before this, the act comes again and only this is done.
        _AFTER_REFUSAL[WorkKind(work.kind)](work, bench)
    return True


def _do(work: CatalogueWork, bench: WorkBench) -> None:
    work.state, work.started_at = WorkState.RUNNING.value, work.started_at or bench.clock()
    work.save(update_fields=["state", "started_at"])
    hand = Hand(work, bench)
    hand.begin()
    try:
        kind = WorkKind(work.kind)
        result = (_ACTS.get(kind) or bench.others[kind])(hand)
    except SliceOver:
        bench.queue.put(work.key.hex, now=bench.clock(), lane=Lane.LONG)
    except (DomainError, PermanentFailure) as failure:
        settle(work, WorkState.REFUSED, _refusal(failure), queue=bench.queue, now=bench.clock())
    else:
        settle(work, WorkState.DONE, result, queue=bench.queue, now=bench.clock())


def _refusal(failure: DomainError | PermanentFailure) -> dict[str, Any]:
    params = failure.params if isinstance(failure, DomainError) else {}
    problems = failure.problems if isinstance(failure, Invalid) else ()
    return {
        "code": failure.code,
        "params": params,
        "problems": [[problem.location, problem.code, problem.params] for problem in problems],
    }


def _layer(work: CatalogueWork) -> PlanLayer:
    return get_layer(UUID(work.subject))


def _mark(layer: PlanLayer) -> str:
    """Return what a proof or trial stands on; if it changes, what was reached so far says nothing."""
    newest = PlanLayer.objects.aggregate(newest=Max("in_force_at"))["newest"]
    return canonical_sha256([layer.content, newest.isoformat() if newest else ""])


def _proved(hand: Hand) -> tuple[PlanLayer, LayerReport]:
    layer, saved = _layer(hand.work), hand.work.saved
    mark = _mark(layer)
    goes_on = saved.get("mark") == mark

    def told(report: LayerReport, after: str) -> None:
        hand.reach(report.item_count, lambda: {"mark": mark, "after": after, "report": report_state(report)})

    report = prove_layer(
        layer,
        profile=hand.bench.profile.compiling,
        begun=report_from_state(saved["report"]) if goes_on else None,
        after=saved["after"] if goes_on else "",
        told=told,
    )
    return layer, report


def _prove(hand: Hand) -> dict[str, Any]:
    layer, report = _proved(hand)
    kept = keep_report(layer, report, actor=hand.work.asked_by, now=hand.bench.clock())
    return {"items": report.item_count, "errors": kept.report["error_count"]}


def _submit(hand: Hand) -> dict[str, Any]:
    day, actor, clock = date.fromisoformat(hand.work.arguments["effective_on"]), hand.work.asked_by, hand.bench.clock
    if _is_submitted(_layer(hand.work), hand.work):
        return {}
    check_can_submit(_layer(hand.work), effective_on=day, now=clock())
    layer, report = _proved(hand)
    proved = keep_report(layer, report, actor=actor, now=clock())
    submit_proved(proved, effective_on=day, actor=actor, now=clock())
    return {"items": report.item_count, "errors": 0}


def _is_submitted(layer: PlanLayer, work: CatalogueWork) -> bool:
    """Say whether this act has sent the layer in already: killed after that, there is nothing left to do."""
    return layer.submitted_at is not None and layer.submitted_at >= work.asked_at


def _roll_out(hand: Hand) -> dict[str, Any]:
    done = roll_out(
        _layer(hand.work), profile=hand.bench.profile.compiling, now=hand.bench.clock(), progress=hand.reach
    )
    return {"items": done.item_count, "written": done.written_count, "failed": done.failed_count}


def _try(hand: Hand) -> dict[str, Any]:
    layer, saved, told = _layer(hand.work), hand.work.saved, hand.work.arguments
    mark = _mark(layer)
    goes_on = saved.get("mark") == mark

    def reach(totals: TrialTotals, after: UUID) -> None:
        hand.reach(totals.case_count, lambda: {"mark": mark, "after": after.hex, "totals": totals_to_dict(totals)})

    totals = try_layer(
        layer,
        since=datetime.fromisoformat(told["since"]),
        begun=totals_from_dict(saved["totals"]) if goes_on else None,
        after=UUID(saved["after"]) if goes_on else None,
        told=reach,
    )
    return {"totals": totals_to_dict(totals), "content_sha256": canonical_sha256(layer.content)}


def _compare(hand: Hand) -> dict[str, Any]:
    elements, clock = hand.bench.profile.level_elements, hand.bench.clock
    run = compare(elements=elements, now=clock(), clock=clock, progress=hand.reach)
    return {"items": run.item_count, "differences": run.difference_count, "unplaced": run.unplaced_count}


def _catch_up(hand: Hand) -> dict[str, Any]:
    before = hand.work.saved.get("done", 0)

    def told(looked_at: int, place: CaughtUp) -> None:
        hand.reach(before + looked_at, lambda: {"done": before + looked_at, "place": asdict(place)})

    place = hand.work.saved.get("place")
    begun = CaughtUp(**place) if place else None
    written = catch_up(profile=hand.bench.profile.compiling, now=hand.bench.clock(), begun=begun, told=told)
    return {"written": written}


_ACTS: dict[WorkKind, Callable[[Hand], dict[str, Any]]] = {
    WorkKind.PREVIEW: preview_list,
    WorkKind.IMPORT: import_list,
    WorkKind.PROOF: _prove,
    WorkKind.SUBMISSION: _submit,
    WorkKind.ROLLOUT: _roll_out,
    WorkKind.TRIAL: _try,
    WorkKind.COMPARISON: _compare,
    WorkKind.CATCH_UP: _catch_up,
}
_AFTER_REFUSAL: dict[WorkKind, Callable[[CatalogueWork, WorkBench], None]] = {WorkKind.PREVIEW: let_go_of_list}
