"""Files that came without a material: what is suggested for them, and the person's decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jingui.bootstrap import services
from jingui.db.queries.suggestions import open_suggestions, suggested_files
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Permission, may
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.suggestions import choices_of, suggestion_blocks
from jingui.usecases.capture.suggesting import decide_materials


@needs(Permission.VIEW_RECORD)
@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """Show one page of the cases whose files wait for a decision."""
    who = actor(request)
    page = open_suggestions(who, number=page_number(request.GET))
    blocks = suggestion_blocks(suggested_files(page.rows))
    context = {"page": page, "blocks": blocks, "may_decide": may(who, Permission.DECIDE_FINDING)}
    return render(request, "web/suggestions.html", context)


@needs(Permission.DECIDE_FINDING)
@require_POST
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the decisions on the files of one case."""
    who = actor(request)
    found = suggested_files([visible_case(who, key, Permission.DECIDE_FINDING)])[0]
    choices = choices_of(found, request.POST.dict())
    if choices:
        name = actor_name(request)
        count = decide_materials(key, choices, actor=who, name=name, queue=services().queue, now=now())
        messages.success(request, f"已记下 {count} 份文件的材料，办件 {found.case.case_number} 会自动继续。")
    else:
        messages.info(request, "没有选择任何材料，没有数据变化。")
    return HttpResponseRedirect(reverse("suggestions"))
