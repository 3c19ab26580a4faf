"""Inspection (四性检测): files are opened outside any transaction, then the rules decide inside one.

A blocked case is held with its findings and a receipt to its source; a sound file sent later lets it through.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from jingui import __version__
from jingui.db import journal
from jingui.db.models import Case, CaseFile, Inspection, Receipt
from jingui.db.queries.documents import packed_text
from jingui.db.queries.facts import case_fact, current_files, newest_arrival, newest_captured, stored_plan
from jingui.db.queries.inspection_statements import statements_of
from jingui.db.queries.inspections import kept_readings, last_inspection
from jingui.db.queries.locations import file_locations
from jingui.db.queries.origins import waiting_files
from jingui.db.queries.rows import find_rows, get_case
from jingui.db.receipts import stage_receipt
from jingui.db.statements import column_value
from jingui.db.tallies import tally
from jingui.domain.audit.events import Event
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.inspecting import inspect
from jingui.domain.inspection.report import Report, gravest, report_to_dict
from jingui.domain.inspection.subject import InspectionContext, ScannerFact
from jingui.domain.lifecycle import CaseState, move
from jingui.domain.metadata.inventory import take_inventory
from jingui.domain.metadata.scheme import scheme_of
from jingui.domain.records.facts import CaseFact, MalwareResult, Plan, Reading
from jingui.domain.records.readings import reading_to_dict
from jingui.domain.records.receipts import ReceiptKind
from jingui.formats.digests import digest_file
from jingui.ports import Examiner, MalwareScanner, PreservationStore, SignatureDesk, Signer, StagingArea
from jingui.usecases.inspection.detached import members_of_rows, with_detached
from jingui.usecases.inspection.looking import format_judge, scanner_fact, scheme_of_case

ACTOR = "system:inspection"
TOOL = f"金匮 {__version__}"


@dataclass(frozen=True, slots=True)
class Bench:
    """What an inspection needs at hand."""

    examiner: Examiner
    staging: StagingArea
    store: PreservationStore
    signer: Signer
    scanner: MalwareScanner | None = None
    desk: SignatureDesk | None = None


def inspect_case(case_key: UUID, *, bench: Bench, now: datetime) -> CaseState:
    """Inspect a case as it stands and move it on, or hold it.

    What arrives while files are being opened is not part of this inspection and asks for another one.
    """
    case = get_case(case_key)
    through = newest_arrival(case_key)
    files = current_files(case, through)
    readings, texts = _readings(case, files, bench)
    readings = _with_detached(case, files, readings, bench, now)
    scanner = scanner_fact(bench.scanner)
    scans = _scans(case, files, bench, scanner)
    examined = Examined(through, files, readings, texts, _stored_digests(case, files, bench), scans, scanner)
    with transaction.atomic():
        locked = get_case(case_key, is_locked=True)
        return _decide(locked, examined, bench, now)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found: for which arrivals and files, what the readers say per file key, texts still to be kept.

    ``stored``: per file key, the SHA-256 of the bytes as they lie on the disk now; ``scans``: what the malware scanner said.
    """

    through: int
    files: list[CaseFile]
    readings: dict[str, Reading]
    texts: dict[UUID, str]
    stored: dict[str, str]
    scans: dict[str, MalwareResult]
    scanner: ScannerFact | None


def _readings(case: Case, files: list[CaseFile], bench: Bench) -> tuple[dict[str, Reading], dict[UUID, str]]:
    known = kept_readings(last_inspection(case.key))
    fresh = [row for row in files if row.file_key not in known or _may_be_better(known[row.file_key])]
    found = bench.examiner.examine(list(file_locations(case, fresh, store=bench.store, staging=bench.staging)))
    texts = {}
    for row, (reading, text) in zip(fresh, found, strict=True):
        known[row.file_key] = reading
        if text:
            texts[row.key] = text
    standing = {row.file_key for row in files}
    return {key: value for key, value in known.items() if key in standing}, texts


def _with_detached(
    case: Case, files: list[CaseFile], readings: dict[str, Reading], bench: Bench, now: datetime
) -> dict[str, Reading]:
    members = members_of_rows(files, readings)
    if not any(member.is_signature for member in members):
        return readings
    places = file_locations(case, files, store=bench.store, staging=bench.staging)
    by_key = {row.file_key: path for row, (path, _) in zip(files, places, strict=True)}
    return with_detached(members, by_key, desk=bench.desk, now=now)


def _stored_digests(case: Case, files: list[CaseFile], bench: Bench) -> dict[str, str]:
    """Digest the kept bytes anew, so that what is inspected is what was captured (GD-1-1)."""
    places = file_locations(case, files, store=bench.store, staging=bench.staging)
    return {
        row.file_key: digest_file(path, ("sha256",))["sha256"] for row, (path, _) in zip(files, places, strict=True)
    }


def _scans(case: Case, files: list[CaseFile], bench: Bench, scanner: ScannerFact | None) -> dict[str, MalwareResult]:
    if bench.scanner is None or scanner is None or scanner.problem:
        return {}
    places = file_locations(case, files, store=bench.store, staging=bench.staging)
    return {row.file_key: bench.scanner.scan(path) for row, (path, _) in zip(files, places, strict=True)}


_PASSING_DEFECTS = frozenset({"reader_crashed", "reader_timeout", "reader_out_of_memory"})


def _may_be_better(reading: Reading) -> bool:
    """Say whether looking again may tell more: the reader broke down, or signatures may meet another trust list."""
    return bool(reading.signatures) or any(code in _PASSING_DEFECTS for code, _ in reading.defects)


def _decide(case: Case, examined: Examined, bench: Bench, now: datetime) -> CaseState:
    plan = stored_plan(case.plan_id)
    fact = case_fact(case, plan, through=examined.through, readings=examined.readings, files=examined.files)
    kept = tuple(
        replace(file, stored_sha256=examined.stored[file.key], malware=examined.scans.get(file.key))
        for file in fact.files
    )
    facts = replace(context_of(case, plan, now), scanner=examined.scanner)
    scheme = scheme_of_case(case, InspectionPhase.ARCHIVING)
    report = inspect(replace(fact, files=kept), plan, facts=facts, now=now, scheme=scheme)
    is_late = case.state == CaseState.PRESERVED.value and newest_captured(case.key) > case.inspected_through
    state = move(CaseState(case.state), CaseState.HELD if report.is_blocked else CaseState.INSPECTED)
    _write_case(case, state, fact, plan, report)
    case.inspected_through = examined.through
    case.is_late_arrival = case.is_late_arrival or is_late
    inspection = _inspection(case, report, examined.readings, now)
    new: list[Any] = [inspection]
    if report.is_blocked:
        new.append(held_receipt(case, inspection, report, bench.signer, now))
    kind = Event.CASE_HELD if report.is_blocked else Event.CASE_INSPECTED
    told = {"case_number": case.case_number, "inspection": inspection.number, "counts": report.counts()}
    journal.record(journal.Entry(kind, ACTOR, now, case.key, told), new=new, changed=[case])
    tally(report, case, number=inspection.number, at=now)
    _keep_texts(examined.texts)
    return state


# The index of case numbers begins with the source; without naming all sources every case would be looked through.
_SAME_NUMBER = (
    "source_id IN (SELECT key FROM jingui_source) AND case_number = %s"
    " AND key <> %s AND message <> '' AND agency_id = %s LIMIT 5"
)


def context_of(case: Case, plan: Plan, now: datetime) -> InspectionContext:
    """Look up what else the rules may want to know: other cases that hold a value that must be unique."""
    others = find_rows(Case, _SAME_NUMBER, case.case_number, case.key, case.agency_id)
    same = tuple(f"{row.source_id.hex}/{row.case_number}" for row in others)
    return InspectionContext(
        profile=scheme_of(plan.metadata_rules),
        same_values={"project_id": same} if same else {},
        waiting_files=waiting_files(case),
        statements=statements_of(case, now),
        tool=TOOL,
        judge_format=format_judge(),
    )


def _write_case(case: Case, state: CaseState, fact: CaseFact, plan: Plan, report: Report) -> None:
    case.state = state.value
    case.outcome = gravest(report).value
    case.blocking_count = len(report.blocking_findings())
    case.missing_count = len(take_inventory(plan, fact).missing)
    case.file_count = len(fact.files)
    closed_at = fact.closure.closed_at if fact.closure else None
    case.is_late_event = bool(closed_at and any(step.started_at > closed_at for step in fact.steps))


def _inspection(case: Case, report: Report, readings: dict[str, Reading], now: datetime) -> Inspection:
    last = last_inspection(case.key)
    return Inspection(
        case=case,
        number=last.number + 1 if last else 1,
        at=now,
        outcome=case.outcome,
        is_blocked=report.is_blocked,
        report=report_to_dict(report),
        readings={key: reading_to_dict(reading) for key, reading in readings.items()},
    )


def held_receipt(case: Case, inspection: Inspection, report: Report, signer: Signer, now: datetime) -> Receipt:
    """Return the receipt that tells the source what holds its case."""
    findings = [{"rule": f.rule, "code": f.code, "location": f.location} for f in report.blocking_findings()]
    subject = {"inspection": inspection.number, "findings": findings}
    kind = ReceiptKind.CASE_HELD
    return stage_receipt(case, kind, number=inspection.number, subject=subject, signer=signer, at=now)


_PUT_TEXT = (
    "INSERT INTO jingui_file_text (file_id, content) VALUES (%s, %s)"
    " ON CONFLICT (file_id) DO UPDATE SET content = excluded.content"
)


def _keep_texts(texts: dict[UUID, str]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(_PUT_TEXT, [(column_value(key), packed_text(text)) for key, text in texts.items()])
