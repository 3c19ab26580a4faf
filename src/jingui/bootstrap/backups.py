"""Backup, restore and fetching: what they read and write."""

from __future__ import annotations

from pathlib import Path

from jingui.adapters.backups import fetching
from jingui.adapters.backups.folder import FolderBackup, FolderBackupWriter
from jingui.adapters.backups.instance_keys import bring_keys, keys_for_backup, signers_of
from jingui.adapters.stores.opening import open_copy_tree
from jingui.bootstrap import Services
from jingui.bootstrap.secrets import named_secret
from jingui.db.models import StorageRoot
from jingui.domain.preservation.roots import RootKind
from jingui.ports import Signer
from jingui.settings import Instance


def backup_writer(instance: Instance, folder: Path, name: str) -> FolderBackupWriter:
    """Begin a backup. Raises what ``FolderBackupWriter`` raises."""
    return FolderBackupWriter(folder, name, outside=instance.home)


def backup_reader(folder: Path) -> FolderBackup:
    """Open a backup. Raises NotFound."""
    return FolderBackup(folder)


def backup_keys(ready: Services, *, passphrase: str | None) -> dict[str, bytes]:
    """Return the files of keys for a backup. Raises Invalid (``passphrase_weak``)."""
    return keys_for_backup(ready.instance.keys, ready.signers, passphrase=passphrase)


def restore_keys(backup: FolderBackup, instance: Instance, *, passphrase: str) -> None:
    """Bring the keys of a backup here if there are none. Raises what ``bring_keys`` raises."""
    bring_keys(backup, instance.keys, passphrase=passphrase)


def backup_signers(backup: FolderBackup) -> tuple[Signer, ...]:
    """Return what verifies the journal of a backup."""
    return signers_of(backup)


def fetch_objects(ready: Services, source: str) -> tuple[int, list[tuple[str, str]]]:
    """Bring objects from a root, by its name or as a folder with ``store`` in it, into the primary root.

    Raises:
        NotFound: ``rebuild_source_unlisted``.
        TransientFailure: there is no room, or the root is away.
        PermanentFailure: its packages or its secret are not here.
    """
    row = StorageRoot.objects.filter(name=source).exclude(kind=RootKind.PRIMARY.value).order_by("-added_at").first()
    kind, configuration = (RootKind(row.kind), row.configuration) if row else (RootKind.FOLDER, {"folder": source})
    tree = open_copy_tree(kind, configuration, secret=named_secret)
    return fetching.fetch_objects(ready.instance.home, tree, name=source)
