"""Copies of objects in an S3 bucket (any server that speaks S3, with put-if-absent).

A bucket has no rename. So a version's contents come first, then its own inventory, and the inventory of the object
last: whoever reads before that sees the version before, or no object. Contents are written with If-None-Match, so
that nothing is ever overwritten; a bucket with object lock keeps everybody else from doing so too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, cast

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from jingui.adapters.stores.copying import Read, contents_of, inventory_of, proved, small_files
from jingui.adapters.stores.root_files import ROOT_FILES, verify_root_files
from jingui.adapters.stores.trees import BLOCK
from jingui.adapters.stores.verification import Expected, verify_object
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.formats.digests import new_hasher
from jingui.formats.ocfl.declaration import OBJECT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.inventory import INVENTORY, SIDECAR, sidecar_bytes
from jingui.formats.ocfl.layout import object_path
from jingui.formats.ocfl.walking import Kind
from jingui.ports import CopiedVersion, Depth, Room, StoreFinding

if TYPE_CHECKING:
    from obstore.store import S3Config

PART_BYTES = 16 << 20
"""Size of one part of a large upload; smaller files are sent whole."""


@contextmanager
def s3_failures() -> Iterator[None]:
    """Turn what the client raises into TransientFailure; what is not there stays FileNotFoundError."""
    try:
        yield
    except NotFoundError as error:
        raise FileNotFoundError(str(error)) from error
    except AlreadyExistsError:
        raise
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


class S3Copies:
    """``CopyRoot`` in a bucket."""

    def __init__(self, store: S3Store) -> None:
        """Use a store that has the root's prefix."""
        self._store = store
        self._tree = S3Tree(store)

    def initialise(self) -> None:
        """Write the root's own files where they are missing; see ``CopyRoot``."""
        for path, (_, data) in ROOT_FILES.items():
            self._create(path, data)

    def put_version(self, version: CopiedVersion, read: Read) -> None:
        """Copy a version in; see ``CopyRoot``."""
        data, inventory = inventory_of(version, read)
        home = object_path(version.object_id)
        standing = self._sha512(f"{home}/{INVENTORY}")
        if standing == version.inventory_sha512 and self._tree.read(f"{home}/{SIDECAR}") == sidecar_bytes(data):
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

    def read_file(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file; see ``HeldObjects``."""
        return self._tree.chunks(path)

    def verify_copy(
        self, version: CopiedVersion, *, depth: Depth, further: Mapping[str, Mapping[str, str]] | None = None
    ) -> Iterator[StoreFinding]:
        """Name what is wrong with an object; see ``HeldObjects``."""
        known = Expected(version.contents, version.inventory_sha512, version.older, further or {}, depth)
        return verify_object(self._tree, version.object_id, known)

    def verify_root(self) -> Iterator[StoreFinding]:
        """Name what is wrong with the root's own files; see ``HeldObjects``."""
        return verify_root_files(self._tree)

    def mend(self, path: str, chunks: Iterable[bytes], *, sha512: str) -> None:
        """Put a file in its place again; see ``HeldObjects``. Bytes that differ are never sent.

        They are gathered first: they may come from a bucket too, and the client cannot read while it writes.
        """
        with SpooledTemporaryFile(max_size=PART_BYTES) as whole:
            for chunk in proved(chunks, sha512, path):
                whole.write(chunk)
            whole.seek(0)
            with s3_failures():
                self._store.put(path, whole, mode="overwrite", chunk_size=PART_BYTES)

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

    def _create_proved(self, path: str, chunks: Iterable[bytes], sha512: str) -> None:
        try:
            with s3_failures():
                self._store.put(path, proved(chunks, sha512, path), mode="create", chunk_size=PART_BYTES)
        except AlreadyExistsError:
            if self._tree.digest(path, ("sha512",))["sha512"] != sha512:
                raise PermanentFailure("copy_differs", path) from None

    def _create(self, path: str, data: bytes) -> None:
        try:
            with s3_failures():
                self._store.put(path, data, mode="create")
        except AlreadyExistsError:
            if self._tree.read(path) != data and path not in ROOT_FILES:
                raise PermanentFailure("copy_differs", path) from None

    def _replace(self, path: str, data: bytes) -> None:
        with s3_failures():
            self._store.put(path, data, mode="overwrite")


def open_bucket(configuration: Mapping[str, Any], secret: str) -> S3Copies:
    """Open a bucket by its configuration: bucket, prefix, endpoint, region, access_key; ``secret`` is the secret key."""
    endpoint = str(configuration.get("endpoint") or "")
    given: dict[str, Any] = {
        "bucket": configuration["bucket"],
        "region": configuration.get("region") or "us-east-1",
        "access_key_id": configuration["access_key"],
        "secret_access_key": secret,
    }
    if endpoint:
        given |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
    store = S3Store(
        prefix=str(configuration.get("prefix") or "") or None,
        config=cast("S3Config", given),
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": "60s"},
        retry_config={"max_retries": 2},
    )
    return S3Copies(store)


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
