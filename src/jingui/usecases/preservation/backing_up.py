"""Backing up (备份): all tables as they stand at one moment, the bytes that wait, and what proves both.

Objects are not in a backup: they stand in the storage roots, and their copies are the business of those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from jingui.db import dumps, journal
from jingui.db.models import JournalCheckpoint, JournalEvent, StorageRoot
from jingui.domain.audit.events import Event
from jingui.ports import BackupWriter, WaitingBytes
from jingui.usecases.preservation.inventory_digests import count_objects

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupTable:
    """What a backup needs at hand. ``keys`` are files to be put into ``keys/``; ``version`` is that of this software."""

    areas: Mapping[str, WaitingBytes]
    keys: Mapping[str, bytes]
    version: str
    store: str
    progress: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What is in a backup."""

    rows: int
    waiting: int
    journal_size: int
    journal_root: str
    objects: int
    sha256: str


def back_up(writer: BackupWriter, *, table: BackupTable, actor: str, now: datetime) -> BackedUp:
    """Write a backup and journal it; the service may run on meanwhile.

    Waiting bytes are taken before the tables are read, and those that came in between after it: what a row of the
    backup speaks of is either in it or, having been archived meanwhile, in the store.

    Raises:
        TransientFailure: there is no room, or the disk fails; what was begun is removed by the writer.
    """
    waiting = _put_waiting(writer, table, set())
    with dumps.snapshot():
        tables = {model._meta.db_table: _put_table(writer, model, table) for model in dumps.dumped_models()}
        manifest = _manifest(table, tables, now)
    waiting = _put_waiting(writer, table, waiting)
    for name, data in table.keys.items():
        writer.put(f"keys/{name}", (data,))
    sha256 = writer.finish({**manifest, "waiting": len(waiting), "keys": sorted(table.keys)})
    told, rows = manifest["journal"], sum(each["rows"] for each in tables.values())
    made = BackedUp(rows, len(waiting), told["size"], told["root"], manifest["objects"]["objects"], sha256)
    with transaction.atomic():
        journal.record(journal.Entry(Event.BACKUP_MADE, actor, now, facts=asdict(made)))
    return made


def _put_waiting(writer: BackupWriter, table: BackupTable, have: set[str]) -> set[str]:
    """Copy what waits and was not copied yet; return all that was."""
    done = set(have)
    for name, area in table.areas.items():
        for token, _ in list(area.tokens()):
            path = f"{name}/{token}"
            if path not in done and _put_token(writer, area, token, path):
                done.add(path)
    return done


def _put_token(writer: BackupWriter, area: WaitingBytes, token: str, path: str) -> bool:
    try:
        file = area.open(token)
    except FileNotFoundError:  # its case was archived while we looked
        return False
    with file:
        writer.put(path, _blocks(file.read))
    return True


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while block := read(BLOCK):
        yield block


def _put_table(writer: BackupWriter, model: type[models.Model], table: BackupTable) -> dict[str, Any]:
    path = f"tables/{model._meta.db_table}.jsonl.gz"

    def lines() -> Iterator[Any]:
        yield dumps.columns_of(model)
        for count, row in enumerate(dumps.rows_of(model), 1):
            if count % dumps.BATCH == 0:
                table.progress(count)
            yield row

    return {"rows": writer.put_lines(path, lines()) - 1, "file": path}


def _manifest(table: BackupTable, tables: dict[str, dict[str, Any]], now: datetime) -> dict[str, Any]:
    head = JournalCheckpoint.objects.order_by("-size").first()
    roots = StorageRoot.objects.filter(ended_at=None).order_by("rank")
    return {
        "made_at": now.isoformat(),
        "version": table.version,
        "database": connection.vendor,
        "migration": dumps.last_migration(),
        "tables": tables,
        "journal": {
            "events": tables[JournalEvent._meta.db_table]["rows"],
            "size": head.size if head else 0,
            "root": head.root if head else "",
            "note": head.note if head else "",
            "unsealed": JournalEvent.objects.filter(leaf_index=None).count(),
        },
        "objects": asdict(count_objects()),
        "store": table.store,
        "roots": [{"name": row.name, "kind": row.kind, "configuration": row.configuration} for row in roots],
    }
