"""Rebuilding the database of records from the packages in the store alone (由信息包重建目录), and the proof of it.

Object after object, each version in one transaction: killed anywhere, the next run goes on; what is known is left alone.
What stands in no package is not rebuilt; ``rebuilt_limits`` names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from jingui.db.models import Case, PackageVersion
from jingui.db.queries.documents import case_document
from jingui.db.queries.facts import case_fact, current_files, stored_plan
from jingui.db.queries.origins import standing_made_files
from jingui.domain.errors import DomainError
from jingui.domain.packaging.packages import PackageSpec
from jingui.domain.records.facts import Reading
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import INVENTORY, Inventory, read_inventory
from jingui.formats.packages import national_draft
from jingui.formats.packages.retold import NotRetoldError, ToldPackage, retell
from jingui.ports import Examiner, PreservationStore, SearchIndex
from jingui.usecases.preservation.rebuilt_limits import NOT_HELD
from jingui.usecases.preservation.rebuilt_rows import Version
from jingui.usecases.preservation.rebuilt_versions import Writing
from jingui.usecases.preservation.rebuilt_words import needed_time

PREFIX = "urn:uuid:"
MOST_DOCUMENT = 64 << 20


@dataclass(frozen=True, slots=True)
class RebuildTable:
    """What rebuilding needs at hand."""

    store: PreservationStore
    examiner: Examiner
    search: SearchIndex
    progress: Callable[[int], None] = lambda _done: None
    spec: PackageSpec = national_draft.SPEC


@dataclass(frozen=True, slots=True)
class Left:
    """An object that was not rebuilt, or not to its newest version, and why (a stable code and a technical detail)."""

    object_id: str
    code: str
    detail: str = ""


@dataclass(slots=True)
class Rebuilt:
    """What a run did, and the proof: what stands in the store against what the database knows of it."""

    objects: int = 0  # in the store
    versions: int = 0
    cases: int = 0  # new rows of this run
    packages: int = 0
    files: int = 0
    known_versions: int = 0  # versions whose row has the very digest of the inventory in the store
    viewable: int = 0  # of the cases this run touched: can be shown, and found by their number
    left: list[Left] = field(default_factory=list)
    not_held: tuple[str, ...] = tuple(NOT_HELD)  # codes of what no package holds

    @property
    def is_whole(self) -> bool:
        """Say whether every version in the store is known."""
        return not self.left and self.known_versions == self.versions


def rebuild(table: RebuildTable, *, clock: Callable[[], datetime]) -> Rebuilt:
    """Rebuild what the database lacks of each object in the store, and count what it then knows.

    Objects that are damaged, that are not ours, or whose rows would contradict rows that are there are left and named.
    """
    done = Rebuilt()
    for object_id in table.store.object_ids():
        done.objects += 1
        table.progress(done.objects)
        try:
            _object(object_id, table, done, clock())
        except _LeftError as error:
            done.left.append(Left(object_id, *error.args))
    return done


class _LeftError(Exception):
    """The object is left; the arguments are code and detail."""


def _object(object_id: str, table: RebuildTable, done: Rebuilt, now: datetime) -> None:
    inventory = _inventory(table.store, object_id)
    done.versions += inventory.head
    digests = {n: _digest(table.store, object_id, n) for n in range(1, inventory.head + 1)}
    known = _known(object_id, digests)
    if any(digests.get(number) != digest for number, digest in known.items()):
        raise _LeftError("inventory_differs", object_id)
    done.known_versions += len(known)
    lacking = [number for number in digests if number not in known]
    if lacking:
        _sound(table.store, object_id)
        for number in lacking:
            _version(_version_of(table.store, inventory, number, digests[number]), table, done, now)
            done.known_versions += 1
        _finish(_case_key(object_id), table, done)


def _known(object_id: str, digests: dict[int, str]) -> dict[int, str]:
    """Return the digests of the inventories of versions that have a row.

    A version may stand in the store before its row says so, as in a backup made at that moment; whoever goes on with its
    case will say it.
    """
    rows = PackageVersion.objects.filter(object_id=object_id).values_list("number", "inventory_sha512", "stored_at")
    return {number: digest for number, digest, stored_at in rows if stored_at or digests.get(number) == digest}


def _inventory(store: PreservationStore, object_id: str) -> Inventory:
    try:
        with store.open_content(object_id, INVENTORY) as file:
            return read_inventory(file.read(MOST_DOCUMENT))
    except (OSError, BadInventory) as error:
        raise _LeftError("inventory_damaged", str(error)) from error


def _digest(store: PreservationStore, object_id: str, number: int) -> str:
    try:
        with store.open_content(object_id, f"v{number}/{INVENTORY}") as file:
            return hashlib.sha512(file.read(MOST_DOCUMENT)).hexdigest()
    except OSError as error:
        raise _LeftError("inventory_damaged", str(error)) from error


def _sound(store: PreservationStore, object_id: str) -> None:
    """Read the object whole: nothing is entered in the catalogue that is not sound."""
    finding = next(store.verify_object(object_id), None)
    if finding:
        raise _LeftError("object_damaged", f"{finding.path} {finding.code}")


def _case_key(object_id: str) -> UUID:
    try:
        return UUID(object_id.removeprefix(PREFIX))
    except ValueError as error:
        raise _LeftError("object_not_ours", object_id) from error


def _version_of(store: PreservationStore, inventory: Inventory, number: int, digest: str) -> Version:
    block = inventory.versions[number - 1]
    manifest = {}
    for sha512, paths in sorted(block.state.items()):
        place = inventory.content_path(sha512)
        size = store.content_location(inventory.object_id, place).stat().st_size
        manifest.update({path: [place, sha512, size] for path in paths})
    created = needed_time(block.created)
    return Version(_case_key(inventory.object_id), inventory.object_id, number, digest, created, manifest)


def _version(version: Version, table: RebuildTable, done: Rebuilt, now: datetime) -> None:
    def read(path: str) -> bytes | None:
        if path not in version.manifest:
            return None
        with table.store.open_content(version.object_id, version.manifest[path][0]) as file:
            return file.read(MOST_DOCUMENT)

    try:
        told = retell(read, spec=table.spec)
        looked = _looked(version, told, table)
        with transaction.atomic():
            counts = Writing(version, told, looked, now).write()
    except NotRetoldError as error:
        raise _LeftError("package_not_ours", str(error)) from error
    except (DomainError, ValueError, KeyError) as error:
        raise _LeftError("package_says_too_little", f"{type(error).__name__} {error}"[:300]) from error
    except IntegrityError as error:
        raise _LeftError("contradicts_rows", str(error)[:300]) from error
    done.cases += counts[0]
    done.files += counts[1]
    done.packages += 1


def _looked(version: Version, told: ToldPackage, table: RebuildTable) -> dict[str, tuple[Reading, str]]:
    paths = [file.path for file in told.files]
    if lost := [path for path in paths if path not in version.manifest]:
        raise NotRetoldError(lost[0])
    places = [(table.store.content_location(version.object_id, version.manifest[path][0]), path) for path in paths]
    return dict(zip(paths, table.examiner.examine(places), strict=True))


def _finish(case_key: UUID, table: RebuildTable, done: Rebuilt) -> None:
    """Put the case into the search index, and see that it can be shown and found."""
    case = Case.objects.select_related("agency", "plan", "source").get(pk=case_key)
    plan = stored_plan(case.plan_id)
    files = current_files(case)
    with transaction.atomic():
        table.search.put([case_document(case, files=files, materials=plan.materials, made=standing_made_files(case))])
    fact = case_fact(case, plan, files=files)
    hits = table.search.query(case.case_number, agency_keys=None)
    done.viewable += case.key.hex in hits.record_keys and len(fact.files) == len(files)
