"""Connections to sources with their health, and the messages that could not be taken."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from jingui.db.queries.connections import (
    connections,
    get_connection,
    get_problem,
    open_problem_keys,
    problem_counts,
    problem_page,
    retries_asked,
)
from jingui.domain.access.roles import Actor, Permission, may
from jingui.domain.errors import Problem
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.capture.connecting import ask_now, set_active
from jingui.usecases.capture.refused import dismiss_problem
from jingui.usecases.capture.retrying import ask_retry

_WATCH = (Permission.VIEW_PROGRESS, Permission.MANAGE_SOURCES)
_MOST_CHOSEN = 500
_SETTLE = (Permission.DECIDE_FINDING, Permission.MANAGE_SOURCES)


@needs(*_WATCH)
def overview(request: HttpRequest) -> HttpResponse:
    """Show every connection: how it fares, how far it has come, what of it was not taken."""
    who, counts = actor(request), problem_counts()
    rows = [
        {"connection": row, "progress": row.progress, "problems": counts.get(row.key, 0), "error": _error(row.progress)}
        for row in connections(who)
    ]
    return render(request, "web/sources.html", {"rows": rows, "manages": may(who, Permission.MANAGE_SOURCES)})


def _error(progress: object) -> str:
    code = str(getattr(progress, "error_code", ""))
    return error_text(code, {}) if code else ""


@needs(*_WATCH)
def problems(request: HttpRequest) -> HttpResponse:
    """Show one page of the messages that were not taken, the oldest first."""
    chosen = as_uuid(request.GET.get("connection", ""))
    who = actor(request)
    page = problem_page(who, connection=chosen, number=page_number(request.GET))
    asked = retries_asked(page.rows)
    rows = [
        {"problem": row, "reason": _reason(row.code, row.params, row.problems), "is_asked": row.key in asked}
        for row in page.rows
    ]
    context = {
        "page": page,
        "rows": rows,
        "settles": _settles(who),
        "chosen": get_connection(who, chosen) if chosen else None,
    }
    return render(request, "web/source_problems.html", context)


def as_uuid(text: str) -> UUID | None:
    """Return a key that an address or form names; nothing if it names none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _reason(code: str, params: dict[str, str], found: list[dict[str, object]]) -> str:
    """Say in one line why a message was not taken: its first problem, else the error."""
    if not found:
        return error_text(code, params)
    return "；".join(f"{each['location']}：{_words(each)}" for each in found[:2])


def _words(each: dict[str, object]) -> str:
    params = each.get("params")
    return problem_text(Problem(str(each["location"]), str(each["code"]), params if isinstance(params, dict) else {}))


@needs(*_WATCH)
def problem(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one message that was not taken; the message itself only to who may see personal data."""
    who = actor(request)
    row = get_problem(who, key)
    context = {
        "problem": row,
        "error": error_text(row.code, row.params),
        "found": [(each["location"], _words(each)) for each in row.problems],
        "sees_raw": may(who, Permission.VIEW_PERSONAL_DATA),
        "settles": _settles(who) and row.settled_at is None,
        "is_asked": row.key in retries_asked([row]),
    }
    return render(request, "web/source_problem.html", context)


def _settles(who: Actor) -> bool:
    return any(may(who, permission) for permission in _SETTLE)


@needs(*_SETTLE)
@require_POST
def retry(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a message be taken again."""
    row = get_problem(actor(request), key)
    return _asked(request, [row.key], row.connection_id)


@needs(*_SETTLE)
@require_POST
def retry_many(request: HttpRequest) -> HttpResponse:
    """Let the chosen messages be taken again, or all that wait of a connection."""
    who, connection = actor(request), as_uuid(request.POST.get("connection", ""))
    if request.POST.get("all") and connection:
        keys = open_problem_keys(get_connection(who, connection).key)
    else:
        named = (as_uuid(text) for text in request.POST.getlist("problem")[:_MOST_CHOSEN])
        keys = [get_problem(who, key).key for key in named if key]
    return _asked(request, keys, connection)


def _asked(request: HttpRequest, keys: list[UUID], connection: UUID | None) -> HttpResponse:
    back = HttpResponseRedirect(f"/sources/problems?connection={connection}" if connection else "/sources/problems")
    if not keys:
        messages.error(request, "还没有选消息。没有数据变化。")
        return back
    count = ask_retry(keys, actor=actor_name(request), now=now())
    told = f"已安排重收 {count} 条，几秒后再看这里：还没有收入的会留下，并写明原因。"
    messages.success(request, told if count else "这些消息已经安排过重收，请稍等。")
    return back


@needs(*_SETTLE)
@require_POST
def dismiss(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put a message aside, with a reason."""
    get_problem(actor(request), key)
    note = request.POST.get("note", "").strip()
    if not note:
        messages.error(request, "请写明搁置的理由。没有数据变化。")
        return HttpResponseRedirect(f"/sources/problems/{key}")
    dismiss_problem(key, note=note, actor=actor_name(request), now=now())
    messages.success(request, "已搁置，原消息仍保留。")
    return HttpResponseRedirect("/sources/problems")


@needs(Permission.MANAGE_SOURCES)
@require_POST
def switch(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop or start a connection, or let it be read at once."""
    name, wanted = get_connection(actor(request), key).name, request.POST.get("to", "")
    if wanted == "now":
        ask_now(name, now=now())
        messages.success(request, f"“{name}”将立即采集。")
    elif wanted in {"start", "stop"}:
        set_active(name, is_active=wanted == "start", actor=actor_name(request), now=now())
        messages.success(request, f"“{name}”已{'启用' if wanted == 'start' else '停用'}。")
    return HttpResponseRedirect("/sources")
