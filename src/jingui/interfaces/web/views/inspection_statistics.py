"""Statistics of findings: by item, finding, agency and service item over time, with the cases behind each number."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jingui.db.queries.inspection_runs import GROUPINGS, Wanted, agencies_of, by_day, cases_behind, counted
from jingui.db.queries.worklists import with_findings
from jingui.domain.access.roles import Permission
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.records.terms import Outcome
from jingui.formats.plans.long_tables import Cell, write_long_workbook
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.charts import day_bars
from jingui.interfaces.web.shapes.waiting import waiting_rows
from jingui.interfaces.wording import label, topic

SPANS = (("7", "近 7 日"), ("30", "近 30 日"), ("365", "近一年"))
BY = (("code", "按检测结论"), ("rule", "按检测项目"), ("agency", "按部门"), ("item", "按事项"))
OUTCOMES = (Outcome.FAILED, Outcome.WARNED, Outcome.NEEDS_PERSON)
_BARS = 7
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Permission.VIEW_STATISTICS)
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Show what failed most, by the grouping asked for."""
    wanted, who = _wanted(request), actor(request)
    by = _choice(request, "by", tuple(name for name, _ in BY), "code")
    rows = [_row(row, by) for row in counted(who, wanted, by)]
    days = by_day(who, wanted)
    last = timezone.localdate(now())
    shown = [last - timedelta(days=step) for step in reversed(range(_BARS))]
    context = {
        "rows": rows,
        "most": max((row["cases"] for row in rows), default=0) or 1,
        "by": by,
        "groupings": BY,
        "spans": SPANS,
        "phases": [phase.value for phase in InspectionPhase],
        "outcomes": [outcome.value for outcome in OUTCOMES],
        "wanted": wanted,
        "days": request.GET.get("days", "30"),
        "bars": day_bars([(day, days.get(day, 0)) for day in shown]),
        "agencies": agencies_of(who, Permission.VIEW_STATISTICS),
    }
    return render(request, "web/inspection_statistics.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    get = request.GET
    span = _choice(request, "days", tuple(name for name, _ in SPANS), "30")
    midnight = timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    until: datetime = midnight + timedelta(days=1)
    return Wanted(
        phase=InspectionPhase(_choice(request, "phase", tuple(InspectionPhase), "gd")),
        since=until - timedelta(days=int(span)),
        until=until,
        outcome=_choice(request, "outcome", OUTCOMES, "failed") if get.get("outcome") != "all" else "",
        agency=get.get("agency", "")[:64],
        item=get.get("item", "")[:64],
        rule=get.get("rule", "")[:20],
        code=get.get("code", "")[:60],
    )


def _choice(request: HttpRequest, name: str, allowed: tuple[str, ...], default: str) -> str:
    told = request.GET.get(name, "")
    return told if told in allowed else default


def _row(row: dict[str, Any], by: str) -> dict[str, Any]:
    rule = BY_IDENTIFIER.get(row.get("rule", ""))
    names = {
        "rule": f"{row.get('rule', '')} {rule.title if rule else ''}",
        "code": topic(row.get("code", "")),
        "agency": row.get("agency__name") or "不在本库",
        "item": row.get("item_code") or "不明",
    }
    keys = {"agency__code": "agency", "item_code": "item"}
    query = {keys.get(name, name): row[name] for name in GROUPINGS[by] if name != "agency__name" and row[name]}
    return {"name": names[by], "rule": row.get("rule", "") if by == "code" else "", "query": query, **row}


@needs(Permission.VIEW_RECORD)
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show the cases behind a number."""
    wanted = _wanted(request)
    page = cases_behind(actor(request), wanted, number=page_number(request.GET))
    rule = BY_IDENTIFIER.get(wanted.rule)
    told = [rule.title if rule else "", topic(wanted.code) if wanted.code else "", wanted.item]
    context = {
        "page": page,
        "rows": waiting_rows(with_findings(page.rows), now=now()),
        "told": " · ".join(text for text in told if text) or "全部",
        "wanted": wanted,
    }
    return render(request, "web/inspection_cases.html", context)


@needs(Permission.VIEW_STATISTICS)
@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    """Give the statistics as a workbook: one row for each item, finding, agency and service item."""
    out = io.BytesIO()
    write_long_workbook(out, _sheet(request), name="检测统计")
    headers = {"Content-Disposition": 'attachment; filename="inspection-statistics.xlsx"', "Cache-Control": "no-store"}
    return HttpResponse(out.getvalue(), content_type=_XLSX, headers=headers)


def _sheet(request: HttpRequest) -> Iterator[list[Cell]]:
    who, wanted = actor(request), _wanted(request)
    first, last = (timezone.localdate(at).isoformat() for at in (wanted.since, wanted.until - timedelta(seconds=1)))
    yield ["环节", "起", "止", "分组", "名称", "代码", "结果", "件数", "次数"]
    for by, title in BY:
        for row in counted(who, wanted, by):
            shaped = _row(row, by)
            outcome = label("outcome", wanted.outcome) if wanted.outcome else "全部"
            code = " ".join(shaped["query"].values())
            phase = label("inspection_phase", wanted.phase)
            yield [phase, first, last, title, shaped["name"], code, outcome, row["cases"], row["times"]]
