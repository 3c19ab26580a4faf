"""What people do to archiving plans: draw up, change, prove, send in, examine, drop, bring into force."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from jingui.bootstrap import plan_profile, services
from jingui.db.queries.past_cases import past_cases
from jingui.db.queries.plan_layers import item_count
from jingui.db.queries.plan_lists import agency_of_target
from jingui.domain.access.roles import Permission, check_may
from jingui.domain.catalogue.planning.examination import LayerState, Verdict
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import Conflict, Invalid, Problem
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.plan_forms import TAB_OF, chosen, edited
from jingui.interfaces.web.views.plans import TRIAL_DAYS, editor_page, visible_layer
from jingui.interfaces.wording import error_text
from jingui.usecases.catalogue.plans import (
    Opinion,
    change_draft,
    check_can_submit,
    draft_layer,
    give_opinion,
    withdraw_layer,
)
from jingui.usecases.catalogue.works import Request, ask, ask_rollout


def _to(key: UUID, tab: str = "") -> HttpResponse:
    address = reverse("plan", args=[key])
    return HttpResponseRedirect(f"{address}?tab={tab}" if tab else address)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draw up the next version of a layer."""
    scope, code = chosen(request.POST, "scope", LayerScope), request.POST.get("code", "").strip()
    check_may(actor(request), Permission.MANAGE_CATALOGUE, agency_code=agency_of_target(scope, code) or "*")
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
    """Ask for a version to be proved; how far it is and then the report stand on the page."""
    row = visible_layer(actor(request), key, Permission.MANAGE_CATALOGUE)
    _ask(request, Request(WorkKind.PROOF, row.key.hex, row.title, total=item_count(row)))
    return _to(key)


def _ask(request: HttpRequest, asked: Request) -> None:
    try:
        ask(asked, queue=services().queue, actor=actor_name(request), now=now())
    except Conflict as conflict:
        messages.info(request, error_text(conflict.code, conflict.params))


@needs(Permission.VIEW_PLANS)
@require_POST
def run_trial(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for a trial on the cases of the last month."""
    row = visible_layer(actor(request), key)
    since = now() - timedelta(days=TRIAL_DAYS)
    arguments = {"since": since.isoformat()}
    total = past_cases(row, since).count()
    _ask(request, Request(WorkKind.TRIAL, row.key.hex, row.title, arguments, total))
    return HttpResponseRedirect(reverse("plan-trial", args=[key]))


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def submit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for a draft to be proved and sent in; what the compiler finds stops it and stands on the page."""
    row = visible_layer(actor(request), key, Permission.MANAGE_CATALOGUE)
    try:
        when = date.fromisoformat(request.POST.get("effective_on", ""))
        check_can_submit(row, effective_on=when, now=now())
    except ValueError:
        return editor_page(request, row, problems=Invalid((Problem("effective_on", "not_a_date"),)), status=422)
    except Invalid as invalid:
        return editor_page(request, row, problems=invalid, status=422)
    told = {"effective_on": when.isoformat()}
    _ask(request, Request(WorkKind.SUBMISSION, row.key.hex, row.title, told, item_count(row)))
    return _to(key)


@needs(Permission.EXAMINE_PLAN)
@require_POST
def opinion(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the opinion of the supervising authority, of one over every agency on what rules them all."""
    row = visible_layer(actor(request), key, Permission.EXAMINE_PLAN)
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
    ask_rollout(row, queue=services().queue, actor=actor_name(request), now=now())
    return _to(key)
