"""Importing a catalogue: upload, columns, look at what would change, then confirm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jingui.bootstrap import services
from jingui.db.queries.imports import mapping_names
from jingui.db.queries.works import last_refusal, open_work, queue_trouble
from jingui.domain.access.roles import Everywhere, Permission, reach
from jingui.domain.catalogue.mappings import ColumnMapping, TableHead, mapping_from_dict, mapping_to_dict
from jingui.domain.catalogue.profiles import PROFILES
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem
from jingui.formats.catalogues.sources import CatalogueSource, reading_size
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.imports import import_view
from jingui.interfaces.web.shapes.mappings import mapping_tables, posted_mapping
from jingui.interfaces.web.shapes.works import refusal_lines, work_view
from jingui.interfaces.web.uploads import Upload, drop_upload, hand_over, keep_upload, kept_upload
from jingui.interfaces.web.views import import_runs
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.catalogue.import_tasks import ImportSummary, ImportTask
from jingui.usecases.catalogue.list_acts import UPLOAD
from jingui.usecases.catalogue.mappings import save_mapping
from jingui.usecases.catalogue.opening import (
    ImportChoices,
    ListHead,
    are_columns_named,
    head_of,
    named_mapping,
    open_task,
    task_of,
)
from jingui.usecases.catalogue.previews import keep_head, known_head, known_preview, make_preview
from jingui.usecases.catalogue.reports import ReportFile
from jingui.usecases.catalogue.works import Request, ask

UPLOAD_LIMIT = 64 * 1024 * 1024
"""Largest file, in bytes, that is taken over the web; the command takes any size."""
READ_AT_ONCE = 1024 * 1024
"""Largest file, in bytes as ``reading_size`` counts them, that is opened and previewed while the person waits.

A larger one is only laid by here: a worker opens it, and no page of it needs more than what the worker kept.
"""


@needs(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a catalogue file and keep it; a readable one leads to its preview, or first to its columns.

    A large one leads to the page that tells how far the worker is with it, and what it says if it cannot be read.
    """
    if request.method == "GET":
        return render(request, "web/import.html", {})
    chosen = request.FILES.get("catalogue")
    if chosen is None:
        return _asked_again(request, (), error=error_text("upload_missing", {}))
    if (chosen.size or 0) > UPLOAD_LIMIT:
        return _asked_again(request, (Problem("", "catalogue_file_too_large", {"limit": str(UPLOAD_LIMIT)}),))
    kept = keep_upload(_uploads(), chosen.name or "", chosen.chunks(), within=_within(request))
    if _is_large(kept):
        _ask_preview(request, kept)
        return _shown(kept)
    try:
        _, task = _opened(kept)
    except Invalid as error:
        drop_upload(kept)
        return _asked_again(request, error.problems)
    return _shown(kept) if are_columns_named(task) else _shown_columns(kept)


def _asked_again(request: HttpRequest, problems: tuple[Problem, ...], *, error: str = "") -> HttpResponse:
    told = [problem_text(problem) for problem in problems]
    return render(request, "web/import.html", {"problems": told, "error": error}, status=422)


def _shown(kept: Upload) -> HttpResponse:
    return HttpResponseRedirect(reverse("import-preview", args=[kept.token]))


def _shown_columns(kept: Upload) -> HttpResponse:
    return HttpResponseRedirect(reverse("import-mapping", args=[kept.token]))


def _is_large(kept: Upload) -> bool:
    """Say whether a file is too large for a page to open; one that its worker found broken, and removed, was."""
    return not kept.path.is_file() or reading_size(kept.path) > READ_AT_ONCE


def _opened(kept: Upload) -> tuple[CatalogueSource, ImportTask]:
    """Open a small file and keep what it is."""
    source, task = open_task(kept.path, _choices(kept), name=kept.choices.name)
    keep_head(kept.folder, head_of(source, task.file_sha256))
    return source, task


def _task(kept: Upload, head: ListHead) -> ImportTask:
    return task_of(head, _choices(kept), name=kept.choices.name)


def _choices(kept: Upload) -> ImportChoices:
    choices = kept.choices
    mapping = str(kept.mapping_path) if choices.mapping else ""
    return ImportChoices(mapping, choices.profile, choices.complete, _constants(kept), _bounds(kept))


def _bounds(kept: Upload) -> tuple[str, ...] | None:
    return tuple(kept.choices.within.split(",")) if kept.choices.within else None


def _within(request: HttpRequest) -> str:
    """Return the agencies of whoever asks, as the choices keep them; who may not import at all has been sent away."""
    codes = reach(actor(request), Permission.MANAGE_CATALOGUE)
    return "" if isinstance(codes, Everywhere) else ",".join(sorted(codes))


def _kept(request: HttpRequest, token: str) -> Upload:
    """Return a kept file as whoever asks may import it. Raises NotFound ``upload_gone``."""
    kept, within = kept_upload(_uploads(), token), _within(request)
    return kept if kept.choices.within == within else kept.choose(within=within)


def _constants(kept: Upload) -> tuple[tuple[str, str], ...]:
    told = {"agency_region": kept.choices.region, "agency_name": kept.choices.agency}
    return tuple((name, value) for name, value in told.items() if value)


@needs(Permission.MANAGE_CATALOGUE)
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the import would do; nothing is changed. For a large file, show how far the worker is with it."""
    kept = _kept(request, token)
    summary = _previewed(kept)
    if summary is None:
        return _awaited_columns(kept) or _awaited(request, kept)
    context = {"token": token, "view": import_view(summary), "choices": kept.choices, "profiles": PROFILES.values()}
    return render(request, "web/import_preview.html", context)


def _previewed(kept: Upload) -> ImportSummary | None:
    """Return the preview of a file, made now if that takes a moment only."""
    known = known_preview(kept.preview) if known_head(kept.folder) else None
    if known or _is_large(kept):
        return known
    source, task = _opened(kept)
    return make_preview(source, task, folder=kept.preview)


def _awaited_columns(kept: Upload) -> HttpResponse | None:
    """Lead to the columns of a file that has been opened, if it has no preview before a person has named them."""
    head = known_head(kept.folder)
    if head is None or kept.choices.mapping or are_columns_named(_task(kept, head)):
        return None
    return _shown_columns(kept)


def _awaited(request: HttpRequest, kept: Upload) -> HttpResponse:
    """Show how far the preview of a large file is; ask for it unless that has been done."""
    work, refused = open_work((WorkKind.PREVIEW,), kept.digest), last_refusal((WorkKind.PREVIEW,), kept.digest)
    if work is None and refused is None:
        _ask_preview(request, kept)
        work = open_work((WorkKind.PREVIEW,), kept.digest)
    context = {
        "token": kept.token,
        "choices": kept.choices,
        "work_view": work_view(work) if work else None,
        "refusal": refusal_lines(refused),
    }
    return render(request, "web/import_awaited.html", context)


def _ask_preview(request: HttpRequest, kept: Upload) -> None:
    """Ask a worker to open a file and to say what its import would do."""
    choices = kept.choices
    told = {"token": kept.token, "file": kept.path.name, "mapping": bool(choices.mapping)}
    arguments = {**told, "profile": choices.profile, "complete": choices.complete, "constants": _constants(kept)}
    arguments["within"] = _bounds(kept)
    asked = Request(WorkKind.PREVIEW, kept.digest, choices.name, arguments)
    with suppress(Conflict):  # another window has asked at the same moment
        ask(asked, queue=services().queue, actor=actor_name(request), now=now())


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def options(request: HttpRequest, token: str) -> HttpResponse:
    """Keep how the file is to be read: profile, completeness, and what every row has."""
    kept = _kept(request, token)
    told = {name: request.POST.get(name, "").strip()[:200] for name in ("complete", "region", "agency")}
    profile = request.POST.get("profile", "")
    chosen = replace(kept, choices=replace(kept.choices, profile=profile if profile in PROFILES else "", **told))
    head = known_head(kept.folder)
    if head is None:
        return _shown(kept)
    try:
        _task(chosen, head)
    except Invalid as error:
        for problem in error.problems:
            messages.error(request, problem_text(problem))
    else:
        chosen.choose()
    return _shown(kept)


@needs(Permission.MANAGE_CATALOGUE)
@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, token: str) -> HttpResponse:
    """Show which column is which field, beside samples, and take it as a person sets it."""
    kept = _kept(request, token)
    head = known_head(kept.folder)
    shown = _task(kept, head).mapping if head else None
    if head is None or shown is None:
        return _shown(kept)
    if request.method == "POST":
        shown = _posted(request, kept, head.tables, shown)
        if "again" not in request.POST:
            return _shown(kept)
    tables = mapping_tables(head.tables, shown)
    context = {"token": token, "tables": tables, "mapping": shown, "saved": mapping_names()}
    return render(request, "web/import_mapping.html", context)


def _posted(request: HttpRequest, kept: Upload, heads: Sequence[TableHead], before: ColumnMapping) -> ColumnMapping:
    """Keep the mapping that was posted, or the saved one that was chosen, and save it if it was given a name."""
    used, name = request.POST.get("use", ""), request.POST.get("name", "").strip()
    if name in mapping_names() and _within(request):
        messages.error(request, f"“{name}”是大家共用的列对应，没有改它，这次照您的对应导入。要存下来请换一个名字。")
        name = ""
    chosen = named_mapping(used) if used in mapping_names() else posted_mapping(request.POST, heads, before)
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
    kept = _kept(request, token)
    head = known_head(kept.folder)
    if head is None:
        return _shown(kept)
    task = _task(kept, head)
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
    name = hand_over(kept, import_runs.runs_folder() / task.identity / UPLOAD, mapping)
    choices = kept.choices
    told = {"profile": choices.profile, "complete": choices.complete, "within": _bounds(kept)}
    return Request(WorkKind.IMPORT, task.identity, choices.name, {"file": name, "constants": [], **told})


@needs(Permission.MANAGE_CATALOGUE)
def problems(request: HttpRequest, token: str) -> HttpResponse:
    """Return the refused rows as a workbook, to be corrected and sent again."""
    return import_runs.problem_book(_report(_kept(request, token)))


@needs(Permission.MANAGE_CATALOGUE)
def problem_tables(request: HttpRequest, token: str) -> HttpResponseBase:
    """Return the refused rows as CSV files, however many they are."""
    return import_runs.problem_tables(_report(_kept(request, token)))


def _report(kept: Upload) -> ReportFile:
    summary = _previewed(kept)
    if summary is None:
        raise NotFound("import_report_gone")
    return summary.report


def _uploads() -> Path:
    return import_runs.cache_folder() / "uploads"
