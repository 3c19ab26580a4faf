"""What people do to archiving plans: draw up, change, prove, send in, examine, drop, bring into force."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jingui.bootstrap import plan_profile
from jingui.domain.access.roles import Permission, check_may
from jingui.domain.catalogue.planning.examination import LayerState, Verdict
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.errors import Conflict, Invalid, Problem
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.plan_forms import TAB_OF, chosen, edited
from jingui.interfaces.web.views.plans import editor_page, visible_layer
from jingui.interfaces.wording import error_text
from jingui.usecases.catalogue.plan_rollout import bring_into_force, roll_out
from jingui.usecases.catalogue.plans import (
    Opinion,
    change_draft,
    draft_layer,
    examine_by_machine,
    give_opinion,
    submit_layer,
    withdraw_layer,
)


def _to(key: UUID, tab: str = "") -> HttpResponse:
    address = reverse("plan", args=[key])
    return HttpResponseRedirect(f"{address}?tab={tab}" if tab else address)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draw up the next version of a layer."""
    scope, code = chosen(request.POST, "scope", LayerScope), request.POST.get("code", "").strip()
    if scope in {LayerScope.DEFAULT, LayerScope.REGION}:
        check_may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*")
    elif scope is LayerScope.AGENCY:
        check_may(actor(request), Permission.MANAGE_CATALOGUE, agency_code=code)
    content = dict(plan_profile().default_layer) if request.POST.get("start") == "shipped" else None
    made = draft_layer(scope, code, actor=actor_name(request), now=now(), content=content)
    messages.success(request, f"已起草第 {made.version} 版。")
    return _to(made.key)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def edit(request: HttpRequest, key: UUID, part: str) -> HttpResponse:
    """Change one part of a draft by a form; what is wrong with it is told above the form."""
    row = visible_layer(actor(request), key, Permission.MANAGE_CATALOGUE)
    seen = request.POST.get("seen", "")
    row.event_id = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else -1  # noqa: PLR2004
    tab = request.POST.get("tab") or TAB_OF.get(part, "materials")
    try:
        change_draft(row, edited(part, row.content, request.POST), actor=actor_name(request), now=now())
    except Invalid as invalid:
        row.refresh_from_db()
        return editor_page(request, row, tab=tab, problems=invalid, status=422)
    messages.success(request, "已保存到草稿。")
    return _to(key, tab)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the compiler prove a version; the report stands on the page."""
    row = visible_layer(actor(request), key, Permission.MANAGE_CATALOGUE)
    examine_by_machine(row, profile=plan_profile().compiling, actor=actor_name(request), now=now())
    return _to(key)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def submit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send a draft in; what the compiler finds stops it and stands on the page."""
    row = visible_layer(actor(request), key, Permission.MANAGE_CATALOGUE)
    try:
        when = date.fromisoformat(request.POST.get("effective_on", ""))
        submit_layer(row, effective_on=when, profile=plan_profile().compiling, actor=actor_name(request), now=now())
    except ValueError:
        return editor_page(request, row, problems=Invalid((Problem("effective_on", "not_a_date"),)), status=422)
    except Invalid as invalid:
        return editor_page(request, row, problems=invalid, status=422)
    except Conflict as conflict:
        if conflict.code != "plan_has_errors":
            raise
        messages.error(request, error_text(conflict.code, conflict.params))
        return _to(key)
    messages.success(request, "已送档案主管部门审查。")
    return _to(key)


@needs(Permission.EXAMINE_PLAN)
@require_POST
def opinion(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the opinion of the supervising authority."""
    row = visible_layer(actor(request), key)
    try:
        said = Opinion(
            chosen(request.POST, "verdict", Verdict),
            request.POST.get("opinion", ""),
            request.POST.get("document_number", ""),
            str(getattr(request.user, "display_name", "")),
        )
        examined = give_opinion(row, said, actor=actor_name(request), now=now())
    except Invalid as invalid:
        return editor_page(request, row, problems=invalid, status=422)
    agreed = examined.state == LayerState.APPROVED.value
    messages.success(request, "审查意见：同意，到日生效。" if agreed else "审查意见：退回修改。")
    return _to(key)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drop a version that is not in force."""
    row = visible_layer(actor(request), key, Permission.MANAGE_CATALOGUE)
    withdraw_layer(row, actor=actor_name(request), now=now())
    messages.success(request, "这一版已作废，仍可查看。")
    return _to(key)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def enforce(request: HttpRequest, key: UUID) -> HttpResponse:
    """Bring an approved version into force on or after its day, or go on with what was broken off."""
    row = visible_layer(actor(request), key, Permission.MANAGE_CATALOGUE)
    profile = plan_profile().compiling
    if row.state == LayerState.IN_FORCE.value:
        done = roll_out(row, profile=profile, now=now())
    else:
        done = bring_into_force(row, profile=profile, actor=actor_name(request), now=now())
    messages.success(request, f"已生效：{done.item_count} 个事项，更新 {done.written_count} 个归档配置。")
    return _to(key)
