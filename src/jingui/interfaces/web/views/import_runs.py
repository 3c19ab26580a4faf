"""Imports that are under way or have been made, with the rows they did not take, and the empty template."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from jingui.db.queries.imports import is_within, mapping_names, recent_imports, visible_import
from jingui.db.queries.works import open_works
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import NotFound
from jingui.formats.catalogues import write_template
from jingui.formats.catalogues.error_files import WORKBOOK_ROWS, write_error_tables, write_error_workbook
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.imports import error_rows
from jingui.interfaces.web.shapes.works import work_view
from jingui.usecases.catalogue.reports import ReportFile

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def problem_tables(report: ReportFile) -> FileResponse:
    """Return the refused rows of a report as CSV files."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_error_tables(error_rows(report, "refused"), out, name="problems.zip")
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename="未收的行.zip", content_type="application/zip")


@needs(Permission.MANAGE_CATALOGUE)
def runs(request: HttpRequest) -> HttpResponse:
    """List the newest imports with what they did."""
    who = actor(request)
    works = [work_view(work) for work in open_works(WorkKind.IMPORT) if is_within(work.arguments, who)]
    context = {
        "runs": recent_imports(who),
        "mappings": mapping_names(),
        "works": works,
        "open": {view.work.subject for view in works},
    }
    return render(request, "web/imports.html", context)


@needs(Permission.MANAGE_CATALOGUE)
def run_problems(request: HttpRequest, key: UUID) -> HttpResponse:
    """Return the rows that an import refused, as a workbook."""
    return problem_book(_report_of(actor(request), key))


@needs(Permission.MANAGE_CATALOGUE)
def run_problem_tables(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Return the rows that an import refused as CSV files, however many they are."""
    return problem_tables(_report_of(actor(request), key))


def _report_of(who: Actor, key: UUID) -> ReportFile:
    report = ReportFile(runs_folder() / visible_import(who, key).task_sha256 / "report.jsonl")
    if not report.path.is_file():
        raise NotFound("import_report_gone")
    return report


@needs(Permission.MANAGE_CATALOGUE)
def template(_request: HttpRequest) -> HttpResponse:
    """Return the empty workbook for catalogues."""
    return _workbook(write_template(), "事项目录模板.xlsx")


def runs_folder() -> Path:
    """Return where imports lie, each under its identity."""
    return cache_folder() / "imports"


def cache_folder() -> Path:
    """Return where the instance keeps what can be made anew or is wanted for a day."""
    home: Path = settings.JINGUI.home
    return home / "cache"


def problem_book(report: ReportFile) -> HttpResponse:
    """Return the first refused and noted rows of a report as a workbook."""
    refused = [row for _, row in zip(range(WORKBOOK_ROWS), error_rows(report, "refused"), strict=False)]
    noted = [row for _, row in zip(range(WORKBOOK_ROWS), error_rows(report, "noted"), strict=False)]
    return _workbook(write_error_workbook(refused, noted), "未收的行.xlsx")


def _workbook(data: bytes, name: str) -> HttpResponse:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(data, content_type=_XLSX, headers={"Content-Disposition": disposition})
