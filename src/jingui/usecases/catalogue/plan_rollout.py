"""Coming into force (生效): new plan versions for the items concerned, batch by batch, each a transaction of its own.

Broken off anywhere, the next call goes on at the position that the last whole batch left. A running case keeps the plan
version it began with; only cases that begin later get the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from jingui.db import journal
from jingui.db.models import ArchivingPlan, PlanCatchUp, PlanLayer, PlanRollout, ServiceItem
from jingui.db.queries.paging import in_pages
from jingui.db.queries.plan_layers import (
    LayerShelf,
    due_layers,
    effective_plans,
    item_batches,
    items_of,
    newest_items,
)
from jingui.db.queries.rows import find_row, locking
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.planning.examination import LayerState
from jingui.domain.catalogue.planning.layers import EffectivePlan
from jingui.domain.catalogue.planning.profile import CompileProfile
from jingui.domain.catalogue.plans import plan_to_dict
from jingui.domain.errors import DomainError, Invalid
from jingui.usecases.catalogue.plan_proof import PlanProver
from jingui.usecases.catalogue.plans import begin_force

ACTOR = "system:plans"
_OVERLAP = 200
_NOT_COMPARED = ("plan_version", "layers")


def bring_into_force(
    layer: PlanLayer,
    *,
    profile: CompileProfile,
    actor: str,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> PlanRollout:
    """Bring an approved version into force and write the plans of every item it speaks for.

    Raises:
        Conflict: see ``begin_force``.
    """
    begin_force(layer, actor=actor, now=now)
    return roll_out(layer, profile=profile, now=now, progress=progress)


def roll_out(
    layer: PlanLayer, *, profile: CompileProfile, now: datetime, progress: Callable[[int], None] | None = None
) -> PlanRollout:
    """Write what is left to write for a layer in force; done already, it changes nothing."""
    rollout = PlanRollout.objects.get(layer=layer)
    if rollout.finished_at:
        return rollout
    prover, shelf = PlanProver(profile), LayerShelf.open()
    for batch in item_batches(layer.scope, layer.code, after=rollout.position):
        rollout = _write_batch(rollout, batch, _Press(shelf, prover, now))
        if progress:
            progress(rollout.item_count)
    with transaction.atomic():
        row = _locked(rollout)
        if items_of(layer.scope, layer.code).filter(item_code__gt=row.position).exists():
            return row  # another process is still at it
        row.finished_at = now
        journal.record(_entry(row, [], now), changed=[row])
    return row


@transaction.atomic
def _write_batch(rollout: PlanRollout, batch: list[ServiceItem], press: _Press) -> PlanRollout:
    row = _locked(rollout)
    if row.position != rollout.position:  # another process is at the same work; it has taken this batch
        return row
    new, failed = press.plans(batch)
    row.position = batch[-1].item_code
    row.item_count += len(batch)
    row.written_count += len(new)
    row.failed_count += failed
    journal.record(_entry(row, new, press.now), new=new, changed=[row])
    return row


@dataclass(frozen=True, slots=True)
class _Press:
    """What turns items into new plan versions."""

    shelf: LayerShelf
    prover: PlanProver
    now: datetime

    def plans(self, items: list[ServiceItem]) -> tuple[list[ArchivingPlan], int]:
        """Return the plans that differ from the newest ones, and how many items have no sound plan.

        The layer was proved before; what changed since then (another item, another layer) is not let through.
        """
        newest, new, failed = _newest(items), [], 0
        for item in items:
            made = _made(item, self.shelf)
            if made is None or not self.prover.prove(made).is_sound:
                failed += 1
            elif plan := _next_plan(item, made, newest.get(item.key), self.now):
                new.append(plan)
        return new, failed


def _made(item: ServiceItem, shelf: LayerShelf) -> EffectivePlan | None:
    try:
        return next(iter(effective_plans([item], shelf)))[1]
    except Invalid:
        return None


def _newest(items: list[ServiceItem]) -> dict[Any, ArchivingPlan]:
    rows = ArchivingPlan.objects.filter(item__in=[item.key for item in items]).order_by("plan_version")
    return {row.item_id: row for row in rows}


def _next_plan(
    item: ServiceItem, made: EffectivePlan, known: ArchivingPlan | None, now: datetime
) -> ArchivingPlan | None:
    version = (known.plan_version if known else 0) + 1
    content = plan_to_dict(replace(made.plan, plan_version=version))
    if known and _compared(known.content) == _compared(content):
        return None
    return ArchivingPlan(item=item, plan_version=version, content=content, adopted_at=now)


def _compared(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in _NOT_COMPARED}


def _entry(rollout: PlanRollout, plans: list[ArchivingPlan], now: datetime) -> journal.Entry:
    told = [[plan.item.item_code, plan.plan_version] for plan in plans]
    facts = {"layer": str(rollout.layer), "items": told, "failed": rollout.failed_count}
    return journal.Entry(Event.PLAN_ADOPTED, ACTOR, now, facts=facts)


def _locked(rollout: PlanRollout) -> PlanRollout:
    row = find_row(PlanRollout, f"key = %s{locking()}", rollout.key)
    if row is None:
        raise PlanRollout.DoesNotExist(rollout.key)
    return row


def is_behind() -> bool:
    """Say whether items came that the layers in force have not looked at."""
    mark = PlanCatchUp.objects.filter(pk=1).first()
    is_layered = PlanLayer.objects.filter(state=LayerState.IN_FORCE.value).exists()
    return is_layered and _newest_event() > (mark.event_id if mark else 0)


def _newest_event() -> int:
    return newest_items().aggregate(last=Max("event_id"))["last"] or 0


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How far a catching up is: it looks at items up to an event, in order of their codes, and is behind one of them."""

    event_id: int
    item_code: str = ""


def catch_up(
    *,
    profile: CompileProfile,
    now: datetime,
    begun: CaughtUp | None = None,
    told: Callable[[int, CaughtUp], None] | None = None,
) -> int:
    """Write the effective plans of items that came since the last time; return how many were written.

    An import knows nothing of layers: what it adds runs under its own plan until this has looked at it. Events of
    transactions that ended out of order are looked at again (``_OVERLAP``); nothing is written twice. ``told`` hears
    after each batch how many items were looked at and how far it is; with that as ``begun`` it goes on.
    """
    if not is_behind():
        return 0
    mark = PlanCatchUp.objects.filter(pk=1).first() or PlanCatchUp(pk=1)
    place = begun or CaughtUp(_newest_event())
    press, written, looked_at = _Press(LayerShelf.open(), PlanProver(profile), now), 0, 0
    rows = newest_items().filter(event_id__gte=mark.event_id - _OVERLAP, event_id__lte=place.event_id)
    for batch in in_pages(rows, "item_code", after=[place.item_code]):
        written += _write_new(press, batch)
        place = replace(place, item_code=batch[-1].item_code)
        looked_at += len(batch)
        if told:
            told(looked_at, place)
    mark.event_id = max(mark.event_id, place.event_id)
    mark.save()
    return written


@transaction.atomic
def _write_new(press: _Press, items: list[ServiceItem]) -> int:
    new, failed = press.plans(items)
    if new:
        facts = {"items": [[plan.item.item_code, plan.plan_version] for plan in new], "failed": failed}
        journal.record(journal.Entry(Event.PLAN_ADOPTED, ACTOR, press.now, facts=facts), new=new)
    return len(new)


def enforce_due(*, profile: CompileProfile, now: datetime) -> list[str]:
    """Bring into force what is approved and due, and finish what was broken off. Return the layers that were worked on.

    One that cannot come into force (another version overtook it) stays as it is and stops no other.
    """
    catch_up(profile=profile, now=now)
    worked = []
    for rollout in PlanRollout.objects.filter(finished_at__isnull=True).select_related("layer"):
        roll_out(rollout.layer, profile=profile, now=now)
        worked.append(str(rollout.layer))
    for layer in due_layers(now):
        try:
            bring_into_force(layer, profile=profile, actor=ACTOR, now=now)
        except DomainError:
            continue
        worked.append(str(layer))
    return worked
