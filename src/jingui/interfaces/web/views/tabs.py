"""What each tab of a record needs beside the record itself, by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from jingui.db.queries import records as queries
from jingui.db.queries.copies import copies_of
from jingui.db.queries.inspection_runs import phase_run, phase_runs, statements_on
from jingui.db.queries.records import Record
from jingui.domain.access.roles import Permission, may
from jingui.domain.audit.events import Event
from jingui.domain.inspection.report import report_from_dict
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor
from jingui.interfaces.web.shapes.copies import copy_rows, new_copy_address
from jingui.interfaces.web.shapes.inspections import report_view
from jingui.interfaces.web.shapes.inventories import applicant_facts, file_lines, inventory_view
from jingui.interfaces.web.shapes.metadata import element_rows, extra_values
from jingui.interfaces.web.shapes.proofs import inclusion, is_proved
from jingui.interfaces.web.shapes.signatures import signed_files
from jingui.usecases.audit.sealing import read_tile
from jingui.usecases.inspection.statements import effective

Tab = Callable[[HttpRequest, Record], dict[str, Any]]


def _metadata(request: HttpRequest, record: Record) -> dict[str, Any]:
    may_see = may(actor(request), Permission.VIEW_PERSONAL_DATA)
    is_open = may_see and request.GET.get("personal") == "1"
    values = queries.metadata_values(record, archives_name=settings.JINGUI.name)
    return {
        "elements": element_rows(values, applicant=applicant_facts(record), is_open=is_open),
        "extra": extra_values(record.fact.metadata, is_open=is_open),
        "may_see_personal": may_see,
        "is_personal_open": is_open,
    }


def _files(_request: HttpRequest, record: Record) -> dict[str, Any]:
    return {
        "file_lines": list(file_lines(record).values()),
        "replaced_keys": {row.file_key for row in record.replaced},
        "signed_files": signed_files(record),
    }


def _inventory(_request: HttpRequest, record: Record) -> dict[str, Any]:
    return {"inventory": inventory_view(record)}


def _inspection(request: HttpRequest, record: Record) -> dict[str, Any]:
    who = actor(request)
    agency = record.case.agency.code if record.case.agency else ""
    return {
        "inspections": queries.inspections(record.case),
        "runs": phase_runs(record.case),
        "decisions": statements_on(record.case),
        "may_decide": may(who, Permission.DECIDE_FINDING, agency_code=agency),
        "may_see_whole": may(who, Permission.VIEW_PERSONAL_DATA, agency_code=agency),
        **_run(request, record),
    }


def _run(request: HttpRequest, record: Record) -> dict[str, Any]:
    """Show the report of another phase instead, if one is asked for."""
    try:
        run = phase_run(record.case, UUID(request.GET.get("run", "")))
    except ValueError:
        run = None
    if run is None:
        return {"run": None}
    report = effective(report_from_dict(run.report), record.case, now())
    return {"run": run, "report_view": report_view(record, report)}


def _process(_request: HttpRequest, record: Record) -> dict[str, Any]:
    closed = record.fact.closure.closed_at if record.fact.closure else None
    steps = [(step, bool(closed and step.started_at > closed)) for step in record.fact.steps]
    return {"steps": steps, "closure": record.fact.closure}


def _versions(_request: HttpRequest, record: Record) -> dict[str, Any]:
    return {"versions": queries.package_versions(record.case), "receipts": queries.stage_receipts(record.case)}


def _copies(_request: HttpRequest, record: Record) -> dict[str, Any]:
    rows = copy_rows(copies_of(record.case, now=now()))
    return {"copies": rows, "new_copy": new_copy_address(record.case.key)}


def _proof(_request: HttpRequest, record: Record) -> dict[str, Any]:
    events, checkpoint = queries.case_events(record.case), queries.latest_checkpoint()
    sealed = [event for event in events if event.leaf_index is not None]
    stored = [event for event in sealed if event.kind == Event.CASE_PRESERVED.value]
    shown = next(iter(stored or sealed), None)
    proof = inclusion(shown, checkpoint, read_tile=read_tile) if shown else None
    versions = queries.package_versions(record.case)
    return {
        "file_lines": list(file_lines(record).values()),
        "events": [(event, json.loads(event.payload)["facts"]) for event in events],
        "checkpoint": checkpoint,
        "proved_event": shown,
        "is_proved": bool(proof and is_proved(proof)),
        "path_length": len(proof["inclusion_path"]) if proof else 0,
        "package": next((version for version in versions if version.stored_at), None),
    }


TABS: dict[str, Tab] = {
    "metadata": _metadata,
    "files": _files,
    "inventory": _inventory,
    "inspection": _inspection,
    "process": _process,
    "versions": _versions,
    "copies": _copies,
    "proof": _proof,
}
