"""Theme cases (一件事): which there are, and how far the cases of one have come."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jingui.db.queries.themes import get_theme, list_themes
from jingui.domain.access.roles import Permission
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.masks import masked_title


@needs(Permission.VIEW_RECORD)
def themes(request: HttpRequest) -> HttpResponse:
    """Show a page of the themes of which this person may see a case."""
    number = page_number(request.GET)
    found, has_more = list_themes(actor(request), page=number)
    context = {"themes": found, "number": number, "previous": number - 1, "next": number + 1 if has_more else 0}
    return render(request, "web/themes.html", context)


@needs(Permission.VIEW_RECORD)
def theme(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one theme with the cases of it that this person may see."""
    found = get_theme(actor(request), key)
    rows = [(part, part.case, masked_title(part.case)) for part in found.parts]
    return render(request, "web/theme.html", {"theme": found, "rows": rows})
