"""Items and their archiving plans, and importing a catalogue: look first, then confirm."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from jingui.db.queries.items import agencies_with_items, get_item, item_page
from jingui.domain.access.roles import Permission
from jingui.domain.catalogue.importing import ImportPlan
from jingui.domain.errors import Invalid
from jingui.formats.catalogues import read_catalogue, write_template, write_workbook
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor_name, needs
from jingui.interfaces.web.shapes.imports import import_view, problem_table
from jingui.interfaces.web.shapes.plans import plan_view
from jingui.interfaces.web.uploads import drop_upload, keep_upload, kept_upload
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.catalogue.importing import import_catalogue, preview_import

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Permission.SEARCH_RECORDS)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show one page of items."""
    agency, text = request.GET.get("agency", ""), request.GET.get("name", "").strip()
    page = item_page(agency=agency, text=text, number=page_number(request.GET))
    context = {"page": page, "agencies": agencies_with_items(), "agency": agency, "name": text}
    return render(request, "web/catalogue.html", context)


@needs(Permission.SEARCH_RECORDS)
def item(request: HttpRequest, item_code: str) -> HttpResponse:
    """Show one version of an item with its plan."""
    version = page_number(request.GET, "version") if "version" in request.GET else None
    found = get_item(item_code, version)
    view = plan_view(found.plan) if found.plan else None
    return render(request, "web/item.html", {"found": found, "item": found.item, "plan": found.plan, "view": view})


@needs(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a catalogue file; a readable one is kept and leads to its preview."""
    if request.method == "GET":
        return render(request, "web/import.html", {})
    chosen = request.FILES.get("catalogue")
    if chosen is None:
        return render(request, "web/import.html", {"error": error_text("upload_missing", {})}, status=422)
    data = chosen.read()
    try:
        read_catalogue(data)
    except Invalid as error:
        told = [problem_text(problem) for problem in error.problems]
        return render(request, "web/import.html", {"problems": told}, status=422)
    return HttpResponseRedirect(f"/catalogue/import/{keep_upload(_folder(), data)}")


@needs(Permission.MANAGE_CATALOGUE)
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the import would do; nothing is changed."""
    return render(request, "web/import_preview.html", {"token": token, "view": import_view(_plan(token))})


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Take over every sound row of the kept file."""
    plan = import_catalogue(read_catalogue(kept_upload(_folder(), token)), actor=actor_name(request), now=now())
    drop_upload(_folder(), token)
    taken = f"新增 {len(plan.added)} 项，更新 {len(plan.changed)} 项，未变 {len(plan.unchanged)} 项"
    messages.success(request, f"目录已导入：{taken}；未收 {len(plan.refused)} 行。")
    return HttpResponseRedirect("/catalogue")


@needs(Permission.MANAGE_CATALOGUE)
def problems(_request: HttpRequest, token: str) -> HttpResponse:
    """Return the refused rows as a workbook, to be corrected and sent again."""
    return _workbook(write_workbook({"未收": problem_table(_plan(token))}), "未收的行.xlsx")


@needs(Permission.MANAGE_CATALOGUE)
def template(_request: HttpRequest) -> HttpResponse:
    """Return the empty workbook for catalogues."""
    return _workbook(write_template(), "事项目录模板.xlsx")


def _folder() -> Path:
    home: Path = settings.JINGUI.home
    return home / "cache" / "uploads"


def _plan(token: str) -> ImportPlan:
    return preview_import(read_catalogue(kept_upload(_folder(), token)))


def _workbook(data: bytes, name: str) -> HttpResponse:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(data, content_type=_XLSX, headers={"Content-Disposition": disposition})
