"""Data called from another system, frozen to pages (数据固化): what was called, from where, and every item of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jingui.domain.records.origins import Origin, PageProfile, Provenance
from jingui.formats.pages.data_lines import DataLines
from jingui.formats.pages.glyphs import searchable, shown
from jingui.formats.pages.typesetting import MadePages, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.records.facts import CaseFact, FileFact

FROZEN_FORMATS = frozenset({"json", "xml"})
"""Formats that hold data alone: nobody can read them as they are in fifty years."""

_ORIGINS = {
    Origin.E_LICENCE: "电子证照库",
    Origin.DATA_SHARING: "数据共享",
    Origin.EARLIER_CASE: "以前办件",
    Origin.OWN_ISSUE: "本部门出具",
}
_NOTE = (
    "本文件由档案系统在归档时依据源数据生成，源数据与本文件一并保存在信息包中，以源数据为准。"
    "字库没有的字和不可见字符以〔U+编码〕表示。"
)
_CUT = "源数据太长，这里只列出前 {count} 行。"
_RAW = "源数据不能按其格式解析，以下为其文字。"


def frozen_page(
    case: CaseFact, file: FileFact, lines: DataLines, *, provenance: Provenance, profile: PageProfile
) -> MadePages:
    """Lay out the data of a file, read by ``data_lines.read_lines``.

    The same data and provenance give the same bytes.
    """
    title = f"{file.title or file.name}（数据固化）"
    head = [(name, shown(_plain(value))) for name, value in _head(case, file, provenance) if value]
    content = {
        "title": shown(_plain(title)),
        "footer": shown(f"{case.fonds_name}　{case.case_number}"),
        "head": head,
        "is_structured": lines.is_structured,
        "lines": [(depth, shown(_plain(name)), shown(_plain(value))) for depth, name, value in lines.lines],
        "note": _notes(lines),
    }
    dated = (provenance.called_at or file.received_at).astimezone(UTC).replace(microsecond=0)
    pdf, pages = typeset("data.typ", content, profile=profile, dated=dated)
    return MadePages(pdf, pages, _text(str(content["title"]), head, lines))


def _head(case: CaseFact, file: FileFact, provenance: Provenance) -> Iterator[tuple[str, str]]:
    yield "来源方式", _ORIGINS[provenance.origin]
    yield "提供系统", provenance.system
    yield "接口", provenance.interface
    yield "调用时间", _time(provenance.called_at)
    yield "调用人", provenance.requester
    yield "证照类型", provenance.licence_type
    yield "证照编号", provenance.licence_number
    yield "原办件编号", provenance.case_number
    yield "应答摘要", provenance.response_digest
    yield "业务流水号", case.case_number
    yield "源数据文件", file.name
    yield "源数据字节数", str(file.bytes)
    yield "源数据 SHA-256", file.digests.sha256
    yield "源数据 SM3", file.digests.sm3


def _time(at: datetime | None) -> str:
    return at.isoformat(sep=" ", timespec="seconds") if at else ""


def _notes(lines: DataLines) -> str:
    told = [_RAW] if not lines.is_structured else []
    told += [_CUT.format(count=len(lines.lines))] if lines.is_cut else []
    return "".join([*told, _NOTE])


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def _text(title: str, head: list[tuple[str, str]], lines: DataLines) -> str:
    told = [value for _, value in head] + [f"{name} {value}".strip() for _, name, value in lines.lines]
    return searchable("\n".join([title, *told]))
