"""The protocols between Jingui and what can be replaced: stores, queues, search, readers, signers.

A protocol stands here only where a second implementation exists or is named by the architecture (S3,
a distributed task engine, a reader in another process). Adapters are picked in ``bootstrap`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from jingui.domain.capture.incoming import ContentLocation, Lot
from jingui.domain.capture.pages import PageFacts, PagePart, RecognisedText
from jingui.domain.records.facts import Digests, Reading
from jingui.formats.scanning.placing import Placement

Octets = bytes  # where a field is called ``bytes`` (a size), the type needs another name


@dataclass(frozen=True, slots=True)
class StagedFile:
    """Bytes that are durable in the staging area and belong to no object yet."""

    token: str
    bytes: int
    digests: Digests
    head: Octets
    tail: Octets


class StagingArea(Protocol):
    """Where uploaded bytes rest, written once, until they are moved into an object."""

    def receive(self, stream: Iterable[bytes], *, limit: int | None = None) -> StagedFile:
        """Write the stream while digesting it, make it durable, and return what it was. Raises on ``limit`` bytes."""
        ...

    def receive_all(self, streams: Iterable[Iterable[bytes]], *, limit: int | None = None) -> list[StagedFile]:
        """Receive several streams with one wait for the disk; all or none."""
        ...

    def open(self, token: str) -> BinaryIO:
        """Open staged bytes for reading. Raises FileNotFoundError."""
        ...

    def path(self, token: str) -> Path:
        """Return a local path of staged bytes, for readers that need one."""
        ...

    def discard(self, token: str) -> None:
        """Remove staged bytes; nothing happens if they are gone."""
        ...

    def adopt(self, path: Path) -> str:
        """Give durable bytes of ours another name here, on the same file system without copying; return the token.

        Raises:
            FileNotFoundError: they are not there any more.
        """
        ...

    def tokens(self) -> Iterator[tuple[str, float]]:
        """List what is staged, with the time it was last written (seconds since the epoch)."""
        ...

    def sweep_parts(self, *, older_than_seconds: float) -> int:
        """Remove uploads that broke off and were last written so long ago; return how many."""
        ...


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


class Examiner(Protocol):
    """Opens files safely, outside the service's own process, and says what they are."""

    def examine(self, files: Iterable[tuple[Path, str]]) -> Iterator[tuple[Reading, str]]:
        """For each (path, claimed name): a reading and the text of a born-digital file (``""`` if none).

        Never raises for a bad file: a crash, a time-out or too much memory of a decoder is a defect.
        """
        ...


class PageRenderer(Protocol):
    """Makes page images for the viewer."""

    def render(self, path: Path, format_name: str, *, page: int, width: int) -> bytes:
        """Return a PNG of a page (from 0), ``width`` pixels wide. Raises PermanentFailure if it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with what a stranger needs to check it."""

    algorithm: str
    key_id: str
    value: bytes


class Signer(Protocol):
    """Signs on behalf of this installation."""

    @property
    def algorithm(self) -> str:
        """``Ed25519`` or ``SM2-SM3``."""
        ...

    @property
    def key_id(self) -> str:
        """Short stable name of the key."""
        ...

    @property
    def public_key_pem(self) -> str:
        """The public key as PEM SubjectPublicKeyInfo."""
        ...

    def sign(self, message: bytes) -> Signature:
        """Sign the message."""
        ...

    def verify(self, message: bytes, value: bytes) -> bool:
        """Say whether ``value`` is this key's signature of the message."""
        ...


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A case a worker has taken on. ``ticket`` says which requests it has seen."""

    case_key: str
    ticket: int
    attempts: int


class JobQueue(Protocol):
    """Cases that have work to do. ``put`` writes in the caller's transaction (an outbox)."""

    def put(self, case_key: str, *, now: datetime) -> None:
        """Ask for a case to be taken on; asking again while it waits or runs is remembered, not repeated."""
        ...

    def claim(self, worker: str, *, now: datetime) -> ClaimedJob | None:
        """Take the longest-waiting case, or nothing."""
        ...

    def finish(self, job: ClaimedJob, *, now: datetime) -> None:
        """Give the case back: gone if nobody asked meanwhile, ready again otherwise."""
        ...

    def fail(self, job: ClaimedJob, *, error: str, retry_at: datetime | None) -> None:
        """Give the case back after an error: to be tried again at a time, or kept as failed for a person."""
        ...

    def release_dead(self, is_alive: Callable[[str], bool]) -> int:
        """Give back the cases claimed by workers that no longer live; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the index knows of a record; the index can be thrown away and rebuilt."""

    record_key: str
    agency_key: str
    fields: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class SearchHits:
    """A page of what was found, newest first. ``total`` stops counting at a cap; ``is_capped`` says so."""

    record_keys: tuple[str, ...]
    total: int
    is_capped: bool = False


class SearchIndex(Protocol):
    """Full-text search in Chinese; two-character words are found."""

    def ensure(self) -> None:
        """Make the tables of the index that are not there yet."""
        ...

    def query(self, text: str, *, agency_keys: tuple[str, ...] | None, limit: int = 20, offset: int = 0) -> SearchHits:
        """Find records whose fields or text hold every word; ``agency_keys`` (``None``: all) is part of the query."""
        ...

    def optimize(self) -> None:
        """Bring the index into its fastest form, after much has been put in."""
        ...

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace documents, in the caller's transaction."""
        ...

    def remove(self, record_keys: Iterable[str]) -> None:
        """Remove documents, in the caller's transaction."""
        ...

    def clear(self) -> None:
        """Throw the whole index away."""
        ...


class TextRecogniser(Protocol):
    """Reads the text of a page image (OCR)."""

    @property
    def engine(self) -> str:
        """Name of the engine, kept with every result; ``none`` where there is none."""
        ...

    @property
    def version(self) -> str:
        """Version of engine and models."""
        ...

    @property
    def is_available(self) -> bool:
        """Whether this installation can recognise at all; an optional set of packages."""
        ...

    def recognise(self, image: bytes, *, part: PagePart) -> RecognisedText:
        """Read a JPEG or PNG. Raises PermanentFailure (``recogniser_missing`` or what the image is at fault for)."""
        ...


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """One page of a scan: what was measured, and the upright picture of it, JPEG, made for eyes and recogniser."""

    facts: PageFacts
    upright: Octets


class ScanDesk(Protocol):
    """Opens scans (TIFF, JPEG, PNG, PDF) safely, outside the service's own process, a page at a time."""

    def count_pages(self, path: Path) -> int:
        """Count the pages. Raises Invalid for what is no scan, is broken or asks for too much."""
        ...

    def pages(self, path: Path) -> Iterator[PreparedPage]:
        """Measure and prepare one page after another, one in memory. Raises Invalid."""
        ...

    def page(self, path: Path, number: int) -> PreparedPage:
        """Measure and prepare one page (from 0). Raises Invalid."""
        ...

    def assemble(self, pages: Iterable[Placement], *, title: str) -> bytes:
        """Put pages of scans into one PDF without encoding any picture anew. Raises Invalid."""
        ...


class SourceReader(Protocol):
    """Reads one connection of a source (database, folder, queue); configured and opened by ``bootstrap``."""

    def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
        """Yield what stands behind the cursor, in order; it ends when there is no more for now.

        What cannot be read as a message is an ``Unreadable`` in a lot, never an error. Raises TransientFailure if the
        source is away and PermanentFailure if it must be configured anew; lots yielded before stay taken.
        """
        ...

    def open(self, content: ContentLocation) -> Iterator[bytes]:
        """Yield the bytes of a file.

        Raises:
            DomainError: these bytes will not come (missing, outside what is allowed, too large); others may.
            TransientFailure: the source is away; the whole lot is read again later.
        """
        ...

    def acknowledge(self, lot: Lot) -> None:
        """Tell the source that a lot is taken, after the commit. Killed before, the lot comes again and changes nothing."""
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...
