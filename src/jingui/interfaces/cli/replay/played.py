"""The table of what became of each played case."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from jingui.interfaces.cli.output import table, width
from jingui.interfaces.cli.replay.report import FLAGS, STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jingui.interfaces.cli.replay.play import PlayedCase

TITLE_WIDTH = 36
NOTE_WIDTH = 60
TWISTS = {
    "none": "",
    "duplicate_messages": "消息重复发送",
    "late_file": "归档后补材料",
    "late_step": "办结后还有环节",
    "withdrawn": "申请人撤回",
    "returned": "退件",
    "not_accepted": "不予受理",
    "not_permitted": "不予许可",
    "bad_digest": "摘要先不符",
    "missing_material": "缺必备材料",
    "encrypted_file": "加密文件后替换",
    "still_open": "尚未办结",
    "closure_first": "办结消息先到",
    "unexpected_material": "多交材料",
}


def cut(text: str, cells: int) -> str:
    """Shorten a text to at most ``cells`` columns of a terminal; what cannot be printed becomes a blank."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    if width(clean) <= cells:
        return clean
    while width(clean) > cells - 1:
        clean = clean[:-1]
    return clean + "…"


def played_table(played: Iterable[PlayedCase]) -> str:
    """Lay out one line per case and a last line of sums."""
    cases = list(played)
    head = ("办件编号", "题名", "情形", "结果", "版本", "档号", "说明", "符合预期")
    states = Counter(STATES.get(case.status.state, case.status.state or "未知") for case in cases)
    sums = "，".join(f"{state} {count} 件" for state, count in states.most_common())
    unlike = sum(not case.is_as_expected for case in cases)
    return f"{table(head, [_row(case) for case in cases])}\n\n共 {len(cases)} 件：{sums}；与预期不符 {unlike} 件"


def _row(case: PlayedCase) -> Sequence[object]:
    status = case.status
    return (
        case.number,
        cut(case.title, TITLE_WIDTH),
        TWISTS.get(case.twist, case.twist),
        STATES.get(status.state, status.state or "未知"),
        status.version or "",
        status.archival_code,
        cut(_note(case), NOTE_WIDTH),
        "是" if case.is_as_expected else "否",
    )


def _note(case: PlayedCase) -> str:
    parts = [f"重复应答 {case.repeats}"] if case.repeats else []
    parts += [f"曾拒收：{code}" for code in sorted(set(case.refusals))]
    parts += [FLAGS.get(flag, flag) for flag in case.status.flags]
    parts += sorted(set(case.status.findings))
    return "；".join(parts)


def played_documents(played: Iterable[PlayedCase]) -> list[dict[str, Any]]:
    """Return what became of each case as JSON values."""
    return [
        {
            "case_number": case.number,
            "twist": case.twist,
            "state": case.status.state,
            "version": case.status.version,
            "archival_code": case.status.archival_code,
            "flags": list(case.status.flags),
            "findings": list(case.status.findings),
            "refusals": list(case.refusals),
            "repeats": case.repeats,
            "is_as_expected": case.is_as_expected,
        }
        for case in played
    ]
