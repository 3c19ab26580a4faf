"""Copies of objects in an S3 bucket (any server that speaks S3, with put-if-absent).

A bucket has no rename. So a version's contents come first, then its own inventory, and the inventory of the object
last: whoever reads before that sees the version before, or no object. Contents are written with If-None-Match, so
that nothing is ever overwritten. Where the root is configured with a time of retention, each write carries it, and the
server refuses to delete what was written before that time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, cast

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from jingui.adapters.stores.copying import Read, contents_of, inventory_of, proved, small_files
from jingui.adapters.stores.held_tree import HeldTree
from jingui.adapters.stores.root_files import ROOT_FILES
from jingui.adapters.stores.s3_locks import Locks, Retention
from jingui.adapters.stores.s3_wire import Account
from jingui.adapters.stores.trees import BLOCK
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.formats.digests import new_hasher
from jingui.formats.ocfl.declaration import OBJECT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import INVENTORY, SIDECAR, read_inventory, sidecar_bytes
from jingui.formats.ocfl.layout import object_path
from jingui.formats.ocfl.walking import Kind
from jingui.ports import CopiedVersion, ObjectLock, Room

if TYPE_CHECKING:
    from obstore.store import S3Config

PART_BYTES = 16 << 20
"""Size of one part of a large upload; smaller files are sent whole."""


@contextmanager
def s3_failures() -> Iterator[None]:
    """Turn what the client raises into TransientFailure; FileNotFoundError and FileExistsError stay what they are."""
    try:
        yield
    except NotFoundError as error:
        raise FileNotFoundError(str(error)) from error
    except AlreadyExistsError as error:
        raise FileExistsError(str(error)) from error
    except BaseError as error:
        raise TransientFailure("storage_away", str(error)[:500]) from error


class S3Tree:
    """``Tree`` over the keys of a bucket below its prefix."""

    def __init__(self, store: S3Store) -> None:
        """Read from this store, which has the prefix."""
        self.store = store

    def entries(self, path: str) -> list[tuple[str, Kind]]:
        """List a folder by name; see ``Tree``."""
        prefix = f"{path}/" if path else None
        with s3_failures():
            listed = self.store.list_with_delimiter(prefix)
        found = [(_last(folder), Kind.FOLDER) for folder in listed["common_prefixes"]]
        found += [(_last(each["path"]), Kind.FILE) for each in listed["objects"]]
        return sorted(found, key=lambda pair: pair[0])

    def kind(self, path: str) -> Kind | None:
        """Say what stands there; see ``Tree``."""
        try:
            with s3_failures():
                self.store.head(path)
        except FileNotFoundError:
            return Kind.FOLDER if self.entries(path) else None
        return Kind.FILE

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a small file; see ``Tree``."""
        try:
            return b"".join(self.chunks(path))
        except FileNotFoundError:
            return None

    def chunks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file; see ``Tree``."""
        with s3_failures():
            for chunk in self.store.get(path).stream(min_chunk_size=BLOCK):
                yield bytes(chunk)

    def digest(self, path: str, algorithms: tuple[str, ...]) -> dict[str, str]:
        """Digest a file; see ``Tree``."""
        hashers = {name: new_hasher(name) for name in algorithms}
        for chunk in self.chunks(path):
            for hasher in hashers.values():
                hasher.update(chunk)
        return {name: hasher.hexdigest() for name, hasher in hashers.items()}


class S3Copies(HeldTree):
    """``CopyRoot`` in a bucket."""

    _tree: S3Tree

    def __init__(self, store: S3Store, locks: Locks, *, retention: Retention | None = None) -> None:
        """Use a store that has the root's prefix; with ``retention`` every write carries a time before which it stays."""
        self._store, self._locks, self._retention = store, locks, retention
        self._tree = S3Tree(store)

    @property
    def tree(self) -> S3Tree:
        """All files of the root, to be read."""
        return self._tree

    def initialise(self) -> None:
        """Write the root's own files where they are missing; see ``CopyRoot``.

        Raises PermanentFailure (``bucket_not_locked``) too: files are to be retained and the bucket cannot do that.
        """
        if self._retention and self._lock.is_enabled is False:
            raise PermanentFailure("bucket_not_locked", self._retention.mode)
        for path, (_, data) in ROOT_FILES.items():
            self._create(path, data)

    def put_version(self, version: CopiedVersion, read: Read) -> None:
        """Copy a version in; see ``CopyRoot``."""
        data, inventory = inventory_of(version, read)
        home = object_path(version.object_id)
        standing = self._sha512(f"{home}/{INVENTORY}")
        if standing == version.inventory_sha512 and self._tree.read(f"{home}/{SIDECAR}") == sidecar_bytes(data):
            return
        if standing and self._stands_behind(home, version):
            return
        if version.number == 1:
            self._create(f"{home}/{OBJECT_DECLARATION}", declaration_bytes(OBJECT_DECLARATION))
        elif self._sha512(f"{home}/v{version.number - 1}/{INVENTORY}") is None:
            raise TransientFailure("version_gap", f"{version.object_id} v{version.number}")
        for path, sha512 in contents_of(version, inventory).items():
            self._create_proved(f"{home}/{path}", read(f"{home}/{path}"), sha512)
        for path, small in small_files(version, data).items():
            self._create(f"{home}/{path}", small)
        for name, small in ((INVENTORY, data), (SIDECAR, sidecar_bytes(data))):
            self._replace(f"{home}/{name}", small)

    def _stands_behind(self, home: str, version: CopiedVersion) -> bool:
        """Say whether the object has this version and newer ones: the inventory of the newest stays."""
        try:
            head = read_inventory(self._tree.read(f"{home}/{INVENTORY}") or b"").head
        except BadInventory:
            return False
        own = self._sha512(f"{home}/v{version.number}/{INVENTORY}")
        return head > version.number and own == version.inventory_sha512

    def read_file(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file; see ``HeldObjects``."""
        return self._tree.chunks(path)

    def mend(self, path: str, chunks: Iterable[bytes], *, sha512: str) -> None:
        """Put a file in its place again; see ``HeldObjects``. Bytes that differ are never sent.

        They are gathered first: they may come from a bucket too, and the client cannot read while it writes.
        """
        with SpooledTemporaryFile(max_size=PART_BYTES) as whole:
            for chunk in proved(chunks, sha512, path):
                whole.write(chunk)
            whole.seek(0)
            self._put(path, whole, is_new=False)

    def mend_root(self, path: str) -> bool:
        """Write one of the root's own files again; see ``HeldObjects``."""
        if path not in ROOT_FILES:
            return False
        self._replace(path, ROOT_FILES[path][1])
        return True

    def room(self) -> Room:
        """Nobody can tell how much place a bucket has; see ``HeldObjects``. Raises TransientFailure if it is away."""
        self._tree.entries("extensions")
        return Room()

    def _sha512(self, path: str) -> str | None:
        data = self._tree.read(path)
        return None if data is None else hashlib.sha512(data).hexdigest()

    @cached_property
    def _lock(self) -> ObjectLock:
        return self._locks.of_bucket()

    def object_lock(self) -> ObjectLock:
        """Say what the server promises of everything in the bucket; see ``CopyRoot``."""
        return self._lock

    def kept_until(self, path: str) -> datetime | None:
        """Say until when the server keeps a file; see ``CopyRoot``."""
        return self._locks.kept_until(path)

    def _create_proved(self, path: str, chunks: Iterable[bytes], sha512: str) -> None:
        try:
            self._put(path, proved(chunks, sha512, path), is_new=True)
        except FileExistsError:
            if self._tree.digest(path, ("sha512",))["sha512"] != sha512:
                raise PermanentFailure("copy_differs", path) from None

    def _create(self, path: str, data: bytes) -> None:
        try:
            self._put(path, data, is_new=True)
        except FileExistsError:
            if self._tree.read(path) != data and path not in ROOT_FILES:
                raise PermanentFailure("copy_differs", path) from None

    def _replace(self, path: str, data: bytes) -> None:
        self._put(path, data, is_new=False)

    def _put(self, path: str, data: bytes | IO[bytes] | Iterable[bytes], *, is_new: bool) -> None:
        if self._retention or self._lock.is_enabled:
            chunks = (data,) if isinstance(data, bytes) else data
            self._locks.put(path, chunks, self._retention, is_new=is_new)
            return
        with s3_failures():
            self._store.put(path, data, mode="create" if is_new else "overwrite", chunk_size=PART_BYTES)


def open_bucket(configuration: Mapping[str, Any], secret: str) -> S3Copies:
    """Open a bucket by its configuration; ``secret`` is the secret key.

    ``bucket``, ``access_key``; ``prefix``, ``endpoint``, ``region`` may be missing; with ``lock_mode`` (``compliance``,
    ``governance``) and ``lock_days`` each write asks the server to keep it so long.
    """
    endpoint, region = str(configuration.get("endpoint") or ""), str(configuration.get("region") or "us-east-1")
    prefix = str(configuration.get("prefix") or "")
    given: dict[str, Any] = {
        "bucket": configuration["bucket"],
        "region": region,
        "access_key_id": configuration["access_key"],
        "secret_access_key": secret,
    }
    if endpoint:
        given |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
    store = S3Store(
        prefix=prefix or None,
        config=cast("S3Config", given),
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": "60s"},
        retry_config={"max_retries": 2},
    )
    address = endpoint or f"https://s3.{region}.amazonaws.com"
    account = Account(address, str(configuration["bucket"]), region, str(configuration["access_key"]), secret)
    mode = str(configuration.get("lock_mode") or "")
    retention = Retention(mode.upper(), int(configuration.get("lock_days") or 0)) if mode else None
    return S3Copies(store, Locks(account, prefix), retention=retention)


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
