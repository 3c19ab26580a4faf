"""Inspection of a record: its reports to take away, decisions on it, asking again; and the standing tasks of persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jingui.bootstrap import phase_bench, services
from jingui.db.queries.inspection_runs import agencies_of, phase_run, standing_statements, statement
from jingui.db.queries.records import Record, get_record
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Permission, check_may, may
from jingui.domain.errors import Invalid, NotFound
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.report import Report, report_from_dict, report_to_dict
from jingui.domain.inspection.rules import BY_IDENTIFIER, STANDING
from jingui.domain.records.canonical import canonical_json
from jingui.formats.inspection_reports import report_pdf, report_xml
from jingui.interfaces.inspection_forms import report_form
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.inspections import task_rows
from jingui.interfaces.web.shapes.inventories import applicant_facts
from jingui.interfaces.web.shapes.masks import masked, masked_title
from jingui.interfaces.wording import finding_text, problem_text
from jingui.usecases.inspection.phases import inspect_record
from jingui.usecases.inspection.statements import (
    EVERYWHERE,
    Handed,
    Said,
    StatementDesk,
    ask_again,
    decide_finding,
    effective,
    state_standing,
)

_TYPES = {"pdf": "application/pdf", "xml": "application/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
_YEAR = timedelta(days=365)


@needs(Permission.VIEW_RECORD)
@require_GET
def report(request: HttpRequest, key: UUID, form: str) -> HttpResponse:
    """Give a report away: as a form to print, names masked, or whole as XML or JSON to who may see personal data."""
    if form not in _TYPES:
        raise NotFound("not_found")
    who = actor(request)
    record = get_record(who, key)
    agency = record.case.agency.code if record.case.agency else ""
    if form != "pdf":
        check_may(who, Permission.VIEW_PERSONAL_DATA, agency_code=agency)
    wanted = _wanted(request, record)
    made: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: _as_pdf(record, wanted),
        "xml": lambda: report_xml(wanted, say=finding_text, heading={"archival_code": record.case.archival_code or ""}),
        "json": lambda: canonical_json(report_to_dict(wanted)),
    }
    name = quote(f"四性检测报告-{record.case.archival_code or record.case.case_number}.{form}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
    return HttpResponse(made[form](), content_type=_TYPES[form], headers=headers)


def _wanted(request: HttpRequest, record: Record) -> Report:
    told = request.GET.get("run", "")
    if told:
        try:
            run = phase_run(record.case, UUID(told))
        except ValueError:
            run = None
        if run is None:
            raise NotFound("not_found")
        return effective(report_from_dict(run.report), record.case, now())
    if record.report is None:
        raise NotFound("not_found")
    return effective(record.report, record.case, now())


def _as_pdf(record: Record, wanted: Report) -> bytes:
    case = record.case
    facts = (
        ("办件", masked_title(case)),
        ("办件编号", case.case_number),
        ("档号", case.archival_code or "入库时赋予"),
        ("立档单位", case.agency.name if case.agency else "—"),
    )
    applicant = applicant_facts(record)
    return report_pdf(report_form(wanted, facts=facts, mask=lambda text: masked(text, applicant)))


@needs(Permission.DECIDE_FINDING)
@require_POST
def run(request: HttpRequest, key: UUID) -> HttpResponse:
    """Inspect again: a held case before archiving, a preserved record in the phase asked for."""
    who = actor(request)
    case = visible_case(who, key, Permission.DECIDE_FINDING)
    wanted = request.POST.get("phase", "")
    if wanted == InspectionPhase.ARCHIVING:
        ask_again(case.key, desk=_desk(request))
        messages.success(request, "已排队重新检测，稍后刷新即可看到结果。")
    elif wanted in {InspectionPhase.TRANSFER, InspectionPhase.PRESERVATION}:
        phase = InspectionPhase(wanted)
        row = inspect_record(case.key, phase, at_hand=phase_bench(services()), actor=actor_name(request), now=now())
        if row.is_blocked:
            messages.error(request, "检测不通过，详见下方报告。")
        else:
            messages.success(request, "检测完成，没有发现须处理的问题。")
        return HttpResponseRedirect(f"{_tab(key)}?run={row.key}")
    else:
        raise NotFound("not_found")
    return HttpResponseRedirect(_tab(key))


def _tab(key: UUID) -> str:
    return reverse("record-tab", args=[key, "inspection"])


def _desk(request: HttpRequest) -> StatementDesk:
    ready = services()
    return StatementDesk(actor(request), actor_name(request), ready.evidence, ready.queue, now())


@needs(Permission.DECIDE_FINDING)
@require_POST
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a person's decision on one finding."""
    case = visible_case(actor(request), key, Permission.DECIDE_FINDING)
    try:
        decide_finding(case.key, _said(request), location=request.POST.get("location", ""), desk=_desk(request))
    except Invalid as error:
        messages.error(request, "没有保存：" + "；".join(problem_text(problem) for problem in error.problems))
    else:
        messages.success(request, "结论已记下，并写入日志。")
    return HttpResponseRedirect(_tab(key))


def _said(request: HttpRequest) -> Said:
    post, file = request.POST, request.FILES.get("evidence")
    handed = Handed(file.name or "依据", file.chunks()) if file else None
    return Said(post.get("rule", ""), post.get("outcome", ""), post.get("words", ""), handed)


@needs(Permission.VIEW_RECORD)
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """Show what only persons can state, for whom it stands and until when, and what still waits."""
    return _tasks(request)


def _tasks(request: HttpRequest, *, faults: tuple[str, ...] = (), status: int = 200) -> HttpResponse:
    who, today = actor(request), timezone.localdate()
    agencies = agencies_of(who, Permission.DECIDE_FINDING)
    statements = standing_statements(who)
    may_all = may(who, Permission.DECIDE_FINDING, agency_code=EVERYWHERE)
    context = {
        "rows": task_rows(statements, today=today),
        "statements": statements,
        "agencies": agencies,
        "items": [BY_IDENTIFIER[identifier] for identifier in STANDING],
        "may_decide": bool(agencies) or may_all,
        "may_all": may_all,
        "faults": faults,
        "given": request.POST.dict() if request.method == "POST" else {"rule": request.GET.get("rule", "")},
        "today": today,
        "in_a_year": today + _YEAR,
    }
    return render(request, "web/inspection_tasks.html", context, status=status)


@needs(Permission.DECIDE_FINDING)
@require_POST
def state(request: HttpRequest) -> HttpResponse:
    """Take a standing statement."""
    first, last = _day(request.POST.get("valid_from", "")), _day(request.POST.get("valid_until", ""))
    if first is None:
        return _tasks(request, faults=("请填写有效期起（年-月-日）。",), status=422)
    try:
        state_standing(
            _said(request),
            agency_code=request.POST.get("agency", "")[:64],
            valid_from=first,
            valid_until=last,
            desk=_desk(request),
        )
    except Invalid as error:
        return _tasks(request, faults=tuple(problem_text(problem) for problem in error.problems), status=422)
    messages.success(request, "结论已记下，此后的检测以它为准；每次检测的报告都会写明它。")
    return HttpResponseRedirect(reverse("inspection-tasks"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@needs(Permission.VIEW_RECORD)
@require_GET
def evidence(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Give the file that was handed in with a statement; it is saved and never shown by the browser."""
    row = statement(actor(request), key)
    if row is None or not row.evidence_token:
        raise NotFound("not_found")
    try:
        stream = services().evidence.open(row.evidence_token)
    except FileNotFoundError as error:
        raise NotFound("not_found") from error
    return FileResponse(stream, as_attachment=True, filename=row.evidence_name, content_type="application/octet-stream")
