"""Form A.3 of a migration in words, for the command and the screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from jingui.db.queries.format_migrations import (
    conversions_of,
    converter_versions,
    counts_by_format,
    find_migration,
    remarks_of,
)
from jingui.domain.errors import NotFound
from jingui.formats.conversion.register import RegisterForm, register_pdf
from jingui.interfaces.wording import label
from jingui.interfaces.wording.migrations import reason_text

MOST_FAILURES = 2_000


def register_form(number: int, *, unit_name: str, now: datetime) -> bytes:
    """Return the register of a migration as a PDF, as it stands now.

    Raises:
        NotFound: ``migration_unknown``.
    """
    row = find_migration(number)
    if row is None:
        raise NotFound("migration_unknown")
    counts = counts_by_format(row)
    sums = {name: sum(each.get(name, 0) for each in counts.values()) for name in ("converted", "failed", "skipped")}
    done = f"转换 {sums['converted']} 个文件，失败 {sums['failed']} 个，跳过 {sums['skipped']} 个。原件全部保留。"
    failures = conversions_of(row).exclude(outcome="converted")[:MOST_FAILURES]
    form = RegisterForm(
        unit_name=unit_name,
        authorization=row.authorization,
        department=row.department,
        kind="☑ 格式转换　☐ 迁移",
        source="；".join(_described(told) for told in row.formats),
        target="；".join(dict.fromkeys(label("format", told["target"]) for told in row.formats))
        + "，作为新版本与原件一并保存，互相关联",
        completion=f"{label('migration_state', row.state)}。{done}",
        period=f"{_time(row.started_at)} 至 {_time(row.ended_at)}",
        operators=_person(row.started_by or row.planned_by),
        title=f"{row.number} {row.title}",
        approval=f"{_person(row.decided_by)} {_time(row.decided_at)}：{row.opinion}" if row.decided_by else "尚未审批",
        printed=_time(now),
        counts=tuple(_line(told, counts, converter_versions(row)) for told in row.formats),
        remarks=tuple((label("conversion_remark", code), count) for code, count in remarks_of(row).items()),
        failures=tuple((one.case.case_number, one.file.name, reason_text(one.reason)) for one in failures),
    )
    return register_pdf(form)


def _described(told: dict[str, Any]) -> str:
    return f"{label('format', told['format'])}，编制时 {told['files']} 个文件，{told['cases']} 件档案，{told['bytes']} 字节"


def _line(
    told: dict[str, Any], counts: dict[str, dict[str, int]], versions: dict[str, str]
) -> tuple[str, str, str, int, int, int]:
    found = counts.get(told["format"], {})
    tool = versions.get(told["format"]) or label("converter", told["converter"])
    names = label("format", told["format"]), label("format", told["target"]), tool
    return (*names, found.get("converted", 0), found.get("failed", 0), found.get("skipped", 0))


def _person(name: str) -> str:
    return name.removeprefix("account:")


def _time(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "　"
