"""Packaging (封装): the package is written beside the store, durable and sealed, before anything says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui import __version__
from jingui.db import journal
from jingui.db.models import Case, CaseFile, Inspection, MadeFile, PackageVersion
from jingui.db.queries.converted import converted_documents, version_message
from jingui.db.queries.facts import case_fact, current_files, stored_plan
from jingui.db.queries.inspections import kept_readings, last_inspection
from jingui.db.queries.locations import file_locations
from jingui.db.queries.origins import file_origins, made_files, theme_relation
from jingui.db.queries.rows import find_row, get_case
from jingui.domain.arrangement.arranging import arrange, extension_of
from jingui.domain.arrangement.made import MadePlace, with_made
from jingui.domain.audit.events import Event
from jingui.domain.lifecycle import CaseState, move
from jingui.domain.metadata.base_information import RecordCodes, base_values
from jingui.domain.metadata.elements import ELEMENTS
from jingui.domain.metadata.retention import plan_of_case
from jingui.domain.packaging.packages import PackageFile
from jingui.domain.packaging.records import ArchivedRecord, ArrangedFile, MadeDocument
from jingui.domain.records.canonical import canonical_json
from jingui.domain.records.facts import CaseFact, Plan
from jingui.formats.inspection_reports.xml import Say, say_plainly
from jingui.formats.packages import national_draft
from jingui.formats.pages import Making, made_documents
from jingui.formats.pages.data_lines import MAX_BYTES
from jingui.ports import BuiltVersion, Content, PreservationStore, SignatureDesk, Signer, StagingArea, VersionSpec
from jingui.usecases.inspection.packages import PackageInspection, hold_package, keep_report, package_inspection
from jingui.usecases.packaging.evidence import EvidenceTable, file_signatures, gather_evidence

ACTOR = "system:packaging"
LAYOUTS = {"national-draft": national_draft.layout}


@dataclass(frozen=True, slots=True)
class PackingTable:
    """What packaging needs at hand. ``archives_name`` is printed into the package, findings are put into words by ``say``."""

    store: PreservationStore
    staging: StagingArea
    signers: Sequence[Signer]
    archives_name: str
    say: Say = say_plainly
    desk: SignatureDesk | None = None


def package_case(case_key: UUID, *, table: PackingTable, now: datetime) -> CaseState:
    """Build the next version of a case's package and note it; building again after a break starts afresh."""
    case = get_case(case_key)
    move(CaseState(case.state), CaseState.PACKAGED)
    plan = stored_plan(case.plan_id)
    rows = {row.file_key: row for row in current_files(case, case.inspected_through)}
    inspection = last_inspection(case_key)
    if inspection is None:  # the lifecycle has no way here without one
        message = f"case {case_key} has no inspection"
        raise RuntimeError(message)
    readings = kept_readings(inspection)
    fact = case_fact(case, plan, through=case.inspected_through, readings=readings, files=list(rows.values()))
    record = _record(case, fact, inspection, _making(case, fact, rows, table), table, now)
    record = _with_signatures(case, record, rows, table, now)
    looking = package_inspection(case, record, inspection, say=table.say, now=now)
    record = replace(record, reporter=looking.reporter)
    files = LAYOUTS[plan.package_profile](record, signers=table.signers)
    if looking.report.is_blocked:
        return _hold(inspection, looking, table, now)
    contents = tuple(_content(file, rows) for file in files)
    built = table.store.build(_spec(case, contents, table, now))
    looking.seal(files, built, table.store)
    if looking.report.is_blocked:
        table.store.discard_build(built.object_id)
        return _hold(inspection, looking, table, now)
    with transaction.atomic():
        return _note(case_key, built, record, contents, now, keep_report(inspection, looking.report))


def _with_signatures(
    case: Case, record: ArchivedRecord, rows: dict[str, CaseFile], table: PackingTable, now: datetime
) -> ArchivedRecord:
    """Add what is known of the signatures in the files, and the evidence for it."""
    kept: dict[str, bytes] = {}
    if table.desk:
        at_hand = EvidenceTable(table.desk, table.store, table.staging)
        kept = gather_evidence(case, record.files, rows, table=at_hand, now=now)
    return replace(record, file_signatures=file_signatures(record.files), evidence=kept)


def _hold(inspection: Inspection, looking: PackageInspection, table: PackingTable, now: datetime) -> CaseState:
    with transaction.atomic():
        return hold_package(inspection, looking.report, signer=table.signers[0], now=now)


def object_id(case_key: UUID) -> str:
    """Return the identity of a case's object in the store; it never changes."""
    return f"urn:uuid:{case_key}"


def _making(case: Case, fact: CaseFact, rows: dict[str, CaseFile], table: PackingTable) -> Making:
    def read(key: str) -> bytes:
        ((path, _),) = file_locations(case, [rows[key]], store=table.store, staging=table.staging)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)

    return Making(
        case=fact,
        plan=stored_plan(case.plan_id),
        codes=(case.archival_code or "", case.record_code or ""),
        origins=file_origins(case),
        formats={key: row.format_name for key, row in rows.items()},
        read=read,
    )


def _record(
    case: Case, fact: CaseFact, inspection: Inspection, making: Making, table: PackingTable, now: datetime
) -> ArchivedRecord:
    plan = plan_of_case(stored_plan(case.plan_id), fact)
    converted = converted_documents(case, fact, store=table.store, staging=table.staging)
    files = _arranged(fact, plan, (*made_documents(making, made_at=now), *converted))
    return ArchivedRecord(
        case=fact,
        plan=plan,
        archival_code=case.archival_code or "",
        record_code=case.record_code or "",
        version=case.version + 1,
        files=files,
        base_elements=_base_elements(case, replace(fact, files=tuple(f.fact for f in files)), plan, table, now),
        report=canonical_json(inspection.report),
        packaged_at=now,
        inspected_at=inspection.at,
        flags=flags_of(case),
        origins=making.origins,
        theme=theme_relation(case),
        system_version=__version__,
    )


def flags_of(case: Case) -> tuple[str, ...]:
    """Return what is unusual about a case, as stable codes."""
    flags = (("late_event", case.is_late_event), ("late_arrival", case.is_late_arrival))
    return tuple(name for name, is_set in flags if is_set)


def _arranged(fact: CaseFact, plan: Plan, documents: tuple[MadeDocument, ...]) -> tuple[ArrangedFile, ...]:
    made = {document.fact.key: document for document in documents}
    facts = {file.key: file for file in fact.files} | {key: document.fact for key, document in made.items()}
    places = arrange(fact, plan)
    places = with_made(places, [_made_place(document) for document in documents], plan) if documents else places
    return tuple(
        ArrangedFile(place.sequence, place.folder, place.stored_name, facts[place.file_key], made.get(place.file_key))
        for place in places
    )


def _made_place(document: MadeDocument) -> MadePlace:
    fact = document.fact
    return MadePlace(fact.key, fact.title, fact.material_code, fact.material_class, extension_of(fact), document.beside)


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
        message=version_message(case),
        user=table.archives_name,
        created=now,
    )


def _note(
    case_key: UUID,
    built: BuiltVersion,
    record: ArchivedRecord,
    contents: tuple[Content, ...],
    now: datetime,
    inspection: Inspection,
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
    sent = [file for file in record.files if not file.made]
    package.arranged = {file.fact.key: file.path for file in sent}
    package.through_event = case.inspected_through
    package.file_count = len(sent)
    package.bytes = built.bytes
    package.built_at = now
    facts = {"case_number": case.case_number, "version": built.number, "inventory_sha512": built.inventory_sha512}
    entry = journal.Entry(Event.CASE_PACKAGED, ACTOR, now, case.key, facts)
    made, old, gone = _made_rows(case, record, built.number, is_again=previous is not None)
    journal.record(
        entry,
        new=[*([] if previous else [package]), *made],
        changed=[case, inspection, *([package] if previous else []), *old],
        deleted=gone,
    )
    return CaseState.PACKAGED


def _made_rows(
    case: Case, record: ArchivedRecord, version: int, *, is_again: bool
) -> tuple[list[MadeFile], list[MadeFile], list[MadeFile]]:
    """Return the rows of documents made for a version: new ones, those of a build that broke off, and those gone."""
    rows = [_made_row(case, file, version) for file in record.files if file.made]
    before = {row.file_key: row for row in made_files(case.key, version)} if is_again else {}
    kept: list[MadeFile] = []
    for row in rows:
        if row.file_key in before:
            row.key = before.pop(row.file_key).key
            kept.append(row)
    return [row for row in rows if row not in kept], kept, list(before.values())


def _made_row(case: Case, file: ArrangedFile, version: int) -> MadeFile:
    made, fact = file.made, file.fact
    if made is None or fact.reading is None:  # only called for documents made here
        raise TypeError(file.path)
    return MadeFile(
        case=case,
        version=version,
        file_key=fact.key,
        kind=made.kind.value,
        beside=made.beside,
        name=fact.name,
        title=fact.title,
        material_code=fact.material_code,
        logical_path=file.path,
        made_at=fact.received_at,
        bytes=fact.bytes,
        sha256=fact.digests.sha256,
        sm3=fact.digests.sm3,
        format_name=fact.reading.format_name,
        format_version=fact.reading.format_version,
        mime_type=fact.reading.mime_type,
        page_count=fact.reading.page_count or 0,
        text=made.text,
    )
