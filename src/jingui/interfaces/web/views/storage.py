"""Storage roots: what they hold, how they are audited, and what was found wrong."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jingui.bootstrap import services, vaults
from jingui.db.queries.storage import (
    RootState,
    below_quorum,
    cases_of_objects,
    cycles_of,
    findings_of,
    keeping_of,
    root_states,
)
from jingui.domain.access.roles import Permission, may
from jingui.domain.errors import DomainError, Invalid, NotFound, PermanentFailure, Problem, TransientFailure
from jingui.domain.preservation.roots import CycleKind, Keeping
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.masks import applicant_of, masked
from jingui.interfaces.wording import error_text, label, problem_text
from jingui.interfaces.wording.holdings import holdings_text
from jingui.ports import Room
from jingui.usecases.preservation.cycles import start_cycle
from jingui.usecases.preservation.repairing import accept_finding
from jingui.usecases.preservation.roots import change_root

MEBIBYTE, GIBIBYTE = 2**20, 2**30


@needs(Permission.VERIFY_HOLDINGS)
def overview(request: HttpRequest) -> HttpResponse:
    """Show every root: how much it holds, how much place it has, when it is audited next."""
    states = root_states()
    wanted = settings.JINGUI.copies
    context = {
        "rows": [_row(state) for state in states],
        "wanted": wanted,
        "lacking": below_quorum(wanted),
        "is_alone": len(states) < 2,  # noqa: PLR2004 - the primary root and one more
    }
    return render(request, "web/storage.html", context)


def _row(state: RootState) -> dict[str, Any]:
    room, is_away = _room(state)
    return {
        "state": state,
        "room": room,
        "is_away": is_away,
        "used_share": _used(room),
        "is_tight": room.free is not None and room.free < max(state.row.free_alarm_bytes, 0),
        "next": min(state.due.items(), key=lambda pair: pair[1], default=None),
    }


def _room(state: RootState) -> tuple[Room, bool]:
    try:
        return vaults(services()).of(state.row).room(), False
    except (TransientFailure, PermanentFailure):
        return Room(), True


def _used(room: Room) -> int | None:
    return None if not room.total or room.free is None else round(100 * (room.total - room.free) / room.total)


@needs(Permission.VERIFY_HOLDINGS)
def root(request: HttpRequest, name: str) -> HttpResponse:
    """Show one root: its audits and what they found."""
    state = _state(name)
    chosen = keeping_of(state.row)
    context = {
        **_row(state),
        "cycles": cycles_of(state.row),
        "findings": _findings(state),
        "kinds": [
            {"kind": kind.value, "days": chosen.days(kind), "last": state.last.get(kind), "due": state.due.get(kind)}
            for kind in CycleKind
        ],
        "keeping": chosen,
        "mib_per_second": chosen.bytes_per_second / MEBIBYTE,
        "free_alarm_gib": chosen.free_alarm_bytes / GIBIBYTE,
        "manages": may(actor(request), Permission.MANAGE_JOBS),
    }
    return render(request, "web/storage_root.html", context)


def _findings(state: RootState) -> list[dict[str, Any]]:
    """Return what was found, as shown: a file may be called after its applicant, whom nobody need know here."""
    rows = findings_of(state.row)
    cases = cases_of_objects(row.object_id for row in rows)
    return [
        {
            "row": row,
            "words": holdings_text(row.code),
            "ended": label("settlement", row.settlement),
            "path": masked(row.path, applicant_of(cases[row.object_id])) if row.object_id in cases else row.path,
        }
        for row in rows
    ]


def _state(name: str) -> RootState:
    found = root_states(name=name)
    if not found:
        raise NotFound("root_unknown", name=name)
    return found[0]


@needs(Permission.VERIFY_HOLDINGS)
@require_POST
def audit(request: HttpRequest, name: str) -> HttpResponse:
    """Begin an audit; the worker goes on with it."""
    wanted = request.POST.get("kind", "")
    if wanted not in {*CycleKind}:
        raise Invalid((Problem("kind", "not_in_range", {"allowed": ", ".join(CycleKind)}),))
    back = HttpResponseRedirect(reverse("storage-root", args=[name]))
    try:
        start_cycle(name, CycleKind(wanted), actor=actor_name(request), now=now())
    except DomainError as error:
        messages.error(request, error_text(error.code, error.params))
        return back
    messages.success(request, f"{label('cycle', wanted)}已开始，可以离开此页，后台会做完并记入日志。")
    return back


@needs(Permission.MANAGE_JOBS)
@require_POST
def keeping(request: HttpRequest, name: str) -> HttpResponse:
    """Change how a root is audited and guarded."""
    back = HttpResponseRedirect(reverse("storage-root", args=[name]))
    try:
        change_root(name, _given(request, keeping_of(_state(name).row)), actor=actor_name(request), now=now())
    except Invalid as error:
        told = "；".join(
            f"{_FIELDS.get(each.location, each.location)}：{problem_text(each)}" for each in error.problems
        )
        messages.error(request, f"{told}。没有数据变化。")
        return back
    messages.success(request, "设置已更改并记入日志。")
    return back


_FIELDS = {
    "routine_days": "日常巡检",
    "full_days": "全面巡检",
    "sample_days": "抽样巡检",
    "sample_objects": "每次抽样",
    "bytes_per_second": "读取限速",
    "free_alarm_bytes": "空间告警",
}
_UNITS = {"bytes_per_second": MEBIBYTE, "free_alarm_bytes": GIBIBYTE}


def _given(request: HttpRequest, known: Keeping) -> Keeping:
    values: dict[str, Any] = asdict(known) | {"is_protected": "is_protected" in request.POST}
    problems = []
    for field in _FIELDS:
        text = request.POST.get(field, "").strip()
        if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004 - digits of a sensible number
            problems.append(Problem(field, "wrong_type", {"expected": "整数"}))
        else:
            values[field] = int(text) * _UNITS.get(field, 1)
    if problems:
        raise Invalid(tuple(problems))
    return Keeping(**values)


@needs(Permission.MANAGE_JOBS)
@require_POST
def accept(request: HttpRequest, key: UUID) -> HttpResponse:
    """Settle a finding by a person's word."""
    name = request.POST.get("root", "")
    back = HttpResponseRedirect(reverse("storage-root", args=[name]) if name else reverse("storage"))
    try:
        accept_finding(str(key), reason=request.POST.get("reason", ""), actor=actor_name(request), now=now())
    except Invalid:
        messages.error(request, "请写明理由。没有数据变化。")
    except DomainError as error:
        messages.error(request, error_text(error.code, error.params))
    else:
        messages.success(request, "已确认并记入日志。")
    return back
