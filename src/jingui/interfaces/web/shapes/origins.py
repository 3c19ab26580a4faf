"""Where a file comes from, in words; numbers of licences are masked like those of people."""

from __future__ import annotations

from django.utils import timezone

from jingui.domain.access.masking import mask_number
from jingui.domain.records.origins import FileOrigin, Provenance
from jingui.interfaces.wording import label


def origin_lines(origin: FileOrigin | None) -> tuple[tuple[str, str], ...]:
    """Return what is known of a file's origin as (name, value); empty for one that was simply handed in."""
    if origin is None:
        return ()
    lines = _provenance_lines(origin.provenance) if origin.provenance else []
    if origin.shared_from:
        lines.append(("共享自", f"办件 {origin.shared_from.case_number} 的文件 {origin.shared_from.file_key}"))
    return tuple((name, value) for name, value in lines if value)


def _provenance_lines(told: Provenance) -> list[tuple[str, str]]:
    called = timezone.localtime(told.called_at).strftime("%Y-%m-%d %H:%M:%S") if told.called_at else ""
    return [
        ("来源方式", label("origin", told.origin.value)),
        ("提供系统", told.system),
        ("接口", told.interface),
        ("调用时间", called),
        ("调用人", told.requester),
        ("证照类型", told.licence_type),
        ("证照编号", mask_number(told.licence_number)),
        ("原办件", told.case_number),
        ("应答摘要", told.response_digest),
    ]
