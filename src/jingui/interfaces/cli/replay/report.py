"""What a replay came to, as a table for people and as JSON for scripts."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from jingui.domain.lifecycle import CaseState
from jingui.interfaces.cli.output import table
from jingui.interfaces.cli.replay.plan import Kind

if TYPE_CHECKING:
    from jingui.interfaces.cli.replay.feed import FeedResult
    from jingui.interfaces.cli.replay.ledger import SentLedger
    from jingui.interfaces.cli.replay.plan import BrokenFile
    from jingui.interfaces.cli.replay.settle import CaseStatus

EXIT_OK = 0
EXIT_SOME_FAILED = 1
EXIT_USAGE = 2
EXIT_SILENT = 3
ROWS_SHOWN = 20

_KINDS = {Kind.CASE: "收件", Kind.FILE: "材料文件", Kind.STEP: "办理环节", Kind.CLOSURE: "办结"}
_COUNTS = {
    "messages": "消息数",
    "sent": "发送",
    "repeated": "其中重复",
    "taken": "收下",
    "replayed": "重复应答",
    "conflicts": "冲突",
    "refused": "拒绝",
    "resent": "断线重发",
}
STATES: dict[str, str] = {
    CaseState.EXPECTED: "待收件",
    CaseState.OPEN: "办理中",
    CaseState.CLOSED: "已办结待检测",
    CaseState.HELD: "待处理",
    CaseState.INSPECTED: "已检测",
    CaseState.ARRANGED: "已整理",
    CaseState.PACKAGED: "已打包",
    CaseState.PRESERVED: "已归档",
}
FLAGS = {"late_event": "办结后仍有环节", "late_arrival": "归档后补到材料"}


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """The outcome of a replay.

    ``before_mending`` are all cases as they rested before sound files were sent; empty if none were.
    """

    feed: FeedResult
    closed: frozenset[str]
    statuses: dict[str, CaseStatus]
    broken: tuple[BrokenFile, ...] = ()
    before_mending: dict[str, CaseStatus] = field(default_factory=dict)
    mending: FeedResult | None = None
    silence: str = ""
    ledger: SentLedger | None = None

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Closed cases that were neither preserved nor held when the patience ended."""
        return tuple(sorted(n for n in self.closed if n not in self.statuses or not self.statuses[n].is_at_rest))

    @property
    def exit_code(self) -> int:
        """0 all taken, 1 some messages failed or the server fell silent midway, 3 it never answered."""
        if not self.feed.is_answered and (self.feed.silence or self.silence):
            return EXIT_SILENT
        feeds = (self.feed, self.mending) if self.mending else (self.feed,)
        is_refused = self.ledger is not None and not self.ledger.is_taken
        is_whole = all(feed.is_clean for feed in feeds) and not self.silence and not is_refused
        return EXIT_OK if is_whole else EXIT_SOME_FAILED

    def states(self) -> Counter[str]:
        """Count the cases by state."""
        return Counter(status.state or "unknown" for status in self.statuses.values())

    def flags(self) -> Counter[str]:
        """Count the cases by flag."""
        return Counter(flag for status in self.statuses.values() for flag in status.flags)

    def findings(self) -> Counter[str]:
        """Count the blocking findings of held cases."""
        held = (status for status in self.statuses.values() if status.state == CaseState.HELD)
        return Counter(finding for status in held for finding in status.findings)


def to_document(report: ReplayReport) -> dict[str, Any]:
    """Return the report as a JSON document."""
    return {
        "messages": _tallies(report.feed),
        "problems": dict(report.feed.problems),
        "failures": [asdict(failure) for failure in report.feed.failures],
        "seconds": round(report.feed.seconds, 3),
        "silence": report.silence or report.feed.silence,
        "cases": {
            "sent": len(report.statuses),
            "closed": len(report.closed),
            "by_state": dict(report.states()),
            "by_flag": dict(report.flags()),
            "unsettled": list(report.unsettled),
            "findings": dict(report.findings()),
        },
        "broken": [_broken(report, broken) for broken in report.broken],
        "mending": _tallies(report.mending) if report.mending else None,
        "ledger": asdict(report.ledger) if report.ledger else None,
        "exit_code": report.exit_code,
    }


def _tallies(feed: FeedResult) -> dict[str, dict[str, int]]:
    return {kind.value: asdict(tally) for kind, tally in feed.tallies.items()}


def _broken(report: ReplayReport, broken: BrokenFile) -> dict[str, object]:
    before, after = report.before_mending.get(broken.case_number), report.statuses.get(broken.case_number)
    return {
        "case_number": broken.case_number,
        "file_key": broken.file_key,
        "file": broken.path.name,
        "state_before_mending": before.state if before else "",
        "findings_before_mending": list(before.findings) if before else [],
        "state": after.state if after else "",
    }


def to_text(report: ReplayReport) -> str:
    """Return the report as tables for a terminal."""
    parts = [_message_table("发送的消息", report.feed)]
    if report.mending is not None:
        parts.append(_message_table("补正的文件", report.mending))
    parts += [_case_table(report), *_problem_tables(report), *_ledger_lines(report), *_silence_lines(report)]
    return "\n\n".join(parts)


def _message_table(title: str, feed: FeedResult) -> str:
    rows = [
        (_KINDS[kind], *(getattr(tally, name) for name in _COUNTS))
        for kind, tally in feed.tallies.items()
        if tally.sent
    ]
    return f"{title}（{feed.seconds:.1f} 秒）\n" + table(("种类", *_COUNTS.values()), rows)


def _case_table(report: ReplayReport) -> str:
    states, flags = report.states(), report.flags()
    rows: list[tuple[str, int]] = [(label, states[state]) for state, label in STATES.items() if states[state]]
    rows += [("服务器不知道", states["unknown"])] if states["unknown"] else []
    rows += [(f"标记：{FLAGS.get(flag, flag)}", count) for flag, count in sorted(flags.items())]
    return f"办件共 {len(report.statuses)} 件，已办结 {len(report.closed)} 件\n" + table(("状态", "件数"), rows)


def _problem_tables(report: ReplayReport) -> list[str]:
    tables = []
    if report.feed.failures:
        rows = [(_KINDS[f.kind], f.case_number, f.key, f.status, f.reason) for f in report.feed.failures[:ROWS_SHOWN]]
        tables.append("没有收下的消息\n" + table(("种类", "办件编号", "键", "应答", "原因"), rows))
    if findings := report.findings():
        tables.append("待处理办件的检测发现\n" + table(("发现", "次数"), findings.most_common(ROWS_SHOWN)))
    if report.broken:
        preserved = sum(_broken(report, broken)["state"] == CaseState.PRESERVED for broken in report.broken)
        tables.append(f"有意发出的坏文件 {len(report.broken)} 个，所在办件现已归档的 {preserved} 个")
    return tables


def _ledger_lines(report: ReplayReport) -> list[str]:
    sent = report.ledger
    if sent is None:
        return []
    told = f"第 {sent.version} 版" if sent.is_taken else f"没有收下：{sent.reason}"
    return [f"办件台账 {sent.day}，{sent.lines} 行，{told}"]


def _silence_lines(report: ReplayReport) -> list[str]:
    lines = [f"还没有结果的办件 {len(report.unsettled)} 件"] if report.unsettled else []
    silence = report.feed.silence or report.silence
    return [*lines, f"服务器没有应答：{silence}"] if silence else lines
