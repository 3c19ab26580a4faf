"""The process of a closed case (办理过程信息) as pages: who did what when, what was thought, how it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jingui.domain.packaging.procedures import special_steps
from jingui.domain.records.origins import PageProfile
from jingui.domain.records.terms import Channel, ClosureKind
from jingui.formats.packages.elements import add_group, add_value, moment, root_element, to_bytes
from jingui.formats.packages.metadata import add_steps, in_time_order
from jingui.formats.pages.glyphs import searchable, shown
from jingui.formats.pages.typesetting import MadePages, typeset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jingui.domain.records.facts import CaseFact, Plan, StepFact

TITLE = "办理过程信息"
_KINDS = {
    ClosureKind.COMPLETED: "办结",
    ClosureKind.RETURNED: "退件",
    ClosureKind.WITHDRAWN: "撤回",
    ClosureKind.NOT_ACCEPTED: "不予受理",
    ClosureKind.NOT_PERMITTED: "不予许可",
}
_CHANNELS = {
    Channel.ONLINE: "网上申报",
    Channel.COUNTER: "窗口",
    Channel.POST: "邮寄",
    Channel.EMAIL: "电子邮件",
    Channel.INTERNAL: "内部",
    Channel.OTHER: "其他",
}
_NOTE = (
    "本文件由档案系统在归档时依据来源系统“{source}”报送的过程信息生成，不是来源系统提交的原件；同一内容另存于“过程信息元数据.xml”。"
    "{times}字库没有的字和不可见字符以〔U+编码〕表示。"
)
Row = tuple[str, ...]


def process_page(case: CaseFact, plan: Plan, *, codes: tuple[str, str], profile: PageProfile) -> MadePages:
    """Lay out the process of a case; ``codes`` are its 档号 and 电子文件号. The same case gives the same bytes.

    In PDF/A-3 the same facts are attached as XML.
    """
    steps = in_time_order(case.steps)
    offset = _common_offset(_moments(case, steps))
    content = _content(case, plan, steps, codes, offset)
    xml = process_xml(case, codes=codes) if profile is PageProfile.PDFA_3B else b""
    data, pages = typeset("process.typ", {**content, "xml": xml.decode()}, profile=profile, dated=_dated(case, steps))
    return MadePages(data, pages, _text(content))


def process_xml(case: CaseFact, *, codes: tuple[str, str]) -> bytes:
    """Write the facts of the pages as XML, elements as in 过程信息元数据.xml."""
    root = root_element("process_document", TITLE)
    archival_code, record_code = codes
    for name, title, value in (
        ("project_id", "业务流水号", case.case_number),
        ("project_name", "办件名称", case.title),
        ("archival_code", "档号", archival_code),
        ("electronic_record_code", "电子文件号", record_code),
        ("receive_time", "收件时间", moment(case.received_at)),
    ):
        add_value(root, name, title, value)
    add_steps(root, in_time_order(case.steps))
    closure = add_group(root, "closure", "办结")
    for name, title, value in _closure_values(case):
        add_value(closure, name, title, value)
    return to_bytes(root)


def _closure_values(case: CaseFact) -> Iterator[tuple[str, str, str]]:
    closure = case.closure
    if closure:
        yield "closure_kind", "办结方式", closure.kind.value
        yield "transact_time", "办结时间", moment(closure.closed_at)
        yield "result", "办理结果", closure.result
        yield "result_code", "结果编号", closure.result_number
        yield "handler", "办理人", closure.handler


def _content(
    case: CaseFact, plan: Plan, steps: list[StepFact], codes: tuple[str, str], offset: str | None
) -> dict[str, object]:
    special = special_steps(steps)
    times = f"时间均为 {offset}。" if offset else "时间后为其时区。"
    return {
        "title": TITLE,
        "footer": shown(f"{case.fonds_name}　{codes[0] or case.case_number}"),
        "head": _shown(_head(case, plan, codes, offset)),
        "steps": [_shown_row(_step_row(number, step, offset)) for number, step in enumerate(steps, start=1)],
        "special": [_shown_row(_special_row(number, step, offset)) for number, step in enumerate(special, start=1)],
        "closure": _shown(_closure_rows(case, offset)),
        "note": shown(_NOTE.format(source=case.source, times=times)),
    }


def _head(case: CaseFact, plan: Plan, codes: tuple[str, str], offset: str | None) -> Iterator[Row]:
    yield "办件名称", case.title
    yield "业务流水号", case.case_number
    yield "档号", codes[0]
    yield "电子文件号", codes[1]
    yield "事项", f"{plan.item_name}（{case.item_code}，第 {case.item_version} 版）"
    yield "申请人", case.applicant.name
    yield "办理单位", f"{case.agency_name}（{case.agency_code}）"
    yield "责任处（科）室", case.department
    yield "申报来源", _CHANNELS[case.channel]
    yield "收件时间", _time(case.received_at, offset)
    yield "受理时间", _time(case.accepted_at, offset)
    yield "承诺办结时间", _time(case.promised_at, offset)


def _closure_rows(case: CaseFact, offset: str | None) -> Iterator[Row]:
    closure = case.closure
    if closure is None:
        yield "办结方式", "没有办结信息"
        return
    yield "办结方式", _KINDS[closure.kind]
    yield "办结时间", _time(closure.closed_at, offset)
    yield "办理结果", closure.result
    yield "结果编号", closure.result_number
    yield "办理人", closure.handler


def _step_row(number: int, step: StepFact, offset: str | None) -> Row:
    name = f"{step.name}\n{step.action}" if step.action else step.name
    handler = f"{step.handler}\n{step.unit}" if step.unit else step.handler
    return str(number), name, _span(step, offset), handler, step.opinion


def _special_row(number: int, step: StepFact, offset: str | None) -> Row:
    told = "，".join(part for part in (step.action, step.opinion) if part)
    return str(number), step.name, _span(step, offset), told


def _span(step: StepFact, offset: str | None) -> str:
    end = f"至 {_time(step.ended_at, offset)}" if step.ended_at else "没有结束时间"
    return f"{_time(step.started_at, offset)}\n{end}"


def _shown(rows: Iterable[Row]) -> list[Row]:
    return [_shown_row(row) for row in rows if row[1]]


def _shown_row(row: Row) -> Row:
    return tuple(shown(_broken(cell)) for cell in row)


def _broken(text: str) -> str:
    """Return text with one kind of end of line; a tab has no picture of its own and is a space on paper."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def _moments(case: CaseFact, steps: list[StepFact]) -> list[datetime]:
    closed = case.closure.closed_at if case.closure else None
    told = [case.received_at, case.accepted_at, case.promised_at, closed]
    told += [at for step in steps for at in (step.started_at, step.ended_at)]
    return [at for at in told if at]


def _common_offset(moments: list[datetime]) -> str | None:
    """Return the offset that all times share, so that it need be said only once."""
    offsets = {_offset(at) for at in moments}
    return offsets.pop() if len(offsets) == 1 else None


def _offset(at: datetime) -> str:
    text = at.isoformat(timespec="seconds")
    return "UTC" if text.endswith("+00:00") else f"UTC{text[19:]}"


def _time(at: datetime | None, offset: str | None) -> str:
    if at is None:
        return ""
    local = at.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    return local if offset else f"{local} {_offset(at)}"


def _dated(case: CaseFact, steps: list[StepFact]) -> datetime:
    """Return when the process was as the pages show it: its last moment, so that packing again gives the same bytes."""
    return max(_moments(case, steps)).astimezone(UTC).replace(microsecond=0)


def _text(content: dict[str, object]) -> str:
    """Return what the pages say of the case, for search."""
    parts = [content[name] for name in ("head", "steps", "closure")]
    cells = [cell for part in parts for row in part for cell in row]  # type: ignore[attr-defined]
    return searchable("\n".join([TITLE, *cells]))
