"""Long acts on catalogue and plans: how far they are, what came of them, and what to do with one that stopped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jingui.bootstrap import services
from jingui.db.queries.imports import is_within
from jingui.db.queries.works import get_work
from jingui.domain.access.roles import Actor, Permission, check_may
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import NotFound
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.works import refusal_lines, work_view
from jingui.interfaces.web.views.export_works import show_export, visible_export
from jingui.interfaces.web.views.plans import visible_layer
from jingui.usecases.catalogue.works import abandon, try_again

_OF_LAYERS = frozenset({WorkKind.PROOF, WorkKind.SUBMISSION, WorkKind.ROLLOUT, WorkKind.TRIAL})
_OF_LISTS = frozenset({WorkKind.PREVIEW, WorkKind.IMPORT})


def _visible(who: Actor, key: UUID, permission: Permission = Permission.VIEW_PLANS) -> Any:  # noqa: ANN401
    work = get_work(key)
    if WorkKind(work.kind) is WorkKind.EXPORT:
        return visible_export(who, work)
    if WorkKind(work.kind) in _OF_LAYERS:
        visible_layer(who, UUID(work.subject), permission)
    else:
        check_may(who, Permission.MANAGE_CATALOGUE)
        is_settling = permission is not Permission.VIEW_PLANS
        if (is_settling or WorkKind(work.kind) in _OF_LISTS) and not is_within(work.arguments, who):
            raise NotFound("not_found")
    return work


def work_address(work: Any) -> str:  # noqa: ANN401 - interfaces know no models
    """Return where an act is shown: beside the plan or the list it is about, an import on a page of its own."""
    kind = WorkKind(work.kind)
    if kind in _OF_LAYERS:
        return reverse("plan-trial" if kind is WorkKind.TRIAL else "plan", args=[UUID(work.subject)])
    if kind is WorkKind.PREVIEW:
        return reverse("import-preview", args=[work.arguments["token"]])
    return reverse("consistency") if kind is WorkKind.COMPARISON else reverse("work", args=[work.pk])


@needs(Permission.VIEW_PLANS)
@require_GET
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show an import: its progress, then what came of it; other acts are shown where they belong."""
    work = _visible(actor(request), key)
    if WorkKind(work.kind) is WorkKind.EXPORT:
        return show_export(request, work)
    if WorkKind(work.kind) not in {WorkKind.IMPORT, WorkKind.CATCH_UP}:
        return HttpResponseRedirect(work_address(work))
    context = {"view": work_view(work), "refusal": refusal_lines(work)}
    return render(request, "web/work.html", context)


@needs(Permission.VIEW_PLANS)
@require_GET
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say how far an act is; once it has come to its end, the whole page is asked for anew."""
    view = work_view(_visible(actor(request), key))
    response = render(request, "web/work_progress.html", {"work_view": view})
    if not view.is_open or view.is_stuck:
        response.headers["HX-Refresh"] = "true"
    return response


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def settle_stuck(request: HttpRequest, key: UUID) -> HttpResponse:
    """Try an act that stopped again, or give it up."""
    work = _visible(actor(request), key, Permission.MANAGE_CATALOGUE)
    acts = {"again": try_again, "abandon": abandon}
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        raise NotFound("not_found")
    chosen(work, queue=services().queue, now=now())
    return HttpResponseRedirect(work_address(work))
