"""The restore drill (恢复演练): what a restored database holds against what the backup's manifest told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from jingui.db import dumps, journal
from jingui.db.models import JournalEvent, PackageVersion
from jingui.domain.audit import merkle
from jingui.domain.audit.events import Event
from jingui.ports import BackupReader, PreservationStore
from jingui.usecases.preservation.inventory_digests import count_objects

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that the manifest told, and what was found."""

    what: str
    told: str
    found: str

    @property
    def is_same(self) -> bool:
        """Say whether they agree."""
        return self.told == self.found


def compare_restored(backup: BackupReader) -> Iterator[Compared]:
    """Compare every table, the journal's root, made anew from its events, and the objects, with the manifest."""
    manifest = backup.manifest
    for model in dumps.dumped_models():
        name = model._meta.db_table
        yield Compared(name, str(manifest["tables"][name]["rows"]), str(model._default_manager.count()))
    told = manifest["journal"]
    yield Compared("journal_root", told["root"], journal_root(told["size"]))
    found = asdict(count_objects())
    for name in ("objects", "versions", "digest"):
        yield Compared(f"object_{name}", str(manifest["objects"][name]), str(found[name]))


def journal_root(size: int) -> str:
    """Return the root of the first events of the log, digested from what they say; ``""`` for none, or if one is gone."""
    frontier = merkle.Frontier()
    for first in range(0, size, CHUNK):
        rows = JournalEvent.objects.filter(leaf_index__gte=first, leaf_index__lt=min(first + CHUNK, size))
        payloads = rows.order_by("leaf_index").values_list("payload", flat=True)
        frontier = frontier.extend([merkle.leaf_hash(payload.encode()) for payload in payloads])
    return frontier.root().hex() if size and frontier.size == size else ""


def compare_stored(backup: BackupReader, store: PreservationStore) -> Compared:
    """Compare the versions that the backup tells of with what stands in the store."""
    name = PackageVersion._meta.db_table
    lines = backup.lines(backup.manifest["tables"][name]["file"])
    columns = next(lines)
    told = found = 0
    for line in lines:
        row: dict[str, Any] = dict(zip(columns, line, strict=True))
        if row["stored_at"]:
            told += 1
            found += store.has_version(row["object_id"], row["number"], row["inventory_sha512"])
    return Compared("stored_versions", str(told), str(found))


@transaction.atomic
def note_drill(backup: BackupReader, compared: list[Compared], *, findings: int, actor: str, now: datetime) -> None:
    """Journal a drill with its result."""
    different = [each.what for each in compared if not each.is_same]
    facts = {"backup": backup.sha256, "compared": len(compared), "different": different[:50], "findings": findings}
    journal.record(journal.Entry(Event.BACKUP_DRILLED, actor, now, facts=facts))
