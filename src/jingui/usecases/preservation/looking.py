"""One batch of an audit: the next objects of a root, slice after slice, read and judged outside any transaction."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from jingui.db.models import CycleProgress, FixityCycle, PackageVersion, StorageRoot
from jingui.db.queries.copies_held import (
    held_version,
    held_versions,
    is_moving,
    object_near,
    objects_after,
    outermost_objects,
    sm3_of_contents,
)
from jingui.domain.preservation.roots import CycleKind
from jingui.ports import CopiedVersion, Depth, HeldObjects, StoreFinding

BATCH_OBJECTS = 400
"""The most objects of one batch: so many results are kept in one transaction, and looked at again after a kill."""

BATCH_TIME = timedelta(seconds=1)
"""After this no further slice is begun: a worker that audits because it was idle may be needed, and a lease ends."""

SLICE_OBJECTS = 20
"""Of so many objects the rows are held in memory at once. When as many are damaged the batch ends, to be mended."""

DEPTHS = {
    CycleKind.ROUTINE: Depth.ROUTINE,
    CycleKind.FULL: Depth.FULL,
    CycleKind.SAMPLE: Depth.FULL,
    CycleKind.INVENTORY: Depth.PLAIN,
}


@dataclass(slots=True)
class Batch:
    """What one batch came to: ``position`` lies behind the last object, ``is_last`` says that none is left."""

    position: str
    is_last: bool = False
    objects: int = 0
    files: int = 0
    bytes: int = 0
    sound: list[str] = field(default_factory=list)
    faults: dict[str, list[StoreFinding]] = field(default_factory=dict)


def look(progress: CycleProgress, held: HeldObjects, clock: Callable[[], datetime]) -> Batch:
    """Look at the next objects of an audit until its time is up.

    Raises:
        TransientFailure, PermanentFailure: the root cannot be read now.
    """
    cycle, batch = progress.cycle, Batch(progress.position)
    until = clock() + _time_for(cycle)
    if not batch.position:
        root_faults = list(held.verify_root())
        if root_faults:
            batch.faults[""] = root_faults
    for begun in range(0, BATCH_OBJECTS, SLICE_OBJECTS):
        _look_at_slice(batch, cycle, held, min(SLICE_OBJECTS, BATCH_OBJECTS - begun))
        if batch.is_last or len(batch.faults) >= SLICE_OBJECTS or clock() >= until:
            break
    batch.bytes = _bytes_of(batch)
    return batch


def _time_for(cycle: FixityCycle) -> timedelta:
    """Give one slice to a root that limits its reading, and to a sample, which may draw an object again in the next."""
    is_single = cycle.root.bytes_per_second or cycle.kind == CycleKind.SAMPLE.value
    return timedelta() if is_single else BATCH_TIME


def _look_at_slice(batch: Batch, cycle: FixityCycle, held: HeldObjects, count: int) -> None:
    object_ids = _next_objects(batch, cycle, count)
    for object_id, version in held_versions(cycle.root, object_ids).items():
        faults = _judge(cycle.root, version, held, DEPTHS[CycleKind(cycle.kind)])
        if faults is None:
            continue  # a version is on its way in and will be verified when it has come
        batch.objects += 1
        batch.files += len(version.contents)
        if faults:
            batch.faults[object_id] = faults
        else:
            batch.sound.append(object_id)


def _bytes_of(batch: Batch) -> int:
    looked = [*batch.sound, *(object_id for object_id in batch.faults if object_id)]
    rows = PackageVersion.objects.filter(object_id__in=looked, stored_at__isnull=False).values_list("bytes", flat=True)
    return sum(rows)


def _judge(root: StorageRoot, version: CopiedVersion, held: HeldObjects, depth: Depth) -> list[StoreFinding] | None:
    """Verify an object, and once more before anything is said against it; nothing if it is changing right now."""
    further = sm3_of_contents(version.object_id) if depth is Depth.FULL else {}
    first = list(held.verify_copy(version, depth=depth, further=further))
    if not first:
        return []
    again = held_version(root, version.object_id)
    if is_moving(root, version.object_id) or again != version:
        return None
    return list(held.verify_copy(version, depth=depth, further=further))


def _next_objects(batch: Batch, cycle: FixityCycle, count: int) -> list[str]:
    """Return the next objects of the batch, with its position behind them."""
    if cycle.kind != CycleKind.SAMPLE.value:
        found = objects_after(cycle.root, batch.position, count + 1)
        batch.is_last = len(found) <= count
        if found:
            batch.position = found[:count][-1]
        return found[:count]
    drawn = int(batch.position or 0)
    count = min(cycle.root.sample_objects - drawn, count)
    batch.position, batch.is_last = str(drawn + count), drawn + count >= cycle.root.sample_objects
    return _sample(cycle, drawn, count)


def _sample(cycle: FixityCycle, drawn: int, count: int) -> list[str]:
    """Choose objects at random; keys go with the time they were made in, so the choice is even over the years."""
    ends = outermost_objects(cycle.root)
    if ends is None:
        return []
    first, last = (UUID(object_id).int for object_id in ends)
    chance = random.Random(f"{cycle.key}:{drawn}")  # noqa: S311 - a sample, not a secret
    pivots = (f"urn:uuid:{UUID(int=chance.randint(first, last))}" for _ in range(count))
    return list(dict.fromkeys(found for pivot in pivots if (found := object_near(cycle.root, pivot))))
