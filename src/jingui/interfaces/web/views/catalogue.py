"""Items: the list, and one version of an item with its plan, its elements, its content and its versions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from jingui.db.queries.items import agencies_with_items, get_item, item_page, version_in_force
from jingui.domain.access.roles import Permission
from jingui.interfaces.web.addresses import page_number, searched_words
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import needs
from jingui.interfaces.web.shapes.items import item_tabs, item_view
from jingui.interfaces.web.shapes.plans import plan_view


@needs(Permission.SEARCH_RECORDS)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show one page of items."""
    agency, text = request.GET.get("agency", ""), searched_words(request.GET, "name")
    page = item_page(agency=agency, text=text, number=page_number(request.GET))
    context = {"page": page, "agencies": agencies_with_items(), "agency": agency, "name": text}
    return render(request, "web/catalogue.html", context)


@needs(Permission.SEARCH_RECORDS)
def item(request: HttpRequest, item_code: str) -> HttpResponse:
    """Show one version of an item: its plan, or another of its sides."""
    version = page_number(request.GET, "version") if "version" in request.GET else None
    found = get_item(item_code, version)
    tabs, tab = item_tabs(found, request.GET.get("tab", ""))
    current = version_in_force(item_code, on=timezone.localdate(now()))
    context = {
        "found": found,
        "item": found.item,
        "plan": found.plan,
        "view": plan_view(found.plan) if found.plan else None,
        "told": item_view(found.item.content),
        "tabs": tabs,
        "tab": tab,
        "current_version": current.item_version if current else None,
    }
    return render(request, "web/item.html", context)
