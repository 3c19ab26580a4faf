"""From rows to the frozen facts that the domain decides upon."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from jingui.db.models import ArchivingPlan, Case, CaseFile, CaseStep, Closure
from jingui.db.queries.rows import find_row, find_rows
from jingui.db.statements import column_value
from jingui.domain.catalogue.plans import plan_from_dict
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

_CAPTURED = " UNION ALL ".join(
    f"SELECT max(arrived_event) AS newest FROM {model._meta.db_table} WHERE case_id = %s"
    for model in (CaseFile, CaseStep, Closure)
)
_CONVERTED = "SELECT max(arrived_event) FROM jingui_file_conversion WHERE case_id = %s AND outcome = 'converted'"
_NEWEST_CAPTURED = f"SELECT max(newest) FROM ({_CAPTURED}) AS arrivals"
_NEWEST = f"SELECT max(newest) FROM ({_CAPTURED} UNION ALL {_CONVERTED}) AS arrivals"
_ALL = 2**63 - 1


def newest_arrival(case_key: UUID) -> int:
    """Return the number of the journal event of the newest file, step, closure or conversion of a case; 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [column_value(case_key)] * 4)
        return cursor.fetchone()[0] or 0


def newest_captured(case_key: UUID) -> int:
    """Return the same for what came from outside alone."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_CAPTURED, [column_value(case_key)] * 3)
        return cursor.fetchone()[0] or 0


@lru_cache(maxsize=1024)
def stored_plan(plan_key: UUID) -> Plan:
    """Return a plan by the key of its row. Such a row is never changed: what changes is a new version.

    Raises:
        ArchivingPlan.DoesNotExist: there is none.
    """
    return plan_from_dict(ArchivingPlan.objects.values_list("content", flat=True).get(pk=plan_key))


def current_files(case: Case, through: int | None = None) -> list[CaseFile]:
    """Return the files that stand, up to an arrival: those that another one replaces are left out."""
    condition = "case_id = %s AND arrived_event <= %s ORDER BY arrived_event, file_key"
    files = find_rows(CaseFile, condition, case.key, _ALL if through is None else through)
    if not any(row.replaces for row in files):
        return files
    replaced = superseded_keys(_file(row, {}, {}) for row in files)
    return [f for f in files if f.file_key not in replaced]


def case_fact(
    case: Case,
    plan: Plan | None,
    *,
    through: int | None = None,
    readings: dict[str, Reading] | None = None,
    files: Sequence[CaseFile] | None = None,
) -> CaseFact:
    """Return everything known of a case up to an arrival, files with their readings where given.

    ``files`` are its current files if the caller has them already.
    """
    message: dict[str, Any] = json.loads(case.message) if case.message else {}
    rules = {m.code: m.material_class for m in plan.materials} if plan else {}
    condition = "case_id = %s AND arrived_event <= %s ORDER BY started_at, arrived_event"
    steps = find_rows(CaseStep, condition, case.key, _ALL if through is None else through)
    closure = find_row(Closure, "case_id = %s", case.key)
    agency = case.agency
    standing = current_files(case, through) if files is None else files
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
        files=tuple(_file(row, rules, readings or {}) for row in standing),
        steps=tuple(_step(row) for row in steps),
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
