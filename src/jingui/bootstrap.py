"""Choosing: the only place that picks adapters. Everything above asks here for what it needs."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import connection

from jingui.adapters.examination import ProcessExaminer
from jingui.adapters.queues.database import DatabaseQueue
from jingui.adapters.rendering import PageImages
from jingui.adapters.search.postgres import PostgresSearchIndex
from jingui.adapters.search.sqlite_fts import SqliteSearchIndex
from jingui.adapters.signing import ed25519, sm2
from jingui.adapters.signing.ed25519 import Ed25519Signer
from jingui.adapters.signing.sm2 import Sm2Signer
from jingui.adapters.signing.verification import verify_signature
from jingui.adapters.stores.folder import FolderStore
from jingui.adapters.stores.staging import FolderStagingArea
from jingui.domain.packaging.packages import SignatureVerifier
from jingui.settings import Instance, secret_file


@dataclass(frozen=True, slots=True)
class Services:
    """The adapters of this process."""

    instance: Instance
    staging: FolderStagingArea
    store: FolderStore
    queue: DatabaseQueue
    search: SqliteSearchIndex | PostgresSearchIndex
    examiner: ProcessExaminer
    renderer: PageImages
    receipt_signer: Ed25519Signer
    package_signer: Sm2Signer

    @property
    def signers(self) -> tuple[Ed25519Signer, Sm2Signer]:
        """Both signers: one everybody can check, one that the law here asks for."""
        return (self.receipt_signer, self.package_signer)


@lru_cache(maxsize=1)
def services() -> Services:
    """Return this process's adapters, made once.

    Raises:
        SystemExit: the instance has not been initialised.
    """
    instance: Instance = settings.JINGUI
    if not (instance.keys / ed25519.KEY_FILE).exists():
        message = f"{instance.home} 还不是金匮实例。请先运行 jingui init；没有任何数据变化。"
        raise SystemExit(message)
    staging = FolderStagingArea(instance.home / "staging")
    return Services(
        instance=instance,
        staging=staging,
        store=FolderStore(instance.home, staging=staging),
        queue=DatabaseQueue(),
        search=search_index(),
        examiner=ProcessExaminer(processes=instance.readers),
        renderer=PageImages(),
        receipt_signer=Ed25519Signer.load(instance.keys),
        package_signer=Sm2Signer.load(instance.keys),
    )


def search_index() -> SqliteSearchIndex | PostgresSearchIndex:
    """Return the search index of the database in use."""
    return PostgresSearchIndex(connection) if connection.vendor == "postgresql" else SqliteSearchIndex(connection)


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


def signature_verifier() -> SignatureVerifier:
    """Return what verifies a signature by the name of its algorithm."""
    return verify_signature


def source_secret(key_id: str) -> str:
    """Return the secret of a source key: derived from the master key, so that no table holds it."""
    master: str = settings.JINGUI.master_key
    return hmac.new(master.encode(), f"source-key:{key_id}".encode(), hashlib.sha256).hexdigest()
