"""The applicant's screen at the counter: no account; a one-time code binds the screen, then page by page, then a signature."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jingui.bootstrap import services
from jingui.db.queries.counter import find_confirmation
from jingui.domain.access.masking import mask_number
from jingui.domain.capture.confirmation import (
    STATEMENTS,
    VIEWING_LIFETIME,
    ShownMaterial,
    material_digest,
    materials_from_plain,
)
from jingui.domain.capture.counter import CODE_DIGITS, ConfirmationState
from jingui.domain.errors import Conflict, DomainError, Invalid, NotFound, Problem, Refused
from jingui.formats.confirmations.pictures import turned_jpeg
from jingui.interfaces.portal.limits import RateLimit, address_of
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.capture.counter.confirming import (
    OBJECTION_LIMIT,
    Screen,
    bound_confirmation,
    confirm_material,
    find_by_code,
    is_bound,
    object_to,
    open_screen,
    sign,
)

COOKIE = "jingui_counter"
GONE = "这个链接打不开：可能已经签完名，或者窗口重新发起了确认。请输入窗口屏幕上现在的验证码。"
MOST_STROKES_BYTES = 2 * 2**20
TYPING = RateLimit(most=12, seconds=60)
SEEING = RateLimit(most=900, seconds=60)

View = Callable[..., HttpResponse]


def _limited(limit: RateLimit, view: View) -> View:
    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - a view's own
        if not limit.allows(address_of(request), now=time.monotonic()):
            response = render(request, "portal/counter/busy.html", status=429)
            response.headers["Retry-After"] = str(int(limit.seconds))
            return response
        return view(request, *args, **kwargs)

    return run


def _seeing(view: View) -> View:
    return _limited(SEEING, view)


@_seeing
@require_http_methods(["GET", "HEAD", "POST"])
def code_form(request: HttpRequest) -> HttpResponse:
    """Ask for the one-time code on a screen that stands at the counter."""
    if request.method != "POST":
        return _ask(request)
    return _limited(TYPING, _typed)(request, token="")


@_seeing
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Show where the applicant is; a screen that is not bound is asked for the code."""
    if request.method == "POST":
        return _limited(TYPING, _typed)(request, token=token)
    row = find_confirmation(token)
    if row is None or not is_bound(row, _own_digest(request), now=_now()):
        return _ask(request, token=token) if row else _ask(request, failure=GONE, status=404)
    return _step(request, row)


def _typed(request: HttpRequest, token: str) -> HttpResponse:
    code = "".join(sign for sign in request.POST.get("code", "") if sign.isascii() and sign.isdigit())
    secret = secrets.token_urlsafe(24)
    told = {name: request.POST.get(name, "") for name in ("screen", "pixel_ratio")}
    told |= {
        "user_agent": request.headers.get("User-Agent", ""),
        "language": request.headers.get("Accept-Language", "").partition(",")[0],
        "address": address_of(request),
    }
    try:
        found = token or find_by_code(code, now=_now()).token
        screen = Screen(_digest(secret), told)
        open_screen(token=found, code=code, screen=screen, scans=services().scans, now=_now())
    except (NotFound, Refused) as error:
        return _ask(request, token=token, failure=error_text(error.code, error.params), status=422)
    response = HttpResponseRedirect(reverse("citizen", kwargs={"token": found}))
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(VIEWING_LIFETIME.total_seconds()),
        path="/c",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _ask(request: HttpRequest, *, token: str = "", failure: str = "", status: int = 200) -> HttpResponse:
    address = reverse("citizen", kwargs={"token": token}) if token else reverse("citizen-code")
    context = {"address": address, "failure": failure, "digits": CODE_DIGITS}
    return render(request, "portal/counter/code.html", context, status=status)


@_seeing
@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm one material as it is shown."""
    code, digest = request.POST.get("code", ""), request.POST.get("digest", "")
    return _done(
        request,
        token,
        lambda: confirm_material(token=token, screen_sha256=_own_digest(request), code=code, digest=digest, now=_now()),
    )


@_seeing
@require_POST
def objection(request: HttpRequest, token: str) -> HttpResponse:
    """Say that something is wrong."""
    words = request.POST.get("objection", "")
    scans = services().scans
    return _done(
        request,
        token,
        lambda: object_to(token=token, screen_sha256=_own_digest(request), words=words, scans=scans, now=_now()),
    )


@_seeing
@require_POST
def signature(request: HttpRequest, token: str) -> HttpResponse:
    """Take the signature."""
    ready = services()

    def act() -> object:
        return sign(
            token=token,
            screen_sha256=_own_digest(request),
            strokes=_strokes(request.POST.get("strokes", "")),
            archives_name=ready.instance.name,
            scans=ready.scans,
            now=timezone.localtime(),
        )

    return _done(request, token, act)


def _strokes(text: str) -> object:
    if len(text) > MOST_STROKES_BYTES:
        raise Invalid((Problem("signature", "signature_malformed"),))
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise Invalid((Problem("signature", "signature_malformed" if text else "signature_missing"),)) from error


def _done(request: HttpRequest, token: str, act: Callable[[], object]) -> HttpResponse:
    """Do something and go on; what cannot be done is said on the step where the applicant is."""
    try:
        act()
    except NotFound:
        return _ask(request, token=token, failure=error_text("counter_screen_unknown", {}), status=404)
    except (Invalid, Conflict) as error:
        row = bound_confirmation(token=token, screen_sha256=_own_digest(request), now=_now())
        return _step(request, row, failure=_told(error))
    return HttpResponseRedirect(reverse("citizen", kwargs={"token": token}))


def _told(error: DomainError) -> str:
    if isinstance(error, Invalid):
        return "；".join(problem_text(problem) for problem in error.problems)
    return error_text(error.code, error.params)


def _step(request: HttpRequest, row: Any, *, failure: str = "") -> HttpResponse:  # noqa: ANN401 - no models here
    """Show the step: the summary, one material, the signature, or how it ended."""
    materials = materials_from_plain(row.materials)
    context = {"row": row, "case": row.session.case, "failure": failure, **_summary(row, materials)}
    status = 422 if failure else 200
    if row.state != ConfirmationState.VIEWING:
        return render(request, "portal/counter/ended.html", context, status=status)
    at = _place(request, row, materials)
    if at == 0:
        return render(request, "portal/counter/summary.html", context, status=status)
    if at > len(materials):
        return render(request, "portal/counter/sign.html", {**context, "statements": STATEMENTS}, status=status)
    material = materials[at - 1]
    shown = {"material": material, "at": at, "digest": material_digest(material), "limit": OBJECTION_LIMIT}
    return render(request, "portal/counter/material.html", {**context, **shown}, status=status)


def _place(request: HttpRequest, row: Any, materials: tuple[ShownMaterial, ...]) -> int:  # noqa: ANN401
    """Return the step asked for, or the first that is not done: 0 the summary, then the materials, then the signature."""
    asked = request.GET.get("at", "")
    open_steps = [at for at, material in enumerate(materials, 1) if material.code not in row.confirmed]
    following = open_steps[0] if open_steps else len(materials) + 1
    if asked.isascii() and asked.isdigit() and len(asked) <= 4 and int(asked) <= len(materials):  # noqa: PLR2004
        return int(asked)
    return following if row.confirmed or open_steps == [] else 0


def _summary(row: Any, materials: tuple[ShownMaterial, ...]) -> dict[str, Any]:  # noqa: ANN401
    case = row.session.case
    applicant = json.loads(case.message)["applicant"] if case.message else {}
    return {
        "steps": [(at, each, each.code in row.confirmed) for at, each in enumerate(materials, 1)],
        "confirmed_count": len(row.confirmed),
        "page_total": sum(len(each.pages) for each in materials),
        "id_number": mask_number(applicant.get("id_number") or ""),
        "agent": applicant.get("agent") or "",
    }


@_seeing
@require_GET
def page_picture(request: HttpRequest, token: str, page: str) -> HttpResponse:
    """Return the picture of a page that is laid before this screen."""
    row = bound_confirmation(token=token, screen_sha256=_own_digest(request), now=_now())
    shown = next((p for m in materials_from_plain(row.materials) for p in m.pages if p.key == page), None)
    picture = row.session.pages.filter(pk=shown.key).first() if shown and row.state != ConfirmationState.VOID else None
    if shown is None or picture is None or picture.image_sha256 != shown.sha256:
        raise NotFound("not_found")
    try:
        data = services().scans.path(picture.image_token).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("not_found") from error
    return HttpResponse(turned_jpeg(data, turned=shown.turned), content_type="image/jpeg")


def _now() -> datetime:
    return datetime.now(UTC)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _own_digest(request: HttpRequest) -> str:
    return _digest(request.COOKIES.get(COOKIE, ""))
