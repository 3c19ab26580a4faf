"""From rows to the frozen facts that the domain decides upon."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from jingui.db.models import Case, CaseFile, CaseStep, Closure
from jingui.domain.metadata.inventory import superseded_keys
from jingui.domain.records.facts import (
    ApplicantFact,
    CaseFact,
    ClosureFact,
    Digests,
    FileFact,
    Plan,
    Reading,
    StepFact,
)
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass


def newest_arrival(case_key: UUID) -> int:
    """Return the number of the journal event of the newest file, step or closure of a case; 0 if there is none."""
    newest = 0
    for model in (CaseFile, CaseStep, Closure):
        found = model.objects.filter(case_id=case_key).aggregate(newest=Max("arrived_event"))["newest"]
        newest = max(newest, found or 0)
    return newest


def current_files(case: Case, through: int | None = None) -> list[CaseFile]:
    """Return the files that stand, up to an arrival: those that another one replaces are left out."""
    rows = case.files.all() if through is None else case.files.filter(arrived_event__lte=through)
    files = list(rows.order_by("arrived_event", "file_key"))
    replaced = superseded_keys(_file(row, {}, {}) for row in files)
    return [f for f in files if f.file_key not in replaced] if replaced else files


def case_fact(
    case: Case, plan: Plan | None, *, through: int | None = None, readings: dict[str, Reading] | None = None
) -> CaseFact:
    """Return everything known of a case up to an arrival, files with their readings where given."""
    message: dict[str, Any] = json.loads(case.message) if case.message else {}
    rules = {m.code: m.material_class for m in plan.materials} if plan else {}
    steps = case.steps.all() if through is None else case.steps.filter(arrived_event__lte=through)
    closure = Closure.objects.filter(case=case).first()
    agency = case.agency
    return CaseFact(
        key=case.key.hex,
        case_number=case.case_number,
        source=case.source.name,
        title=case.title,
        item_code=case.item_code,
        item_version=plan.item_version if plan else 0,
        applicant=ApplicantFact(**message["applicant"]) if message else ApplicantFact(name=""),
        received_at=_time(message.get("received_at")) or case.opened_at,
        accepted_at=_time(message.get("accepted_at")),
        promised_at=_time(message.get("promised_at")),
        channel=Channel(message.get("channel") or Channel.OTHER),
        region_code=message.get("region_code") or (agency.region_code if agency else ""),
        department=case.department,
        agency_name=agency.name if agency else "",
        agency_code=agency.code if agency else "",
        fonds=agency.fonds if agency else "",
        fonds_name=agency.fonds_name if agency else "",
        files=tuple(_file(row, rules, readings or {}) for row in current_files(case, through)),
        steps=tuple(_step(row) for row in steps.order_by("started_at", "arrived_event")),
        closure=_closure(closure) if closure else None,
        situations=tuple(message.get("situations") or ()),
        metadata=dict(message.get("metadata") or {}),
    )


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _file(row: CaseFile, rules: dict[str, MaterialClass], readings: dict[str, Reading]) -> FileFact:
    return FileFact(
        key=row.file_key,
        name=row.name,
        material_code=row.material_code,
        material_class=rules.get(row.material_code) or _class_by_letter(row.material_code),
        title=row.title,
        step=row.step,
        bytes=row.bytes,
        digests=Digests(sha256=row.sha256, sm3=row.sm3, sha512=row.sha512),
        declared_sha256=row.sha256,  # a body that differs from its declared digest is never taken
        received_at=row.received_at,
        formed_at=_time(row.formed_at),
        stored_bytes=row.bytes,
        reading=readings.get(row.file_key),
        replaces=row.replaces,
    )


_LETTERS = {"A": MaterialClass.APPLICATION, "B": MaterialClass.PROCESS, "C": MaterialClass.RESULT}


def _class_by_letter(code: str) -> MaterialClass:
    """Guess the class of a material outside the plan by the letter of its code (city profile, file_code)."""
    return _LETTERS.get(code[:1].upper(), MaterialClass.APPLICATION)


def _step(row: CaseStep) -> StepFact:
    message = json.loads(row.message)
    return StepFact(
        key=row.step_key,
        name=row.name,
        started_at=datetime.fromisoformat(message["started_at"]),
        ended_at=_time(message.get("ended_at")),
        handler=message.get("handler") or "",
        unit=message.get("unit") or "",
        opinion=message.get("opinion") or "",
        action=message.get("action") or "",
    )


def _closure(row: Closure) -> ClosureFact:
    message = json.loads(row.message)
    return ClosureFact(
        kind=ClosureKind(row.kind),
        closed_at=datetime.fromisoformat(message["closed_at"]),
        result=message.get("result") or "",
        result_number=message.get("result_number") or "",
        handler=message.get("handler") or "",
        declared_files=message.get("declared_files"),
        declared_steps=message.get("declared_steps"),
        declared_bytes=message.get("declared_bytes"),
    )
