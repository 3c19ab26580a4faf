"""One record and everything known of it, for its page."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from jingui.db.models import (
    Case,
    CaseFile,
    FileText,
    Inspection,
    Job,
    JournalCheckpoint,
    JournalEvent,
    MadeFile,
    PackageVersion,
    Receipt,
)
from jingui.db.queries.cases import latest_inspection, plan_of
from jingui.db.queries.facts import case_fact, current_files
from jingui.db.queries.origins import file_origins, standing_made_files
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.audit.events import Event
from jingui.domain.errors import NotFound
from jingui.domain.inspection.report import Report, report_from_dict
from jingui.domain.metadata.base_information import RecordCodes, base_values
from jingui.domain.metadata.inventory import Inventory, take_inventory
from jingui.domain.records.facts import CaseFact, Plan
from jingui.domain.records.origins import FileOrigin


@dataclass(frozen=True, slots=True)
class Record:
    """A case with what its page always needs. ``files`` are those that stand, ``replaced`` the others.

    ``made`` are the documents that the archive made for the newest version; ``origins`` say where files came from.
    """

    case: Case
    plan: Plan | None
    fact: CaseFact
    inventory: Inventory
    files: tuple[CaseFile, ...]
    replaced: tuple[CaseFile, ...]
    inspection: Inspection | None
    report: Report | None
    made: tuple[MadeFile, ...] = ()
    origins: Mapping[str, FileOrigin] = field(default_factory=dict)

    def reading(self, file_key: str) -> dict[str, Any]:
        """Return what a reader found in a file; empty if none has looked."""
        for row in self.made:
            if row.file_key == file_key:
                return {"page_count": row.page_count, "is_readable": True}
        readings: dict[str, dict[str, Any]] = self.inspection.readings if self.inspection else {}
        return readings.get(file_key, {})


def get_record(actor: Actor, key: UUID) -> Record:
    """Return a record that the actor may view.

    Raises:
        NotFound: there is no such record, or none that the actor may know of.
    """
    case = visible_case(actor, key, Permission.VIEW_RECORD)
    plan = plan_of(case)
    fact = case_fact(case, plan)
    inspection = latest_inspection(case)
    files = tuple(current_files(case))
    standing = {row.file_key for row in files}
    return Record(
        case=case,
        plan=plan,
        fact=fact,
        inventory=take_inventory(plan, fact),
        files=files,
        replaced=tuple(row for row in case.files.all() if row.file_key not in standing),
        inspection=inspection,
        report=report_from_dict(inspection.report) if inspection else None,
        made=tuple(standing_made_files(case)),
        origins=file_origins(case),
    )


def stage_times(case: Case) -> dict[str, datetime]:
    """Return when the pipeline last did each of its stages, by the kind of event."""
    kinds = (Event.CASE_INSPECTED, Event.CASE_HELD, Event.CASE_ARRANGED, Event.CASE_PACKAGED, Event.CASE_PRESERVED)
    rows = JournalEvent.objects.filter(case_key=case.key, kind__in=kinds).order_by("id")
    return dict(rows.values_list("kind", "at"))


def job_error(case: Case) -> str:
    """Return why the pipeline gave up on a case; ``""`` if it has not."""
    return Job.objects.filter(pk=case.key, state="failed").values_list("error", flat=True).first() or ""


def metadata_values(record: Record, *, archives_name: str) -> dict[str, str]:
    """Return the base information of a record by element; empty while its plan is not known."""
    if record.plan is None:
        return {}
    case = record.case
    codes = RecordCodes(
        electronic_record_code=case.record_code or "",
        archival_code=case.archival_code or "",
        archive_time=case.preserved_at,
        archives_name=archives_name,
        information_system_description=case.source.name,
    )
    return base_values(record.fact, record.plan, codes)


def package_versions(case: Case) -> list[PackageVersion]:
    """Return the versions of a record's package, newest first."""
    return list(PackageVersion.objects.filter(case=case).order_by("-number"))


def stage_receipts(case: Case) -> list[Receipt]:
    """Return the receipts of the stages of a case, newest first."""
    return list(Receipt.objects.filter(case=case).order_by("-at"))


def inspections(case: Case) -> list[Inspection]:
    """Return all inspections of a case without their reports, newest first."""
    return list(Inspection.objects.filter(case=case).defer("report", "readings").order_by("-number"))


def case_events(case: Case, *, limit: int = 400) -> list[JournalEvent]:
    """Return the newest journal events of a case, newest first."""
    return list(JournalEvent.objects.filter(case_key=case.key).order_by("-id")[:limit])


def case_event(actor: Actor, key: UUID, event_id: int) -> JournalEvent:
    """Return one event of a record that the actor may view.

    Raises:
        NotFound: there is no such event of such a record.
    """
    case = visible_case(actor, key, Permission.VIEW_RECORD)
    event = JournalEvent.objects.filter(pk=event_id, case_key=case.key).first()
    if event is None:
        raise NotFound("not_found")
    return event


def latest_checkpoint() -> JournalCheckpoint | None:
    """Return the newest checkpoint of the journal."""
    return JournalCheckpoint.objects.order_by("-size").first()


def file_text(file: CaseFile) -> str | None:
    """Return the text that was read out of a born-digital file, if any was kept."""
    packed = FileText.objects.filter(file=file).values_list("content", flat=True).first()
    return zlib.decompress(bytes(packed)).decode() if packed is not None else None
