"""Restoring (恢复): all rows of a backup into an empty database in one transaction, and the waiting bytes beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from jingui.db import dumps, journal
from jingui.db.models import JournalEvent
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, NotFound
from jingui.ports import BackupReader, WaitingBytes

_EMPTY = frozenset({"staging", "scans", "evidence"})
"""Areas in which nothing else may lie: it would belong to cases of another instance. Others keep what they have."""

Place = Callable[[str, str, Iterable[bytes]], None]
"""Makes bytes durable in an area under a token that is given."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. ``was_done``: an earlier run had loaded the rows already."""

    rows: int
    waiting: int
    was_done: bool = False


def restore(
    backup: BackupReader, *, areas: Mapping[str, WaitingBytes], place: Place, actor: str, now: datetime
) -> Restored:
    """Restore a backup whose digests were checked, and journal it with its rows.

    Broken off before the end nothing is in the database; run again it begins anew, and after the end it changes nothing.

    Raises:
        Conflict: ``restore_not_empty``, ``restore_staging_not_empty`` or ``backup_other_schema``.
        NotFound: ``backup_damaged``.
    """
    if check_ready(backup, areas):
        return Restored(_told_rows(backup), backup.manifest["waiting"], was_done=True)
    waiting = _waiting(backup, areas)
    for name, token in waiting:
        place(name, token, backup.read(f"{name}/{token}"))
    facts = {"backup": backup.sha256, "made_at": backup.manifest["made_at"]}
    with transaction.atomic():
        rows = load(backup)
        journal.record(journal.Entry(Event.INSTANCE_RESTORED, actor, now, facts=facts))
    return Restored(rows, len(waiting))


def check_ready(backup: BackupReader, areas: Mapping[str, WaitingBytes]) -> bool:
    """Refuse what cannot be restored here; say whether this very backup was restored here already.

    Raises:
        Conflict: ``restore_not_empty``, ``restore_staging_not_empty`` or ``backup_other_schema``.
        NotFound: ``backup_damaged``.
    """
    check_schema(backup)
    if _was_restored(backup):
        return True
    if used := dumps.table_in_use():
        raise Conflict("restore_not_empty", table=used)
    waiting = set(_waiting(backup, areas))
    for name in _EMPTY.intersection(areas):
        if any((name, token) not in waiting for token, _ in areas[name].tokens()):
            raise Conflict("restore_staging_not_empty", area=name)
    return False


def load(backup: BackupReader) -> int:
    """Load all tables, in the transaction of the caller; return how many rows there were.

    Raises:
        NotFound: ``backup_damaged``, a table has not the rows that the manifest tells.
    """
    total = 0
    for model in dumps.dumped_models():
        told = backup.manifest["tables"][model._meta.db_table]
        try:
            count = dumps.load_rows(model, _rows(backup, model))
        except (ValueError, TypeError) as error:
            raise NotFound("backup_damaged", path=told["file"]) from error
        if count != told["rows"]:
            raise NotFound("backup_damaged", path=told["file"])
        total += count
    dumps.set_counters()
    return total


def _rows(backup: BackupReader, model: type[models.Model]) -> Iterator[list[Any]]:
    lines = backup.lines(backup.manifest["tables"][model._meta.db_table]["file"])
    next(lines, None)  # the columns, which ``check_schema`` has seen
    return lines


def check_schema(backup: BackupReader) -> None:
    """Refuse a backup of other tables than ours. Raises Conflict (``backup_other_schema``) or NotFound."""
    manifest = backup.manifest
    ours = dumps.last_migration()
    if manifest.get("migration") != ours:
        raise _other(manifest, f"{manifest.get('migration')} ≠ {ours}")
    for model in dumps.dumped_models():
        name = model._meta.db_table
        told = manifest.get("tables", {}).get(name)
        columns = next(backup.lines(told["file"]), None) if told else None
        if columns != dumps.columns_of(model):
            raise _other(manifest, name)


def _other(manifest: Mapping[str, Any], detail: str) -> Conflict:
    return Conflict("backup_other_schema", version=str(manifest.get("version", "")), detail=detail)


def _waiting(backup: BackupReader, areas: Iterable[str]) -> list[tuple[str, str]]:
    known = frozenset(areas)
    paths = (path.partition("/") for path in backup.manifest["files"])
    return [(name, token) for name, _, token in paths if name in known]


def _told_rows(backup: BackupReader) -> int:
    return sum(each["rows"] for each in backup.manifest["tables"].values())


def _was_restored(backup: BackupReader) -> bool:
    event = JournalEvent.objects.filter(kind=Event.INSTANCE_RESTORED.value).order_by("-id").first()
    return event is not None and json.loads(event.payload)["facts"].get("backup") == backup.sha256
