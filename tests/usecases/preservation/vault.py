"""Further storage roots for tests: a folder, or a bucket of a real server that speaks S3."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer
from tests.builders import now
from tests.personas import Office

from jingui.adapters.stores.folder_copies import FolderCopies, FolderObjects
from jingui.adapters.stores.s3_copies import S3Copies, open_bucket
from jingui.db.models import StorageRoot
from jingui.domain.preservation.roots import Keeping, RootKind
from jingui.ports import CopyRoot
from jingui.usecases.preservation.copying import copy_next
from jingui.usecases.preservation.cycles import advance_cycle
from jingui.usecases.preservation.opening import Vaults
from jingui.usecases.preservation.roots import RootChoices, add_root

QUIET = Keeping(routine_days=0, full_days=0, sample_days=0)
"""No audit begins by itself."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of its own."""

    endpoint: str
    name: str
    client: Any

    @property
    def configuration(self) -> dict[str, str]:
        return {
            "bucket": self.name,
            "prefix": "keep",
            "endpoint": self.endpoint,
            "access_key": "tests",
            "secret": "s3_tests",
        }

    def open(self) -> S3Copies:
        return open_bucket(self.configuration, "secret")

    def keys(self) -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {
            each["Key"]: self.client.get_object(Bucket=self.name, Key=each["Key"])["Body"].read() for each in listed
        }


@contextmanager
def object_server() -> Iterator[Callable[..., Bucket]]:
    """Run a server that speaks S3, in memory; each call makes a bucket, with the choices of ``create_bucket``."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=endpoint, **keys)

        def bucket(**more: Any) -> Bucket:
            name = f"b{secrets.token_hex(6)}"
            client.create_bucket(Bucket=name, **more)
            return Bucket(endpoint, name, client)

        yield bucket
    finally:
        server.stop()


def vaults_of(office: Office, *, open_root: Callable[[StorageRoot], CopyRoot] | None = None) -> Vaults:
    """Return the roots of an instance."""
    return Vaults(FolderObjects(office.home), open_root or open_plainly)


def open_plainly(root: StorageRoot) -> CopyRoot:
    """Open a root with the secret of the tests."""
    if root.kind == RootKind.S3.value:
        return open_bucket(root.configuration, "secret")
    return FolderCopies(Path(root.configuration["folder"]))


def add_folder(name: str, folder: Path, keeping: Keeping = QUIET) -> StorageRoot:
    """Enter a folder as a root."""
    folder.mkdir(parents=True, exist_ok=True)
    choices = RootChoices(name, RootKind.FOLDER, {"folder": str(folder)}, keeping)
    return add_root(choices, open_root=open_plainly, actor="tests", now=now())


def add_bucket(name: str, bucket: Bucket, *, more: Mapping[str, Any] | None = None) -> StorageRoot:
    """Enter a bucket as a root."""
    choices = RootChoices(name, RootKind.S3, {**bucket.configuration, **(more or {})}, QUIET)
    return add_root(choices, open_root=open_plainly, actor="tests", now=now())


def copy_all(vaults: Vaults, *, later: timedelta = timedelta()) -> int:
    """Copy until nothing is due; return how often that was tried."""
    tried = 0
    while copy_next(vaults, now=now() + later):
        tried += 1
    return tried


def audit_all(vaults: Vaults, *, later: timedelta = timedelta()) -> int:
    """Audit until nothing is due; return how many batches that were."""
    batches = 0
    while advance_cycle(vaults, clock=lambda: now() + later):
        batches += 1
    return batches


def files_below(folder: Path) -> dict[str, bytes]:
    """Read every file of a root."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
