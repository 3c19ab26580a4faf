"""Formats and risks (格式与风险): the policy in force, what the holdings are in, and changing a rule."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jingui.db.queries.format_policies import current_policy, held_formats, policy_version, policy_versions
from jingui.domain.access.roles import Permission, check_may, may
from jingui.domain.errors import Conflict, Invalid, NotFound
from jingui.domain.preservation.format_policy import FormatPolicy, FormatRule, policy_to_dict
from jingui.domain.records.formats import EXTENSIONS, Risk, Suitability, Treatment
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.wording import error_text, problem_text
from jingui.usecases.format_policies import change_rule

_FIELDS = ("format", "treatment", "suitability", "risk", "reason", "convert_to")
_MARKS = {"accept": "passed", "convert": "passed", "warn": "warned", "refuse": "failed"}


@needs(Permission.SEARCH_RECORDS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show a version of the policy, the one in force unless another is asked for."""
    return _page(request, _asked(request))


@needs(Permission.SEARCH_RECORDS)
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """Return a version of the policy as the file that ``jingui formats adopt`` reads."""
    policy = _asked(request)
    body = json.dumps(policy_to_dict(policy), ensure_ascii=False, indent=1)
    name = f"format-policy-v{policy.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="application/json; charset=utf-8", headers=headers)


@needs(Permission.MANAGE_CATALOGUE)
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change or add the rule of one format; what is wrong with it is told above the form."""
    check_may(actor(request), Permission.MANAGE_CATALOGUE, agency_code="*")
    given = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    seen = request.POST.get("seen", "")
    try:
        row = change_rule(
            given,
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else -1,  # noqa: PLR2004 - a number of the database
            reason=request.POST.get("why", "").strip(),
            actor=actor_name(request),
            now=now(),
        )
    except Invalid as error:
        said = [f"{problem.location.rpartition('.')[2]}：{problem_text(problem)}" for problem in error.problems]
        return _page(request, current_policy(), given=given, faults=said, status=422)
    except Conflict as error:
        return _page(request, current_policy(), given=given, faults=[error_text(error.code, error.params)], status=409)
    messages.success(request, f"已采用第 {row.number} 版格式策略。")
    return HttpResponseRedirect(reverse("formats"))


def _asked(request: HttpRequest) -> FormatPolicy:
    told = request.GET.get("version", "")
    if not told:
        return current_policy()
    policy = policy_version(int(told)) if told.isdecimal() and len(told) < 9 else None  # noqa: PLR2004 - as above
    if policy is None:
        raise NotFound("policy_version_unknown")
    return policy


def _page(
    request: HttpRequest,
    policy: FormatPolicy,
    *,
    given: dict[str, str] | None = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    who = actor(request)
    held = {row.format_name: row for row in held_formats(who)}
    asked = request.GET.get("format", "")
    context = {
        "policy": policy,
        "is_current": policy.version == current_policy().version,
        "versions": policy_versions(),
        "rows": [(rule, _MARKS[rule.treatment], held.get(rule.format)) for rule in _ordered(policy)],
        "features": [(rule, _MARKS[rule.treatment]) for rule in policy.features],
        "outside": [row for name, row in held.items() if not name or policy.rule_of(name) is policy.otherwise],
        "can_change": may(who, Permission.MANAGE_CATALOGUE, agency_code="*"),
        "given": given or _values(policy.rule_of(asked, asked) if asked else None),
        "faults": faults or [],
        "formats": list(EXTENSIONS),
        "treatments": list(Treatment),
        "suitabilities": list(Suitability),
        "risks": list(Risk),
    }
    return render(request, "web/formats.html", context, status=status)


def _ordered(policy: FormatPolicy) -> list[FormatRule]:
    """Put the rules of names before those of identifiers, in the order of the product's names."""
    order = list(EXTENSIONS)
    known = sorted(
        (rule for rule in policy.rules if rule.format in EXTENSIONS), key=lambda rule: order.index(rule.format)
    )
    return [*known, *(rule for rule in policy.rules if rule.format not in EXTENSIONS), policy.otherwise]


def _values(rule: FormatRule | None) -> dict[str, str]:
    return {name: str(getattr(rule, name)) for name in _FIELDS} if rule else {}
