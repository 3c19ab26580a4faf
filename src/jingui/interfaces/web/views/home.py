"""The first page: what waits for me, then the state of the house."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from jingui.bootstrap import services
from jingui.db.queries.house import Coverage, coverage, house, returned
from jingui.db.queries.workers import unattended_work
from jingui.db.queries.worklists import first_to_do
from jingui.domain.access.roles import Actor, Permission, may
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.charts import day_bars
from jingui.interfaces.web.shapes.waiting import waiting_rows
from jingui.interfaces.web.waiting import waiting

PERIODS: tuple[tuple[str, str, int], ...] = (
    ("day", "今日", 0),
    ("month", "近 30 日", 30),
    ("year", "近一年", 365),
    ("all", "全部", 36500),
)
_FIRST_FEW = 5
_RETURNED_DAYS = 7
_REASONS = 3


@needs()
def home(request: HttpRequest) -> HttpResponse:
    """Show the work lists and the state of the house, as far as the role sees them."""
    who, moment = actor(request), now()
    if not may(who, Permission.VIEW_STATISTICS):
        return HttpResponseRedirect("/integration")
    waits = waiting(request)
    is_concerned = may(who, Permission.DECIDE_FINDING) or may(who, Permission.MANAGE_JOBS)
    context = {
        **_work(who, waits.counts, moment),
        **_coverage(who, moment, request.GET.get("period", "")),
        **_state(who, moment),
    }
    if is_concerned:  # who can do something about it, or must know
        context |= {"scanner": _scanner(), "unattended": unattended_work(now=moment)}
    context |= {"media_due": waits.counts.get("media", 0)}
    context |= {"moment": moment, "unexplained": waits.counts.get("unexplained", 0), "sources": waits.sources}
    return render(request, "web/home.html", context)


def _scanner() -> str:
    """Say whether the malware scanner is missing or away."""
    scanner = services().malware
    if not scanner.is_configured:
        return "missing"
    return "" if scanner.version() else "away"


def _work(who: Actor, counts: dict[str, int], moment: datetime) -> dict[str, Any]:
    if not may(who, Permission.VIEW_RECORD):
        return {"counts": {}, "failed_jobs": counts.get("jobs")}
    rows = waiting_rows(first_to_do(who, limit=_FIRST_FEW), now=moment)
    return {"counts": counts, "to_do": rows, "to_do_total": counts["incomplete"] + counts["failed"]}


def _since(moment: datetime, days: int) -> datetime:
    midnight = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days)


def _coverage(who: Actor, moment: datetime, wanted: str) -> dict[str, Any]:
    """Take the period asked for, or else the shortest in which anything was closed."""
    chosen = [period for period in PERIODS if period[0] == wanted] or list(PERIODS)
    found = ((code, coverage(who, since=_since(moment, days))) for code, _, days in chosen)
    name, rows = next(((code, rows) for code, rows in found if rows), (chosen[-1][0], []))
    due, kept = sum(row.due for row in rows), sum(row.kept for row in rows)
    most = max((row.missing for row in rows), default=0)
    total = Coverage("", "", due, kept)
    return {"coverage": rows, "total": total, "most_missing": max(1, most), "period": name, "periods": PERIODS}


def _state(who: Actor, moment: datetime) -> dict[str, Any]:
    since = _since(moment, _RETURNED_DAYS - 1)
    sent_back = returned(who, since=since)
    days = [timezone.localtime(since + timedelta(days=step)).date() for step in range(_RETURNED_DAYS)]
    bars = day_bars([(day, sent_back.by_day.get(day, 0)) for day in days])
    return {
        "house": house(),
        "returned": sent_back,
        "reasons": sent_back.by_code[:_REASONS],
        "bars": bars,
        "returned_total": sum(bar.count for bar in bars),
    }
