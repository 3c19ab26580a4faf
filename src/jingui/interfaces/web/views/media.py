"""Backups as the journal tells of them, and the register of offline media: what is due, what a person found who looked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from jingui.db.queries.backups import latest_backups
from jingui.db.queries.media import checks_of, media, medium_of
from jingui.domain.access.roles import Permission, check_may, may
from jingui.domain.errors import DomainError, Invalid, NotFound, Problem
from jingui.domain.preservation.media import (
    MOST_TEXT,
    CarrierKind,
    CheckResult,
    Climate,
    MediumChoices,
    is_climate_outside,
)
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.wording import error_text, label, problem_text
from jingui.usecases.preservation.media import MOST_NOTE, Look, add_medium, check_medium_now, end_medium

BACKUPS_SHOWN = 5
_TEXTS = ("label", "carrier", "place", "content")
_BOUNDS = ("coldest", "hottest", "driest", "dampest")


@needs(Permission.VERIFY_HOLDINGS)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Show the latest backups and the register; a POST enters a medium."""
    faults: list[str] = []
    if request.method == "POST":
        added = _add(request, faults)
        if added:
            return added
    moment = now()
    rows = media()
    context = {
        "rows": [(row, bool(row.due_at and row.due_at <= moment and not row.ended_at)) for row in rows],
        "carriers": [kind.value for kind in CarrierKind],
        "backups": latest_backups(BACKUPS_SHOWN),
        "faults": faults,
        "given": request.POST,
        "manages": _manages(request),
        "today": timezone.localtime(moment).date(),
    }
    return render(request, "web/media.html", context, status=422 if faults else 200)


def _add(request: HttpRequest, faults: list[str]) -> HttpResponse | None:
    _must_manage(request)
    try:
        row = add_medium(_choices(request), actor=actor_name(request), now=now())
    except DomainError as error:
        faults += _told(error)
        return None
    messages.success(request, f"介质 {row.label} 已登记并记入日志。")
    return HttpResponseRedirect(reverse("medium", args=[row.key]))


def _choices(request: HttpRequest) -> MediumChoices:
    problems: list[Problem] = []
    numbers = {name: _number(request, name, problems) for name in (*_BOUNDS, "check_days")}
    written = _day(request, problems)
    if problems or written is None:
        raise Invalid(tuple(problems))
    name, carrier, place, content = (request.POST.get(field, "").strip() for field in _TEXTS)
    coldest, hottest, driest, dampest = (numbers[field] for field in _BOUNDS)
    days = numbers["check_days"] or 0
    return MediumChoices(name, carrier, place, content, written, days, coldest, hottest, driest, dampest)


def _number(request: HttpRequest, name: str, problems: list[Problem]) -> int | None:
    text = request.POST.get(name, "").strip().replace("−", "-")
    if not text:
        return None
    if len(text) > 6 or not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():  # noqa: PLR2004
        problems.append(Problem(name, "wrong_type", {"expected": "整数"}))
        return None
    return int(text)


def _day(request: HttpRequest, problems: list[Problem]) -> datetime | None:
    try:
        return timezone.make_aware(datetime.strptime(request.POST.get("written_at", ""), "%Y-%m-%d"))  # noqa: DTZ007
    except (ValueError, OverflowError):
        problems.append(Problem("written_at", "not_a_date"))
        return None


def _told(error: DomainError) -> list[str]:
    if isinstance(error, Invalid):
        return [f"{label('medium_field', each.location)}：{problem_text(each)}" for each in error.problems]
    return [error_text(error.code, error.params)]


def _manages(request: HttpRequest) -> bool:
    return may(actor(request), Permission.DECIDE_FINDING, agency_code="*")


def _must_manage(request: HttpRequest) -> None:
    """Let pass who decides for every agency: a medium holds records of all of them."""
    check_may(actor(request), Permission.DECIDE_FINDING, agency_code="*")


@needs(Permission.VERIFY_HOLDINGS)
def medium(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one medium with its checks."""
    row = medium_of(key)
    if row is None:
        raise NotFound("medium_unknown")
    bounds = Climate(row.coldest, row.hottest, row.driest, row.dampest)
    context = {
        "row": row,
        "is_due": bool(row.due_at and row.due_at <= now() and not row.ended_at),
        "checks": [(each, is_climate_outside(bounds, each.temperature, each.humidity)) for each in checks_of(row)],
        "results": [result.value for result in CheckResult],
        "manages": _manages(request) and not row.ended_at,
        "most_note": MOST_NOTE,
        "most_place": MOST_TEXT["place"],
    }
    return render(request, "web/medium.html", context)


@needs(Permission.DECIDE_FINDING)
@require_POST
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what a person found."""
    _must_manage(request)
    try:
        check_medium_now(key, _look(request), actor=actor_name(request), now=now())
    except Invalid as error:
        messages.error(request, "；".join(_told(error)) + "。没有数据变化。")
    else:
        messages.success(request, "检查结果已记入登记和日志。")
    return HttpResponseRedirect(reverse("medium", args=[key]))


def _look(request: HttpRequest) -> Look:
    problems: list[Problem] = []
    numbers = {name: _number(request, name, problems) for name in ("temperature", "humidity")}
    if problems:
        raise Invalid(tuple(problems))
    return Look(request.POST.get("result", ""), note=request.POST.get("note", "").strip(), **numbers)


@needs(Permission.DECIDE_FINDING)
@require_POST
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a medium out of use."""
    _must_manage(request)
    try:
        end_medium(key, reason=request.POST.get("reason", ""), actor=actor_name(request), now=now())
    except Invalid:
        messages.error(request, "请写明理由。没有数据变化。")
    else:
        messages.success(request, "介质已停用并记入日志；登记和检查记录保留。")
    return HttpResponseRedirect(reverse("medium", args=[key]))
