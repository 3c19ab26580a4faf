"""Trying out a mapping: the sample on the left, the messages it gives on the right, what is missing marked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from jingui.bootstrap.sources import connection_problems
from jingui.db.queries.connections import connections, get_connection
from jingui.domain.access.roles import Permission, may
from jingui.domain.errors import Invalid, Problem, Refused
from jingui.formats.mappings import MappedMessage, apply_mapping, compile_mapping
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.views.sources import as_uuid
from jingui.interfaces.wording import problem_text
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection

_SAMPLE_LIMIT = 2**20
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a message as it is shown: its rule, what was found, its value, and what is wrong."""

    target: str
    rule: str
    value: str
    problem: str


@needs(Permission.VIEW_PROGRESS, Permission.MANAGE_SOURCES)
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    """Show what a mapping makes of a sample. Nothing is stored but, if asked for, the mapping of a connection."""
    who = actor(request)
    key = as_uuid(request.POST.get("connection", "") or request.GET.get("connection", ""))
    chosen = get_connection(who, key) if key else None
    own = json.dumps(chosen.mapping, ensure_ascii=False, indent=2) if chosen else ""
    context: dict[str, Any] = {
        "connections": connections(who),
        "chosen": chosen,
        "mapping": request.POST.get("mapping", own),
        "sample": _sample(request),
        "manages": may(who, Permission.MANAGE_SOURCES),
    }
    if request.method == "POST":
        context |= _tried(context["mapping"], context["sample"])
        if request.POST.get("act") == "save" and chosen and "read" in context:
            return _saved(request, chosen, context["read"])
    return render(request, "web/mapping_trial.html", context)


def _sample(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    if upload is None:
        return str(request.POST.get("sample", ""))[:_SAMPLE_LIMIT]
    return bytes(upload.read(_SAMPLE_LIMIT)).decode("utf-8", "replace")


def _tried(mapping: str, sample: str) -> dict[str, Any]:
    try:
        raw = json.loads(mapping)
        compiled = compile_mapping(raw)
    except (ValueError, RecursionError):
        return {"faults": [("映射", problem_text(Problem("mapping", "body_not_json")))]}
    except Invalid as invalid:
        return {"faults": [(problem.location, problem_text(problem)) for problem in invalid.problems]}
    found = apply_mapping(sample.encode("utf-8", "replace"), compiled)
    told = {"read": raw, "made": [_shown(message) for message in found.messages[:_SHOWN]], "total": len(found.messages)}
    return told | ({"unread": problem_text(found.problem)} if found.problem else {})


def _shown(message: MappedMessage) -> dict[str, Any]:
    told = {problem.location: problem_text(problem) for problem in message.problems}
    rows = [
        FieldRow(trace.target, _rule_text(trace.rule), _value_text(trace.value), told.pop(trace.target, ""))
        for trace in message.traces
    ]
    rows += [FieldRow(target, "", "", text) for target, text in told.items()]
    return {
        "kind": message.kind.value,
        "case_number": message.case_number,
        "rows": rows,
        "faults": len(message.problems),
    }


def _rule_text(rule: Any) -> str:  # noqa: ANN401 - a rule of the domain
    if rule.find:
        return str(rule.find)
    return f"= {rule.constant}" if rule.constant is not None else " + ".join(_rule_text(part) for part in rule.join)


def _value_text(value: object) -> str:
    return "" if value is None else "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _saved(request: HttpRequest, chosen: Any, mapping: dict[str, Any]) -> HttpResponse:  # noqa: ANN401 - a row
    if not may(actor(request), Permission.MANAGE_SOURCES):
        raise Refused("permission_missing", permission=Permission.MANAGE_SOURCES.value)
    choices = ConnectionChoices(chosen.name, chosen.source.name, chosen.kind, chosen.configuration, mapping)
    keep_connection(choices, check=connection_problems, actor=actor_name(request), now=now())
    messages.success(request, f"“{chosen.name}”的映射已保存，从下一次采集起使用。")
    return HttpResponseRedirect("/sources")
