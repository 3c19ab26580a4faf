"""Plan layers from draft to in force: drawn up, proved, sent in, examined, and brought into force from a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from jingui.db import journal
from jingui.db.models import Agency, PlanLayer, PlanOpinion, PlanRollout, ServiceItem
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.plan_layers import layer_in_force, local_day
from jingui.db.queries.rows import find_row, lock_name, locking
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.planning.contents import check_layer_content
from jingui.domain.catalogue.planning.examination import (
    LayerState,
    Verdict,
    check_due,
    check_effective_date,
    check_opinion,
    check_submission,
    move_layer,
)
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.catalogue.planning.profile import CompileProfile
from jingui.domain.catalogue.planning.reports import LayerReport, layer_report_to_dict
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem
from jingui.domain.records.canonical import canonical_sha256
from jingui.domain.records.identifiers import region_code_is_valid
from jingui.usecases.catalogue.plan_proof import prove_layer

OPEN_STATES = (LayerState.DRAFT.value, LayerState.SUBMITTED.value, LayerState.APPROVED.value)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an examiner says, and who says it."""

    verdict: Verdict
    text: str
    document_number: str = ""
    examiner_name: str = ""


def check_target(scope: LayerScope, code: str) -> str:
    """Return what people call the thing a layer is for.

    Raises:
        Invalid: there is no such region, agency or item.
    """
    if scope is LayerScope.DEFAULT:
        found = "全部事项" if not code else ""
    elif scope is LayerScope.REGION:
        found = f"行政区划 {code}" if region_code_is_valid(code) else ""
    elif scope is LayerScope.AGENCY:
        found = Agency.objects.filter(code=code).values_list("name", flat=True).first() or ""
    else:
        rows = ServiceItem.objects.filter(item_code=code).order_by("-item_version")
        found = rows.values_list("name", flat=True).first() or ""
    if not found:
        raise Invalid((Problem("code", "layer_target_unknown", {"code": code}),))
    return found


@transaction.atomic
def draft_layer(
    scope: LayerScope, code: str, *, actor: str, now: datetime, content: Mapping[str, Any] | None = None
) -> PlanLayer:
    """Draw up the next version of a layer: of ``content``, else of the version in force, else of nothing.

    Raises:
        Conflict: ``plan_draft_exists``, another version is under way.
        Invalid: the target is unknown, or the content wrong.
    """
    title = check_target(scope, code)[:200]
    lock_name(f"plan-layer:{scope.value}:{code}")
    if PlanLayer.objects.filter(scope=scope.value, code=code, state__in=OPEN_STATES).exists():
        raise Conflict("plan_draft_exists")
    current = layer_in_force(scope.value, code)
    newest = PlanLayer.objects.filter(scope=scope.value, code=code).aggregate(newest=Max("version"))["newest"] or 0
    started = check_layer_content(content) if content is not None else dict(current.content if current else {})
    layer = PlanLayer(
        scope=scope.value,
        code=code,
        version=newest + 1,
        base_version=current.version if current else 0,
        state=LayerState.DRAFT.value,
        title=title,
        content=started,
        drafted_by=actor,
        drafted_at=now,
    )
    _record(Event.PLAN_DRAFTED, layer, actor, now, new=[layer])
    return layer


@transaction.atomic
def change_draft(layer: PlanLayer, content: Mapping[str, Any], *, actor: str, now: datetime) -> PlanLayer:
    """Keep another content of a draft. ``layer`` is the row its editor saw.

    Raises:
        Conflict: it is no draft any more, or somebody else has changed it meanwhile.
        Invalid: the content is wrong; nothing is kept.
    """
    checked = check_layer_content(content)
    row = _locked(layer)
    if row.state != LayerState.DRAFT.value:
        raise Conflict("plan_not_a_draft")
    if row.event_id != layer.event_id:
        raise Conflict("plan_changed_meanwhile")
    row.content = checked
    _record(Event.PLAN_DRAFTED, row, actor, now, changed=[row])
    return row


def examine_by_machine(layer: PlanLayer, *, profile: CompileProfile, actor: str, now: datetime) -> PlanLayer:
    """Let the compiler prove a layer and keep what it says with it."""
    return keep_report(layer, prove_layer(layer, profile=profile), actor=actor, now=now)


def keep_report(layer: PlanLayer, report: LayerReport, *, actor: str, now: datetime) -> PlanLayer:
    """Keep what the compiler says of a layer; ``layer`` is the row that was proved."""
    with transaction.atomic():
        row = _locked(layer)
        row.report = {**layer_report_to_dict(report), "at": now.isoformat()}
        row.report_sha256 = canonical_sha256(layer.content)
        _record(Event.PLAN_DRAFTED, row, actor, now, changed=[row])
    return row


def submit_layer(
    layer: PlanLayer, *, effective_on: date, profile: CompileProfile, actor: str, now: datetime
) -> PlanLayer:
    """Send a draft in for examination, proved anew at this moment.

    Raises:
        Conflict: no draft, its base is out of date, or the compiler found faults (which are kept with the draft).
        Invalid: the day is gone.
    """
    check_can_submit(layer, effective_on=effective_on, now=now)
    proved = examine_by_machine(layer, profile=profile, actor=actor, now=now)
    return submit_proved(proved, effective_on=effective_on, actor=actor, now=now)


def check_can_submit(layer: PlanLayer, *, effective_on: date, now: datetime) -> None:
    """Check what can be told before the proof.

    Raises:
        Conflict: it is no draft.
        Invalid: the day is gone.
    """
    move_layer(LayerState(layer.state), LayerState.SUBMITTED)
    check_effective_date(effective_on, today=local_day(now))


def submit_proved(proved: PlanLayer, *, effective_on: date, actor: str, now: datetime) -> PlanLayer:
    """Send a draft in whose report has just been kept.

    Raises:
        Conflict: its base is out of date, the compiler found faults, or it was changed while it was proved.
        Invalid: the day is gone.
    """
    check_can_submit(proved, effective_on=effective_on, now=now)
    if proved.report_sha256 != canonical_sha256(proved.content):
        raise Conflict("plan_changed_meanwhile")
    check_submission(error_count=proved.report["error_count"], is_base_current=_is_base_current(proved))
    with transaction.atomic():
        row = _locked(proved)
        if row.event_id != proved.event_id:
            raise Conflict("plan_changed_meanwhile")
        row.state = move_layer(LayerState(row.state), LayerState.SUBMITTED).value
        row.submitted_by, row.submitted_at, row.effective_on = actor, now, effective_on
        _record(Event.PLAN_SUBMITTED, row, actor, now, changed=[row])
    return row


@transaction.atomic
def give_opinion(layer: PlanLayer, opinion: Opinion, *, actor: str, now: datetime) -> PlanLayer:
    """Keep the opinion of the supervising authority and move the version on, or back to its drafters.

    Raises:
        Refused: whoever drew it up or sent it in does not examine it.
        Conflict: it is not under examination.
        Invalid: the opinion says nothing.
    """
    row = _locked(layer)
    if row.state != LayerState.SUBMITTED.value:
        raise Conflict("plan_not_submitted")
    check_opinion(
        examiner=actor,
        drafted_by=row.drafted_by,
        submitted_by=row.submitted_by,
        opinion=opinion.text,
        number=opinion.document_number,
    )
    to = LayerState.APPROVED if opinion.verdict is Verdict.APPROVED else LayerState.DRAFT
    row.state = move_layer(LayerState(row.state), to).value
    said = PlanOpinion(
        layer=row,
        verdict=opinion.verdict.value,
        opinion=opinion.text.strip(),
        document_number=opinion.document_number.strip(),
        examined_by=actor,
        examiner_name=opinion.examiner_name[:60],
        examined_at=now,
    )
    _record(Event.PLAN_EXAMINED, row, actor, now, new=[said], changed=[row])
    return row


@transaction.atomic
def withdraw_layer(layer: PlanLayer, *, actor: str, now: datetime) -> PlanLayer:
    """Drop a version that is not in force; it stays readable.

    Raises:
        Conflict: it is in force, or gone.
    """
    row = _locked(layer)
    row.state = move_layer(LayerState(row.state), LayerState.WITHDRAWN).value
    _record(Event.PLAN_WITHDRAWN, row, actor, now, changed=[row])
    return row


@transaction.atomic
def begin_force(layer: PlanLayer, *, actor: str, now: datetime) -> PlanRollout:
    """Let an approved version take the place of the one in force; the plans of its items are written after this.

    Raises:
        Conflict: it is not approved, its day has not come, or another version came into force since it was drawn up.
    """
    row = _locked(layer)
    move_layer(LayerState(row.state), LayerState.IN_FORCE)
    if row.effective_on is not None:
        check_due(row.effective_on, today=local_day(now))
    lock_name(f"plan-layer:{row.scope}:{row.code}")
    current = layer_in_force(row.scope, row.code)
    if (current.version if current else 0) != row.base_version:
        raise Conflict("plan_base_changed")
    changed: list[ProtectedRow] = [row]
    if current:
        current.state = move_layer(LayerState(current.state), LayerState.SUPERSEDED).value
        changed.append(current)
    row.state, row.in_force_at = LayerState.IN_FORCE.value, now
    rollout = PlanRollout(layer=row, started_at=now)
    _record(Event.PLAN_IN_FORCE, row, actor, now, new=[rollout], changed=changed)
    return rollout


def _locked(layer: PlanLayer) -> PlanLayer:
    row = find_row(PlanLayer, f"key = %s{locking()}", layer.key)
    if row is None:
        raise NotFound("not_found")
    return row


def _is_base_current(layer: PlanLayer) -> bool:
    current = layer_in_force(layer.scope, layer.code)
    return (current.version if current else 0) == layer.base_version


def _record(
    kind: Event,
    layer: PlanLayer,
    actor: str,
    now: datetime,
    *,
    new: list[ProtectedRow] | None = None,
    changed: list[ProtectedRow] | None = None,
) -> None:
    facts = {"layer": str(layer), "state": layer.state}
    journal.record(journal.Entry(kind, actor, now, facts=facts), new=new or (), changed=changed or ())
