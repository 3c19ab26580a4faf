"""Asking for records as packages of some form: one, those of a theme, or all that the library shows; a worker writes them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jingui.bootstrap import services
from jingui.db.queries.exports import recent_exports, selected_keys, theme_keys
from jingui.db.queries.themes import get_theme
from jingui.db.queries.visibility import visible_case
from jingui.db.queries.works import open_work
from jingui.domain.access.roles import Actor, Permission, check_may
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import DomainError, Invalid
from jingui.formats.exchange.profiles import FORMS
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.masks import masked_title
from jingui.interfaces.web.views.library import found_keys, searched_text, selection_of
from jingui.interfaces.wording import error_text, label, problem_text
from jingui.usecases.catalogue.works import Request, ask
from jingui.usecases.exchange.exporting import MOST_TOGETHER, check_export
from jingui.usecases.exchange.working import KEPT_DAYS

PURPOSES = {
    "national-draft": "连同签名、摘要清单和检测报告，原样带走；可用 jingui package check 或通用工具核验。",
    "city": "按地方规范移交一件：基本信息、过程信息、管理过程元数据和材料。",
    "city-theme": "一件事的嵌套结构：共用材料一份，每个办件一个子包。",
    "eep": "一个 XML 文件，文件内容以 Base64 编码；用于要求 DA/T 48 封装的接收方。",
    "da-t-93": "说明文件、目录文件、按档号的文件夹和摘要清单；用于向综合档案馆移交。",
    "bagit": "国际通用的归档袋，任何 BagIt 工具都能校验。",
    "eark-aip": "METS 与 PREMIS 描述的欧洲通用信息包。",
    "eark-sip": "METS 与 PREMIS 描述的欧洲通用提交包。",
}

_LIBRARY = ("/library", "档案库")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be exported: records, what they are called together, where the choice came from, the form offered first."""

    keys: list[UUID]
    title: str
    back: tuple[tuple[str, str], ...]
    form: str = "national-draft"

    @property
    def is_too_many(self) -> bool:
        """Whether there are more than one export holds."""
        return len(self.keys) > MOST_TOGETHER


@needs(Permission.EXPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def export_record(request: HttpRequest, key: UUID) -> HttpResponse:
    """Choose a form for one record."""
    who = actor(request)
    case = visible_case(who, key, Permission.VIEW_RECORD)
    check_may(who, Permission.EXPORT_RECORDS, agency_code=case.agency.code if case.agency else None)
    back = (
        _LIBRARY,
        (reverse("record", args=[key]), case.archival_code or case.case_number),
        (reverse("record-tab", args=[key, "versions"]), "版本"),
    )
    return _choose(request, who, Chosen([key], masked_title(case), back))


@needs(Permission.EXPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def export_theme(request: HttpRequest, key: UUID) -> HttpResponse:
    """Choose a form for the archived cases of a theme (一件事)."""
    who = actor(request)
    theme = get_theme(who, key)
    back = (("/themes", "一件事"), (reverse("theme", args=[key]), theme.number))
    return _choose(request, who, Chosen(theme_keys(theme, who), theme.name, back, "city-theme"))


@needs(Permission.EXPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def export_selection(request: HttpRequest) -> HttpResponse:
    """Choose a form for the archived records that the address of the library selects or finds."""
    who, text = actor(request), searched_text(request.GET)
    selection = selection_of(request.GET, found_keys(who, text))
    keys = selected_keys(selection, who, limit=MOST_TOGETHER)
    back = (_LIBRARY, (f"/library?{request.GET.urlencode()}", f"查找“{text}”" if text else "所选档案"))
    return _choose(request, who, Chosen(keys, f"查找“{text}”" if text else "档案库所选", back))


def _choose(request: HttpRequest, who: Actor, chosen: Chosen) -> HttpResponse:
    if request.method != "POST":
        return _page(request, chosen)
    form = request.POST.get("form", "")
    try:
        check_export(chosen.keys, form=form, actor=who)
        known = open_work((WorkKind.EXPORT,), _subject(who, form, chosen))
        work = known or _asked(request, who, chosen, form)
    except DomainError as failure:
        return _page(request, chosen, form=form, failure=_words(failure))
    return HttpResponseRedirect(reverse("work", args=[work.pk]))


def _asked(request: HttpRequest, who: Actor, chosen: Chosen, form: str) -> Any:  # noqa: ANN401 - interfaces know no models
    told = {"account": who.account_key, "form": form, "keys": [key.hex for key in chosen.keys]}
    asked = Request(WorkKind.EXPORT, _subject(who, form, chosen), chosen.title, told, len(chosen.keys))
    return ask(asked, queue=services().queue, actor=actor_name(request), now=now())


def _subject(who: Actor, form: str, chosen: Chosen) -> str:
    """Name an export, so that asking twice does not make two of it."""
    parts = (who.account_key, form, *(key.hex for key in chosen.keys))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _words(failure: DomainError) -> str:
    if isinstance(failure, Invalid):
        return "；".join(problem_text(problem) for problem in failure.problems)
    return error_text(failure.code, failure.params)


def _page(request: HttpRequest, chosen: Chosen, *, form: str = "", failure: str = "") -> HttpResponse:
    picked = form if form in FORMS else chosen.form
    shown = {
        "chosen": chosen,
        "forms": [(name, label("package_form", name), PURPOSES[name], name == picked) for name in FORMS],
        "limit": MOST_TOGETHER,
        "kept_days": KEPT_DAYS,
        "recent": recent_exports(actor_name(request)),
        "failure": failure,
    }
    return render(request, "web/export.html", shown, status=422 if failure else 200)
