"""Rebuilding the database of records from the packages in the store alone (由信息包重建目录), and the proof of it.

Object after object, each version in one transaction: killed anywhere, the next run goes on; what is known is left alone.
Journal, accounts, receipts and settings stand in no package and are not rebuilt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, CaseStep, Closure, FileText, Inspection, PackageVersion
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.documents import case_document, packed_text
from jingui.db.queries.facts import case_fact, current_files, stored_plan
from jingui.db.queries.origins import standing_made_files
from jingui.domain.audit.events import Event
from jingui.domain.errors import DomainError
from jingui.domain.lifecycle import CaseState
from jingui.domain.packaging.packages import PackageSpec
from jingui.domain.records.facts import Reading
from jingui.domain.records.terms import Outcome
from jingui.formats.ocfl.findings import BadInventory
from jingui.formats.ocfl.inventory import INVENTORY, Inventory, read_inventory
from jingui.formats.packages import national_draft
from jingui.formats.packages.retold import NotRetoldError, ToldPackage, retell
from jingui.ports import Examiner, PreservationStore, SearchIndex
from jingui.usecases.preservation.copying import ask_for_copies
from jingui.usecases.preservation.rebuilt_catalogue import basis_of, counters_of
from jingui.usecases.preservation.rebuilt_rows import (
    Version,
    closure_row,
    file_row,
    fill_case,
    inspection_row,
    made_row,
    needed_time,
    package_row,
    step_row,
)

ACTOR = "system:rebuild"
PREFIX = "urn:uuid:"
MOST_DOCUMENT = 64 << 20
_GRAVITY = (Outcome.FAILED, Outcome.NEEDS_PERSON, Outcome.WARNED, Outcome.PASSED)
Looked = dict[str, tuple[Reading, str]]


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
    rows = PackageVersion.objects.filter(object_id=object_id, stored_at__isnull=False)
    known = dict(rows.values_list("number", "inventory_sha512"))
    if any(digests.get(number) != digest for number, digest in known.items()):
        raise _LeftError("inventory_differs", object_id)
    lacking = [number for number in digests if number not in known]
    if lacking:
        _sound(table.store, object_id)
        for number in lacking:
            _version(_version_of(table.store, inventory, number, digests[number]), table, done, now)
        _finish(_case_key(object_id), table, done)
    done.known_versions += len(digests)


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
            counts = _Writing(version, told, looked, now).write()
    except NotRetoldError as error:
        raise _LeftError("package_not_ours", str(error)) from error
    except (DomainError, ValueError, KeyError) as error:
        raise _LeftError("package_says_too_little", f"{type(error).__name__} {error}"[:300]) from error
    except IntegrityError as error:
        raise _LeftError("contradicts_rows", str(error)[:300]) from error
    done.cases += counts[0]
    done.files += counts[1]
    done.packages += 1


def _looked(version: Version, told: ToldPackage, table: RebuildTable) -> Looked:
    paths = [file.path for file in told.files]
    if lost := [path for path in paths if path not in version.manifest]:
        raise NotRetoldError(lost[0])
    places = [(table.store.content_location(version.object_id, version.manifest[path][0]), path) for path in paths]
    return dict(zip(paths, table.examiner.examine(places), strict=True))


class _Writing:
    """Writes the rows of one version, in the transaction of the caller."""

    def __init__(self, version: Version, told: ToldPackage, looked: Looked, now: datetime) -> None:
        self.version, self.told, self.looked, self.now = version, told, looked, now
        self.found = Case.objects.select_for_update().filter(pk=version.case_key).first()
        self.case = self.found or Case(key=version.case_key, state=CaseState.EXPECTED.value)

    def write(self) -> tuple[int, int]:
        """Write arrivals first, then what refers to the number of their event; return new cases and files."""
        basis = basis_of(self.told, now=self.now)
        counters, moved = counters_of(self.told)
        fill_case(self.case, self.told, basis, self.version)
        files, steps, closures = self._arrivals()
        new: list[ProtectedRow] = [*basis.new, *counters, *([] if self.found else [self.case])]
        changed: list[ProtectedRow] = [*moved, *([self.case] if self.found else [])]
        event = journal.record(self._entry("arrivals"), new=[*new, *files, *steps, *closures], changed=changed)
        self._packed(event.id)
        texts = [FileText(file=row, content=packed_text(self._text(row))) for row in files if self._text(row)]
        FileText.objects.bulk_create(texts)
        return int(self.found is None), len(files)

    def _arrivals(self) -> tuple[list[CaseFile], list[CaseStep], list[Closure]]:
        known = {row.file_key: row.sha256 for row in CaseFile.objects.filter(case_id=self.case.key)}
        steps = set(CaseStep.objects.filter(case_id=self.case.key).values_list("step_key", flat=True))
        sent = [file for file in self.told.files if not file.made]
        if other := [file.key for file in sent if known.get(file.key, file.said["sha256"]) != file.said["sha256"]]:
            raise IntegrityError(f"file {other[0]}")
        place = self.version.manifest
        return (
            [
                file_row(self.case, file, place[file.path], self.looked[file.path][0])
                for file in sent
                if file.key not in known
            ],
            [step_row(self.case, said, self.now) for said in self.told.steps if said["step_key"] not in steps],
            [] if Closure.objects.filter(case_id=self.case.key).exists() else [self._closure()],
        )

    def _closure(self) -> Closure:
        return closure_row(self.case, self.told, self.now)

    def _packed(self, through: int) -> None:
        case = self.case
        case.inspected_through = through
        package = package_row(case, self.told, self.version, through=through)
        case.file_count = package.file_count
        keys = {file.path: file.key for file in self.told.files}
        made = [
            made_row(case, file, self.version, keys, self.looked[file.path]) for file in self.told.files if file.made
        ]
        inspection = self._inspection()
        journal.record(self._entry("package"), new=[package, *made, *inspection], changed=[case])
        ask_for_copies(package, now=self.now)

    def _inspection(self) -> list[Inspection]:
        last = Inspection.objects.filter(case_id=self.case.key).order_by("-number").values_list("number", flat=True)
        made = inspection_row(self.case, self.told, (last.first() or 0) + 1)
        if made is None:
            return []
        row, report = made
        outcomes = {f.outcome for f in report.findings if f.is_blocking or f.outcome != Outcome.NEEDS_PERSON}
        row.outcome = next((each for each in _GRAVITY if each in outcomes), Outcome.NOT_CHECKED).value
        self.case.outcome, self.case.blocking_count = row.outcome, len(report.blocking_findings())
        return [row]

    def _entry(self, part: str) -> journal.Entry:
        facts = {
            "part": part,
            "case_number": self.case.case_number,
            "version": self.version.number,
            "object_id": self.version.object_id,
            "inventory_sha512": self.version.inventory_sha512,
        }
        return journal.Entry(Event.CASE_REBUILT, ACTOR, self.now, self.case.key, facts)

    def _text(self, row: CaseFile) -> str:
        return next((self.looked[f.path][1] for f in self.told.files if f.key == row.file_key), "")


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
