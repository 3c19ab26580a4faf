"""What a clerk does in a session: scans, pages, the applicant's confirmation, handing over, closing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from jingui.bootstrap import counter_room, services
from jingui.db.queries.counter import get_session, session_pages
from jingui.domain.access.roles import Permission
from jingui.domain.capture.counter import CODE_DIGITS, PageAct
from jingui.domain.errors import DomainError, Invalid, NotFound, OutsideFailure, Problem
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.scan_folder import put_away, scan_blocks
from jingui.interfaces.web.shapes.counter import following
from jingui.interfaces.web.views.counter import CODES, session_context
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.capture.counter.arranging import PageOrder, arrange_pages
from jingui.usecases.capture.counter.asking import OneTime, ask_applicant
from jingui.usecases.capture.counter.finishing import close_case, finish
from jingui.usecases.capture.counter.opening import abandon
from jingui.usecases.capture.counter.replacing import choose_replaced
from jingui.usecases.capture.counter.taking import ScanArrival, take_scans

MOST_SCAN_BYTES = 512 * 2**20
MOST_UPLOAD_BYTES = 1536 * 2**20
_CODES_KEPT = 20


@csrf_exempt  # checked in _upload, after the length was looked at: the token stands inside the body
@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the files of the form; too much is refused before anything is read."""
    get_session(actor(request), key)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_UPLOAD_BYTES:
        text = error_text("file_too_large", {"limit": str(MOST_UPLOAD_BYTES)})
        return _shown(request, key, failures=[text], status=413)
    return _upload(request, key)


@csrf_protect
def _upload(request: HttpRequest, key: UUID) -> HttpResponse:
    files = request.FILES.getlist("scans")
    sources = ((str(file.name or ""), file.chunks()) for file in files)
    if not files:
        return _shown(request, key, failures=[error_text("upload_missing", {})])
    return _taken(request, key, sources, origin="upload")[0]


@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def pick(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take chosen files of the agency's scan folder."""
    row = get_session(actor(request), key)
    folder, agency = settings.JINGUI.scan_folder, row.case.agency.code if row.case.agency else ""
    names = request.POST.getlist("names")
    sources = ((name, scan_blocks(folder, agency, name)) for name in names)
    if not names:
        return _shown(request, key, failures=[error_text("upload_missing", {})])
    try:
        response, is_taken = _taken(request, key, sources, origin="folder")
    except FileNotFoundError as error:
        raise NotFound("upload_gone") from error
    for name in names if is_taken else ():
        put_away(folder, agency, name)
    return response


def _taken(
    request: HttpRequest, key: UUID, sources: Iterable[tuple[str, Iterable[bytes]]], *, origin: str
) -> tuple[HttpResponse, bool]:
    room = counter_room(services())
    arrivals: list[ScanArrival] = []
    spent: Iterable[str] = ()
    try:
        for name, blocks in sources:
            arrivals.append(ScanArrival(name, room.scans.receive(blocks, limit=MOST_SCAN_BYTES), origin))
        spent = take_scans(session_key=key, arrivals=arrivals, actor=actor(request), room=room, now=now())
    except DomainError as error:
        _discard(arrivals)
        return _shown(request, key, failures=_told(error)), False
    except BaseException:
        _discard(arrivals)
        raise
    for token in spent:
        room.scans.discard(token)
    if spent:
        messages.info(request, f"{len(list(spent))} 个文件在这次收件里已经有了，没有重复收。")
    return HttpResponseRedirect(_address(key)), True


def _discard(arrivals: Iterable[ScanArrival]) -> None:
    for arrival in arrivals:
        services().scans.discard(arrival.staged.token)


@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def arrange(request: HttpRequest, key: UUID) -> HttpResponse:
    """Do one thing to the chosen pages and show the grid again, with what to go on with marked."""
    if "replace" in request.POST:
        return _replaced(request, key)
    order = _order(request)
    failures: list[str] = []
    try:
        arrange_pages(session_key=key, order=order, actor=actor(request), scans=services().scans, now=now())
    except Invalid as invalid:
        failures = _told(invalid)
    chosen = frozenset(page.hex for page in order.pages)
    row = get_session(actor(request), key)
    if not failures and order.act in {PageAct.ASSIGN, PageAct.ACCEPT, PageAct.DROP}:
        chosen = following(session_pages(row), chosen)
    return _answered(request, row, chosen, failures)


def _answered(request: HttpRequest, row: Any, chosen: frozenset[str], failures: list[str]) -> HttpResponse:  # noqa: ANN401
    """Show the grid again, alone where a script asks for it."""
    if request.headers.get("HX-Request"):
        context = {**session_context(request, row, chosen), "failures": failures, "is_part": True}
        response = render(request, "web/counter/work.html", context)
        if row.state != request.POST.get("state", row.state):  # the rest of the page tells of another state
            response.headers["HX-Refresh"] = "true"
        return response
    return _shown(request, row.key, failures=failures) if failures else HttpResponseRedirect(_address(row.key))


def _replaced(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a material's pages take the place of a file, or stand beside what is there; the button names both."""
    code, _, named = request.POST["replace"].rpartition("/")
    try:
        file_key = UUID(named) if named else None
    except ValueError as error:
        raise Invalid((Problem("replace", "not_in_range", {"allowed": "UUID"}),)) from error
    scans = services().scans
    choose_replaced(session_key=key, code=code, file_key=file_key, actor=actor(request), scans=scans, now=now())
    chosen = frozenset(text for text in request.POST.getlist("page"))
    return _answered(request, get_session(actor(request), key), chosen, [])


_ALL = "all"


def _order(request: HttpRequest) -> PageOrder:
    """Read an order: ``assign`` and ``turn`` bear their value in the button, ``move`` in a field."""
    if "assign" in request.POST:
        act, value = PageAct.ASSIGN.value, request.POST["assign"]
    else:
        act, _, value = request.POST.get("act", "").partition(":")
    try:
        named = [] if (act, value) == (PageAct.ACCEPT.value, _ALL) else request.POST.getlist("page")
        chosen = frozenset(UUID(text) for text in named)
        return PageOrder(PageAct(act), chosen, value)
    except ValueError as error:
        raise Invalid((Problem("act", "not_in_range", {"allowed": "、".join(PageAct)}),)) from error


@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def ask(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lay the pages before the applicant; the code is shown to this clerk alone."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    one_time = OneTime(secrets.token_urlsafe(24), code)
    room = counter_room(services())
    try:
        row = ask_applicant(session_key=key, one_time=one_time, actor=actor(request), room=room, now=now())
    except (Invalid, OutsideFailure) as error:
        return _shown(request, key, failures=_told(error))
    kept = dict(list(request.session.get(CODES, {}).items())[-_CODES_KEPT:])
    request.session[CODES] = kept | {row.key.hex: code}
    return HttpResponseRedirect(_address(key))


@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def hand_over(request: HttpRequest, key: UUID) -> HttpResponse:
    """Hand everything that was confirmed to capture."""
    count = finish(session_key=key, actor=actor(request), room=counter_room(services()), now=timezone.localtime())
    messages.success(request, f"已提交 {count} 份文件，办件照常办理和归档。")
    return HttpResponseRedirect(_address(key))


@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a case that was opened at this counter."""
    moment = timezone.localtime()
    told = {
        "kind": request.POST.get("kind", ""),
        "closed_at": moment.isoformat(timespec="seconds"),
        "result": request.POST.get("result", "").strip(),
        "result_number": request.POST.get("result_number", "").strip(),
    }
    try:
        close_case(
            session_key=key,
            told=told,
            steps=list(_steps(request, moment)),
            actor=actor(request),
            room=counter_room(services()),
            now=now(),
        )
    except Invalid as invalid:
        return _shown(request, key, failures=_told(invalid))
    messages.success(request, "已办结，正在归档。")
    return HttpResponseRedirect(_address(key))


def _steps(request: HttpRequest, moment: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a time
    """Return the steps that were done at the counter beside the receipt, in the order of the form."""
    handler, unit = request.user.display_name, request.POST.get("unit", "").strip()  # type: ignore[union-attr]
    names = [name.strip() for name in request.POST.get("steps", "").replace("、", "\n").splitlines() if name.strip()]
    for at, name in enumerate(names, 1):
        ended = moment - timedelta(seconds=len(names) - at)
        yield {
            "step_key": f"counter-{at}-{name}"[:200],
            "name": name,
            "started_at": ended.isoformat(timespec="seconds"),
            "ended_at": ended.isoformat(timespec="seconds"),
            "handler": handler,
            "unit": unit,
        }


@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def give_up(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the session up."""
    abandon(session_key=key, actor=actor(request), scans=services().scans, now=now())
    messages.info(request, "这次收件已放弃，没有提交任何材料。")
    return HttpResponseRedirect(reverse("counter"))


def _address(key: UUID) -> str:
    return reverse("counter-session", kwargs={"key": key})


def _told(error: Exception) -> list[str]:
    if isinstance(error, Invalid):
        return [problem_text(problem) for problem in error.problems]
    if isinstance(error, OutsideFailure):
        return [error_text(error.code, {})]
    return [error_text(error.code, error.params)] if isinstance(error, DomainError) else []


def _shown(request: HttpRequest, key: UUID, *, failures: list[str], status: int = 422) -> HttpResponse:
    """Show the session again with what went wrong."""
    row = get_session(actor(request), key)
    context = {**session_context(request, row, frozenset()), "failures": failures}
    return render(request, "web/counter/session.html", context, status=status)
