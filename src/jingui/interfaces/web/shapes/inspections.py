"""An inspection report as its tab shows it: what needs attention first, then every check item by property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from jingui.db.queries.records import Record
from jingui.domain.inspection.report import Finding, Report
from jingui.domain.inspection.rules import BY_IDENTIFIER, RULES
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
    """What one finding says, masked; ``file_key`` is the file it is about. ``alike``: how many more say the same."""

    text: str
    file_key: str = ""
    alike: int = 0


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One check item with what it said; its outcome is the gravest of its findings."""

    rule: Rule
    outcome: Outcome
    sayings: tuple[Saying, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look: what failed, waits or warns, and what we could do and did not."""
        grave = {Outcome.FAILED, Outcome.NEEDS_PERSON, Outcome.WARNED}
        return self.outcome in grave or (self.outcome is Outcome.NOT_CHECKED and self.rule.is_built)

    @property
    def waits_for_person(self) -> bool:
        """Whether this case, not our method, makes a person look."""
        return self.outcome is Outcome.FAILED or (self.outcome is Outcome.NEEDS_PERSON and self.rule.is_built)


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


def report_view(record: Record) -> ReportView | None:
    """Return the newest report of a record; nothing if it has not been inspected."""
    if record.report is None:
        return None
    results = _results(record, record.report)
    attention = [result for result in results if result.needs_attention]
    return ReportView(
        report=record.report,
        counts=_counts(results),
        attention=tuple(sorted(attention, key=lambda result: GRAVITY.index(result.outcome))),
        properties=tuple(_property(prop, results) for prop in Property),
        blocking=len(record.report.blocking_findings()),
    )


def blocking_texts(findings: tuple[Finding, ...], applicant: Mapping[str, Any]) -> list[str]:
    """Say what holds a case back, in a line each."""
    return [masked(finding_text(finding.code, finding.params), applicant) for finding in findings]


def _results(record: Record, report: Report) -> list[RuleResult]:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    names = {key: line.shown_name for key, line in file_lines(record).items()}
    known = [rule for rule in RULES if rule.identifier in by_rule]
    return [_result(rule, by_rule[rule.identifier], names) for rule in known]


def _result(rule: Rule, findings: list[Finding], names: Mapping[str, str]) -> RuleResult:
    ordered = sorted(findings, key=lambda finding: GRAVITY.index(finding.outcome))
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in ordered:
        by_code[finding.code].append(finding)
    sayings = [saying for alike in by_code.values() for saying in _sayings(alike, names)]
    return RuleResult(BY_IDENTIFIER[rule.identifier], ordered[0].outcome, tuple(sayings))


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
    return Saying(text, key if kind == "file" else "")


def _counts(results: list[RuleResult]) -> tuple[tuple[str, int], ...]:
    return tuple((outcome.value, sum(r.outcome is outcome for r in results)) for outcome in SHOWN_ORDER)


def _property(prop: Property, results: list[RuleResult]) -> PropertyResults:
    own = [result for result in results if result.rule.prop is prop]
    return PropertyResults(prop.value, tuple(own), tuple(pair for pair in _counts(own) if pair[1]))
