"""Source systems and how far their cases have come: numbers, states and codes, never names or content."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jingui.db.queries.integration import get_source, source_cases, source_views
from jingui.db.queries.worklists import with_findings
from jingui.domain.access.roles import Permission, may
from jingui.domain.lifecycle import CaseState
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.guards import actor, needs


@needs(Permission.VIEW_PROGRESS, Permission.MANAGE_SOURCES)
def integration(request: HttpRequest) -> HttpResponse:
    """Show the sources with what is on its way."""
    who = actor(request)
    context = {
        "sources": source_views(who),
        "states": [state.value for state in CaseState if state != CaseState.PRESERVED],
    }
    context |= {"sees_cases": may(who, Permission.VIEW_PROGRESS), "sees_keys": may(who, Permission.MANAGE_SOURCES)}
    return render(request, "web/integration.html", context)


@needs(Permission.VIEW_PROGRESS)
def source(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one page of a source's cases with the codes of what holds them back."""
    known = {state.value for state in CaseState}
    state = request.GET.get("state", "") if request.GET.get("state") in known else ""
    page = source_cases(actor(request), key, state=state, number=page_number(request.GET))
    context = {"source": get_source(key), "page": page, "rows": with_findings(page.rows), "state": state}
    return render(request, "web/source.html", {**context, "states": [each.value for each in CaseState]})
