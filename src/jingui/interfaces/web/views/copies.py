"""Giving out restricted copies: the form, the copy's own page, its download, and making it invalid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jingui.bootstrap import services
from jingui.db.queries.copies import ListedCopy, StoredFile, get_copy, stored_files
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.copies import MAX_WORDING, CopyRequest, CopyStanding
from jingui.domain.access.roles import Permission, check_may, may
from jingui.domain.errors import Conflict, Invalid, NotFound, OutsideFailure, Problem, Refused
from jingui.formats.copies import COPY_FORMATS
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.masks import applicant_of, masked, masked_title
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.access.issuing import CopyDesk, issue_copy
from jingui.usecases.access.kept import KeptCopies
from jingui.usecases.access.revoking import revoke_copy
from jingui.usecases.access.showing import mask_receiver
from jingui.usecases.viewing import note_viewed

DEFAULT_DAYS = 30
_LOOKS = {
    CopyStanding.VALID: ("pass", "check"),
    CopyStanding.EXPIRED: ("warn", "clock"),
    CopyStanding.REVOKED: ("fail", "cross"),
}


@dataclass(frozen=True, slots=True)
class FileChoice:
    """A file that a copy can be asked of; ``reason`` says why not, if not."""

    file_key: str
    material: str
    name: str
    format_name: str
    bytes: int
    reason: str


@needs(Permission.ISSUE_COPY)
@require_http_methods(["GET", "HEAD", "POST"])
def new_copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for a copy of one file of a record; made at once, then its own page opens."""
    case = visible_case(actor(request), key, Permission.VIEW_RECORD)
    check_may(actor(request), Permission.ISSUE_COPY, agency_code=case.agency.code if case.agency else None)
    if request.method != "POST":
        return _form(request, case, given=_first_values(request))
    given = {name: request.POST.get(name, "") for name in ("file", "purpose", "receiver", "expires_on")}
    problems = _missing(given)
    if problems:
        return _form(request, case, given=given, problems=problems)
    try:
        row = issue_copy(
            case_key=key,
            file_key=given["file"],
            request=CopyRequest(given["purpose"], given["receiver"], date.fromisoformat(given["expires_on"])),
            actor=actor(request),
            desk=_desk(),
            now=timezone.localtime(),
        )
    except Invalid as invalid:
        return _form(request, case, given=given, problems=invalid.problems)
    except (Refused, Conflict, OutsideFailure) as failure:
        params = {} if isinstance(failure, OutsideFailure) else failure.params
        return _form(request, case, given=given, failure=error_text(failure.code, params))
    return HttpResponseRedirect(reverse("copy", kwargs={"key": row.key}))


@needs(Permission.VIEW_RECORD)
@require_GET
def show_copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a copy: its terms, how it stands, where its QR code leads, and what can be done with it."""
    return _copy_page(request, key)


@needs(Permission.ISSUE_COPY)
@require_GET
def download_copy(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Give the bytes again, the very ones that were handed out, as long as the copy stands."""
    who = actor(request)
    copy = get_copy(who, key, now=timezone.now())
    case = copy.row.case
    check_may(who, Permission.ISSUE_COPY, agency_code=case.agency.code if case.agency else None)
    path = _desk().kept.path(copy.row.key)
    if copy.standing is not CopyStanding.VALID or not path.exists():
        raise NotFound("not_found")
    name = actor_name(request)
    note_viewed(case_key=case.key, actor=name, now=timezone.now(), file_key=copy.row.file.file_key, way="download")
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"{copy.row.copy_number}.pdf",
        content_type="application/pdf",
    )


@needs(Permission.REVOKE_COPY)
@require_POST
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a copy invalid with a reason."""
    reason = request.POST.get("reason", "")
    try:
        revoke_copy(copy_key=key, reason=reason, actor=actor(request), kept=_desk().kept, now=timezone.now())
    except Invalid as invalid:
        return _copy_page(request, key, reason=reason, problems=invalid.problems)
    return HttpResponseRedirect(reverse("copy", kwargs={"key": key}))


def _desk() -> CopyDesk:
    ready = services()
    instance = ready.instance
    kept = KeptCopies(instance.home / "copies")
    return CopyDesk(ready.store, kept, instance.name, instance.public_url, instance.copy_max_days)


def _first_values(request: HttpRequest) -> dict[str, str]:
    last_day = timezone.localdate() + timedelta(days=min(DEFAULT_DAYS, _desk().max_days))
    return {"file": request.GET.get("file", ""), "purpose": "", "receiver": "", "expires_on": last_day.isoformat()}


def _missing(given: dict[str, str]) -> tuple[Problem, ...]:
    """Find what the domain cannot be asked about: no file chosen, or a date that is none."""
    problems = [] if given["file"] else [Problem("file", "required")]
    try:
        date.fromisoformat(given["expires_on"])
    except ValueError:
        problems.append(Problem("expires_on", "value_malformed" if given["expires_on"] else "required"))
    return tuple(problems)


def _form(
    request: HttpRequest,
    case: Any,  # noqa: ANN401 - interfaces know no models
    *,
    given: dict[str, str],
    problems: tuple[Problem, ...] = (),
    failure: str = "",
) -> HttpResponse:
    files = stored_files(case)
    today = timezone.localdate()
    context = {
        "case": case,
        "title": masked_title(case),
        "files": [_choice(file, applicant_of(case)) for file in files],
        "given": given,
        "errors": _worded(problems),
        "failure": failure or ("" if files else error_text("record_not_preserved", {})),
        "earliest": (today + timedelta(days=1)).isoformat(),
        "latest": (today + timedelta(days=_desk().max_days)).isoformat(),
        "most": MAX_WORDING,
        "days": min(DEFAULT_DAYS, _desk().max_days),
    }
    return render(request, "web/copy_new.html", context, status=422 if problems or failure else 200)


def _choice(file: StoredFile, applicant: dict[str, Any]) -> FileChoice:
    name = masked(file.row.name, applicant)
    reason = "" if file.row.format_name in COPY_FORMATS else "这种格式不能做副本"
    material = file.material or masked(file.row.title, applicant) or "配置外材料"
    return FileChoice(file.row.file_key, material, name, file.row.format_name, file.row.bytes, reason)


def _worded(problems: tuple[Problem, ...]) -> dict[str, str]:
    return {problem.location: problem_text(problem) for problem in problems}


def _copy_page(
    request: HttpRequest, key: UUID, *, reason: str = "", problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    who, desk = actor(request), _desk()
    copy = get_copy(who, key, now=timezone.now())
    row, case = copy.row, copy.row.case
    agency = case.agency.code if case.agency else None
    may_download = copy.standing is CopyStanding.VALID and may(who, Permission.ISSUE_COPY, agency_code=agency)
    path = reverse("copy-verify", kwargs={"token": row.token})
    tone, shape = _LOOKS[copy.standing]
    context = {
        **_terms(copy, is_personal=may(who, Permission.VIEW_PERSONAL_DATA, agency_code=agency)),
        "row": row,
        "case": case,
        "standing": copy.standing.value,
        "tone": tone,
        "shape": shape,
        "last_day": row.expires_at - timedelta(microseconds=1),
        "path": path,
        "address": desk.public_url + path,
        "may_download": may_download and desk.kept.path(row.key).exists(),
        "may_revoke": not row.revoked_at and may(who, Permission.REVOKE_COPY, agency_code=agency),
        "reason": reason,
        "errors": _worded(problems),
        "most": MAX_WORDING,
    }
    return render(request, "web/copy.html", context, status=422 if problems else 200)


def _terms(copy: ListedCopy, *, is_personal: bool) -> dict[str, str]:
    """Return the words of a copy, with people's names masked for who may not see them."""
    row, applicant = copy.row, applicant_of(copy.row.case)
    issuer = row.issued_by.display_name
    return {
        "title": masked_title(row.case),
        "material": copy.material or "配置外材料",
        "purpose": row.purpose if is_personal else masked(row.purpose, applicant),
        "receiver": row.receiver if is_personal else mask_receiver(row.receiver),
        "issuer": issuer,
    }
