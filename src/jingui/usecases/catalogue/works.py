"""Asking for long acts on catalogue and plans (后台任务); a worker does them (``working``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from jingui.db.models import CatalogueWork, PlanLayer, PlanRollout
from jingui.db.queries.plan_layers import due_layers, items_of
from jingui.db.queries.rows import lock_name
from jingui.db.queries.works import forget_job, open_work, open_works, queue_trouble
from jingui.domain.catalogue.works import ONE_AT_A_TIME, WorkKind, WorkState
from jingui.domain.errors import Conflict, DomainError
from jingui.ports import JobQueue, Lane
from jingui.usecases.catalogue.plan_rollout import ACTOR, is_behind
from jingui.usecases.catalogue.plans import begin_force


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. ``total`` is how many items or parts there are, 0 if nobody knows yet."""

    kind: WorkKind
    subject: str = ""
    title: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    total: int = 0


@transaction.atomic
def ask(request: Request, *, queue: JobQueue, actor: str, now: datetime) -> CatalogueWork:
    """Put an act on the queue; one that the queue has given up is tried again instead.

    Raises:
        Conflict: ``work_under_way``, the same act is waiting or being done.
    """
    lock_name(f"catalogue-work:{request.kind.value}")
    known = open_work((request.kind,), request.subject)
    if known and not queue_trouble(known)[1]:
        raise Conflict("work_under_way")
    waits = request.kind in ONE_AT_A_TIME and bool(open_works(request.kind))
    work = known or CatalogueWork.objects.create(
        kind=request.kind.value,
        subject=request.subject,
        title=request.title[:255],
        arguments=dict(request.arguments),
        state=WorkState.WAITING.value,
        total_count=request.total,
        asked_by=actor,
        asked_at=now,
    )
    if known or not waits:
        queue.put(work.key.hex, now=now, lane=Lane.LONG)
    return work


@transaction.atomic
def settle(work: CatalogueWork, state: WorkState, result: Mapping[str, Any], *, queue: JobQueue, now: datetime) -> None:
    """Write down how an act ended, and let the next of its kind begin if they go one by one."""
    kind = WorkKind(work.kind)
    lock_name(f"catalogue-work:{kind.value}")
    work.state, work.result, work.saved, work.finished_at = state.value, dict(result), {}, now
    work.save()
    if kind in ONE_AT_A_TIME and (waiting := open_works(kind)):
        queue.put(waiting[0].key.hex, now=now, lane=Lane.LONG)


@transaction.atomic
def try_again(work: CatalogueWork, *, queue: JobQueue, now: datetime) -> None:
    """Put an act that the queue gave up on it again.

    Raises:
        Conflict: ``work_not_stuck``.
    """
    _check_stuck(work)
    queue.put(work.key.hex, now=now, lane=Lane.LONG)


@transaction.atomic
def abandon(work: CatalogueWork, *, queue: JobQueue, now: datetime) -> None:
    """Give an act up that the queue gave up, so that others of its kind go on; what it has written stays.

    Raises:
        Conflict: ``work_not_stuck``.
    """
    _check_stuck(work)
    forget_job(work.key)
    settle(work, WorkState.REFUSED, {"code": "work_abandoned"}, queue=queue, now=now)


def _check_stuck(work: CatalogueWork) -> None:
    if not queue_trouble(work)[1]:
        raise Conflict("work_not_stuck")


@transaction.atomic
def ask_rollout(layer: PlanLayer, *, queue: JobQueue, actor: str, now: datetime) -> CatalogueWork:
    """Bring an approved version into force and ask for the plans of its items to be written.

    Raises:
        Conflict: see ``begin_force``, or it is being done.
    """
    if not PlanRollout.objects.filter(layer=layer).exists():
        begin_force(layer, actor=actor, now=now)
    total = items_of(layer.scope, layer.code).count()
    request = Request(WorkKind.ROLLOUT, layer.key.hex, layer.title, total=total)
    return ask(request, queue=queue, actor=actor, now=now)


def ask_what_is_due(*, queue: JobQueue, now: datetime) -> int:
    """Ask for what is due by itself: layers whose day has come, what was broken off, items that came. Return how many.

    A layer that cannot come into force (another version overtook it) stays as it is and stops no other.
    """
    unfinished = PlanRollout.objects.filter(finished_at__isnull=True).select_related("layer")
    asked = 0
    for layer in (*(rollout.layer for rollout in unfinished), *due_layers(now)):
        if open_work((WorkKind.ROLLOUT,), layer.key.hex) is None:
            asked += _asked_rollout(layer, queue, now)
    if is_behind() and open_work((WorkKind.CATCH_UP,)) is None:
        ask(Request(WorkKind.CATCH_UP), queue=queue, actor=ACTOR, now=now)
        asked += 1
    return asked


def _asked_rollout(layer: PlanLayer, queue: JobQueue, now: datetime) -> bool:
    try:
        ask_rollout(layer, queue=queue, actor=ACTOR, now=now)
    except DomainError:
        return False
    return True
