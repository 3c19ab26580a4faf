"""The trust list: what is on it, adding certificates by upload, ending one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jingui.bootstrap import signature_desk
from jingui.db.queries.trust import get_trusted, trust_version, trusted_certificates
from jingui.domain.access.roles import Permission, may
from jingui.domain.errors import Conflict, Invalid, Problem
from jingui.domain.records.signatures import TrustPurpose, short_name
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.trusting import TrustChoices, add_trusted, end_trusted

UPLOAD_LIMIT = 1 << 20
_READERS = (Permission.MANAGE_TRUST, Permission.VERIFY_HOLDINGS)


@needs(*_READERS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show the list as it stands, or as it stood in an earlier version."""
    return _page(request)


@needs(Permission.MANAGE_TRUST)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Trust the certificates of an uploaded file; what is wrong with it is told above the form."""
    try:
        data = _uploaded(request)
        rows = add_trusted(data, _choices(request), desk=signature_desk(), actor=actor_name(request), now=now())
    except Invalid as error:
        return _page(request, faults=[problem_text(problem) for problem in error.problems], status=422)
    except Conflict as error:
        return _page(request, faults=[error_text(error.code, error.params)], status=409)
    messages.success(
        request, f"已信任 {len(rows)} 张证书，信任列表第 {rows[0].added_in} 版。已检测过的文件在下次检测时重新判断。"
    )
    return HttpResponseRedirect(reverse("trust"))


@needs(Permission.MANAGE_TRUST)
@require_POST
def end(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """End the trust in a certificate, from a day on or from now on."""
    try:
        until = _day(request, "until") or now()
        note = request.POST.get("note", "")
        row = end_trusted(get_trusted(fingerprint), until=until, note=note, actor=actor_name(request), now=now())
    except Invalid as error:
        return _page(request, faults=[f"理由：{problem_text(problem)}" for problem in error.problems], status=422)
    except Conflict as error:
        return _page(request, faults=[error_text(error.code, error.params)], status=409)
    messages.success(request, f"已结束信任“{short_name(row.subject)}”，信任列表第 {row.ended_in} 版。")
    return HttpResponseRedirect(reverse("trust"))


def _uploaded(request: HttpRequest) -> bytes:
    chosen = request.FILES.get("certificate")
    if chosen is None:
        raise Invalid((Problem("certificate", "certificate_unreadable"),))
    if (chosen.size or 0) > UPLOAD_LIMIT:
        raise Invalid((Problem("certificate", "certificate_unreadable", {"detail": f"{chosen.size} bytes"}),))
    return b"".join(chosen.chunks())


def _choices(request: HttpRequest) -> TrustChoices:
    purposes = tuple(request.POST.getlist("purpose")[:10])
    return TrustChoices(purposes, request.POST.get("note", ""), _day(request, "since"), _day(request, "until"))


def _day(request: HttpRequest, name: str) -> datetime | None:
    """Return the start of a day that a form names, in the time of this place. Raises Invalid."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        start = datetime.combine(date.fromisoformat(text), time.min, tzinfo=timezone.get_default_timezone())
        return start.astimezone(UTC)  # OverflowError: the first day of the calendar begins before it elsewhere
    except (ValueError, OverflowError):
        raise Invalid((Problem(name, "not_a_date"),)) from None


def _page(request: HttpRequest, *, faults: list[str] | None = None, status: int = 200) -> HttpResponse:
    newest = trust_version()
    told = request.GET.get("version", "")
    version = min(int(told), newest) if told.isdecimal() and len(told) < 9 else newest  # noqa: PLR2004 - a number of ours
    every = trusted_certificates()
    context = {
        "version": version,
        "is_newest": version == newest,
        "versions": range(newest, 0, -1),
        "rows": [
            (row, short_name(row.subject), short_name(row.issuer)) for row in trusted_certificates(version=version)
        ],
        "ended": [(row, short_name(row.subject)) for row in every if row.ended_in and row.ended_in <= version],
        "purposes": [purpose.value for purpose in TrustPurpose],
        "chosen": request.POST.getlist("purpose") or [purpose.value for purpose in TrustPurpose],
        "given": {name: request.POST.get(name, "") for name in ("note", "since", "until")},
        "faults": faults or [],
        "manages": may(actor(request), Permission.MANAGE_TRUST),
    }
    return render(request, "web/trust.html", context, status=status)
