"""The counter: what is being taken in, a new case, and one session with its pages."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jingui.bootstrap import counter_room, services
from jingui.db.queries.counter import (
    ended_sessions,
    find_cases,
    get_session,
    is_counter_case,
    last_void,
    materials_of,
    open_sessions,
    reading_of,
    session_pages,
    session_scans,
    standing_confirmation,
)
from jingui.db.queries.items import get_item, item_page
from jingui.domain.access.roles import Everywhere, Permission, reach
from jingui.domain.capture.confirmation import materials_from_plain
from jingui.domain.capture.counter import CounterState
from jingui.domain.errors import Conflict, Invalid, NotFound
from jingui.domain.records.terms import ClosureKind
from jingui.interfaces.web.addresses import searched_words
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.scan_folder import waiting_scans
from jingui.interfaces.web.shapes.counter import following, grid_totals, material_choices, page_cells
from jingui.interfaces.web.shapes.masks import masked_title
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.capture.counter.opening import open_for_case, open_new_case
from jingui.usecases.capture.counter.replacing import standing_files

CODES = "counter_codes"
STATION = "counter_station"
_FIELDS = ("item_code", "name", "kind", "id_type", "id_number", "agent", "title", "case_number")
_APPLICANT = ("name", "kind", "id_type", "id_number", "agent")


@needs(Permission.RECEIVE_AT_COUNTER)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show what is being taken in, find a case, begin a new one."""
    who, text = actor(request), searched_words(request.GET, "find")
    context = {
        "sessions": [(row, masked_title(row.case)) for row in open_sessions(who)],
        "ended": [(row, masked_title(row.case)) for row in ended_sessions(who, since=now() - timedelta(days=1))],
        "find": text,
        "cases": [(case, masked_title(case)) for case in find_cases(who, text)] if text else None,
        "station": request.session.get(STATION, ""),
    }
    return render(request, "web/counter/desk.html", context)


@needs(Permission.RECEIVE_AT_COUNTER)
@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """Ask for item and applicant; a sound answer opens the case and its session."""
    if request.method != "POST":
        return _new_form(request, {"kind": "person", "item_code": request.GET.get("item", "")}, {})
    given = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    station = _station(request)
    try:
        row = open_new_case(
            told=_message(given), station=station, actor=actor(request), desk=counter_room(services()).desk, now=now()
        )
    except Invalid as invalid:
        errors = {problem.location.removeprefix("applicant."): problem_text(problem) for problem in invalid.problems}
        return _new_form(request, given, errors)
    except Conflict as conflict:
        return _new_form(request, given, {"case_number": error_text(conflict.code, conflict.params)})
    return HttpResponseRedirect(reverse("counter-session", kwargs={"key": row.key}))


def _message(given: dict[str, str]) -> dict[str, Any]:
    moment = timezone.localtime()
    applicant = {name: given[name] for name in _APPLICANT if given[name]}
    number = given["case_number"] or f"CK{moment:%Y%m%d}-{secrets.token_hex(4).upper()}"
    return {
        "case_number": number,
        "title": given["title"] or f"{given['name']} {_item_name(given['item_code'])}".strip(),
        "item_code": given["item_code"],
        "applicant": applicant,
        "received_at": moment.isoformat(timespec="seconds"),
        "accepted_at": moment.isoformat(timespec="seconds"),
        "channel": "counter",
    }


def _item_name(code: str) -> str:
    with suppress(NotFound):  # the use case says that it is not in the catalogue
        return get_item(code, None).item.name
    return ""


def _new_form(request: HttpRequest, given: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    codes = reach(actor(request), Permission.RECEIVE_AT_COUNTER)
    agency = "" if isinstance(codes, Everywhere) else next(iter(sorted(codes)), "")
    wanted = searched_words(request.GET, "q") or searched_words(request.POST, "q")
    page = item_page(agency=agency, text=wanted, number=1)
    context = {"items": page.rows, "q": wanted, "given": given, "errors": errors, "station": _station(request)}
    return render(request, "web/counter/new.html", context, status=422 if errors else 200)


def _station(request: HttpRequest) -> str:
    """Return the name of this counter, remembered for the person's session."""
    if "station" in request.POST:
        request.session[STATION] = request.POST["station"].strip()[:60]
    return str(request.session.get(STATION, ""))


@needs(Permission.RECEIVE_AT_COUNTER)
@require_POST
def open_existing(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begin to take in paper for a case that is here, or go on with it."""
    row = open_for_case(case_key=key, station=_station(request), actor=actor(request), now=now())
    return HttpResponseRedirect(reverse("counter-session", kwargs={"key": row.key}))


@needs(Permission.RECEIVE_AT_COUNTER)
@require_GET
def session(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one session."""
    row = get_session(actor(request), key)
    pages = session_pages(row)
    return render(request, "web/counter/session.html", session_context(request, row, following(pages, ())))


def session_context(
    request: HttpRequest,
    row: Any,  # noqa: ANN401 - interfaces know no models
    chosen: frozenset[str],
) -> dict[str, Any]:
    """Return everything that the page of a session shows; ``chosen`` pages are marked."""
    pages, rules = session_pages(row), materials_of(row.case)
    choices = material_choices(rules, pages, standing_files=standing_files(row.case), replaces=row.replaces)
    agency = row.case.agency.code if row.case.agency else ""
    scans = session_scans(row)
    return {
        "row": row,
        "case": row.case,
        "title": masked_title(row.case),
        "is_open": row.state not in {CounterState.FINISHED, CounterState.ABANDONED},
        "choices": choices,
        "cells": page_cells(pages, choices, chosen=chosen),
        "totals": grid_totals(pages),
        "scans": scans,
        "refused": [scan for scan in scans if scan.state == "refused"],
        "reading": reading_of(row),
        "has_ocr": services().recogniser.is_available,
        "folder": waiting_scans(settings.JINGUI.scan_folder, agency) if settings.JINGUI.scan_folder else None,
        "may_close": row.state == CounterState.FINISHED and is_counter_case(row.case) and not row.case.closed_at,
        "kinds": [kind.value for kind in ClosureKind],
        **screen_context(request, row),
    }


@needs(Permission.RECEIVE_AT_COUNTER)
@require_GET
def progress(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say how far the scans are read; once they are, the whole page is asked for anew."""
    row = get_session(actor(request), key)
    reading = reading_of(row)
    response = render(request, "web/counter/progress.html", {"row": row, "reading": reading})
    if not reading.waiting:
        response.headers["HX-Refresh"] = "true"
    return response


@needs(Permission.RECEIVE_AT_COUNTER)
@require_GET
def screen(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far the applicant is; once the session has moved on, the whole page is asked for anew."""
    row = get_session(actor(request), key)
    response = render(request, "web/counter/screen.html", {"row": row, **screen_context(request, row)})
    if row.state != request.GET.get("state", ""):
        response.headers["HX-Refresh"] = "true"
    return response


def screen_context(request: HttpRequest, row: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what the clerk sees of the second screen: the code to be typed, or how far the applicant is."""
    standing = standing_confirmation(row)
    if standing is None:
        row.refresh_from_db(fields=["state"])  # a change may have come between the two looks
        return {"confirmation": None, "void": last_void(row)}
    address = f"{settings.JINGUI.public_url}{reverse('citizen', kwargs={'token': standing.token})}"
    code = request.session.get(CODES, {}).get(standing.key.hex, "")
    shown = materials_from_plain(standing.materials)
    return {
        "confirmation": standing,
        "void": None,
        "code": f"{code[:4]} {code[4:]}" if code else "",
        "is_expired": standing.state == "waiting" and standing.code_expires_at <= now(),
        "address": address,
        "short_address": f"{settings.JINGUI.public_url}{reverse('citizen-code')}",
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(border=2, light="#ffffff"),
        "shown": [(material, standing.confirmed.get(material.code, "")) for material in shown],
    }
