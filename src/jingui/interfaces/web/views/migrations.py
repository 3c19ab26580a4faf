"""Format migrations (格式迁移): plans, the trial side by side, the decision, the run and its register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jingui.bootstrap import conversion_bench, services, workshop
from jingui.db.queries.format_migrations import conversions_of, find_migration, migrations, progress_of, touched
from jingui.db.queries.format_policies import current_policy, held_formats
from jingui.db.queries.viewer import find_file
from jingui.domain.access.roles import Permission, check_may, may
from jingui.domain.errors import Conflict, DomainError, Invalid, NotFound, PermanentFailure, Refused
from jingui.domain.preservation.migration import ROUTES, MigrationChoices, MigrationState, obstacle
from jingui.interfaces.conversion_forms import register_form
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.content import note_look, page_image
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.wording import error_text, problem_text
from jingui.interfaces.wording.migrations import reason_text
from jingui.usecases.preservation.migrating import (
    Decision,
    ask_trial,
    decide_migration,
    formats_of_policy,
    plan_migration,
    start_migration,
)

FIELDS = ("title", "reason", "authorization", "department", "sample")
PAGE_WIDTH = 560
MOST_LISTED = 500


@needs(Permission.SEARCH_RECORDS)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """List the migrations, and offer those who may a new plan."""
    return _overview(request)


def _overview(
    request: HttpRequest, *, given: QueryDict | None = None, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    chosen = given.getlist("route") if given else [f"{source}:{target}" for source, target in formats_of_policy()]
    held, policy, shop = touched({source for source, _ in ROUTES}), current_policy(), workshop()
    routes = [
        {
            "value": f"{source}:{target}",
            "source": source,
            "target": target,
            "risk": policy.rule_of(source).risk.value,
            "held": held[source],
            "converter": name.value,
            "is_there": shop.is_there(name),
            "is_chosen": f"{source}:{target}" in chosen,
        }
        for (source, target), name in ROUTES.items()
        if source in held
    ]
    context = {
        "rows": migrations(),
        "routes": routes,
        "unconvertible": [
            (row, policy.rule_of(row.format_name), obstacle(row.format_name))
            for row in held_formats(actor(request))
            if obstacle(row.format_name)
        ],
        "faults": faults or [],
        "given": {name: given.get(name, "") if given else "" for name in FIELDS},
        "plans": may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*"),
    }
    return render(request, "web/migrations.html", context, status=status)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Keep a plan; what is wrong with it is told above the form."""
    check_may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*")
    sample = request.POST.get("sample", "")
    pairs = [told.partition(":") for told in request.POST.getlist("route")]
    choices = MigrationChoices(
        **{name: request.POST.get(name, "") for name in FIELDS[:-1]},
        formats=tuple((source, target) for source, _, target in pairs),
        sample=int(sample) if sample.isdecimal() and len(sample) < 6 else 0,  # noqa: PLR2004 - out of range anyway
    )
    try:
        row = plan_migration(choices, converter=workshop(), actor=actor_name(request), now=now())
    except Invalid as error:
        return _overview(request, given=request.POST, faults=_said(error), status=422)
    messages.success(request, f"方案 {row.number} 已保存。")
    return HttpResponseRedirect(reverse("migration", args=[row.number]))


def _said(error: Invalid) -> list[str]:
    return [f"{_FIELD_NAMES.get(one.location, one.location)}：{problem_text(one)}" for one in error.problems]


_FIELD_NAMES = {
    "title": "名称",
    "reason": "为什么迁移",
    "authorization": "管理授权",
    "department": "责任部门",
    "sample": "抽样数",
    "formats": "格式",
    "opinion": "审批意见",
}


@needs(Permission.SEARCH_RECORDS)
@require_GET
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Show a migration: what it touches, its trial, its decision and how far it is."""
    return _page(request, number)


def _page(request: HttpRequest, number: int, *, faults: list[str] | None = None, status: int = 200) -> HttpResponse:
    row = _found(number)
    progress = progress_of(row)
    who = actor(request)
    sees = may(who, Permission.VIEW_CONTENT, agency_code="*")
    context = {
        "row": row,
        "progress": progress,
        "done": sum(progress.outcomes.values()),
        "outcomes": sorted(progress.outcomes.items()),
        "trial": [_tried(one) for one in row.trial] if sees else [],
        "failures": [(one, reason_text(one.reason)) for one in conversions_of(row, outcome="failed")[:MOST_LISTED]]
        if sees
        else [],
        "missing": [told for told in row.formats if not told["is_there"]],
        "manages": may(who, Permission.MANAGE_CATALOGUE, agency_code="*"),
        "may_print": sees,
        "is_own": row.planned_by == actor_name(request),
        "faults": faults or [],
        "acts": {
            "trial": row.state in {MigrationState.PLANNED, MigrationState.TRIED},
            "decide": row.state == MigrationState.TRIED,
            "start": row.state == MigrationState.APPROVED,
        },
    }
    return render(request, "web/migration.html", context, status=status)


def _tried(one: dict[str, Any]) -> dict[str, Any]:
    kept = (one["comparison"] or {}).get("text_kept")
    return {
        **one,
        "key": UUID(one["case"]),
        "why": reason_text(one["reason"]),
        "kept": None if kept is None else f"{kept / 100:.2f}%",
    }


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Do the next step of a migration."""
    check_may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*")
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise NotFound("not_found")
    try:
        messages.success(request, chosen(request, number))
    except Invalid as error:
        return _page(request, number, faults=_said(error), status=422)
    except (Conflict, Refused) as error:
        return _page(request, number, faults=[error_text(error.code, error.params)], status=_STATUS[type(error)])
    return HttpResponseRedirect(reverse("migration", args=[number]))


_STATUS: dict[type[DomainError], int] = {Conflict: 409, Refused: 403}


def _ask_trial(request: HttpRequest, number: int) -> str:
    ask_trial(number, queue=services().queue, actor=actor_name(request), now=now())
    return "试转换已排队。"


def _decide(request: HttpRequest, number: int) -> str:
    decision = Decision(
        is_approved=request.POST.get("act") == "approve", opinion=request.POST.get("opinion", "").strip()
    )
    decide_migration(number, decision, actor=actor_name(request), now=now())
    return "审批意见已记入。"


def _start(request: HttpRequest, number: int) -> str:
    start_migration(number, converter=workshop(), queue=services().queue, actor=actor_name(request), now=now())
    return "已开始执行。"


_ACTS: dict[str, Callable[[HttpRequest, int], str]] = {
    "trial": _ask_trial,
    "approve": _decide,
    "reject": _decide,
    "start": _start,
}


@needs(Permission.SEARCH_RECORDS)
@require_GET
def register(request: HttpRequest, number: int) -> HttpResponse:
    """Hand out form A.3, which names files of all agencies."""
    check_may(actor(request), Permission.VIEW_CONTENT, agency_code="*")
    data = register_form(number, unit_name=settings.JINGUI.name, now=now())
    headers = {"Content-Disposition": f'inline; filename="migration-{number}.pdf"'}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@needs(Permission.VIEW_CONTENT)
@require_GET
def page(request: HttpRequest, number: int, at: int, side: str) -> HttpResponse:
    """Return the first page of a file of the trial, ``before`` or ``after``."""
    row = _found(number)
    if at >= len(row.trial) or side not in {"before", "after"}:
        raise NotFound("not_found")
    one = row.trial[at]
    place = find_file(actor(request), UUID(one["case"]), one["file"])
    note_look(request, UUID(one["case"]), is_new_page=False)
    try:
        if side == "before":
            data = page_image(place, format_name=one["format"], page=1, width=PAGE_WIDTH, turn=0)
        else:
            path = conversion_bench(services()).trials.path(one["token"])
            data = services().renderer.render(path, one["target"], page=0, width=PAGE_WIDTH)
    except (PermanentFailure, FileNotFoundError) as failure:
        code = getattr(failure, "code", "content_gone")
        context = {"text": error_text(code, {})}
        return render(request, "web/no_page.svg", context, content_type="image/svg+xml", status=422)
    return HttpResponse(data, content_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def _found(number: int) -> Any:  # noqa: ANN401 - a row, whose class is not for views to import
    row = find_migration(number)
    if row is None:
        raise NotFound("migration_unknown")
    return row
