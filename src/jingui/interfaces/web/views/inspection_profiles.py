"""Inspection profiles: which items run, which block, with which values; a change is a new version with its effect told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from jingui.db.queries.inspection_profiles import newest_versions, profile_from_row, versions_of
from jingui.domain.access.roles import Permission, check_may, may
from jingui.domain.errors import Conflict, Invalid
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.rules import RULES_OF
from jingui.domain.inspection.settings import DEFAULT_PROFILE, SCOPES, InspectionProfile
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.inspection_profiles import content_of, differences, profile_rows
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.inspection.profiles import save_profile


@needs(Permission.VIEW_PLANS)
@require_GET
def profiles(request: HttpRequest) -> HttpResponse:
    """List the profiles in force, with what each changes of the table of rules."""
    rows = [(row, differences(profile_from_row(row))) for row in newest_versions()]
    may_change = may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*")
    context = {"rows": rows, "may_change": may_change, "scopes": SCOPES}
    return render(request, "web/inspection_profiles.html", context)


@needs(Permission.VIEW_PLANS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Show one profile with all its items, or save the next version of it."""
    if request.method != "POST":
        return _page(request, _stored(request.GET.get("scope", "general"), request.GET.get("value", "")))
    check_may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*")
    told = {name: request.POST.get(name, "").strip() for name in ("name", "scope", "scope_value", "note", "seen")}
    given = InspectionProfile(told["name"], 0, told["scope"], told["scope_value"], told["note"])
    seen = int(told["seen"]) if told["seen"].isdecimal() and len(told["seen"]) < 9 else -1  # noqa: PLR2004 - as in the database
    try:
        row = save_profile(
            given,
            content_of(request.POST),
            after_version=seen,
            actor=actor(request),
            name=actor_name(request),
            now=now(),
        )
    except Invalid as error:
        faults = [f"{problem.location}：{problem_text(problem)}" for problem in error.problems]
        return _page(request, given, faults=faults, status=422)
    except Conflict as error:
        return _page(request, given, faults=[error_text(error.code, error.params)], status=409)
    messages.success(request, f"已保存 {row.name} 第 {row.version} 版，此后的检测按它进行；已有的报告不变。")
    return HttpResponseRedirect(reverse("inspection-profiles"))


def _stored(scope: str, value: str) -> InspectionProfile:
    rows = versions_of(scope, value) if scope in SCOPES else []
    return (
        profile_from_row(rows[0]) if rows else InspectionProfile("", 0, scope if scope in SCOPES else "general", value)
    )


def _page(
    request: HttpRequest, profile: InspectionProfile, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    known = _stored(profile.scope, profile.scope_value)
    phase = request.GET.get("phase", "")
    chosen = InspectionPhase(phase) if phase in set(InspectionPhase) else InspectionPhase.ARCHIVING
    source = content_of(request.POST) if request.method == "POST" else None
    context: dict[str, Any] = {
        "profile": profile,
        "seen": known.version,
        "name": profile.name or DEFAULT_PROFILE.name,
        "groups": [(p.value, profile_rows(RULES_OF[p], profile, source)) for p in InspectionPhase],
        "chosen": chosen.value,
        "versions": versions_of(profile.scope, profile.scope_value),
        "scopes": SCOPES,
        "faults": faults or [],
        "may_change": may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*"),
        "differences": differences(known),
    }
    return render(request, "web/inspection_profile.html", context, status=status)
