"""``jingui inspect``: the four properties of a package or a record, in one of the three phases."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from jingui.bootstrap import phase_bench, services
from jingui.db.queries.inspection_runs import case_key_of
from jingui.db.queries.inspections import last_inspection
from jingui.domain.errors import DomainError
from jingui.domain.inspection.indicators import PREFIXES, InspectionPhase
from jingui.domain.inspection.report import Report, report_from_dict, report_to_dict
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.records.terms import Outcome
from jingui.formats.inspection_reports import report_pdf, report_xml
from jingui.interfaces.cli.output import EXIT_FOUND, EXIT_OK, EXIT_USAGE, Out, table
from jingui.interfaces.inspection_forms import report_form
from jingui.interfaces.wording import error_text, finding_text, label
from jingui.usecases.inspection.paths import inspect_path
from jingui.usecases.inspection.phases import inspect_next_due, inspect_record

ACTOR = "command"
_QUIET = {Outcome.PASSED, Outcome.NOT_APPLICABLE}


def add_inspect_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``inspect``."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("path", nargs="?", type=Path, help="信息包：文件夹、ZIP 或 OCFL 对象；或装着多个信息包的文件夹")
    what.add_argument("--case", help="已收到的办件，按办件编号")
    what.add_argument("--due", action="store_true", help="到期的长期保存检测，逐件做完")
    parser.add_argument("--phase", choices=[p.value for p in InspectionPhase], default="cq", help="环节，默认长期保存")
    parser.add_argument("--keep", action="store_true", help="检测路径上的信息包时，也把报告留在本库")
    parser.add_argument("--xml", type=Path, help="另存报告为 XML；多件时文件名后加序号")
    parser.add_argument("--pdf", type=Path, help="另存报告为可打印的 PDF；多件时文件名后加序号")
    parser.add_argument("--every", action="store_true", help="通过和不适用的项目也列出")
    parser.add_argument("--limit", type=int, default=0, help="--due 最多做几件，0：全部")


def inspect(arguments: argparse.Namespace, out: Out) -> int:
    """Inspect and tell. 0: nothing stops · 1: a blocking item failed · 2: not inspected."""
    phase = InspectionPhase(arguments.phase)
    if arguments.due:
        return _due(arguments, out)
    try:
        found = list(_each(arguments, phase))
    except DomainError as error:
        return out.refuse(error.code, error_text(error.code, error.params))
    for number, (name, report) in enumerate(found, 1):
        _save(arguments, name, report, number if len(found) > 1 else None)
    told = [{"subject": name, **report_to_dict(report)} for name, report in found]
    texts = [_text(name, report, is_whole=arguments.every) for name, report in found]
    out.result(told[0] if len(told) == 1 else {"records": told}, "\n\n".join([*texts, *_summed(found)]))
    return EXIT_FOUND if any(report.is_blocked for _, report in found) else EXIT_OK


def _summed(found: Sequence[tuple[str, Report]]) -> list[str]:
    blocked = sum(report.is_blocked for _, report in found)
    return [f"共检测 {len(found)} 件，不通过 {blocked} 件。"] if len(found) > 1 else []


def _each(arguments: argparse.Namespace, phase: InspectionPhase) -> Iterator[tuple[str, Report]]:
    if arguments.path is None:
        yield _one(arguments, phase)
        return
    at_hand = phase_bench(services())
    rows = inspect_path(arguments.path, phase, at_hand=at_hand, actor=ACTOR, now=_now(), is_kept=arguments.keep)
    for row in rows:
        yield row.subject, report_from_dict(row.report)


def _one(arguments: argparse.Namespace, phase: InspectionPhase) -> tuple[str, Report]:
    ready = phase_bench(services())
    key = _case_key(arguments.case)
    if phase is InspectionPhase.ARCHIVING:
        kept = last_inspection(key)
        if kept is None:
            raise _unknown()
        return arguments.case, report_from_dict(kept.report)
    row = inspect_record(key, phase, at_hand=ready, actor=ACTOR, now=_now())
    return arguments.case, report_from_dict(row.report)


def _case_key(number: str) -> UUID:
    key = case_key_of(number)
    if key is None:
        raise _unknown()
    return key


def _unknown() -> DomainError:
    return DomainError("not_found")


def _now() -> datetime:
    return datetime.now(UTC)


def _due(arguments: argparse.Namespace, out: Out) -> int:
    if InspectionPhase(arguments.phase) is not InspectionPhase.PRESERVATION:
        out.note("--due 只用于长期保存环节。")
        return EXIT_USAGE
    rows = list(_all_due(arguments.limit))
    blocked = [row.subject for row in rows if row.is_blocked]
    text = f"检测 {len(rows)} 件，不通过 {len(blocked)} 件。" + "".join(f"\n{subject}" for subject in blocked)
    out.result({"inspected": len(rows), "blocked": blocked}, text)
    return EXIT_FOUND if blocked else EXIT_OK


def _all_due(limit: int) -> Iterator[Any]:
    ready = services()
    at_hand, done = phase_bench(ready), 0
    while not limit or done < limit:
        row = inspect_next_due(at_hand=at_hand, days=ready.instance.inspection_days, after=None, now=_now())
        if row is None:
            return
        done += 1
        yield row


def _save(arguments: argparse.Namespace, name: str, report: Report, number: int | None) -> None:
    """Write the report where it was asked for; of several each with its number before the ending of the name."""
    if arguments.xml:
        _numbered(arguments.xml, number).write_bytes(report_xml(report, say=finding_text))
    if arguments.pdf:
        data = report_pdf(report_form(report, facts=(("受检信息包", name),)))
        _numbered(arguments.pdf, number).write_bytes(data)


def _numbered(path: Path, number: int | None) -> Path:
    return path if number is None else path.with_name(f"{path.stem}-{number}{path.suffix}")


def _text(name: str, report: Report, *, is_whole: bool) -> str:
    shown = [finding for finding in report.findings if is_whole or finding.outcome not in _QUIET]
    rows = [
        (
            finding.rule,
            BY_IDENTIFIER[finding.rule].title if finding.rule in BY_IDENTIFIER else "",
            label("outcome", finding.outcome),
            finding_text(finding.code, finding.params),
        )
        for finding in shown
    ]
    counts = "　".join(f"{label('outcome', outcome)} {report.counts()[outcome]}" for outcome in Outcome)
    verdict = "不通过" if report.is_blocked else "通过"
    head = f"{name}　{PREFIXES[report.phase]}　{verdict}\n{counts}"
    return f"{head}\n{table(('编号', '检测项目', '结果', '说明'), rows)}" if rows else head
