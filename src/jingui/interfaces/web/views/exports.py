"""Giving a record out as a package of some form: it is written whole and verified before the first byte leaves."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import IO
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jingui.bootstrap import services
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Permission, check_may
from jingui.domain.errors import DomainError, Invalid, PermanentFailure
from jingui.formats.exchange.forms import Outgoing
from jingui.formats.exchange.profiles import FORMS
from jingui.formats.exchange.sinks import InnerSink, ZipSink
from jingui.interfaces.web.guards import actor, actor_name, needs
from jingui.interfaces.web.shapes.masks import masked_title
from jingui.interfaces.wording import error_text, label, problem_text
from jingui.usecases.exchange.exporting import ExportDesk, prepare_export, write_export

_KEPT_IN_MEMORY = 8 << 20
PURPOSES = {
    "national-draft": "连同签名、摘要清单和检测报告，原样带走；可用 jingui package check 或通用工具核验。",
    "city": "按地方规范移交一件：基本信息、过程信息、管理过程元数据和材料。",
    "city-theme": "一件事的嵌套结构；单件时只含本件。多件请用命令行按主题导出。",
    "eep": "一个 XML 文件，文件内容以 Base64 编码；用于要求 DA/T 48 封装的接收方。",
    "da-t-93": "说明文件、目录文件、按档号的文件夹和摘要清单；用于向综合档案馆移交。",
    "bagit": "国际通用的归档袋，任何 BagIt 工具都能校验。",
    "eark-aip": "METS 与 PREMIS 描述的欧洲通用信息包。",
    "eark-sip": "METS 与 PREMIS 描述的欧洲通用提交包。",
}


@needs(Permission.EXPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def export_record(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Choose a form, then get the package."""
    who = actor(request)
    case = visible_case(who, key, Permission.VIEW_RECORD)
    check_may(who, Permission.EXPORT_RECORDS, agency_code=case.agency.code if case.agency else None)
    if request.method != "POST":
        return _page(request, key)
    form = request.POST.get("form", "")
    desk = ExportDesk(services().store, who, actor_name(request))
    try:
        outgoing = prepare_export([key], form=form, desk=desk, now=timezone.now())
        spool = _spooled(outgoing, form)
    except (DomainError, PermanentFailure) as failure:
        return _page(request, key, chosen=form, failure=_words(failure))
    name = f"{outgoing[0].record.code}-{form}.zip"
    return FileResponse(spool, as_attachment=True, filename=name, content_type="application/zip")


def _spooled(outgoing: Sequence[Outgoing], form: str) -> IO[bytes]:
    """Write the package beside, so that a damaged record gives out nothing; who reads it closes it."""
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY)  # noqa: SIM115
    try:
        with ZipSink(spool) as archive:
            sink = archive if form == "eep" else InnerSink(archive, outgoing[0].record.code)
            write_export(outgoing, form=form, sink=sink)
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return spool


def _words(failure: DomainError | PermanentFailure) -> str:
    if isinstance(failure, Invalid):
        return "；".join(problem_text(problem) for problem in failure.problems)
    return error_text(failure.code, failure.params if isinstance(failure, DomainError) else {})


def _page(request: HttpRequest, key: UUID, *, chosen: str = "national-draft", failure: str = "") -> HttpResponse:
    case = visible_case(actor(request), key, Permission.VIEW_RECORD)
    forms = [(name, label("package_form", name), PURPOSES[name], name == chosen) for name in FORMS]
    shown = {"case": case, "title": masked_title(case), "forms": forms, "failure": failure}
    return render(request, "web/export.html", shown, status=422 if failure else 200)
