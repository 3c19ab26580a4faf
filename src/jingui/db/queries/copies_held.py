"""What storage roots hold: versions of an object as a root should have them, objects in order, tasks that are due."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jingui.db.models import CaseFile, CopyFinding, CopyTask, ObjectCopy, PackageVersion, StorageRoot
from jingui.db.queries.paging import in_pages
from jingui.db.queries.rows import find_rows
from jingui.db.statements import column_value, fetch
from jingui.domain.preservation.roots import RootKind
from jingui.ports import CopiedVersion


def active_roots() -> QuerySet[StorageRoot, StorageRoot]:
    """Return the roots in use, the primary one first, then in the order in which copies are written."""
    return StorageRoot.objects.filter(ended_at=None).order_by("rank", "added_at")


def copy_roots() -> list[StorageRoot]:
    """Return the roots in use that hold copies."""
    return find_rows(StorageRoot, "ended_at IS NULL AND kind <> %s ORDER BY rank, added_at", RootKind.PRIMARY.value)


def held_packages(root: StorageRoot) -> QuerySet[PackageVersion, PackageVersion]:
    """Return the versions that a root holds."""
    stored = PackageVersion.objects.filter(stored_at__isnull=False)
    return stored if root.kind == RootKind.PRIMARY.value else stored.filter(copies__root=root)


def held_version(root: StorageRoot, object_id: str) -> CopiedVersion | None:
    """Return an object as the root should hold it, up to the newest version that was brought there."""
    return held_versions(root, [object_id]).get(object_id)


def held_versions(root: StorageRoot, object_ids: list[str]) -> dict[str, CopiedVersion]:
    """Return objects as ``held_version`` does, by name; one that the root should not hold is left out."""
    if not object_ids:
        return {}
    condition, values = _held_by(root)
    listed = ", ".join(["%s"] * len(object_ids))
    return _versions(f"{condition} AND object_id IN ({listed})", [*values, *object_ids])


def version_up_to(package: PackageVersion) -> CopiedVersion:
    """Return a stored version together with what stands before it."""
    condition = "stored_at IS NOT NULL AND object_id = %s AND number <= %s"
    return _versions(condition, [package.object_id, package.number])[package.object_id]


def _held_by(root: StorageRoot) -> tuple[str, list[Any]]:
    """Return the condition of the versions that a root holds, with its values; ``held_packages`` as a statement."""
    if root.kind == RootKind.PRIMARY.value:
        return "stored_at IS NOT NULL", []
    copies = "SELECT package_id FROM jingui_object_copy WHERE root_id = %s"
    return f"stored_at IS NOT NULL AND key IN ({copies})", [column_value(root.pk)]


def _versions(condition: str, values: list[Any]) -> dict[str, CopiedVersion]:
    """Return objects by name, each at the last of the versions that meet a condition."""
    table = "SELECT object_id, number, inventory_sha512, manifest FROM jingui_package_version"
    rows = fetch(f"{table} WHERE {condition} ORDER BY object_id, number", values)
    return {object_id: _version_of(list(versions)) for object_id, versions in groupby(rows, key=itemgetter(0))}


def _version_of(rows: list[tuple[str, int, str, str]]) -> CopiedVersion:
    """Return the last of an object's versions, given all up to it."""
    *earlier, (object_id, number, inventory_sha512, _) = rows
    contents = {place[0]: place[1] for *_, manifest in rows for place in json.loads(manifest).values()}
    older = {each: sha512 for _, each, sha512, _ in earlier}
    return CopiedVersion(object_id, number, inventory_sha512, contents, older)


def is_moving(root: StorageRoot, object_id: str) -> bool:
    """Say whether a version of this object is on its way into the root: what it shows now is not its rest."""
    packages = PackageVersion.objects.filter(object_id=object_id)
    if root.kind == RootKind.PRIMARY.value:
        return packages.filter(stored_at=None).exists()
    return CopyTask.objects.filter(root=root, package__in=packages).exists()


def sm3_of_contents(object_id: str) -> dict[str, dict[str, str]]:
    """Return content path → SM3 of the files of an object that were captured (what we made ourselves has none)."""
    packages = list(PackageVersion.objects.filter(object_id=object_id, stored_at__isnull=False))
    if not packages:
        return {}
    files = CaseFile.objects.filter(case_id=packages[0].case_id).values_list("sha512", "sm3")
    told = dict(files)
    places = (place for row in packages for place in row.manifest.values())
    return {place[0]: {"sm3": told[place[1]]} for place in places if place[1] in told}


def objects_after(root: StorageRoot, position: str, limit: int) -> list[str]:
    """Return the next objects of a root in the order of their names."""
    condition, values = _held_by(root)
    names = f"SELECT DISTINCT object_id FROM jingui_package_version WHERE {condition} AND object_id > %s"
    return [object_id for (object_id,) in fetch(f"{names} ORDER BY object_id LIMIT %s", [*values, position, limit])]


def object_near(root: StorageRoot, pivot: str) -> str:
    """Return the first object of a root whose name is not before ``pivot``; empty if there is none."""
    rows = held_packages(root).filter(object_id__gte=pivot).order_by("object_id").values_list("object_id", flat=True)
    return rows.first() or ""


def outermost_objects(root: StorageRoot) -> tuple[str, str] | None:
    """Return the first and the last object of a root by name."""
    rows = held_packages(root).order_by("object_id").values_list("object_id", flat=True)
    first, last = rows.first(), rows.last()
    return (first, last) if first and last else None


def missing_copies(root: StorageRoot) -> Iterator[UUID]:
    """Stream the versions that stand and that a root neither holds nor has been asked to hold, oldest first."""
    wanted = PackageVersion.objects.filter(stored_at__isnull=False)
    held = ObjectCopy.objects.filter(root=root).values("package_id")
    asked = CopyTask.objects.filter(root=root).values("package_id")
    lacking = wanted.exclude(pk__in=held).exclude(pk__in=asked).only("key")
    return (row.key for page in in_pages(lacking, "key") for row in page)


def due_copy(now: datetime) -> CopyTask | None:
    """Return the copy that has waited longest."""
    due = CopyTask.objects.filter(run_after__lte=now, root__is_protected=False, root__ended_at=None)
    return due.select_related("root", "package").order_by("run_after", "id").first()


def open_findings(**conditions: Any) -> QuerySet[CopyFinding, CopyFinding]:  # noqa: ANN401 - Django's own lookups
    """Return findings that are not settled."""
    return CopyFinding.objects.filter(settled_at=None, **conditions).order_by("found_at", "path")
