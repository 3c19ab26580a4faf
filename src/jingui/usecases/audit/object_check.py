"""Checking the objects of the store against the rows that speak of them.

A row that is itself altered proves nothing: its object is then measured by its own inventory, and that by the digest
which the journal tells of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from jingui.db.models import Case, JournalEvent, PackageVersion
from jingui.domain.audit.events import Event
from jingui.ports import PreservationStore
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.reading import chunks, keys_of, rows_by_key

OBJECTS_TOGETHER = 100
"""Of so many objects the rows are looked up at once."""

_VERSION = re.compile(r"/v([0-9]{1,9})/")


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
        if found and versions and (now := _versions_now(object_id)) and now[-1].number > versions[-1].number:
            found = list(_check_object(store, object_id, now, Looked()))  # a version came in since the rows were read
        if doubtful and versions and _shows_more_than(versions[-1].number, found):
            # One of the object's own rows is among the altered ones, under another name.
            found = list(_measure_by_itself(store, object_id))
        yield from found
    for chunk in chunks(store.object_ids()):
        yield from _unknown_objects(store, chunk, looked, doubtful)


def _objects(doubtful: frozenset[str]) -> Iterator[tuple[str, list[PackageVersion]]]:
    """Yield each object with its stored versions, oldest first; without them if one cannot be believed."""
    stored = PackageVersion.objects.filter(stored_at__isnull=False).order_by("object_id", "number")
    by_object = groupby(keys_of(stored, "object_id"), key=itemgetter(1))
    objects = ((object_id, [key for key, _ in group]) for object_id, group in by_object)
    for some in chunks(objects, OBJECTS_TOGETHER):
        wanted = [UUID(key) for _, keys in some for key in keys if key not in doubtful]
        rows = rows_by_key(PackageVersion, wanted)
        for object_id, keys in some:
            if all(key in doubtful for key in keys):
                continue  # even the object's name is doubtful
            versions = [row for key in keys if (row := rows.get(UUID(key))) is not None]
            versions.sort(key=lambda row: row.number)
            is_whole = [row.number for row in versions] == list(range(1, len(keys) + 1))
            yield object_id, versions if is_whole else []


def _versions_now(object_id: str) -> list[PackageVersion]:
    rows = PackageVersion.objects.filter(object_id=object_id, stored_at__isnull=False)
    found = rows_by_key(PackageVersion, rows.values_list("pk", flat=True)).values()
    return sorted(filter(None, found), key=lambda row: row.number)


def _check_object(
    store: PreservationStore, object_id: str, versions: list[PackageVersion], looked: Looked
) -> Iterator[HoldingsFinding]:
    expected = {place: sha512 for row in versions for place, sha512, _ in row.manifest.values()}
    looked.objects += 1
    looked.files += len(expected)
    looked.bytes += sum(row.bytes for row in versions)
    if versions:
        yield from _measure(store, object_id, expected, {row.number: row.inventory_sha512 for row in versions})
    else:
        yield from _measure_by_itself(store, object_id)


def _measure_by_itself(store: PreservationStore, object_id: str) -> Iterator[HoldingsFinding]:
    """Measure an object whose rows are not believed by its own inventory, if a copy is what the journal tells.

    Where every copy is damaged too, what the rows say of each content is better than nothing: a file that agrees with
    them is no stranger.
    """
    inventories = stated_inventories(object_id)
    found = list(_measure(store, object_id, None, inventories))
    if any(finding.code == "file_unexpected" and "/content/" in finding.location for finding in found):
        found = list(_measure(store, object_id, _told_contents(object_id), inventories))
    yield from found


def _told_contents(object_id: str) -> dict[str, str] | None:
    keys = keys_of(PackageVersion.objects.filter(object_id=object_id, stored_at__isnull=False), "object_id")
    rows = rows_by_key(PackageVersion, [UUID(key) for key, _ in keys])
    manifests = [row.manifest for row in rows.values() if row is not None and isinstance(row.manifest, dict)]
    told = (place for manifest in manifests for place in manifest.values())
    return {place[0]: place[1] for place in told if isinstance(place, list) and len(place) > 1} or None


def _measure(
    store: PreservationStore, object_id: str, expected: dict[str, str] | None, inventories: dict[int, str]
) -> Iterator[HoldingsFinding]:
    """Read an object whole; ``inventories`` are the digests of its inventories by version, as far as they are known."""
    head = max(inventories, default=0)
    findings = store.verify_object(
        object_id,
        expected=expected,
        expected_inventory_sha512=inventories.get(head),
        older_inventories={number: digest for number, digest in inventories.items() if number < head},
    )
    for finding in findings:
        yield HoldingsFinding(Subject.FILE, finding.path, finding.code, finding.detail)


def stated_inventories(object_id: str) -> dict[int, str]:
    """Return the inventories' digests as the journal tells them, which is proved by itself (version → SHA-512)."""
    try:
        case_key = UUID(object_id)
    except ValueError:
        return {}
    kinds = (Event.CASE_PRESERVED.value, Event.CASE_REBUILT.value)
    events = JournalEvent.objects.filter(case_key=case_key, kind__in=kinds).order_by("id")
    found = (facts_of(event) for event in events.iterator())
    return {int(facts["version"]): str(facts["inventory_sha512"]) for facts in found if facts}


def facts_of(event: JournalEvent) -> dict[str, Any]:
    """Return what an event tells; nothing if its payload cannot be read."""
    try:
        facts = json.loads(event.payload)["facts"]
        return facts if {"version", "inventory_sha512"} <= set(facts) else {}
    except (ValueError, KeyError, TypeError):
        return {}


def _shows_more_than(number: int, findings: list[HoldingsFinding]) -> bool:
    """Say whether there are files of a version beyond the newest that the rows know."""
    places = (_VERSION.search(finding.location) for finding in findings if finding.code == "file_unexpected")
    return any(place and int(place[1]) > number for place in places)


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
