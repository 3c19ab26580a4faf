"""The way of a case through the stages as one line: what is done and when, what runs, what waits and for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jingui.domain.audit.events import Event
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.facts import CaseFact
from jingui.interfaces.wording import label

DONE, NOW, HELD, AHEAD = "is-done", "is-now", "is-held", ""
_ORDER = (
    CaseState.EXPECTED,
    CaseState.OPEN,
    CaseState.CLOSED,
    CaseState.INSPECTED,
    CaseState.ARRANGED,
    CaseState.PACKAGED,
    CaseState.PRESERVED,
)
_PIPELINE = (
    ("整理", CaseState.ARRANGED, Event.CASE_ARRANGED),
    ("封装", CaseState.PACKAGED, Event.CASE_PACKAGED),
    ("入库", CaseState.PRESERVED, Event.CASE_PRESERVED),
)


@dataclass(frozen=True, slots=True)
class StageMark:
    """One stage of the line: its name, how it stands, when it was done, and a remark instead of a time."""

    name: str
    status: str
    at: datetime | None = None
    note: str = ""


def stage_line(case: Any, fact: CaseFact, times: Mapping[str, datetime]) -> list[StageMark]:  # noqa: ANN401
    """Return the stages of a case from receipt to the store."""
    return [*_at_the_source(case, fact), _inspected(case, times), *_kept(case, times)]


def _reached(case: Any) -> int:  # noqa: ANN401
    state = CaseState(case.state)
    return _ORDER.index(CaseState.CLOSED if state is CaseState.HELD else state)


def _at_the_source(case: Any, fact: CaseFact) -> list[StageMark]:  # noqa: ANN401
    if case.state == CaseState.EXPECTED:
        names = ("受理", "办理", "办结")
        return [StageMark("收件", HELD, note="等收件消息"), *(StageMark(name, AHEAD) for name in names)]
    is_closed = case.closed_at is not None
    return [
        StageMark("收件", DONE, case.received_at),
        _accepted(fact, is_closed),
        _handled(fact, is_closed),
        _closed(case),
    ]


def _accepted(fact: CaseFact, is_closed: bool) -> StageMark:  # noqa: FBT001 - a private line of a table
    if fact.accepted_at:
        return StageMark("受理", DONE, fact.accepted_at)
    return StageMark("受理", DONE if is_closed else AHEAD, note="来源未报受理" if is_closed else "等来源")


def _handled(fact: CaseFact, is_closed: bool) -> StageMark:  # noqa: FBT001
    note = f"{len(fact.steps)} 个环节"
    return StageMark("办理", DONE if is_closed else NOW, note=note)


def _closed(case: Any) -> StageMark:  # noqa: ANN401
    if case.closed_at is None:
        promised = case.promised_at
        return StageMark("办结", AHEAD, note=f"承诺 {promised:%m-%d}" if promised else "等来源")
    kind = label("closure", case.closure_kind)
    return StageMark(kind or "办结", DONE, case.closed_at)


def _inspected(case: Any, times: Mapping[str, datetime]) -> StageMark:  # noqa: ANN401
    at = max((times[kind] for kind in (Event.CASE_INSPECTED, Event.CASE_HELD) if kind in times), default=None)
    if case.state == CaseState.HELD:
        missing = case.missing_count
        return StageMark("检测", HELD, note=f"等补 {missing} 种材料" if missing else f"{case.blocking_count} 项不通过")
    if case.state == CaseState.CLOSED:
        return StageMark("检测", NOW, note="排队检测")
    return (
        StageMark("检测", DONE, at)
        if _reached(case) > _ORDER.index(CaseState.CLOSED)
        else StageMark("检测", AHEAD, note="自动")
    )


def _kept(case: Any, times: Mapping[str, datetime]) -> list[StageMark]:  # noqa: ANN401
    reached = _reached(case)
    marks = []
    for name, state, event in _PIPELINE:
        place = _ORDER.index(state)
        if reached >= place:
            marks.append(StageMark(name, DONE, times.get(event)))
        else:
            is_next = reached == place - 1 and reached > _ORDER.index(CaseState.CLOSED)
            marks.append(StageMark(name, NOW if is_next else AHEAD, note="自动"))
    return marks
