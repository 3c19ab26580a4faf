"""Coverage: each day and agency with what is archived, within its time, explained and unexplained; the certificates."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from jingui.bootstrap import closing_desk, services
from jingui.db.queries import coverage as queries
from jingui.domain.access.roles import Permission, may
from jingui.domain.errors import Conflict, NotFound
from jingui.domain.supervision.certificates import standing_line
from jingui.domain.supervision.terms import ExplanationKind, Standing
from jingui.formats.ledgers.sheet import draw_sheet
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.coverage import SHOWN, counts_of, days_of, line_rows
from jingui.interfaces.wording.supervision import SUPERVISION_LABELS
from jingui.usecases.supervision.certifying import close_day
from jingui.usecases.supervision.explaining import ALLOWS
from jingui.usecases.supervision.sheets import in_code_point_order

SPANS = (("7", "近 7 日"), ("30", "近 30 日"), ("90", "近 90 日"))
_LEDGER_SPAN = 14
_FIRST_DAY = date(1900, 1, 1)  # the calendar ends a little before the year 1; no span may lead there
SEES = (Permission.VIEW_STATISTICS, Permission.VIEW_PROGRESS, Permission.VIEW_JOURNAL)


@needs(*SEES)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the days with their agencies, the newest first; what nobody accounts for stands out."""
    who, today = actor(request), timezone.localdate()
    last = _asked_day(request.GET.get("until", "")) or today
    wanted = request.GET.get("days", "")
    span = wanted if wanted in dict(SPANS) else "30"
    agency = request.GET.get("agency", "")[:18]
    first = last - timedelta(days=int(span) - 1)
    rows = queries.certified_days(who, first=first, last=last, agency_code=agency)
    yesterday = today - timedelta(days=1)
    lacking = queries.days_without_ledger(last=yesterday, span=_LEDGER_SPAN) if queries.sees_every_agency(who) else []
    agencies = {row.agency_code: row.agency for row in rows if row.agency}
    context = {
        "days": days_of(rows),
        "counts": counts_of(rows),
        "spans": SPANS,
        "span": span,
        "lacking": lacking,
        "agencies": sorted(agencies.items(), key=lambda pair: pair[1].name),
        "agency": agency,
        "waiting": queries.unexplained_count(who) if may(who, Permission.VIEW_PROGRESS) else None,
    }
    return render(request, "web/coverage.html", context)


def _asked_day(text: str) -> date | None:
    """Return the day that an address names; nothing if it names none, or one before anything was archived here."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= _FIRST_DAY else None


@needs(*SEES)
@require_safe
def certificate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a certificate with the cases behind its counts."""
    return certificate_page(request, key)


def certificate_page(
    request: HttpRequest, key: UUID, *, given: dict[str, Any] | None = None, errors: dict[str, str] | None = None
) -> HttpResponse:
    """Draw the page of a certificate, with the form of explanations as far as it was filled in."""
    who = actor(request)
    sheet = queries.day_sheet(who, key)
    row = sheet.certificate
    asked = request.GET.get("standing", "")
    standing = asked if asked in {each.value for each in Standing} else ""
    is_differing = request.GET.get("differing") == "1"
    if not standing and not is_differing and "standing" not in request.GET:
        standing = Standing.UNEXPLAINED.value if row.unexplained else ""
    sees_cases = may(who, Permission.VIEW_PROGRESS)
    lines = queries.sheet_lines(row, standing=standing, is_differing=is_differing, number=page_number(request.GET))
    said = queries.explanations_of(row, [line.case_number for line in lines.rows])
    body = json.loads(row.body)
    code = row.agency_code or None
    context = {
        "row": row,
        "sheet": sheet,
        "body": body,
        "page": lines if sees_cases and sheet.is_newest else None,
        "rows": line_rows(lines.rows, source_key=row.source_id, said=said) if sees_cases and sheet.is_newest else [],
        "tiles": [(each.value, getattr(row, each.value)) for each in SHOWN],
        "pruned_at": queries.lines_pruned_at(row) if sheet.is_newest else None,
        "standing": standing,
        "is_differing": is_differing,
        "lacking": body["lists"]["not_in_ledger"],
        "may_explain": sheet.is_newest and may(who, ALLOWS, agency_code=code),
        "sees_records": may(who, Permission.VIEW_RECORD),
        "public": reverse("certificate-public", kwargs={"key": row.key}),
        **form_context(given, errors, back=reverse("certificate", kwargs={"key": row.key})),
    }
    return render(request, "web/certificate.html", context, status=422 if errors else 200)


def form_context(given: dict[str, Any] | None, errors: dict[str, str] | None, *, back: str) -> dict[str, Any]:
    """Return what the form of explanations shows."""
    kinds = [(kind.value, SUPERVISION_LABELS["explanation"][kind.value][0]) for kind in ExplanationKind]
    return {
        "kinds": kinds,
        "given": given or {"kind": "", "text": "", "until": "", "chosen": []},
        "errors": errors or {},
        "today": timezone.localdate().isoformat(),
        "back": back,
    }


@needs(*SEES)
@require_GET
def document(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the certificate with its signatures, to be checked anywhere with ``jingui coverage verify``."""
    row = queries.get_certificate(actor(request), key)
    response = JsonResponse(signed_document(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(row)}.json"'
    return response


def signed_document(row: Any) -> dict[str, Any]:  # noqa: ANN401 - interfaces know no models
    """Return a certificate as a document."""
    return {"certificate": json.loads(row.body), "signatures": row.signatures}


@needs(*SEES)
@require_GET
def printed(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the certificate as a PDF with a QR code that leads to its public page."""
    row = queries.get_certificate(actor(request), key)
    address = services().instance.public_url + reverse("certificate-public", kwargs={"key": row.key})
    words = {kind: {code: told[0] for code, told in table.items()} for kind, table in SUPERVISION_LABELS.items()}
    content = draw_sheet(
        json.loads(row.body),
        row.signatures,
        sha256=row.body_sha256,
        made_at=timezone.localtime(row.made_at).strftime("%Y-%m-%d %H:%M:%S"),
        address=address,
        words=words,
    )
    headers = {"Content-Disposition": f'inline; filename="{_name(row)}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@needs(Permission.VIEW_PROGRESS, Permission.VIEW_JOURNAL)
@require_GET
def standings(request: HttpRequest, key: UUID) -> StreamingHttpResponse:
    """Give the whole list that the certificate digests; only of the one in force, because standings change."""
    row = queries.get_certificate(actor(request), key)
    if queries.later_version(row):
        raise NotFound("not_found")
    if queries.lines_pruned_at(row):
        raise Conflict("ledger_lines_pruned")
    pairs = in_code_point_order(queries.current_lines(row)).values_list("case_number", "standing")
    lines = (standing_line(number, standing) for number, standing in pairs.iterator(chunk_size=2000))
    headers = {"Content-Disposition": f'attachment; filename="{_name(row)}.txt"'}
    return StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8", headers=headers)


@needs(ALLOWS)
@require_POST
def renew(request: HttpRequest, key: UUID) -> HttpResponse:
    """Compare the day again now."""
    row = queries.get_certificate(actor(request), key)
    if not may(actor(request), ALLOWS, agency_code=row.agency_code or None):
        raise NotFound("not_found")
    is_new = bool(renew_now(queries.closing_ids(row)))
    messages.success(request, "已重新核对，出具了新一版证书。" if is_new else "已重新核对，没有变化。")
    return HttpResponseRedirect(reverse("certificate", kwargs={"key": queries.newest_of(row).key}))


MOST_LINES_AT_ONCE = 20_000


def renew_now(closings: tuple[int, ...]) -> list[Any]:
    """Close the days at once whose ledgers are small; the worker closes the others within minutes."""
    small = queries.small_closings(closings, most_lines=MOST_LINES_AT_ONCE)
    done = [close_day(key, closing_desk(), now=now()) for key in small]
    return [row for each in done if each for row in each.issued]


def _name(row: Any) -> str:  # noqa: ANN401 - interfaces know no models
    return f"coverage-{row.day.isoformat()}-{row.agency_code or 'none'}-v{row.version}"
