"""Backups for tests, and a database of this process that has lost its rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection
from tests.builders import now
from tests.personas import Office

from jingui.adapters.backups.folder import FolderBackup
from jingui.bootstrap import Services, backups, instances
from jingui.db import dumps
from jingui.db.models import Installation, JournalEvent
from jingui.interfaces.cli.output import Out
from jingui.usecases.administration import initialise
from jingui.usecases.audit.sealing import seal_everything
from jingui.usecases.preservation.backing_up import BackedUp, BackupTable, back_up
from jingui.usecases.preservation.rebuilding import RebuildTable, Rebuilt, rebuild
from jingui.usecases.preservation.restoring import Restored, restore


def make_backup(office: Office, folder: Path, name: str = "b") -> tuple[FolderBackup, BackedUp]:
    """Back an instance up and open the backup."""
    ready = office.services
    folder.mkdir(exist_ok=True)
    seal_everything(signers=ready.signers, clock=now)
    with backups.backup_writer(ready.instance, folder, name) as writer:
        made = back_up(writer, table=backup_table(ready), actor="tests", now=now())
    return backups.backup_reader(folder / name), made


def backup_table(ready: Services) -> BackupTable:
    """Return what a backup needs."""
    return BackupTable(
        areas=instances.waiting_areas(ready.instance),
        keys=backups.backup_keys(ready, passphrase=None),
        version="tests",
        store=str(ready.store.root),
        progress=Out().progress("rows"),
    )


def restore_backup(office: Office, backup: FolderBackup) -> Restored:
    """Restore into the instance, which must be empty."""
    instance = office.services.instance
    areas, place = instances.waiting_areas(instance), instances.waiting_place(instance)
    return restore(backup, areas=areas, place=place, actor="tests", now=now())


def lose_rows(office: Office, *, staged: bool = True) -> None:
    """Empty every table, the search index and, unless told otherwise, the staging area."""
    for model in dumps.dumped_models():
        model._default_manager.all()._raw_delete(connection.alias)
    office.services.search.clear()
    if staged:
        for token, _ in list(office.services.staging.tokens()):
            office.services.staging.discard(token)


def begin_anew(office: Office) -> None:
    """Lose everything but what ``init`` enters."""
    (row,) = Installation.objects.values_list("name", flat=True)
    lose_rows(office)
    initialise(name=row, now=now())


def rebuild_all(office: Office) -> Rebuilt:
    """Rebuild what the database lacks."""
    ready = office.services
    return rebuild(RebuildTable(ready.store, ready.examiner, ready.search), clock=now)


def all_rows() -> dict[str, list[Any]]:
    """Return every row of every table as a backup holds them."""
    return {model._meta.db_table: list(dumps.rows_of(model)) for model in dumps.dumped_models()}


def events(kind: str) -> int:
    """Count the events of a kind."""
    return JournalEvent.objects.filter(kind=kind).count()
