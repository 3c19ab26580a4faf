"""Importing a catalogue: upload, columns, look at what would change, then confirm."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jingui.bootstrap import services
from jingui.db.queries.imports import get_import, mapping_names, recent_imports
from jingui.db.queries.works import last_refusal, open_work, open_works, queue_trouble
from jingui.domain.access.roles import Permission
from jingui.domain.catalogue.mappings import ColumnMapping, mapping_from_dict, mapping_to_dict
from jingui.domain.catalogue.profiles import PROFILES
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem
from jingui.formats.catalogues import write_template
from jingui.formats.catalogues.error_files import WORKBOOK_ROWS, write_error_tables, write_error_workbook
from jingui.formats.catalogues.sources import CatalogueSource
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor_name, needs
from jingui.interfaces.web.shapes.imports import error_rows, import_view
from jingui.interfaces.web.shapes.mappings import mapping_tables, posted_mapping
from jingui.interfaces.web.shapes.works import refusal_lines, work_view
from jingui.interfaces.web.uploads import Upload, drop_upload, hand_over, keep_upload, kept_upload
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.catalogue.list_acts import UPLOAD
from jingui.usecases.catalogue.mappings import save_mapping
from jingui.usecases.catalogue.opening import ImportChoices, named_mapping, open_task
from jingui.usecases.catalogue.previews import known_preview, make_preview
from jingui.usecases.catalogue.reports import ReportFile
from jingui.usecases.catalogue.runs import ImportSummary, ImportTask
from jingui.usecases.catalogue.works import Request, ask

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOAD_LIMIT = 64 * 1024 * 1024
"""Largest file, in bytes, that is taken over the web; the command takes any size."""
PREVIEW_AT_ONCE = 1024 * 1024
"""Largest file, in bytes, whose preview is made while the person waits; that of a larger one is made by a worker."""


@needs(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a catalogue file; a readable one is kept and leads to its preview, or first to its columns."""
    if request.method == "GET":
        return render(request, "web/import.html", {})
    chosen = request.FILES.get("catalogue")
    if chosen is None:
        return _asked_again(request, (), error=error_text("upload_missing", {}))
    if (chosen.size or 0) > UPLOAD_LIMIT:
        return _asked_again(request, (Problem("", "catalogue_file_too_large", {"limit": str(UPLOAD_LIMIT)}),))
    kept = keep_upload(_uploads(), chosen.name or "", chosen.chunks())
    try:
        source, task = _task(kept)
    except Invalid as error:
        drop_upload(kept)
        return _asked_again(request, error.problems)
    step = "" if _is_named(source, task.mapping) else "/mapping"
    return HttpResponseRedirect(f"/catalogue/import/{kept.token}{step}")


def _asked_again(request: HttpRequest, problems: tuple[Problem, ...], *, error: str = "") -> HttpResponse:
    told = [problem_text(problem) for problem in problems]
    return render(request, "web/import.html", {"problems": told, "error": error}, status=422)


def _is_named(source: CatalogueSource, mapping: ColumnMapping | None) -> bool:
    """Say whether the columns need nobody: the form is ours, or a name of items was found among them."""
    if source.known is not None or mapping is None:
        return True
    return any("item_name" in table.columns.values() for table in mapping.tables.values())


def _task(kept: Upload) -> tuple[CatalogueSource, ImportTask]:
    choices = kept.choices
    told = ImportChoices(
        mapping=str(kept.mapping_path) if choices.mapping else "",
        profile=choices.profile,
        complete=choices.complete,
        constants=_constants(kept),
    )
    return open_task(kept.path, told, name=choices.name)


def _constants(kept: Upload) -> tuple[tuple[str, str], ...]:
    told = {"agency_region": kept.choices.region, "agency_name": kept.choices.agency}
    return tuple((name, value) for name, value in told.items() if value)


@needs(Permission.MANAGE_CATALOGUE)
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the import would do; nothing is changed. For a large file, show how far the worker is with it."""
    kept = kept_upload(_uploads(), token)
    summary = _previewed(kept)
    if summary is None:
        return _awaited(request, kept)
    context = {"token": token, "view": import_view(summary), "choices": kept.choices, "profiles": PROFILES.values()}
    return render(request, "web/import_preview.html", context)


def _previewed(kept: Upload) -> ImportSummary | None:
    """Return the preview of a file, made now if that takes a moment only."""
    known = known_preview(kept.preview)
    if known or kept.path.stat().st_size > PREVIEW_AT_ONCE:
        return known
    source, task = _task(kept)
    return make_preview(source, task, folder=kept.preview)


def _awaited(request: HttpRequest, kept: Upload) -> HttpResponse:
    """Show how far the preview of a large file is; ask for it unless that has been done."""
    work, refused = open_work((WorkKind.PREVIEW,), kept.digest), last_refusal((WorkKind.PREVIEW,), kept.digest)
    if work is None and refused is None:
        choices = kept.choices
        told = {"token": kept.token, "file": kept.path.name, "mapping": bool(choices.mapping)}
        arguments = {**told, "profile": choices.profile, "complete": choices.complete, "constants": _constants(kept)}
        asked = Request(WorkKind.PREVIEW, kept.digest, choices.name, arguments)
        with suppress(Conflict):  # another window has asked at the same moment
            ask(asked, queue=services().queue, actor=actor_name(request), now=now())
        work = open_work((WorkKind.PREVIEW,), kept.digest)
    context = {
        "token": kept.token,
        "choices": kept.choices,
        "work_view": work_view(work) if work else None,
        "refusal": refusal_lines(refused),
    }
    return render(request, "web/import_awaited.html", context)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def options(request: HttpRequest, token: str) -> HttpResponse:
    """Keep how the file is to be read: profile, completeness, and what every row has."""
    kept = kept_upload(_uploads(), token)
    told = {name: request.POST.get(name, "").strip()[:200] for name in ("complete", "region", "agency")}
    profile = request.POST.get("profile", "")
    chosen = replace(kept, choices=replace(kept.choices, profile=profile if profile in PROFILES else "", **told))
    try:
        _task(chosen)
    except Invalid as error:
        for problem in error.problems:
            messages.error(request, problem_text(problem))
    else:
        chosen.choose()
    return HttpResponseRedirect(f"/catalogue/import/{token}")


@needs(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, token: str) -> HttpResponse:
    """Show which column is which field, beside samples, and take it as a person sets it."""
    kept = kept_upload(_uploads(), token)
    source, task = _task(kept)
    if task.mapping is None:
        return HttpResponseRedirect(f"/catalogue/import/{token}")
    shown = task.mapping
    if request.method == "POST":
        shown = _posted(request, kept, source, task.mapping)
        if "again" not in request.POST:
            return HttpResponseRedirect(f"/catalogue/import/{token}")
    tables = mapping_tables(source.heads, shown)
    context = {"token": token, "tables": tables, "mapping": shown, "saved": mapping_names()}
    return render(request, "web/import_mapping.html", context)


def _posted(request: HttpRequest, kept: Upload, source: CatalogueSource, before: ColumnMapping) -> ColumnMapping:
    """Keep the mapping that was posted, or the saved one that was chosen, and save it if it was given a name."""
    used, name = request.POST.get("use", ""), request.POST.get("name", "").strip()
    chosen = named_mapping(used) if used in mapping_names() else posted_mapping(request.POST, source.heads, before)
    chosen = mapping_from_dict(mapping_to_dict(replace(chosen, name=name or chosen.name)))
    if name:
        row = save_mapping(chosen, actor=actor_name(request), now=now())
        messages.success(request, f"列对应已存为“{row.name}”第 {row.version} 版。")
    kept.mapping_path.write_text(json.dumps(mapping_to_dict(chosen), ensure_ascii=False), encoding="utf-8")
    kept.choose(mapping="set")
    return chosen


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a worker to take over every sound row of the kept file, and show how far it is."""
    kept = kept_upload(_uploads(), token)
    _, task = _task(kept)
    known = open_work((WorkKind.IMPORT,), task.identity)
    if known and not queue_trouble(known)[1]:
        messages.info(request, error_text("work_under_way", {}))
        return HttpResponseRedirect(reverse("work", args=[known.pk]))
    work = ask(_request(kept, task), queue=services().queue, actor=actor_name(request), now=now())
    drop_upload(kept)
    return HttpResponseRedirect(reverse("work", args=[work.pk]))


def _request(kept: Upload, task: ImportTask) -> Request:
    """Hand the file over to the workers with the very mapping that the preview showed."""
    mapping = json.dumps(mapping_to_dict(task.mapping), ensure_ascii=False) if task.mapping else ""
    name = hand_over(kept, _runs() / task.identity / UPLOAD, mapping)
    choices = kept.choices
    arguments = {"file": name, "profile": choices.profile, "complete": choices.complete, "constants": []}
    return Request(WorkKind.IMPORT, task.identity, choices.name, arguments)


@needs(Permission.MANAGE_CATALOGUE)
def problems(_request: HttpRequest, token: str) -> HttpResponse:
    """Return the refused rows as a workbook, to be corrected and sent again."""
    return _problem_book(_report(kept_upload(_uploads(), token)))


@needs(Permission.MANAGE_CATALOGUE)
def problem_tables(_request: HttpRequest, token: str) -> HttpResponseBase:
    """Return the refused rows as CSV files, however many they are."""
    return _problem_tables(_report(kept_upload(_uploads(), token)))


def _report(kept: Upload) -> ReportFile:
    summary = _previewed(kept)
    if summary is None:
        raise NotFound("import_report_gone")
    return summary.report


def _problem_tables(report: ReportFile) -> FileResponse:
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_error_tables(error_rows(report, "refused"), out, name="problems.zip")
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename="未收的行.zip", content_type="application/zip")


@needs(Permission.MANAGE_CATALOGUE)
def runs(request: HttpRequest) -> HttpResponse:
    """List the newest imports with what they did."""
    works = [work_view(work) for work in open_works(WorkKind.IMPORT)]
    context = {
        "runs": recent_imports(),
        "mappings": mapping_names(),
        "works": works,
        "open": {view.work.subject for view in works},
    }
    return render(request, "web/imports.html", context)


@needs(Permission.MANAGE_CATALOGUE)
def run_problems(_request: HttpRequest, key: UUID) -> HttpResponse:
    """Return the rows that an import refused, as a workbook."""
    return _problem_book(_report_of(key))


@needs(Permission.MANAGE_CATALOGUE)
def run_problem_tables(_request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Return the rows that an import refused as CSV files, however many they are."""
    return _problem_tables(_report_of(key))


def _report_of(key: UUID) -> ReportFile:
    report = ReportFile(_runs() / get_import(key).task_sha256 / "report.jsonl")
    if not report.path.is_file():
        raise NotFound("import_report_gone")
    return report


@needs(Permission.MANAGE_CATALOGUE)
def template(_request: HttpRequest) -> HttpResponse:
    """Return the empty workbook for catalogues."""
    return _workbook(write_template(), "事项目录模板.xlsx")


def _uploads() -> Path:
    return _cache() / "uploads"


def _runs() -> Path:
    return _cache() / "imports"


def _cache() -> Path:
    home: Path = settings.JINGUI.home
    return home / "cache"


def _problem_book(report: ReportFile) -> HttpResponse:
    refused = [row for _, row in zip(range(WORKBOOK_ROWS), error_rows(report, "refused"), strict=False)]
    noted = [row for _, row in zip(range(WORKBOOK_ROWS), error_rows(report, "noted"), strict=False)]
    return _workbook(write_error_workbook(refused, noted), "未收的行.xlsx")


def _workbook(data: bytes, name: str) -> HttpResponse:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return HttpResponse(data, content_type=_XLSX, headers={"Content-Disposition": disposition})
