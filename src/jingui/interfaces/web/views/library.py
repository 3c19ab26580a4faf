"""The library: the tree of fonds, the grid of cases or files, facets and search."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from jingui.bootstrap import services
from jingui.db.queries import library as queries
from jingui.db.queries.library import ORDERS, Selection, Shelf
from jingui.db.queries.visibility import search_scope
from jingui.domain.access.roles import Actor, Permission
from jingui.interfaces.web.addresses import page_number, searched_words
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.grids import case_rows, file_rows
from jingui.interfaces.web.shapes.shelves import chips, shelf_title, tree_nodes
from jingui.usecases.viewing import note_searched

SEARCH_LIMIT = 2000
_YEAR_DIGITS = 4


@needs(Permission.SEARCH_RECORDS)
def library(request: HttpRequest) -> HttpResponse:
    """Show one page of the cases or files that the address selects."""
    who, text = actor(request), searched_text(request.GET)
    found, hits = _search(request, who, text)
    selection = selection_of(request.GET, found)
    tree = tree_nodes(queries.tree(selection.shelf, who))
    context = {
        "q": text,
        "hits": hits,
        "limit": SEARCH_LIMIT,
        "tree": tree,
        "title": shelf_title(selection.shelf, tree),
    }
    context |= {
        "chips": chips(request.GET),
        "facets": queries.facets(selection, who),
        **_grid(request.GET, selection, who),
    }
    return render(request, "web/library.html", context)


def _search(request: HttpRequest, who: Actor, text: str) -> tuple[tuple[UUID, ...] | None, Any]:
    if not text:
        return None, None
    hits = _hits(who, text)
    if "page" not in request.GET and not request.headers.get("HX-Request"):
        note_searched(actor=actor_name(request), hits=hits.total, now=now())
    return tuple(UUID(key) for key in hits.record_keys), hits


def searched_text(query: QueryDict) -> str:
    """Return the words that an address searches for."""
    return searched_words(query, "q")


def found_keys(who: Actor, text: str) -> tuple[UUID, ...] | None:
    """Return the keys of what a search finds; ``None`` where nothing is searched for."""
    return tuple(UUID(key) for key in _hits(who, text).record_keys) if text else None


def _hits(who: Actor, text: str) -> Any:  # noqa: ANN401 - interfaces know no adapters
    return services().search.query(text, agency_keys=search_scope(who), limit=SEARCH_LIMIT)


def selection_of(query: QueryDict, found: tuple[UUID, ...] | None) -> Selection:
    """Return what an address selects, among what was found."""
    shelf = Shelf(
        query.get("fonds", ""), query.get("category", ""), _year(query.get("year", "")), query.get("retention", "")
    )
    states, outcomes, items = (tuple(query.getlist(name)) for name in ("state", "outcome", "item"))
    return Selection(shelf, states, outcomes, items, found)


def _year(text: str) -> str:
    return text if text == "none" or (text.isascii() and text.isdigit() and len(text) == _YEAR_DIGITS) else ""


def _grid(query: QueryDict, selection: Selection, who: Actor) -> dict[str, Any]:
    number, is_files = page_number(query), query.get("show") == "files"
    order = query.get("sort", "") if query.get("sort") in ORDERS else "arrival"
    if is_files:
        page = queries.file_page(selection, who, number=number)
        totals = {"case_total": queries.capped_count(selection.cases(who)), "file_total": page.total}
        return {"page": page, "rows": file_rows(page.rows), "is_files": True, "sort": order, **totals}
    page = queries.case_page(selection, who, order=order, number=number)
    totals = {"case_total": page.total, "file_total": queries.file_count(selection, who)}
    return {"page": page, "rows": case_rows(page.rows), "is_files": False, "sort": order, **totals}
