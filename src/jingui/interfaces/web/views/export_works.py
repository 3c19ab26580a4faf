"""Exports that a worker writes: how far one is, and its package when it is ready. Only who asked sees it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jingui.bootstrap import export_room, services
from jingui.db.queries.exports import reaches_all
from jingui.db.queries.works import get_work
from jingui.domain.access.roles import Actor, Permission, check_may
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import NotFound
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.works import refusal_lines, work_view
from jingui.usecases.exchange.working import KEPT_DAYS, exported_file, is_takeable


def visible_export(who: Actor, work: Any) -> Any:  # noqa: ANN401 - interfaces know no models
    """Return an export to who asked for it, while he may export every record in it: an account may move.

    Raises:
        Refused: he may no longer export.
        NotFound: somebody else asked, or a record in it is none of which he may know any more.
    """
    check_may(who, Permission.EXPORT_RECORDS)
    keys = [UUID(key) for key in work.arguments["keys"]]
    if work.arguments["account"] != who.account_key or not reaches_all(who, keys):
        raise NotFound("not_found")
    return work


def show_export(request: HttpRequest, work: Any) -> HttpResponse:  # noqa: ANN401 - interfaces know no models
    """Show how far an export is, or what came of it."""
    is_ready = is_takeable(work, room=export_room(services(), now))
    shown = {"view": work_view(work), "refusal": refusal_lines(work), "is_ready": is_ready, "kept_days": KEPT_DAYS}
    return render(request, "web/export_work.html", shown)


@needs(Permission.EXPORT_RECORDS)
@require_GET
def download(request: HttpRequest, key: UUID) -> FileResponse:
    """Give out the package; the journal says who took it."""
    work = get_work(key)
    if WorkKind(work.kind) is not WorkKind.EXPORT:
        raise NotFound("not_found")
    visible_export(actor(request), work)
    path = exported_file(work, room=export_room(services(), now), actor=actor_name(request))
    name = f"{work.title or 'export'}-{work.arguments['form']}.zip".replace("/", "_")
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
