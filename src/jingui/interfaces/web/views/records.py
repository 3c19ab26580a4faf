"""The record page: its head, its tabs, and the viewer beside them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jingui.db.queries.records import Record, get_record, job_error, stage_times
from jingui.db.queries.themes import theme_part
from jingui.domain.access.roles import Actor, Permission, may
from jingui.domain.errors import NotFound
from jingui.domain.lifecycle import CaseState
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.content import note_look
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.copies import new_copy_address
from jingui.interfaces.web.shapes.inspections import report_view
from jingui.interfaces.web.shapes.masks import masked_title
from jingui.interfaces.web.shapes.stages import stage_line
from jingui.interfaces.web.views.tabs import TABS
from jingui.interfaces.web.views.viewer import viewer_context
from jingui.usecases.inspection.statements import effective
from jingui.usecases.packaging.packing import flags_of

_TAB_NAMES = {
    "metadata": "元数据",
    "files": "原文",
    "inventory": "材料清点",
    "inspection": "四性检测",
    "process": "过程",
    "versions": "版本",
    "copies": "利用",
    "proof": "审计证明",
}


@needs(Permission.VIEW_RECORD)
def record(request: HttpRequest, key: UUID, tab: str = "") -> HttpResponse:
    """Show a record at one of its tabs; without a name, where its next question is."""
    who = actor(request)
    found = get_record(who, key)
    chosen = tab or _first_tab(found)
    if chosen not in TABS:
        raise NotFound("not_found")
    context = {**_head(found), **_tabs(found, chosen), **TABS[chosen](request, found)}
    context |= _content(request, found, who)
    return render(request, "web/record.html", context)


def _first_tab(found: Record) -> str:
    return "metadata" if found.case.state == CaseState.PRESERVED else "inventory"


def _head(found: Record) -> dict[str, Any]:
    case = found.case
    return {
        "record": found,
        "case": case,
        "title": masked_title(case),
        "flags": flags_of(case),
        "stages": stage_line(case, found.fact, stage_times(case)),
        "job_error": job_error(case),
        "new_copy_address": new_copy_address(case.key),
        "theme": theme_part(case),
    }


def _tabs(found: Record, chosen: str) -> dict[str, Any]:
    report = report_view(found, effective(found.report, found.case, now()) if found.report else None)
    attention = sum(result.waits_for_person for result in report.attention) if report else 0
    missing = len(found.inventory.missing) if found.case.closed_at else 0
    needs_person = {"inventory": missing, "inspection": attention}
    counts = {"files": len(found.files) + len(found.made)}
    tabs = [(name, text, counts.get(name), needs_person.get(name)) for name, text in _TAB_NAMES.items()]
    return {"tabs": tabs, "tab": chosen, "tab_template": f"web/tabs/{chosen}.html", "report_view": report}


def _content(request: HttpRequest, found: Record, who: Actor) -> dict[str, Any]:
    """Add the viewer for those who may see content, and write down that they did."""
    is_new = not request.headers.get("HX-Request")
    if request.GET.get("personal") and may(who, Permission.VIEW_PERSONAL_DATA):
        note_look(request, found.case.key, is_new_page=is_new, way="personal")
    agency = found.case.agency
    if not may(who, Permission.VIEW_CONTENT, agency_code=agency.code if agency else None):
        return {"viewer": None}
    context = viewer_context(found, request.GET)
    if context["viewer"]:
        note_look(request, found.case.key, is_new_page=is_new)
    return {**context, "may_download": may(who, Permission.VIEW_PERSONAL_DATA)}
