"""Packaging (封装): the package is written beside the store, durable and sealed, before anything says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui import __version__
from jingui.db import journal
from jingui.db.models import Case, CaseFile, Inspection, PackageVersion
from jingui.db.queries.facts import case_fact, current_files, stored_plan
from jingui.db.queries.rows import find_row, get_case
from jingui.domain.arrangement.arranging import arrange
from jingui.domain.audit.events import Event
from jingui.domain.lifecycle import CaseState, move
from jingui.domain.metadata.base_information import RecordCodes, base_values
from jingui.domain.metadata.elements import ELEMENTS
from jingui.domain.packaging.packages import PackageFile
from jingui.domain.packaging.records import ArchivedRecord, ArrangedFile
from jingui.domain.records.canonical import canonical_json
from jingui.domain.records.facts import CaseFact, Plan
from jingui.formats.packages import national_draft
from jingui.ports import BuiltVersion, Content, PreservationStore, Signer, VersionSpec

ACTOR = "system:packaging"
LAYOUTS = {"national-draft": national_draft.layout}


@dataclass(frozen=True, slots=True)
class PackingTable:
    """What packaging needs at hand. ``archives_name`` is printed into the package."""

    store: PreservationStore
    signers: Sequence[Signer]
    archives_name: str


def package_case(case_key: UUID, *, table: PackingTable, now: datetime) -> CaseState:
    """Build the next version of a case's package and note it; building again after a break starts afresh."""
    case = get_case(case_key)
    move(CaseState(case.state), CaseState.PACKAGED)
    plan = stored_plan(case.plan_id)
    rows = {row.file_key: row for row in current_files(case, case.inspected_through)}
    fact = case_fact(case, plan, through=case.inspected_through, files=list(rows.values()))
    record = _record(case, fact, table, now)
    files = LAYOUTS[plan.package_profile](record, signers=table.signers)
    contents = tuple(_content(file, rows) for file in files)
    built = table.store.build(_spec(case, contents, table, now))
    with transaction.atomic():
        return _note(case_key, built, record, contents, now)


def object_id(case_key: UUID) -> str:
    """Return the identity of a case's object in the store; it never changes."""
    return f"urn:uuid:{case_key}"


def _record(case: Case, fact: CaseFact, table: PackingTable, now: datetime) -> ArchivedRecord:
    plan = stored_plan(case.plan_id)
    inspection = find_row(Inspection, "case_id = %s ORDER BY number DESC LIMIT 1", case.key)
    if inspection is None:  # the lifecycle has no way here without one
        message = f"case {case.key} has no inspection"
        raise RuntimeError(message)
    return ArchivedRecord(
        case=fact,
        plan=plan,
        archival_code=case.archival_code or "",
        record_code=case.record_code or "",
        version=case.version + 1,
        files=_arranged(fact, plan),
        base_elements=_base_elements(case, fact, plan, table, now),
        report=canonical_json(inspection.report),
        packaged_at=now,
        inspected_at=inspection.at,
        flags=flags_of(case),
        system_version=__version__,
    )


def flags_of(case: Case) -> tuple[str, ...]:
    """Return what is unusual about a case, as stable codes."""
    flags = (("late_event", case.is_late_event), ("late_arrival", case.is_late_arrival))
    return tuple(name for name, is_set in flags if is_set)


def _arranged(fact: CaseFact, plan: Plan) -> tuple[ArrangedFile, ...]:
    facts = {file.key: file for file in fact.files}
    return tuple(
        ArrangedFile(place.sequence, place.folder, place.stored_name, facts[place.file_key])
        for place in arrange(fact, plan)
    )


def _base_elements(
    case: Case, fact: CaseFact, plan: Plan, table: PackingTable, now: datetime
) -> tuple[tuple[str, str, str], ...]:
    codes = RecordCodes(
        electronic_record_code=case.record_code or "",
        archival_code=case.archival_code or "",
        archive_time=now,
        archives_name=table.archives_name,
        information_system_description=f"金匮 {__version__}；来源系统：{case.source.name}",
    )
    values = base_values(fact, plan, codes)
    return tuple((element.identifier, element.title, values[element.identifier]) for element in ELEMENTS)


def _content(file: PackageFile, rows: dict[str, CaseFile]) -> Content:
    token = rows[file.file_key].staged_token if file.file_key else ""
    return Content(file.logical_path, file.digests, file.size, staged_token=token, data=file.data)


def _spec(case: Case, contents: tuple[Content, ...], table: PackingTable, now: datetime) -> VersionSpec:
    return VersionSpec(
        object_id=object_id(case.key),
        number=case.version + 1,
        contents=contents,
        message="归档" if case.version == 0 else "办结后到达的材料归入新版本",
        user=table.archives_name,
        created=now,
    )


def _note(
    case_key: UUID, built: BuiltVersion, record: ArchivedRecord, contents: tuple[Content, ...], now: datetime
) -> CaseState:
    case = get_case(case_key, is_locked=True)
    case.state = move(CaseState(case.state), CaseState.PACKAGED).value
    previous = find_row(PackageVersion, "case_id = %s AND number = %s", case.key, built.number)
    package = previous or PackageVersion(case=case, number=built.number)
    package.object_id = built.object_id
    package.inventory_sha512 = built.inventory_sha512
    package.manifest = {
        c.logical_path: [built.content_paths[c.logical_path], c.digests.sha512, c.bytes] for c in contents
    }
    package.arranged = {file.fact.key: file.path for file in record.files}
    package.through_event = case.inspected_through
    package.file_count = len(record.files)
    package.bytes = built.bytes
    package.built_at = now
    facts = {"case_number": case.case_number, "version": built.number, "inventory_sha512": built.inventory_sha512}
    entry = journal.Entry(Event.CASE_PACKAGED, ACTOR, now, case.key, facts)
    journal.record(entry, new=[] if previous else [package], changed=[case, package] if previous else [case])
    return CaseState.PACKAGED
