"""Checking the objects of the store against the rows that speak of them.

A row that is itself altered proves nothing: its object is then measured by its own inventory.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from jingui.db.models import Case, PackageVersion
from jingui.ports import PreservationStore
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.reading import chunks, keys_of, rows_by_key


def check_objects(store: PreservationStore, looked: Looked, *, doubtful: frozenset[str]) -> Iterator[HoldingsFinding]:
    """Name what is wrong with the root, with each object, and which objects no row knows.

    Args:
        store: the store.
        looked: counts what was looked at.
        doubtful: keys of package rows that are not as they were written.
    """
    for finding in store.verify_root():
        yield HoldingsFinding(Subject.FILE, finding.path, finding.code, finding.detail)
    for object_id, versions in _objects(doubtful):
        found = list(_check_object(store, object_id, versions, looked))
        if found and doubtful and versions:
            # One of the object's own rows may be among the altered ones, under another name.
            found = list(_measure(store, object_id))
        yield from found
    for chunk in chunks(store.object_ids()):
        yield from _unknown_objects(store, chunk, looked, doubtful)


def _objects(doubtful: frozenset[str]) -> Iterator[tuple[str, list[PackageVersion]]]:
    """Yield each object with its stored versions, oldest first; without them if one cannot be believed."""
    stored = PackageVersion.objects.filter(stored_at__isnull=False).order_by("object_id", "number")
    for object_id, group in groupby(keys_of(stored, "object_id"), key=lambda found: found[1]):
        keys = [key for key, _ in group]
        if all(key in doubtful for key in keys):
            continue  # even the object's name is doubtful
        rows = rows_by_key(PackageVersion, [UUID(key) for key in keys if key not in doubtful])
        versions = [row for row in rows.values() if row is not None]
        versions.sort(key=lambda row: row.number)
        is_whole = [row.number for row in versions] == list(range(1, len(keys) + 1))
        yield object_id, versions if is_whole else []


def _check_object(
    store: PreservationStore, object_id: str, versions: list[PackageVersion], looked: Looked
) -> Iterator[HoldingsFinding]:
    expected = {place: sha512 for row in versions for place, sha512, _ in row.manifest.values()}
    looked.objects += 1
    looked.files += len(expected)
    looked.bytes += sum(row.bytes for row in versions)
    newest = versions[-1].inventory_sha512 if versions else None
    yield from _measure(store, object_id, expected or None, newest)


def _measure(
    store: PreservationStore, object_id: str, expected: dict[str, str] | None = None, newest: str | None = None
) -> Iterator[HoldingsFinding]:
    """Read an object whole; measured by itself where nothing is expected."""
    for finding in store.verify_object(object_id, expected=expected, expected_inventory_sha512=newest):
        yield HoldingsFinding(Subject.FILE, finding.path, finding.code, finding.detail)


def _unknown_objects(
    store: PreservationStore, object_ids: list[str], looked: Looked, doubtful: frozenset[str]
) -> Iterator[HoldingsFinding]:
    believed = PackageVersion.objects.filter(object_id__in=object_ids)
    known = {object_id for key, object_id in keys_of(believed, "object_id") if key not in doubtful}
    for object_id in object_ids:
        if object_id in known:
            continue
        if doubtful and _is_of_a_case(object_id):
            # Its row has been named already; what stands in the store can still be measured by itself.
            yield from _check_object(store, object_id, [], looked)
        else:
            yield HoldingsFinding(Subject.FILE, object_id, "object_not_in_database")


def _is_of_a_case(object_id: str) -> bool:
    try:
        key = UUID(object_id)
    except ValueError:
        return False
    return Case.objects.filter(pk=key).exists()
