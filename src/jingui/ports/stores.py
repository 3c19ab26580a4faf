"""Storage roots: the primary store and those that hold copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from jingui.domain.records.facts import Digests
from jingui.ports.octets import Octets


@dataclass(frozen=True, slots=True)
class Content:
    """One file to be put into an object version: its logical path, its digests and where its bytes are."""

    logical_path: str
    digests: Digests
    bytes: int
    staged_token: str = ""  # staged bytes to link in, or
    data: Octets | None = None  # small bytes made by us


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """A version of an object as it should become. ``contents`` is its whole logical state."""

    object_id: str
    number: int
    contents: tuple[Content, ...]
    message: str
    user: str
    created: datetime


@dataclass(frozen=True, slots=True)
class BuiltVersion:
    """A version that is built beside the root and durable, not yet moved in.

    ``content_paths`` maps each logical path to where its bytes lie inside the object.
    """

    object_id: str
    number: int
    inventory_sha512: str
    content_paths: dict[str, str]
    bytes: int


@dataclass(frozen=True, slots=True)
class StoreFinding:
    """Something wrong in the store: which object, which path inside the root, and a stable code."""

    object_id: str
    path: str
    code: str
    detail: str = ""


class Depth(StrEnum):
    """Which digests of an object's contents a verification measures; its inventories are always measured by SHA-512."""

    PLAIN = "plain"  # SHA-512, the digest of the inventory
    ROUTINE = "routine"  # SHA-256 alone, told by a proved inventory: six times cheaper than all
    FULL = "full"  # every digest that is known


class PreservationStore(Protocol):
    """An OCFL 1.1 storage root."""

    def build(self, spec: VersionSpec) -> BuiltVersion:
        """Build the version beside the root and make it durable. Building again starts afresh."""
        ...

    def commit(self, built: BuiltVersion) -> None:
        """Move the built version in. Committing the same version again changes nothing."""
        ...

    def has_version(self, object_id: str, number: int, inventory_sha512: str) -> bool:
        """Say whether exactly this version stands in the root."""
        ...

    def open_content(self, object_id: str, content_path: str) -> BinaryIO:
        """Open stored bytes by their path inside the object. Raises FileNotFoundError."""
        ...

    def content_location(self, object_id: str, content_path: str) -> Path:
        """Return a local path of stored bytes (an adapter without one makes a temporary copy)."""
        ...

    def object_ids(self) -> Iterator[str]:
        """List the objects in the root without holding them in memory."""
        ...

    def built_location(self, built: BuiltVersion, content_path: str) -> Path:
        """Return a local path of a file of a version that is built and not moved in yet. Raises FileNotFoundError."""
        ...

    def discard_build(self, object_id: str) -> None:
        """Remove what a broken-off build left behind."""
        ...

    def verify_object(
        self,
        object_id: str,
        *,
        expected: Mapping[str, str] | None = None,
        expected_inventory_sha512: str | None = None,
        older_inventories: Mapping[int, str] | None = None,
        further: Mapping[str, Mapping[str, str]] | None = None,
        depth: Depth = Depth.PLAIN,
    ) -> Iterator[StoreFinding]:
        """Read an object whole and name each damaged, missing or unexpected file of it.

        ``expected`` (content path → SHA-512, all versions) and the digest of the newest inventory come from the database.
        """
        ...

    def verify_root(self) -> Iterator[StoreFinding]:
        """Name what is wrong with the root's own files, and what belongs to no object."""
        ...

    def reconcile(self) -> Iterator[StoreFinding]:
        """Finish or name what a crash left half done."""
        ...


@dataclass(frozen=True, slots=True)
class CopiedVersion:
    """A version to be copied: which it is, and what its object is known to hold, as the database tells it.

    ``contents`` goes from content path to SHA-512 for all versions up to this one; ``older`` from version number to the
    SHA-512 of its inventory, for those before.
    """

    object_id: str
    number: int
    inventory_sha512: str
    contents: Mapping[str, str]
    older: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Room:
    """How much place a storage root has, in octets; nothing where nobody can tell (object stores)."""

    total: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """What a server of objects promises of everything written into a bucket.

    ``mode`` is ``compliance`` (nobody can delete before the time is over) or ``governance`` (few can), ``days`` how long;
    empty and 0 where the bucket has no default. ``is_enabled`` is nothing where the server does not tell us.
    """

    is_enabled: bool | None
    mode: str = ""
    days: int = 0


class HeldObjects(Protocol):
    """A storage root whose objects can be read, verified and mended, whether primary or copy."""

    def read_file(self, path: str) -> Iterator[Octets]:
        """Yield the bytes of a file by its path inside the root. Raises FileNotFoundError."""
        ...

    def verify_copy(
        self, version: CopiedVersion, *, depth: Depth, further: Mapping[str, Mapping[str, str]] | None = None
    ) -> Iterator[StoreFinding]:
        """Read an object whole up to its newest version and name what is wrong with it."""
        ...

    def verify_root(self) -> Iterator[StoreFinding]:
        """Name what is wrong with the root's own files."""
        ...

    def mend(self, path: str, chunks: Iterable[Octets], *, sha512: str) -> None:
        """Put a file (path inside the root) in its place again, in one step. Raises PermanentFailure (``bytes_differ``)."""
        ...

    def mend_root(self, path: str) -> bool:
        """Write one of the root's own files again; say whether it is one."""
        ...

    def room(self) -> Room:
        """Say how much place there is. Raises TransientFailure if the root is away."""
        ...


class CopyRoot(HeldObjects, Protocol):
    """A storage root that holds copies of objects of the primary one."""

    def initialise(self) -> None:
        """Make the root if there is none. Raises TransientFailure if it is away, PermanentFailure if it is damaged."""
        ...

    def put_version(self, version: CopiedVersion, read: Callable[[str], Iterator[Octets]]) -> None:
        """Copy a version in, durable; ``read`` yields a file by its path inside the primary root.

        Doing it again changes nothing; broken off anywhere, doing it again ends the same.

        Raises:
            TransientFailure: the root or the source is away, or the version before is not there yet.
            PermanentFailure: the source's bytes are not what they should be, or the root holds something else.
        """
        ...

    def object_lock(self) -> ObjectLock | None:
        """Say whether what is written can be deleted; nothing where no server guards it (folders).

        Raises TransientFailure if the root is away.
        """
        ...

    def kept_until(self, path: str) -> datetime | None:
        """Say until when a file cannot be deleted by anybody; nothing if it can be. Raises TransientFailure."""
        ...
