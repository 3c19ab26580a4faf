"""What the frame of every staff page shows: who is signed in, and what waits for him."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jingui.domain.access.roles import Actor, Permission, may
from jingui.interfaces.web.guards import actor
from jingui.interfaces.web.waiting import waiting
from jingui.interfaces.wording import label


@dataclass(frozen=True, slots=True)
class RailLink:
    """One link of the rail: where it leads, its icon, its words, and how much waits behind it."""

    address: str
    icon: str
    text: str
    permission: Permission | None
    counter: str = ""
    needs_person: bool = True


GROUPS: tuple[tuple[str, tuple[RailLink, ...]], ...] = (
    (
        "",
        (
            RailLink("/", "home", "首页", Permission.VIEW_STATISTICS),
            RailLink("/library", "library", "档案库", Permission.SEARCH_RECORDS),
            RailLink("/themes", "folder", "一件事", Permission.VIEW_RECORD),
        ),
    ),
    (
        "归档",
        (
            RailLink("/counter", "print", "窗口收件", Permission.RECEIVE_AT_COUNTER),
            RailLink("/worklists/incomplete", "capture", "材料不齐", Permission.VIEW_RECORD, "incomplete"),
            RailLink("/worklists/failed", "refused", "检测不通过", Permission.VIEW_RECORD, "failed"),
            RailLink("/worklists/judgement", "person", "需人工判定", Permission.VIEW_RECORD, "judgement"),
            RailLink("/inspection/tasks", "tasks", "人工检测任务", Permission.DECIDE_FINDING),
            RailLink("/suggestions", "unknown", "待定材料", Permission.VIEW_RECORD, "suggestions"),
            RailLink(
                "/worklists/expected", "clock", "未到收件", Permission.VIEW_RECORD, "expected", needs_person=False
            ),
            RailLink(
                "/worklists/running", "package", "归档处理中", Permission.VIEW_RECORD, "running", needs_person=False
            ),
            RailLink("/worklists/jobs", "warn", "失败任务", Permission.MANAGE_JOBS, "jobs"),
        ),
    ),
    (
        "管理",
        (
            RailLink(
                "/worklists/transfer", "transfer", "到期移交", Permission.VIEW_RECORD, "transfer", needs_person=False
            ),
        ),
    ),
    (
        "规则与监督",
        (
            RailLink("/catalogue", "catalogue", "事项与归档配置", Permission.SEARCH_RECORDS),
            RailLink("/plans", "arrange", "归档方案", Permission.VIEW_PLANS),
            RailLink("/consistency", "levels", "四级统一", Permission.VIEW_PLANS),
            RailLink("/coverage", "check", "日终对账", Permission.VIEW_STATISTICS, "unexplained"),
            RailLink("/coverage", "check", "日终对账", Permission.VIEW_PROGRESS, "unexplained"),
            RailLink("/integration", "key", "来源接入", Permission.VIEW_PROGRESS),
            RailLink("/integration", "key", "来源接入", Permission.MANAGE_SOURCES),
            RailLink("/sources", "connect", "来源连接", Permission.VIEW_PROGRESS, "sources"),
            RailLink("/sources", "connect", "来源连接", Permission.MANAGE_SOURCES, "sources"),
            RailLink("/inspection/profiles", "inspect", "检测方案", Permission.VIEW_PLANS),
            RailLink("/inspection", "supervise", "检测统计", Permission.VIEW_STATISTICS),
            RailLink("/formats", "file", "格式与风险", Permission.SEARCH_RECORDS),
            RailLink("/migrations", "rotate", "格式迁移", Permission.SEARCH_RECORDS),
            RailLink("/trust", "stamp", "信任列表", Permission.MANAGE_TRUST),
            RailLink("/trust", "stamp", "信任列表", Permission.VERIFY_HOLDINGS),
            RailLink("/storage", "preserve", "存储与巡检", Permission.VERIFY_HOLDINGS, "copies"),
            RailLink("/media", "disk", "备份与介质", Permission.VERIFY_HOLDINGS, "media"),
            RailLink("/journal", "audit", "审计与存证", Permission.VIEW_JOURNAL),
        ),
    ),
)


# Pages without an entry of their own belong to one.
_BELONGS = (("/records/", "/library"), ("/copies/", "/library"), ("/scope/", "/plans"))


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the name of the archives and, once a template asks for them, the rail and the permissions."""
    return {
        "archives_name": settings.JINGUI.name,
        "rail": SimpleLazyObject(lambda: _rail(request)),
        "allowed": SimpleLazyObject(lambda: _allowed(actor(request))),
        "role_name": SimpleLazyObject(lambda: label("role", str(getattr(request.user, "role", "")))),
    }


def _allowed(who: Actor) -> dict[str, bool]:
    return {permission.value: may(who, permission) for permission in Permission}


def _rail(request: HttpRequest) -> list[dict[str, Any]]:
    who, counts = actor(request), waiting(request).counts
    path = next((home for start, home in _BELONGS if request.path.startswith(start)), request.path)
    groups = []
    for title, links in GROUPS:
        shown = {link.address: link for link in links if link.permission is None or may(who, link.permission)}
        if shown:
            groups.append({"title": title, "links": [_link(link, counts, path) for link in shown.values()]})
    return groups


def _link(link: RailLink, counts: dict[str, int], path: str) -> dict[str, Any]:
    is_alone = link.address in {"/", "/inspection"}
    is_current = path == link.address if is_alone else path.startswith(link.address)
    count = counts.get(link.counter, 0)
    return {"link": link, "count": count, "is_current": is_current, "needs": link.needs_person and count > 0}
