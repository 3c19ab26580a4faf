"""How storage roots fare, for screens and commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Count

from jingui.db.models import Case, CopyFinding, CopyTask, FixityCycle, ObjectCopy, PackageVersion, StorageRoot
from jingui.db.queries.copies_held import open_findings
from jingui.domain.preservation.roots import CycleKind, Keeping, RootKind, next_due

LATEST_CYCLES = 30


def keeping_of(root: StorageRoot) -> Keeping:
    """Return how a root is audited and guarded."""
    return Keeping(**{name: getattr(root, name) for name in asdict(Keeping())})


@dataclass(frozen=True, slots=True)
class RootState:
    """What a root holds and what is due in it."""

    row: StorageRoot
    versions: int
    waiting: int
    failing: str
    open_findings: int
    running: FixityCycle | None
    last: dict[CycleKind, FixityCycle]
    due: dict[CycleKind, datetime]


def root_states(*, name: str = "") -> list[RootState]:
    """Return every root in use, the primary one first."""
    rows = StorageRoot.objects.filter(ended_at=None).order_by("rank", "added_at")
    rows = rows.filter(name=name) if name else rows
    stored = PackageVersion.objects.filter(stored_at__isnull=False).count()
    held = dict(ObjectCopy.objects.values_list("root").annotate(count=Count("key")))
    waiting = dict(CopyTask.objects.values_list("root").annotate(count=Count("id")))
    wrong = dict(open_findings().order_by().values_list("root").annotate(count=Count("key")))
    return [
        _state(
            row,
            versions=stored if row.kind == RootKind.PRIMARY.value else held.get(row.key, 0),
            waiting=waiting.get(row.key, 0),
            open_findings=wrong.get(row.key, 0),
        )
        for row in rows
    ]


def _state(row: StorageRoot, *, versions: int, waiting: int, open_findings: int) -> RootState:
    keeping, last, due = keeping_of(row), {}, {}
    for kind in CycleKind:
        found = FixityCycle.objects.filter(root=row, kind=kind.value).order_by("-started_at").first()
        if found:
            last[kind] = found
        at = next_due(keeping, kind, found.started_at if found else None, row.added_at)
        if at:
            due[kind] = at
    failing = CopyTask.objects.filter(root=row, attempts__gt=0).order_by("-attempts").values_list("error", flat=True)
    running = FixityCycle.objects.filter(root=row, ended_at=None).select_related("progress").first()
    return RootState(row, versions, waiting, failing.first() or "", open_findings, running, last, due)


def cycles_of(row: StorageRoot) -> list[FixityCycle]:
    """Return the latest audits of a root, newest first."""
    found = FixityCycle.objects.filter(root=row).select_related("progress")
    return list(found.order_by("-started_at")[:LATEST_CYCLES])


def findings_of(row: StorageRoot, *, limit: int = 200) -> list[CopyFinding]:
    """Return what was found in a root: what is open first, then the newest."""
    open_ones = list(open_findings(root=row)[:limit])
    settled = CopyFinding.objects.filter(root=row, settled_at__isnull=False).order_by("-settled_at")
    return open_ones + list(settled[: limit - len(open_ones)])


def cases_of_objects(object_ids: Iterable[str]) -> dict[str, Case]:
    """Return the case that each object was made of, by the object's identifier."""
    versions = PackageVersion.objects.filter(object_id__in=set(object_ids))
    made_of = dict(versions.values_list("object_id", "case_id"))  # without their manifests
    cases = Case.objects.in_bulk(made_of.values())
    return {object_id: cases[key] for object_id, key in made_of.items()}


def finding_values(row: CopyFinding) -> dict[str, str]:
    """Return a finding as JSON values."""
    return {
        "key": str(row.key),
        "root": row.root.name,
        "object_id": row.object_id,
        "path": row.path,
        "code": row.code,
        "detail": row.detail,
        "found_at": row.found_at.isoformat(),
    }


def below_quorum(copies: int) -> int:
    """Count the versions that stand in fewer roots than wanted; the primary one counts as a copy."""
    if copies <= 1:
        return 0
    stored = PackageVersion.objects.filter(stored_at__isnull=False)
    enough = (
        ObjectCopy.objects.filter(root__ended_at=None)
        .order_by()
        .values("package")
        .annotate(count=Count("key"))
        .filter(count__gte=copies - 1)
    )
    return stored.count() - enough.count()
