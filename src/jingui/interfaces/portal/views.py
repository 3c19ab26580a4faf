"""The public page that verifies a restricted copy: no log-in, no script needed, nothing kept of who asks."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from jingui.bootstrap import services
from jingui.interfaces.portal.limits import COMPARING, LOOKING, RateLimit, address_of
from jingui.interfaces.portal.uploads import FIELD, MAX_BYTES, ComparedFile, ComparingHandler
from jingui.usecases.access.showing import ShownCopy, shown_copy
from jingui.usecases.access.verifying import compare_with, note_verification, signed_statement

# Room for the rest of the form around the file.
_MOST_BODY = MAX_BYTES + 2**16


@csrf_exempt  # checked in _compared, after the handler that keeps nothing has taken the place of Django's
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Show how a copy stands; a file sent with the form is compared with it."""
    if _is_busy(request, LOOKING):
        return busy(request)
    now = datetime.now(UTC)
    found = shown_copy(token, now=now, zone=timezone.get_current_timezone())
    if found is None:
        return unknown(request)
    row, shown = found
    if request.method == "POST":
        if _is_busy(request, COMPARING):
            return busy(request)
        if int(request.META.get("CONTENT_LENGTH") or 0) > _MOST_BODY:
            return _page(request, shown, token, problem="too_large", status=413)
        request.upload_handlers = [ComparingHandler(compare_with(row))]
        return _compared(request, shown, token)
    note_verification(copy=row, standing=shown.standing.value, now=now)
    return _page(request, shown, token)


@require_GET
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """Give what the page says as a document that our key has signed."""
    if _is_busy(request, LOOKING):
        return busy(request)
    now = datetime.now(UTC)
    found = shown_copy(token, now=now, zone=timezone.get_current_timezone())
    if found is None:
        return unknown(request)
    ready = services()
    address = f"{ready.instance.public_url}/v/{token}"
    signed = signed_statement(
        found[1], issuer=ready.instance.name, verify_url=address, signer=ready.receipt_signer, now=now
    )
    response = JsonResponse(signed, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = 'attachment; filename="statement.json"'
    return response


@require_safe
def unknown(request: HttpRequest) -> HttpResponse:
    """404 in plain words: what may be wrong and what to do."""
    return render(request, "portal/unknown.html", status=404)


def busy(request: HttpRequest) -> HttpResponse:
    """429: the address has asked too often."""
    response = render(request, "portal/busy.html", status=429)
    response.headers["Retry-After"] = str(int(LOOKING.seconds))
    return response


@csrf_protect
def _compared(request: HttpRequest, shown: ShownCopy, token: str) -> HttpResponse:
    file: Any = request.FILES.get(FIELD)
    if not isinstance(file, ComparedFile):
        return _page(request, shown, token, problem="missing", status=422)
    if file.result is None:
        return _page(request, shown, token, problem="too_large", status=413)
    return _page(request, shown, token, file=file)


def _page(
    request: HttpRequest,
    shown: ShownCopy,
    token: str,
    *,
    file: ComparedFile | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "copy": shown,
        "token": token,
        "standing": shown.standing.value,
        "file": file,
        "result": file.result.value if file and file.result else "",
        "problem": problem,
        "limit": MAX_BYTES,
        "field": FIELD,
    }
    return render(request, "portal/verify.html", context, status=status)


def _is_busy(request: HttpRequest, limit: RateLimit) -> bool:
    return not limit.allows(address_of(request), now=time.monotonic())
