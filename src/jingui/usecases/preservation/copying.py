"""Copying (副本): each stored version is written into every further root, verified there, and only then counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CopyTask, ObjectCopy, PackageVersion, StorageRoot
from jingui.db.queries.copies_held import active_roots, copy_roots, due_copy, version_up_to
from jingui.domain.audit.events import Event
from jingui.domain.errors import DomainError, PermanentFailure, TransientFailure
from jingui.ports import CopyRoot, Depth
from jingui.usecases.preservation.opening import Vaults

ACTOR = "system:copying"
LEASE = timedelta(minutes=10)
"""How long a copy is left to whoever has begun it. Two that copy the same do no harm: the root takes it once."""

LONGEST_WAIT = timedelta(hours=6)


def ask_for_copies(package: PackageVersion, *, now: datetime) -> None:
    """Ask for a version to be copied into each further root, in the caller's transaction."""
    tasks = [CopyTask(root=root, package=package, run_after=now) for root in copy_roots()]
    if tasks:
        CopyTask.objects.bulk_create(tasks, ignore_conflicts=True)


def copy_next(vaults: Vaults, *, now: datetime) -> bool:
    """Copy the version that has waited longest; say whether there was one.

    A root that is away or does not take it is tried again later, ever less often; nothing else waits for it.
    """
    task = due_copy(now)
    if task is None:
        return False
    if not _lease(task, vaults.worker, now):
        return True  # somebody else took it
    try:
        _copy(task, vaults)
    except (DomainError, TransientFailure, PermanentFailure, OSError) as failure:  # OSError: a file is gone
        _put_off(task, failure, now)
        return True
    with transaction.atomic():
        _note(task, now)
    return True


def _lease(task: CopyTask, worker: str, now: datetime) -> bool:
    mine = CopyTask.objects.filter(pk=task.pk, run_after=task.run_after)
    return bool(mine.update(run_after=now + LEASE, claimed_by=worker))


def _copy(task: CopyTask, vaults: Vaults) -> None:
    version = version_up_to(task.package)
    root: CopyRoot = vaults.open_root(task.root)
    root.initialise()
    root.put_version(version, vaults.primary.read_file)
    faults = list(root.verify_copy(version, depth=Depth.PLAIN))
    if faults and not _stands_in_newer(task.package, root):
        raise PermanentFailure("copy_not_sound", f"{faults[0].code} {faults[0].path}")


def _stands_in_newer(package: PackageVersion, root: CopyRoot) -> bool:
    """Say whether the root holds the object whole up to a newer version: it was a root of this object before."""
    newer = PackageVersion.objects.filter(
        object_id=package.object_id, number__gt=package.number, stored_at__isnull=False
    )
    return any(not any(root.verify_copy(version_up_to(each), depth=Depth.PLAIN)) for each in newer.order_by("-number"))


def _note(task: CopyTask, now: datetime) -> None:
    if ObjectCopy.objects.filter(root=task.root, package=task.package).exists():
        CopyTask.objects.filter(pk=task.pk).delete()
        return
    package = task.package
    facts = {
        "root": task.root.name,
        "object_id": package.object_id,
        "version": package.number,
        "inventory_sha512": package.inventory_sha512,
    }
    row = ObjectCopy(root=task.root, package=package, held_at=now)
    journal.record(journal.Entry(Event.OBJECT_COPIED, ACTOR, now, package.case_id, facts), new=[row])
    CopyTask.objects.filter(pk=task.pk).delete()


def _put_off(task: CopyTask, failure: Exception, now: datetime) -> None:
    wait = min(timedelta(seconds=2 ** min(task.attempts + 1, 20)), LONGEST_WAIT)
    CopyTask.objects.filter(pk=task.pk).update(
        attempts=task.attempts + 1, run_after=now + wait, error=f"{failure}"[:1000], claimed_by=""
    )


def copies_of(packages: Iterable[PackageVersion]) -> dict[str, list[StorageRoot]]:
    """Return, by key of the package, the roots that hold it, the primary one first."""
    wanted = [package.pk for package in packages]
    held: dict[str, list[StorageRoot]] = {key.hex: [] for key in wanted}
    primary = active_roots().filter(kind="primary").first()
    for roots in held.values():
        roots.extend([primary] if primary else [])
    copies = ObjectCopy.objects.filter(package__in=wanted, root__ended_at=None).select_related("root")
    for copy in copies.order_by("root__rank"):
        held[copy.package_id.hex].append(copy.root)
    return held
