"""One digest of all that should stand in the store, so that two databases can be compared by a line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from jingui.db.models import PackageVersion


@dataclass(frozen=True, slots=True)
class ObjectCount:
    """Objects, their versions, and a SHA-256 of identity, number and inventory digest of every version."""

    objects: int
    versions: int
    digest: str


def count_objects() -> ObjectCount:
    """Count the stored versions in the order of their cases, which is the same in both databases."""
    hasher, objects, versions = hashlib.sha256(), 0, 0
    rows = PackageVersion.objects.filter(stored_at__isnull=False).order_by("case_id", "number")
    for object_id, number, sha512 in rows.values_list("object_id", "number", "inventory_sha512").iterator():
        hasher.update(f"{object_id} {number} {sha512}\n".encode())
        objects += number == 1
        versions += 1
    return ObjectCount(objects, versions, hasher.hexdigest())
