"""The folders of an instance: made when it begins, and where bytes lie that no object holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jingui.adapters.backups.kept_files import KeptFiles
from jingui.adapters.backups.waiting import WaitingPlaces
from jingui.adapters.signing import ed25519, sm2
from jingui.adapters.signing.ed25519 import Ed25519Signer
from jingui.adapters.signing.sm2 import Sm2Signer
from jingui.adapters.stores.folder import FolderStore
from jingui.adapters.stores.staging import FolderStagingArea
from jingui.settings import Instance, secret_file


def initialise(instance: Instance) -> None:
    """Make the folders, keys and storage root that are not there yet; what is there stays as it is."""
    for folder in (instance.home, instance.keys):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("master.key", "session.key"):
        secret_file(instance.keys / name)
    if not (instance.keys / ed25519.KEY_FILE).exists():
        Ed25519Signer.create(instance.keys)
    if not (instance.keys / sm2.KEY_FILE).exists():
        Sm2Signer.create(instance.keys)
    staging = FolderStagingArea(instance.home / "staging")
    staging.initialise()
    FolderStore(instance.home, staging=staging).initialise()


WAITING = ("staging", "scans", "evidence", "trials")
"""Folders of the instance with bytes that no object holds yet."""


KEPT = {"copies": r"[0-9a-f]{32}\.pdf", "collected": r"[0-9a-f]{32}/refused/[0-9a-f]{64}"}
"""Folders with bytes that no object will ever hold, and the form of their paths: copies handed out, messages put aside."""


def waiting_areas(instance: Instance) -> dict[str, FolderStagingArea | KeptFiles]:
    """Return the areas with bytes that rows speak of and no object holds, made if they are not there."""
    areas: dict[str, FolderStagingArea | KeptFiles] = {
        **{name: FolderStagingArea(instance.home / name) for name in WAITING},
        **{name: KeptFiles(instance.home / name, form) for name, form in KEPT.items()},
    }
    for area in areas.values():
        area.initialise()
    return areas


def waiting_place(instance: Instance) -> Callable[[str, str, Iterable[bytes]], None]:
    """Return what puts waiting bytes back under their token."""
    return WaitingPlaces(waiting_areas(instance)).place
