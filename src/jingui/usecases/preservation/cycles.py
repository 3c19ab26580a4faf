"""Audits of storage roots (巡检): every copy of every object is looked at in its time, spread out, and again after a break.

A running audit is a row and a position. Each batch of objects is looked at outside any transaction (``looking``); then its
results, the new position and what is still to be mended are kept in one. Killed anywhere, the audit mends what the last
kept batch found and goes on behind it: no copy is looked at twice, none is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CopyCheck, CopyFinding, CycleProgress, FixityCycle, StorageRoot
from jingui.db.queries.copies_held import active_roots, open_findings
from jingui.db.queries.storage import keeping_of
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, NotFound, PermanentFailure, TransientFailure
from jingui.domain.preservation.roots import CycleKind, next_due
from jingui.ports import StoreFinding
from jingui.usecases.preservation.looking import DEPTHS, Batch, look
from jingui.usecases.preservation.opening import Vaults
from jingui.usecases.preservation.repairing import Damaged, repair_object, repair_root

ACTOR = "system:fixity"
LEASE = timedelta(minutes=10)
AWAY = timedelta(minutes=5)
_KEPT = ["position", "is_through", "unsettled", "object_count", "file_count", "byte_count", "finding_count"]


@transaction.atomic
def start_cycle(name: str, kind: CycleKind, *, actor: str, now: datetime) -> FixityCycle:
    """Begin an audit of a root.

    Raises:
        NotFound: ``root_unknown``.
        Conflict: ``cycle_running``, one of this root has not ended.
    """
    root = StorageRoot.objects.select_for_update().filter(name=name, ended_at=None).first()
    if root is None:
        raise NotFound("root_unknown", name=name)
    if FixityCycle.objects.filter(root=root, ended_at=None).exists():
        raise Conflict("cycle_running", name=name)
    cycle = FixityCycle(root=root, kind=kind.value, asked_by=actor, started_at=now)
    facts = {"root": root.name, "kind": kind.value}
    journal.record(journal.Entry(Event.FIXITY_CYCLE_STARTED, actor, now, facts=facts), new=[cycle])
    CycleProgress.objects.create(cycle=cycle, next_at=now)
    return cycle


def start_due_cycles(*, now: datetime) -> list[FixityCycle]:
    """Begin the audits whose time has come; a root is audited by one at a time, the deepest due first."""
    started = []
    for root in active_roots():
        if FixityCycle.objects.filter(root=root, ended_at=None).exists():
            continue
        kind = _due_kind(root, now)
        if kind is not None:
            started.append(start_cycle(root.name, kind, actor=ACTOR, now=now))
    return started


def _due_kind(root: StorageRoot, now: datetime) -> CycleKind | None:
    for kind in (CycleKind.FULL, CycleKind.ROUTINE, CycleKind.SAMPLE):
        kinds = [kind.value] if kind is not CycleKind.ROUTINE else [CycleKind.ROUTINE.value, CycleKind.FULL.value]
        last = FixityCycle.objects.filter(root=root, kind__in=kinds).order_by("-started_at").first()
        due = next_due(keeping_of(root), kind, last.started_at if last else None, root.added_at)
        if due is not None and due <= now:
            return kind
    return None


def advance_cycle(vaults: Vaults, *, clock: Callable[[], datetime], root_name: str = "") -> bool:
    """Look at the next batch of a running audit that is due; say whether there was one.

    What is wrong is journalled with the batch and then mended where a good copy stands.

    Raises:
        TransientFailure, PermanentFailure: the root cannot be read or written now; it is tried again later.
    """
    now = clock()
    waiting = CycleProgress.objects.filter(next_at__lte=now, cycle__ended_at=None, cycle__root__ended_at=None)
    if root_name:
        waiting = waiting.filter(cycle__root__name=root_name)
    progress = waiting.select_related("cycle__root").order_by("next_at").first()
    if progress is None:
        return False
    mine = CycleProgress.objects.filter(pk=progress.pk, next_at=progress.next_at, position=progress.position)
    if not mine.update(next_at=now + LEASE, claimed_by=vaults.worker):
        return True  # somebody else looks at this batch
    try:
        _advance(progress, vaults, clock)
    except (TransientFailure, PermanentFailure):
        _put_off(progress, now)
        raise
    except OSError as error:
        _put_off(progress, now)
        raise TransientFailure("storage_failing", str(error)) from error
    return True


def _put_off(progress: CycleProgress, now: datetime) -> None:
    CycleProgress.objects.filter(pk=progress.pk).update(next_at=now + AWAY, claimed_by="")


def _advance(progress: CycleProgress, vaults: Vaults, clock: Callable[[], datetime]) -> None:
    root = progress.cycle.root
    held, begun = vaults.of(root), clock()
    next_at = begun
    if not progress.unsettled:
        batch = look(progress, held, clock)
        next_at = _next_time(root, batch.bytes, begun, clock())
        with transaction.atomic():
            if not _is_ours_to_keep(progress):
                return  # it took longer than the lease, and somebody else has kept it meanwhile
            _keep(progress, batch, clock())
            if not progress.unsettled:
                _release(progress, next_at, clock())
    if progress.unsettled:
        for object_id in progress.unsettled:
            if object_id:
                repair_object(Damaged(root, object_id), vaults, now=clock())
            else:
                repair_root(root, held, now=clock())
        with transaction.atomic():
            _release(progress, next_at, clock())


def _is_ours_to_keep(progress: CycleProgress) -> bool:
    """Lock the audit and say whether it still stands where this batch began."""
    now = CycleProgress.objects.select_for_update().filter(pk=progress.pk).first()
    return now is not None and (now.position, now.is_through) == (progress.position, progress.is_through)


def _release(progress: CycleProgress, next_at: datetime, now: datetime) -> None:
    """Let go of the audit: all that was found is seen to. The last batch ends it."""
    progress.unsettled, progress.next_at, progress.claimed_by = [], next_at, ""
    progress.save(update_fields=["unsettled", "next_at", "claimed_by"])
    if progress.is_through:
        _end(progress.cycle, progress, now)


def _to_settle(root: StorageRoot, batch: Batch) -> list[str]:
    """Return what was found wrong, and what is sound now though something found earlier still stands open."""
    earlier = open_findings(root=root, object_id__in=["", *batch.sound]).values_list("object_id", flat=True)
    return list(dict.fromkeys([*batch.faults, *earlier]))


def _keep(progress: CycleProgress, batch: Batch, now: datetime) -> None:
    """Keep what a batch came to, together with the position behind it and what is still to be seen to."""
    cycle, told = progress.cycle, 0
    for object_id, faults in batch.faults.items():
        told += _tell(cycle, object_id, faults, now)
    checks = [(object_id, True) for object_id in batch.sound]
    checks += [(object_id, False) for object_id in batch.faults if object_id]
    depth = DEPTHS[CycleKind(cycle.kind)].value
    CopyCheck.objects.bulk_create(
        [
            CopyCheck(root=cycle.root, object_id=object_id, checked_at=now, depth=depth, is_sound=is_sound)
            for object_id, is_sound in checks
        ],
        update_conflicts=True,
        unique_fields=["root", "object_id"],
        update_fields=["checked_at", "depth", "is_sound"],
    )
    progress.position, progress.is_through = batch.position, batch.is_last
    progress.unsettled = _to_settle(cycle.root, batch)
    progress.object_count += batch.objects
    progress.file_count += batch.files
    progress.byte_count += batch.bytes
    progress.finding_count += told
    progress.save(update_fields=_KEPT)


def _next_time(root: StorageRoot, read: int, begun: datetime, now: datetime) -> datetime:
    """Return when the next batch may be read, so that no more is read than the root allows."""
    if not root.bytes_per_second:
        return now
    return max(now, begun + timedelta(seconds=read / root.bytes_per_second))


def _tell(cycle: FixityCycle, object_id: str, faults: list[StoreFinding], now: datetime) -> int:
    """Journal what was found and is not known yet; return how much that was."""
    known = set(open_findings(root=cycle.root, object_id=object_id).values_list("path", "code"))
    rows = [
        CopyFinding(
            root=cycle.root,
            cycle=cycle,
            object_id=object_id,
            path=fault.path[:1000],
            code=fault.code,
            detail=fault.detail,
            found_at=now,
        )
        for fault in faults
        if (fault.path[:1000], fault.code) not in known
    ]
    if rows:
        facts = {
            "root": cycle.root.name,
            "object_id": object_id,
            "findings": [[row.path, row.code] for row in rows[:100]],
            "count": len(rows),
        }
        journal.record(journal.Entry(Event.COPY_DAMAGED, ACTOR, now, facts=facts), new=rows)
    return len(rows)


def _end(cycle: FixityCycle, progress: CycleProgress, now: datetime) -> None:
    cycle.ended_at = now
    for name in ("object_count", "file_count", "byte_count", "finding_count"):
        setattr(cycle, name, getattr(progress, name))
    facts = {
        "root": cycle.root.name,
        "kind": cycle.kind,
        "objects": cycle.object_count,
        "files": cycle.file_count,
        "bytes": cycle.byte_count,
        "findings": cycle.finding_count,
    }
    journal.record(journal.Entry(Event.FIXITY_CYCLE_ENDED, ACTOR, now, facts=facts), changed=[cycle])
