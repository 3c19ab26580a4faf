"""The inspection report as the printed form: everything in words, for the screen's download and for the command."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from jingui.domain.inspection.indicators import PHASE_TITLES
from jingui.domain.inspection.report import Finding, Report
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.records.terms import Outcome, Property
from jingui.formats.inspection_reports import ReportForm
from jingui.formats.inspection_reports.form import FormLine
from jingui.formats.inspection_reports.xml import findings_by_rule, input_of
from jingui.interfaces.wording import finding_text, label, rule_set_text

Mask = Callable[[str], str]

_MOST_ALIKE = 6
_GRAVEST = (
    Outcome.FAILED,
    Outcome.NEEDS_PERSON,
    Outcome.WARNED,
    Outcome.NOT_CHECKED,
    Outcome.PASSED,
    Outcome.NOT_APPLICABLE,
)


def report_form(report: Report, *, facts: tuple[tuple[str, str], ...], mask: Mask = str) -> ReportForm:
    """Put a report into words. ``facts`` name what was inspected; ``mask`` hides names of people."""
    by_rule = findings_by_rule(report)
    groups = [
        (
            label("property", prop),
            tuple(_line(report, rule, found, mask) for rule, found in by_rule.items() if found[0].prop is prop),
        )
        for prop in Property
    ]
    at = timezone.localtime(report.inspected_at).strftime("%Y-%m-%d %H:%M:%S")
    head = (
        *facts,
        ("检测时间", at),
        ("检测依据", rule_set_text(report.rule_set)),
        ("检测方案", report.profile or "通用方案"),
        ("检测工具", report.tool or "—"),
        ("受检内容摘要", report.input_sha256 or "—"),
    )
    return ReportForm(
        title=f"四性检测报告　{facts[0][1]}" if facts else "四性检测报告",
        phase=PHASE_TITLES[report.phase],
        verdict="不通过" if report.is_blocked else "通过",
        is_blocked=report.is_blocked,
        facts=head if len(head) % 2 == 0 else (*head, ("", "")),
        counts=tuple((label("outcome", outcome), report.counts()[outcome]) for outcome in Outcome),
        groups=tuple(groups),
        printed=f"{timezone.localtime():%Y-%m-%d %H:%M} 打印",
    )


def _line(report: Report, identifier: str, findings: list[Finding], mask: Mask) -> FormLine:
    rule = BY_IDENTIFIER.get(identifier)
    ordered = sorted(findings, key=lambda finding: _GRAVEST.index(finding.outcome))
    gravest = ordered[0]
    texts = [mask(finding_text(finding.code, finding.params)) for finding in ordered[:_MOST_ALIKE]]
    texts += [f"……共 {len(ordered)} 处"] if len(ordered) > _MOST_ALIKE else []
    return FormLine(
        number=identifier,
        title=rule.title if rule else identifier,
        method=label("method", rule.method) if rule else "",
        outcome=label("outcome", gravest.outcome),
        texts=tuple(texts),
        tool=gravest.tool if gravest.tool != report.tool else "",
        digest=input_of(report, gravest) if gravest.location else "",
        evidence=mask(gravest.evidence),
        grave=gravest.outcome is Outcome.FAILED,
    )
