"""The scope-and-retention table of an agency: on the screen, as a workbook, and as the form for approval."""

from __future__ import annotations

import io
from itertools import islice
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jingui.db.queries.plan_layers import get_layer
from jingui.db.queries.scope_tables import agency_scope_rows, get_agency, scope_head
from jingui.domain.access.roles import Permission, may
from jingui.domain.errors import NotFound
from jingui.formats.plans import write_long_workbook
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.views.plans import visible_layer
from jingui.interfaces.wording.scope_forms import scope_form_pdf
from jingui.interfaces.wording.scope_lines import state_text, table_cells, worded_rows

SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest, code: str) -> tuple[Any, Any]:
    """Return the agency and the version the table is for; both must be the asker's to know."""
    if not may(actor(request), Permission.VIEW_PLANS, agency_code=code):
        raise NotFound("not_found")
    told = request.GET.get("layer", "")
    try:
        layer = visible_layer(actor(request), UUID(told)) if told else None
    except ValueError as error:
        raise NotFound("not_found") from error
    return get_agency(code), get_layer(layer.key) if layer else None


@needs(Permission.VIEW_PLANS)
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Show the first rows of the table."""
    agency, layer = _asked(request, code)
    head = scope_head(agency, layer)
    rows = list(islice(worded_rows(agency_scope_rows(agency, layer)), SHOWN + 1))
    context = {
        "agency": agency,
        "layer": layer,
        "head": head,
        "state": state_text(head),
        "rows": rows[:SHOWN],
        "is_cut": len(rows) > SHOWN,
        "query": f"?layer={layer.key}" if layer else "",
    }
    return render(request, "web/scope_table.html", context)


@needs(Permission.VIEW_PLANS)
@require_GET
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    """Return the whole table as a workbook."""
    agency, layer = _asked(request, code)
    out = io.BytesIO()
    write_long_workbook(out, table_cells(worded_rows(agency_scope_rows(agency, layer))), name="归档范围与保管期限表")
    return _file(out.getvalue(), _XLSX, f"{agency.name}归档范围与保管期限表.xlsx")


@needs(Permission.VIEW_PLANS)
@require_GET
def form(request: HttpRequest, code: str) -> HttpResponse:
    """Return the whole table as the form for approval."""
    agency, layer = _asked(request, code)
    rows = worded_rows(agency_scope_rows(agency, layer))
    data = scope_form_pdf(scope_head(agency, layer), rows, printed_on=timezone.localtime(now()).date())
    return _file(data, "application/pdf", f"{agency.name}归档范围与保管期限表.pdf")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": disposition})
