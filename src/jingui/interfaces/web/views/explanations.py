"""Explaining what nobody accounts for: the list across all days, the form, and taking an explanation back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from jingui.db.queries import coverage as queries
from jingui.domain.access.roles import Permission, may
from jingui.domain.errors import Invalid, Problem
from jingui.domain.supervision.explanations import ExplanationDraft, check_explanation, check_revocation
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.coverage import line_rows
from jingui.interfaces.web.views.coverage import certificate_page, form_context, renew_now
from jingui.interfaces.wording import problem_text
from jingui.usecases.supervision.explaining import ALLOWS, explain_cases, revoke_explanation

_FIELDS = ("kind", "text", "until")


@needs(Permission.VIEW_PROGRESS)
@require_safe
def unexplained(request: HttpRequest) -> HttpResponse:
    """Show one page of all cases that nobody accounts for, the oldest day first."""
    return _list_page(request)


def _list_page(
    request: HttpRequest, *, given: dict[str, Any] | None = None, errors: dict[str, str] | None = None
) -> HttpResponse:
    who = actor(request)
    page = queries.unexplained_lines(who, number=page_number(request.GET))
    context = {
        "page": page,
        "rows": line_rows(page.rows),
        "may_explain": may(who, ALLOWS),
        "sees_records": may(who, Permission.VIEW_RECORD),
        **form_context(given, errors, back=reverse("coverage-unexplained")),
    }
    return render(request, "web/unexplained.html", context, status=422 if errors else 200)


@needs(ALLOWS)
@require_POST
def explain(request: HttpRequest) -> HttpResponse:
    """Explain the chosen cases and renew the certificates of their days."""
    chosen = request.POST.getlist("case")
    given: dict[str, Any] = {name: request.POST.get(name, "") for name in _FIELDS} | {"chosen": chosen}
    try:
        count, closings = _explained(request, _by_source(chosen), _draft(given))
    except Invalid as invalid:
        errors = {problem.location: problem_text(problem) for problem in invalid.problems}
        return _again(request, given, errors)
    issued = renew_now(closings)
    renewed = "证书已更新" if issued else "证书将在几分钟内更新"
    messages.success(request, f"已说明 {count} 件，{renewed}。")
    return HttpResponseRedirect(_back(request))


def _draft(given: dict[str, Any]) -> ExplanationDraft:
    return check_explanation(kind=given["kind"], text=given["text"], until=given["until"], today=timezone.localdate())


def _explained(
    request: HttpRequest, by_source: dict[UUID, list[str]], draft: ExplanationDraft
) -> tuple[int, tuple[int, ...]]:
    count = 0
    closings: tuple[int, ...] = ()
    for source, numbers in by_source.items():
        done = explain_cases(source_key=source, case_numbers=numbers, draft=draft, actor=actor(request), now=now())
        count, closings = count + done.count, (*closings, *done.closings)
    return count, tuple(dict.fromkeys(closings))


def _by_source(chosen: list[str]) -> dict[UUID, list[str]]:
    """Read the choices ``SOURCE/CASE NUMBER``. Raises Invalid if there is none or one cannot be read."""
    found: dict[UUID, list[str]] = {}
    for each in chosen:
        source, _, number = each.partition("/")
        try:
            found.setdefault(UUID(hex=source), []).append(number)
        except ValueError:
            raise Invalid((Problem("case", "value_malformed"),)) from None
    if not found:
        raise Invalid((Problem("case", "nothing_chosen"),))
    return found


@needs(ALLOWS)
@require_POST
def revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take an explanation back and renew the certificates of its days."""
    try:
        text = check_revocation(request.POST.get("text", ""))
    except Invalid as invalid:
        messages.error(request, f"没有撤销：原因{problem_text(invalid.problems[0])}。")
        return HttpResponseRedirect(_back(request))
    done = revoke_explanation(key=key, text=text, actor=actor(request), now=now())
    issued = renew_now(done.closings)
    messages.success(request, "说明已撤销，" + ("证书已更新。" if issued else "证书将在几分钟内更新。"))
    return HttpResponseRedirect(_back(request))


def _target(request: HttpRequest) -> Any:  # noqa: ANN401 - Django's own match
    """Return which of our pages the form was on; the list if it says something else."""
    try:
        match = resolve(urlsplit(request.POST.get("back", "")).path)
    except Resolver404:
        return None
    return match if match.url_name == "certificate" else None


def _again(request: HttpRequest, given: dict[str, Any], errors: dict[str, str]) -> HttpResponse:
    match = _target(request)
    if match:
        return certificate_page(request, match.kwargs["key"], given=given, errors=errors)
    return _list_page(request, given=given, errors=errors)


def _back(request: HttpRequest) -> str:
    match = _target(request)
    if match is None:
        return reverse("coverage-unexplained")
    row = queries.newest_of(queries.get_certificate(actor(request), match.kwargs["key"]))
    return reverse("certificate", kwargs={"key": row.key})
