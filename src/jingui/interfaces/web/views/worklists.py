"""Work lists: what waits, the longest first, with its reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jingui.db.queries.worklists import BY_NAME, failed_jobs, with_findings, work_list
from jingui.domain.access.roles import Permission
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.shapes.waiting import waiting_rows

HEADINGS: dict[str, tuple[str, str, str]] = {
    "incomplete": ("材料不齐", "来源系统补齐后自动继续", "没有材料不齐的办件"),
    "failed": ("检测不通过", "来源系统补送合格的文件后自动继续", "没有检测不通过的办件"),
    "judgement": ("需人工判定", "已入库，有机器判断不了的项目", "没有需要人工判定的档案"),
    "overdue": ("办理超期", "超过承诺时限，来源还没有报办结", "没有超期的办件"),
    "expected": ("未到收件", "先收到了文件、环节或办结，还没有收件消息", "没有未到收件的办件"),
    "running": ("归档处理中", "系统正在检测、整理、封装、入库", "没有正在处理的办件"),
    "transfer": ("到期移交", "永久和 30 年，办结满五年", "没有到期应移交的档案"),
}


@needs(Permission.VIEW_RECORD)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page of a work list."""
    page = work_list(actor(request), name, now=now(), number=page_number(request.GET))
    rows = waiting_rows(with_findings(page.rows), now=now())
    title, hint, empty = HEADINGS[name]
    context = {"work": BY_NAME[name], "page": page, "rows": rows, "title": title, "hint": hint, "empty": empty}
    return render(request, "web/worklist.html", context)


@needs(Permission.MANAGE_JOBS)
def jobs(request: HttpRequest) -> HttpResponse:
    """Show the jobs that gave up."""
    return render(request, "web/jobs.html", {"jobs": failed_jobs()})
