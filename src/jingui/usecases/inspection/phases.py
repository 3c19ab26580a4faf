"""Phases 移交与接收 and 长期保存: a package is read anew, and the rules of the phase look at it.

Nothing is taken from what was found before: files are digested and opened again, signatures of the package verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, PackageVersion, PhaseInspection
from jingui.db.queries.custody import custody_of
from jingui.db.queries.facts import case_fact, current_files, stored_plan
from jingui.db.queries.locations import file_locations
from jingui.db.queries.rows import find_row, get_case
from jingui.db.tallies import tally
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, NotFound
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.inspecting import inspect
from jingui.domain.inspection.report import Report, gravest, report_to_dict
from jingui.domain.lifecycle import CaseState
from jingui.domain.metadata.base_information import RecordCodes, base_values
from jingui.domain.packaging.packages import SignatureVerifier
from jingui.domain.records.facts import CaseFact, FileFact, Plan, Reading
from jingui.domain.records.terms import Retention
from jingui.formats.packages.check import judge_evidence
from jingui.formats.packages.evidence import Evidence, gather
from jingui.formats.packages.looked_over import facts_of
from jingui.formats.packages.national_draft import SPEC
from jingui.formats.packages.sources import PackageSource
from jingui.ports.packages import PackageReader
from jingui.usecases.inspection.archiving import TOOL, Bench, context_of
from jingui.usecases.inspection.detached import members_of_facts, with_detached
from jingui.usecases.inspection.looking import code_scopes, scanner_fact, scheme_of_case
from jingui.usecases.inspection.made import made_faults

SAMPLED_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PhaseBench:
    """What an inspection of a package needs: that of a case, what verifies signatures, and the keys trusted here (PEM).

    ``packages`` reads packages of other forms than the sealed one; without it they are refused.
    """

    bench: Bench
    verify: SignatureVerifier
    trusted_keys: Sequence[str]
    packages: PackageReader | None = None


def inspect_record(
    case_key: UUID, phase: InspectionPhase, *, at_hand: PhaseBench, actor: str, now: datetime
) -> PhaseInspection:
    """Inspect the newest stored version of a record, and keep the report.

    Raises:
        NotFound: there is no such case.
        Conflict: ``not_preserved``, it has no stored version.
    """
    try:
        case = get_case(case_key)
    except Case.DoesNotExist as error:
        raise NotFound("not_found") from error
    condition = "case_id = %s AND stored_at IS NOT NULL ORDER BY number DESC LIMIT 1"
    package = find_row(PackageVersion, condition, case_key)
    if package is None:
        raise Conflict("not_to_inspect_now")
    report = _report_of_record(case, package, phase, at_hand, now)
    row = PhaseInspection(case=case, subject=package.object_id, version=package.number)
    return keep_report(row, report, case, actor, now)


def keep_report(row: PhaseInspection, report: Report, case: Case | None, actor: str, now: datetime) -> PhaseInspection:
    """Save the row of an inspection with its report, journal event and tallies, in one transaction."""
    row.phase, row.at, row.by = report.phase.value, now, actor
    row.outcome, row.is_blocked = gravest(report).value, report.is_blocked
    row.report = report_to_dict(report)
    facts = {
        "phase": row.phase,
        "subject": row.subject,
        "version": row.version,
        "outcome": row.outcome,
        "counts": report.counts(),
    }
    with transaction.atomic():
        entry = journal.Entry(Event.PHASE_INSPECTED, actor, now, case.key if case else None, facts)
        journal.record(entry, new=[row])
        tally(report, case, number=row.version, at=now)
    return row


def _report_of_record(
    case: Case, package: PackageVersion, phase: InspectionPhase, at_hand: PhaseBench, now: datetime
) -> Report:
    bench, plan = at_hand.bench, stored_plan(case.plan_id)
    evidence = gather(_stored_source(package, bench), spec=SPEC)
    found = tuple(judge_evidence(evidence, at_hand.verify, at_hand.trusted_keys))
    facts = facts_of(evidence, found, tool=TOOL)
    facts = replace(facts, faults=(*facts.faults, *made_faults(package, examiner=bench.examiner, store=bench.store)))
    if not bench.store.has_version(package.object_id, package.number, package.inventory_sha512):
        facts = replace(facts, faults=(*facts.faults, ("not_as_ingested", package.object_id, "inventory.json")))
    rows = [row for row in current_files(case, case.inspected_through) if row.file_key in package.arranged]
    fact = case_fact(case, plan, through=case.inspected_through, files=rows)
    places = [path for path, _ in _present(case, rows, bench)]
    fact = replace(fact, files=looked_at(fact.files, _measured_at(evidence, package), places, bench, now))
    context = replace(
        context_of(case, plan, now),
        scanner=scanner_fact(bench.scanner),
        package=facts,
        stored_values=_stored_values(case, fact, plan),
        codes=(case.archival_code or "", case.record_code or ""),
        code_scopes=code_scopes(case, fact, plan) if package.number == 1 else None,
        number_series={"file_sequence": sequences_of(evidence)},
        custody=custody_of(package.object_id) if phase is InspectionPhase.PRESERVATION else None,
    )
    return inspect(fact, plan, facts=context, now=now, scheme=scheme_of_case(case, phase))


def _stored_source(package: PackageVersion, bench: Bench) -> PackageSource:
    sizes = {}
    for logical, (place, _, told) in package.manifest.items():
        try:
            sizes[logical] = bench.store.content_location(package.object_id, place).stat().st_size
        except OSError:
            sizes[logical] = int(told)  # its bytes are gone, which reading it says

    def open_file(logical: str) -> BinaryIO:
        return bench.store.open_content(package.object_id, package.manifest[logical][0])

    return PackageSource(sizes, open_file)


def _present(case: Case, rows: list[CaseFile], bench: Bench) -> Iterator[tuple[Path | None, str]]:
    for row in rows:
        try:
            yield from file_locations(case, [row], store=bench.store, staging=bench.staging)
        except OSError:
            yield None, row.name


Measure = Callable[[FileFact], tuple[int | None, str | None]]


def _measured_at(evidence: Evidence, package: PackageVersion) -> Measure:
    def measure(file: FileFact) -> tuple[int | None, str | None]:
        found = evidence.measured.get(package.arranged[file.key])
        return (found.size, found.digests["sha256"]) if found else (None, None)

    return measure


def looked_at(
    files: tuple[FileFact, ...], measure: Measure, places: Sequence[Path | None], bench: Bench, now: datetime
) -> tuple[FileFact, ...]:
    """Open every file anew and let the scanner look through it; one whose bytes are gone stays unread."""
    there = [(file, path) for file, path in zip(files, places, strict=True) if path is not None]
    found = bench.examiner.examine([(path, file.name) for file, path in there])
    readings: dict[str, Reading] = {file.key: reading for (file, _), (reading, _) in zip(there, found, strict=True)}
    opened = {file.key: path for file, path in there}
    readings = with_detached(members_of_facts(files, readings), opened, desk=bench.desk, now=now)
    scanner = scanner_fact(bench.scanner)
    scans = {}
    if bench.scanner and scanner and not scanner.problem:
        scans = {file.key: bench.scanner.scan(path) for file, path in there}
    return tuple(
        replace(
            file,
            stored_bytes=measure(file)[0],
            stored_sha256=measure(file)[1],
            reading=readings.get(file.key),
            malware=scans.get(file.key),
        )
        for file in files
    )


def _stored_values(case: Case, fact: CaseFact, plan: Plan) -> dict[str, str]:
    """Return the metadata as the database tells them now, but those that packing itself made."""
    codes = RecordCodes(electronic_record_code=case.record_code or "", archival_code=case.archival_code or "")
    values = base_values(fact, replace(plan, retention=Retention(case.retention)) if case.retention else plan, codes)
    made = {"archive_time", "archives_name", "archives_identifier", "information_system_description", "total_number"}
    return {name: value for name, value in values.items() if name not in made}


def sequences_of(evidence: Evidence) -> tuple[int, ...]:
    """Return the sequence numbers that a package's catalogue gives its files, as far as they are numbers."""
    root = evidence.roots.get(SPEC.catalogue)
    texts = [element.text or "" for element in root.iterfind("file/sequence")] if root is not None else []
    return tuple(int(text) for text in texts if text.isascii() and text.isdigit())


def next_due(*, before: datetime, after: tuple[datetime, UUID] | None) -> Case | None:
    """Return the record that was preserved first, after a place in that order, and not inspected since ``before``."""
    rows = Case.objects.filter(state=CaseState.PRESERVED, preserved_at__lt=before)
    if after:
        rows = rows.filter(preserved_at__gte=after[0]).exclude(pk=after[1])
    recent = PhaseInspection.objects.filter(phase=InspectionPhase.PRESERVATION.value, at__gte=before)
    return rows.exclude(pk__in=recent.values("case_id")).order_by("preserved_at", "pk").first()


def due_before(now: datetime, days: int) -> datetime:
    """Return the moment before which an inspection must lie for the next one to be due."""
    return now - timedelta(days=days)


def inspect_kept(case_key: UUID, *, at_hand: PhaseBench, now: datetime) -> PhaseInspection | None:
    """Inspect one record as its yearly inspection (长期保存) asks."""
    return inspect_record(case_key, InspectionPhase.PRESERVATION, at_hand=at_hand, actor="system:inspection", now=now)


def inspect_next_due(
    *, at_hand: PhaseBench, days: int, after: tuple[datetime, UUID] | None, now: datetime
) -> PhaseInspection | None:
    """Inspect one record whose yearly inspection is due; nothing if none is."""
    case = next_due(before=due_before(now, days), after=after) if days else None
    return inspect_kept(case.key, at_hand=at_hand, now=now) if case else None
