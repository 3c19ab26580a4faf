"""Reading archiving plans: all layers, the editor of one, and its trial on cases of the past."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jingui.bootstrap import plan_profile
from jingui.db.queries.items import agencies_with_items
from jingui.db.queries.plan_layers import get_layer, plan_seen_from
from jingui.db.queries.plan_lists import agency_of_layer, layer_page, layer_past, rollout_of
from jingui.db.queries.works import last_refusal, last_work, open_work
from jingui.domain.access.roles import Actor, Permission, check_may, may, reach
from jingui.domain.catalogue.planning.examination import LayerState
from jingui.domain.catalogue.planning.layers import FIXED, EffectivePlan, LayerScope, layer_label
from jingui.domain.catalogue.planning.trial import totals_from_dict
from jingui.domain.catalogue.planning.vocabulary import vocabulary_of
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import Invalid, NotFound
from jingui.domain.records.canonical import canonical_sha256
from jingui.domain.records.formats import EXTENSIONS
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.plan_editor import (
    TABS,
    condition_fields,
    element_choices,
    find_material,
    find_retention_rule,
    plan_editor,
    shown_findings,
    ticked_values,
)
from jingui.interfaces.web.shapes.works import refusal_lines, work_view
from jingui.interfaces.wording import problem_text

TRIAL_DAYS = 30
_OF_PLAN = (WorkKind.PROOF, WorkKind.SUBMISSION, WorkKind.ROLLOUT)


def visible_layer(who: Actor, key: UUID, permission: Permission = Permission.VIEW_PLANS) -> Any:  # noqa: ANN401
    """Return a layer that somebody may see, or change: general ones need a reach over every agency to be changed.

    Raises:
        NotFound: there is none, or it is another agency's.
        Refused: it may be seen but not changed.
    """
    layer = get_layer(key)
    agency = agency_of_layer(layer)
    if agency and not may(who, Permission.VIEW_PLANS, agency_code=agency):
        raise NotFound("not_found")
    if permission is not Permission.VIEW_PLANS:
        check_may(who, permission, agency_code=agency or "*")
    return layer


@needs(Permission.VIEW_PLANS)
@require_GET
def layers(request: HttpRequest) -> HttpResponse:
    """Show the layers, and offer to draw one up."""
    scope, state = request.GET.get("scope", ""), request.GET.get("state", "")
    who = actor(request)
    may_all = may(who, Permission.MANAGE_CATALOGUE, agency_code="*")
    page = layer_page(reach(who, Permission.VIEW_PLANS), scope=scope, state=state, number=page_number(request.GET))
    context = {
        "page": page,
        "scope": scope,
        "state": state,
        "scopes": list(LayerScope),
        "drafted_scopes": list(LayerScope) if may_all else [LayerScope.AGENCY, LayerScope.ITEM],
        "may_all": may_all,
        "states": [state for state in LayerState if state not in {LayerState.SUPERSEDED, LayerState.WITHDRAWN}],
        "agencies": [row for row in agencies_with_items() if may(who, Permission.VIEW_PLANS, agency_code=row.code)],
        "profile": plan_profile(),
    }
    return render(request, "web/plans.html", context)


@needs(Permission.VIEW_PLANS)
@require_GET
def layer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one version of a layer: what it and all above it say, and forms for what it states itself."""
    row = visible_layer(actor(request), key)
    return editor_page(request, row)


def editor_page(
    request: HttpRequest,
    row: Any,  # noqa: ANN401 - interfaces know no models
    *,
    tab: str = "",
    problems: Invalid | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the editor, with what was wrong with the last form if anything was."""
    tab = tab or request.GET.get("tab", "")
    context = frame_of(request, row) | {
        "tab": tab if tab in TABS else "materials",
        "problems": [(p.location, problem_text(p)) for p in problems.problems] if problems else [],
    }
    try:
        made = plan_seen_from(row)
    except Invalid as invalid:
        context["problems"] = [(p.location, problem_text(p)) for p in invalid.problems]
        return render(request, "web/plan.html", context, status=status)
    own = layer_label(row.scope, row.code, row.version)
    context |= {"editor": plan_editor(made, own), **_forms(request, made), "fixed": row.content.get(FIXED, [])}
    return render(request, "web/plan.html", context, status=status)


def frame_of(request: HttpRequest, row: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what head and side of every page of a layer show."""
    who, agency = actor(request), agency_of_layer(row)
    is_draft = row.state == LayerState.DRAFT.value
    may_change = may(who, Permission.MANAGE_CATALOGUE, agency_code=agency or "*")
    under_way = open_work(_OF_PLAN, row.key.hex)
    return {
        "layer": row,
        "work_view": work_view(under_way) if under_way else None,
        "refusal": refusal_lines(last_refusal(_OF_PLAN, row.key.hex)) if is_draft and not under_way else [],
        "rollout": rollout_of(row),
        "agency_code": agency,
        "tabs": TABS.items(),
        "may_edit": is_draft and may_change,
        "may_manage": may_change,
        "may_examine": row.state == LayerState.SUBMITTED.value
        and may(who, Permission.EXAMINE_PLAN, agency_code=agency or "*")
        and actor_name(request) not in {row.drafted_by, row.submitted_by},
        "is_due": row.effective_on is not None and row.effective_on <= timezone.localtime(now()).date(),
        "past": layer_past(row),
        "opinions": row.opinions.order_by("-examined_at"),
        "report": row.report,
        "findings": shown_findings(row.report),
        "is_stale": bool(row.report) and row.report_sha256 != canonical_sha256(row.content),
        "today": timezone.localtime(now()).date().isoformat(),
    }


def _forms(request: HttpRequest, made: EffectivePlan) -> dict[str, Any]:
    """Return what the forms start from: an existing row that is to be changed, or nothing."""
    kind, _, name = request.GET.get("edit", "").partition(".")
    material = find_material(made.plan, name) if kind == "materials" else None
    rule = find_retention_rule(made.plan, name) if kind == "retention_rules" else None
    condition = material.when if material else rule.when if rule else None
    fields = condition_fields(made.plan, condition)
    return {
        "material": material,
        "rule": rule,
        "fields": fields,
        "keeps_condition": condition is not None and ticked_values(condition, vocabulary_of(made.plan)) is None,
        "is_adding": request.GET.get("add", ""),
        "elements": element_choices(),
        "format_names": list(EXTENSIONS),
    }


@needs(Permission.VIEW_PLANS)
@require_GET
def trial(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what a version would change in the cases of the last month: how far the trial is, or what it found."""
    row = visible_layer(actor(request), key)
    shows_cases = may(actor(request), Permission.VIEW_RECORD, agency_code=agency_of_layer(row) or "*")
    context = frame_of(request, row) | {"days": TRIAL_DAYS, "is_trial": True, "shows_cases": shows_cases}
    under_way, last = open_work((WorkKind.TRIAL,), row.key.hex), last_work(WorkKind.TRIAL, row.key.hex)
    if under_way:
        context["trial_view"] = work_view(under_way)
    elif last:
        totals = totals_from_dict(last.result["totals"])
        is_old = last.result["content_sha256"] != canonical_sha256(row.content)
        context |= {"totals": totals, "tried_at": last.finished_at, "is_old": is_old}
        context |= {"kinds": totals.kinds.most_common(), "missing": totals.missing.most_common()}
    return render(request, "web/plan_trial.html", context)
