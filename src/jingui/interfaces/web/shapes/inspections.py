"""An inspection report as its tab shows it: what needs attention first, then every check item by property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from jingui.db.queries.records import Record
from jingui.domain.inspection.indicators import BY_NUMBER
from jingui.domain.inspection.report import Finding, Report
from jingui.domain.inspection.rules import BY_IDENTIFIER, PERSON, RULES_OF, STANDING
from jingui.domain.inspection.subject import Rule
from jingui.domain.records.terms import Outcome, Property
from jingui.interfaces.web.shapes.inventories import file_lines
from jingui.interfaces.web.shapes.masks import masked
from jingui.interfaces.wording import finding_text

GRAVITY = (
    Outcome.FAILED,
    Outcome.NEEDS_PERSON,
    Outcome.WARNED,
    Outcome.NOT_CHECKED,
    Outcome.PASSED,
    Outcome.NOT_APPLICABLE,
)
SHOWN_ORDER = (
    Outcome.PASSED,
    Outcome.WARNED,
    Outcome.FAILED,
    Outcome.NEEDS_PERSON,
    Outcome.NOT_APPLICABLE,
    Outcome.NOT_CHECKED,
)
_MOST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Saying:
    """What one finding says, masked; ``file_key`` is the file it is about. ``alike``: how many more say the same.

    ``location`` is set where a person may decide it now.
    """

    text: str
    file_key: str = ""
    alike: int = 0
    location: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """What a line of the report rests on: indicator, basis, tool, digest of what was looked at, evidence."""

    indicator: str
    basis: str
    tool: str
    digest: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One check item with what it said; its outcome is the gravest of its findings."""

    rule: Rule
    outcome: Outcome
    sayings: tuple[Saying, ...]
    trace: Trace

    @property
    def is_standing(self) -> bool:
        """Whether a person states it for an agency and a time rather than for each record."""
        return self.rule.method == PERSON

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look: what failed, waits or warns, and what we could do and did not."""
        grave = {Outcome.FAILED, Outcome.NEEDS_PERSON, Outcome.WARNED}
        is_late = self.outcome is Outcome.NOT_CHECKED and not self.is_standing and self.rule.stage == "case"
        return self.outcome in grave or is_late

    @property
    def waits_for_person(self) -> bool:
        """Whether this case, not our method, makes a person look."""
        return self.outcome is Outcome.FAILED or (self.outcome is Outcome.NEEDS_PERSON and not self.is_standing)


@dataclass(frozen=True, slots=True)
class PropertyResults:
    """The check items of one of the four properties, with the number of each outcome."""

    prop: str
    results: tuple[RuleResult, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole report."""

    report: Report
    counts: tuple[tuple[str, int], ...]
    attention: tuple[RuleResult, ...]
    properties: tuple[PropertyResults, ...]
    blocking: int


def report_view(record: Record, report: Report | None = None) -> ReportView | None:
    """Return a report of a record, the newest if none is given; nothing if it has not been inspected."""
    report = report or record.report
    if report is None:
        return None
    results = _results(record, report)
    attention = [result for result in results if result.needs_attention]
    return ReportView(
        report=report,
        counts=_counts(results),
        attention=tuple(sorted(attention, key=lambda result: GRAVITY.index(result.outcome))),
        properties=tuple(_property(prop, results) for prop in Property),
        blocking=len(report.blocking_findings()),
    )


def blocking_texts(findings: tuple[Finding, ...], applicant: Mapping[str, Any]) -> list[str]:
    """Say what holds a case back, in a line each."""
    return [masked(finding_text(finding.code, finding.params), applicant) for finding in findings]


def _results(record: Record, report: Report) -> list[RuleResult]:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    names = {key: line.shown_name for key, line in file_lines(record).items()}
    known = [rule for rule in RULES_OF[report.phase] if rule.identifier in by_rule]
    return [_result(rule, by_rule[rule.identifier], names, report) for rule in known]


def _result(rule: Rule, findings: list[Finding], names: Mapping[str, str], report: Report) -> RuleResult:
    ordered = sorted(findings, key=lambda finding: GRAVITY.index(finding.outcome))
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in ordered:
        by_code[finding.code].append(finding)
    sayings = [saying for alike in by_code.values() for saying in _sayings(alike, names)]
    trace = _trace(rule, ordered, report)
    return RuleResult(BY_IDENTIFIER[rule.identifier], ordered[0].outcome, tuple(sayings), trace)


def _trace(rule: Rule, findings: list[Finding], report: Report) -> Trace:
    kind, _, key = findings[0].location.partition(":")
    told = (finding.evidence for finding in findings)
    return Trace(
        indicator=BY_NUMBER[report.phase, rule.indicator].title,
        basis=rule.basis,
        tool=findings[0].tool or report.tool,
        digest=report.inputs.get(key, "") if kind == "file" else report.input_sha256,
        evidence=tuple(dict.fromkeys(text for text in told if text))[:_MOST_ALIKE],
    )


def _sayings(alike: list[Finding], names: Mapping[str, str]) -> list[Saying]:
    """Say the first few findings of one code; the last of them tells how many more there are."""
    shown = [_saying(finding, names) for finding in alike[:_MOST_ALIKE]]
    rest = len(alike) - len(shown)
    return [*shown[:-1], replace(shown[-1], alike=rest)] if rest else shown


def _saying(finding: Finding, names: Mapping[str, str]) -> Saying:
    kind, _, key = finding.location.partition(":")
    params = dict(finding.params)
    if kind == "file" and key in names:
        params["file"] = names[key]
    text = finding_text(finding.code, params)
    is_open = finding.outcome is Outcome.NEEDS_PERSON and BY_IDENTIFIER[finding.rule].method != PERSON
    return Saying(text, key if kind == "file" else "", location=finding.location, is_open=is_open)


def _counts(results: list[RuleResult]) -> tuple[tuple[str, int], ...]:
    return tuple((outcome.value, sum(r.outcome is outcome for r in results)) for outcome in SHOWN_ORDER)


def _property(prop: Property, results: list[RuleResult]) -> PropertyResults:
    own = [result for result in results if result.rule.prop is prop]
    return PropertyResults(prop.value, tuple(own), tuple(pair for pair in _counts(own) if pair[1]))


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One item that only persons can state: what was said last of the house or an agency, and whether it still counts."""

    rule: Rule
    phase: str
    outcome: Outcome
    said: Any
    others: int
    is_over: bool = False


def task_rows(statements: list[Any], *, today: date) -> list[TaskRow]:
    """Return every standing item with the newest statement on it; what waits or has run out comes first."""
    rows = [_task_row(BY_IDENTIFIER[identifier], statements, today) for identifier in STANDING]
    return sorted(rows, key=lambda row: (GRAVITY.index(row.outcome), row.rule.identifier[:2]))


def _task_row(rule: Rule, statements: list[Any], today: date) -> TaskRow:
    own = [row for row in statements if row.rule == rule.identifier]
    valid = [row for row in own if row.valid_from <= today <= (row.valid_until or today)]
    newest = next(iter(valid or own), None)
    is_of_carrier = any(parameter.name == "carrier" for parameter in rule.parameters)
    waiting = Outcome.NOT_APPLICABLE if is_of_carrier and not own else Outcome.NEEDS_PERSON
    outcome = Outcome(valid[0].outcome) if valid else waiting
    phase = rule.identifier.partition("-")[0].lower()
    return TaskRow(rule, phase, outcome, newest, len(own), is_over=bool(own) and not valid)
