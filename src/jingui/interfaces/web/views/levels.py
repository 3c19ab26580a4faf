"""One standard, four levels: what differs where, and settling it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jingui.bootstrap import plan_profile, services
from jingui.db.queries.levels import (
    difference_page,
    differences,
    element_counts,
    last_run,
    unplaced_counts,
    unplaced_items,
)
from jingui.db.queries.plan_layers import newest_items
from jingui.db.queries.works import open_work
from jingui.domain.access.roles import Permission, reach
from jingui.domain.catalogue.levels import Settlement
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import Conflict, Invalid, NotFound
from jingui.formats.plans import write_csv, write_long_workbook
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.plan_forms import chosen
from jingui.interfaces.web.shapes.works import work_view
from jingui.interfaces.wording import error_text, label, problem_text
from jingui.interfaces.wording.level_lines import difference_cells, element_text
from jingui.usecases.catalogue.levels import settle_difference, settle_unplaced
from jingui.usecases.catalogue.works import Request, ask

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IN_MEMORY = 4 * 2**20


@needs(Permission.VIEW_PLANS)
@require_GET
def consistency(request: HttpRequest) -> HttpResponse:
    """Show the last comparison: the score, the elements that differ, and the worklist."""
    return _page(request)


def _page(request: HttpRequest, *, problems: Invalid | None = None, status: int = 200) -> HttpResponse:
    found, under_way = last_run(), open_work((WorkKind.COMPARISON,))
    context: dict[str, Any] = {
        "run": found,
        "work_view": work_view(under_way) if under_way else None,
        "element": request.GET.get("element", ""),
        "base_code": request.GET.get("base_code", ""),
        "element_total": len(plan_profile().level_elements),
        **_to_settle(request, problems),
    }
    if found:
        rows = _asked(request, found)
        context["page"] = page = difference_page(rows, number=page_number(request.GET))
        context["titles"] = {row.element: element_text(row.element) for row in page.rows}
        context["unplaced"] = unplaced_counts(found, reach=reach(actor(request), Permission.VIEW_PLANS))
        context["unplaced_total"] = sum(count for _, count in context["unplaced"])
        context["elements"] = [(count, element_text(count.element)) for count in element_counts(found)]
        context["score"] = 100 * (1 - found.difference_count / found.compared_count) if found.compared_count else None
    return render(request, "web/consistency.html", context, status=status)


def _to_settle(request: HttpRequest, problems: Invalid | None) -> dict[str, Any]:
    """Return what every worklist shows of settling: the decision asked for, the choices, what was wrong with the last one."""
    return {
        "decision": request.GET.get("decision", "open"),
        "settlements": ["open", *Settlement],
        "problems": [(p.location, problem_text(p)) for p in problems.problems] if problems else [],
    }


def _asked(request: HttpRequest, found: Any) -> Any:  # noqa: ANN401 - interfaces know no models
    return differences(
        found,
        reach=reach(actor(request), Permission.VIEW_PLANS),
        base_code=request.GET.get("base_code", ""),
        element=request.GET.get("element", ""),
        decision=request.GET.get("decision", "open"),
    )


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for all items to be compared anew."""
    asked = Request(WorkKind.COMPARISON, total=newest_items().count())
    try:
        ask(asked, queue=services().queue, actor=actor_name(request), now=now())
    except Conflict as conflict:
        messages.info(request, error_text(conflict.code, conflict.params))
    return HttpResponseRedirect(reverse("consistency"))


@needs(Permission.VIEW_PLANS)
@require_GET
def unplaced(request: HttpRequest) -> HttpResponse:
    """List the items that no level holds, with why, and settle them."""
    return _unplaced_page(request)


def _unplaced_page(request: HttpRequest, *, problems: Invalid | None = None, status: int = 200) -> HttpResponse:
    found, within = last_run(), reach(actor(request), Permission.VIEW_PLANS)
    if found is None:
        raise NotFound("not_found")
    reason, decision = request.GET.get("reason", ""), request.GET.get("decision", "open")
    rows = unplaced_items(found, reach=within, reason=reason, decision=decision)
    context = {
        "run": found,
        "page": difference_page(rows, number=page_number(request.GET)),
        "counts": unplaced_counts(found, reach=within),
        "reason": reason,
        **_to_settle(request, problems),
    }
    return render(request, "web/unplaced.html", context, status=status)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def settle_nowhere(request: HttpRequest, number: int) -> HttpResponse:
    """Settle that one item of an agency within reach cannot be compared."""
    return _settled(request, number, of=_Worklist("unplaced", unplaced_items, settle_unplaced, _unplaced_page))


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """Settle one difference of an agency within reach."""
    return _settled(request, number, of=_Worklist("consistency", differences, settle_difference, _page))


@dataclass(frozen=True, slots=True)
class _Worklist:
    """A worklist of a comparison: its address, its rows within a reach, how one of them is settled, and its page."""

    address: str
    rows: Callable[..., Any]
    settle: Callable[..., object]
    page: Callable[..., HttpResponse]


def _settled(request: HttpRequest, number: int, *, of: _Worklist) -> HttpResponse:
    found, within = last_run(), reach(actor(request), Permission.MANAGE_CATALOGUE)
    if found is None or not of.rows(found, reach=within).filter(pk=number).exists():
        raise NotFound("not_found")
    try:
        decision = chosen(request.POST, "decision", Settlement)
        of.settle(number, decision, reason=request.POST.get("reason", ""), actor=actor_name(request), now=now())
    except Invalid as invalid:
        return of.page(request, problems=invalid, status=422)
    messages.success(request, f"已处理：{label('level_settlement', decision)}。")
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse(of.address) + (f"?{query}" if query else ""))


@needs(Permission.VIEW_PLANS)
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Return all differences that the list shows, as CSV or as a workbook; memory does not grow with them."""
    found = last_run()
    if found is None or kind not in _KINDS:
        raise NotFound("not_found")
    # Django closes the response's file when the answer has been sent.
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    cells = difference_cells(_asked(request, found).iterator())
    if kind == "csv":
        write_csv(out, cells)
    else:
        write_long_workbook(out, cells, name="四级差异")
    out.seek(0)
    disposition = f"attachment; filename*=UTF-8''{quote(f'四级差异.{kind}')}"
    return FileResponse(out, content_type=_KINDS[kind], headers={"Content-Disposition": disposition})
