"""Rows of a case made of what its package tells. What a package does not tell stays empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jingui.db.models import Case, CaseFile, CaseStep, Closure, Inspection, MadeFile, PackageVersion
from jingui.domain.capture.messages import CaseMessage, ClosureMessage, StepMessage
from jingui.domain.capture.sameness import message_digest, message_text
from jingui.domain.inspection.report import Report, report_from_dict
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.facts import ApplicantFact, Reading
from jingui.domain.records.readings import reading_to_dict
from jingui.domain.records.terms import Channel, ClosureKind
from jingui.formats.packages.retold import ToldFile, ToldPackage, Values
from jingui.formats.pages.glyphs import searchable
from jingui.usecases.preservation.rebuilt_catalogue import Basis
from jingui.usecases.preservation.rebuilt_words import file_message, needed_time, theme_of, time_of

Place = list[Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an object as its inventory tells it. ``manifest``: logical path → [content path, sha512, bytes]."""

    case_key: UUID
    object_id: str
    number: int
    inventory_sha512: str
    created: datetime
    manifest: Mapping[str, Place]


def fill_case(case: Case, told: ToldPackage, basis: Basis, version: Version) -> None:
    """Put into the row of a case what its newest package says. Raises ValueError, KeyError."""
    base, closed = told.base, needed_time(told.base["transact_time"])
    if not case.message:
        message = _case_message(told, basis)
        case.message, case.message_sha256 = message_text(message), message_digest("case", message)
        case.opened_at = case.announced_at = _earliest(told, version.created)
    case.source, case.agency, case.plan = basis.source, basis.agency, basis.plan_row
    case.title, case.case_number = base["project_name"], base["project_id"]
    case.item_code, case.item_name = base["task_code"], base["task_name"]
    case.applicant_name, case.channel = base.get("apply_name", ""), base.get("source_channel", "")
    case.department = base.get("lead_department", "")
    case.received_at, case.promised_at = needed_time(base["receive_time"]), time_of(base.get("promise_time", ""))
    case.closed_at, case.closure_kind, case.year = closed, base["closure_kind"], closed.year
    case.retention, case.security_classification = base["retention_period"], base["security_classification"]
    case.category = str(basis.plan_row.content["category"])
    case.archival_code = base.get("archival_code") or None
    case.record_code = base.get("electronic_record_code") or None
    case.state, case.version, case.preserved_at = CaseState.PRESERVED.value, version.number, packed_at(told, version)
    case.is_late_event, case.is_late_arrival = "late_event" in told.flags, "late_arrival" in told.flags


def packed_at(told: ToldPackage, version: Version) -> datetime:
    """Return when a version was packed: the package tells it finer than the inventory, whose times are whole seconds."""
    return time_of(told.base.get("archive_time", "")) or version.created


def _earliest(told: ToldPackage, default: datetime) -> datetime:
    return min((needed_time(file.received_at) for file in told.files if not file.made), default=default)


def _case_message(told: ToldPackage, basis: Basis) -> CaseMessage:
    base, region = told.base, told.base.get("region_code", "")
    return CaseMessage(
        case_number=base["project_id"],
        title=base["project_name"],
        item_code=base["task_code"],
        applicant=ApplicantFact(
            name=base.get("apply_name", ""),
            kind=base.get("apply_type", ""),
            id_type=base.get("card_type", ""),
            id_number=base.get("contacted_card", ""),
            address=base.get("address", ""),
            agent=base.get("agent", ""),
            legal_representative=base.get("legal_man", ""),
        ),
        received_at=needed_time(base["receive_time"]),
        accepted_at=time_of(told.course.accepted_at),
        promised_at=time_of(base.get("promise_time", "")),
        channel=Channel(base.get("source_channel") or Channel.OTHER),
        department=base.get("lead_department", ""),
        region_code="" if region == basis.agency.region_code else region,
        situations=told.course.situations,
        metadata=dict(told.metadata),
        theme=theme_of(told),
    )


def file_row(case: Case, file: ToldFile, place: Place, reading: Reading) -> CaseFile:
    """Make the row of a captured file; its kind is what the readers say of the bytes. Raises ValueError, KeyError."""
    said = file.said
    message, digest = file_message(file)
    return CaseFile(
        case=case,
        file_key=message.file_key,
        name=message.name,
        material_code=message.material_code,
        title=message.title,
        step=message.step,
        formed_at=said.get("computer_file_creation_time", ""),
        received_at=needed_time(file.received_at),
        bytes=place[2],
        sha256=said["sha256"],
        sm3=said["sm3"],
        sha512=place[1],
        format_name=reading.format_name,
        format_version=reading.format_version,
        mime_type=reading.mime_type,
        staged_token="",
        message_sha256=digest,
        replaces=message.replaces,
    )


def made_row(
    case: Case, file: ToldFile, version: Version, keys: Mapping[str, str], found: tuple[Reading, str]
) -> MadeFile:
    """Make the row of a document that the archive made; ``keys``: path → file key. Raises ValueError, KeyError."""
    said, reading = file.said, found[0]
    return MadeFile(
        case=case,
        version=version.number,
        file_key=file.key,
        kind=file.made.get("made_kind", ""),
        beside=keys.get(file.made.get("made_from", ""), ""),
        name=said["original_file_name"],
        title=said.get("file_actual_name", ""),
        material_code=said.get("file_code", ""),
        logical_path=file.path,
        made_at=time_of(file.received_at) or version.created,
        bytes=version.manifest[file.path][2],
        sha256=said["sha256"],
        sm3=said["sm3"],
        format_name=reading.format_name,
        format_version=reading.format_version,
        mime_type=reading.mime_type,
        page_count=int(said.get("page_count") or 0),
        text=searchable(found[1]),
    )


def step_row(case: Case, said: Values, now: datetime) -> CaseStep:
    """Make the row of a step. Raises ValueError, KeyError."""
    message = StepMessage(
        step_key=said["step_key"],
        name=said["step_name"],
        started_at=needed_time(said["start_time"]),
        ended_at=time_of(said.get("end_time", "")),
        handler=said.get("handler", ""),
        unit=said.get("unit", ""),
        opinion=said.get("opinion", ""),
        action=said.get("action", ""),
    )
    return CaseStep.of(case, message, now=now)


def closure_row(case: Case, told: ToldPackage, now: datetime) -> Closure:
    """Make the row of how a case ended. Raises ValueError, KeyError."""
    base = told.base
    message = ClosureMessage(
        kind=ClosureKind(base["closure_kind"]),
        closed_at=needed_time(base["transact_time"]),
        result=base.get("result", ""),
        result_number=base.get("result_code", ""),
        handler=told.course.handler,
        declared_files=told.course.declared_files,
        declared_steps=told.course.declared_steps,
        declared_bytes=told.course.declared_bytes,
    )
    return Closure(
        case=case,
        kind=message.kind.value,
        closed_at=message.closed_at,
        received_at=now,
        message=message_text(message),
        message_sha256=message_digest("closure", message),
    )


def package_row(case: Case, told: ToldPackage, version: Version, *, through: int) -> PackageVersion:
    """Make the row of a version."""
    sent = [file for file in told.files if not file.made]
    prefix = f"v{version.number}/"
    own = {place[0]: place[2] for place in version.manifest.values() if place[0].startswith(prefix)}
    return PackageVersion(
        case=case,
        number=version.number,
        object_id=version.object_id,
        inventory_sha512=version.inventory_sha512,
        manifest=dict(version.manifest),
        arranged={file.key: file.path for file in sent},
        through_event=through,
        file_count=len(sent),
        bytes=sum(own.values()),
        built_at=packed_at(told, version),
        stored_at=packed_at(told, version),
    )


def inspection_row(
    case: Case, told: ToldPackage, number: int, readings: Mapping[str, Reading]
) -> tuple[Inspection, Report] | None:
    """Make the row of the inspection that the package keeps; nothing if it keeps none. Raises Invalid, ValueError."""
    if told.report is None:
        return None
    report = report_from_dict(told.report)
    row = Inspection(
        case=case,
        number=number,
        at=report.inspected_at,
        outcome="",
        is_blocked=report.is_blocked,
        report=told.report,
        readings={key: reading_to_dict(reading) for key, reading in readings.items()},
    )
    return row, report
