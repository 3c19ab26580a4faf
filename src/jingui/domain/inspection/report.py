"""What an inspection says: findings and the report of a case, and their stable JSON form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jingui.domain.errors import Invalid, Problem
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.records.terms import Outcome, Property

if TYPE_CHECKING:
    from datetime import datetime

REPORT_FORMAT = "jingui-inspection/2"
_OLDER_FORMAT = "jingui-inspection/1"  # phase 归档 alone, without tools, inputs and profile
_LIMIT = 100_000

# What a case as a whole shows for its inspection: the gravest outcome that a person would want to know.
_GRAVITY = (Outcome.FAILED, Outcome.NEEDS_PERSON, Outcome.WARNED, Outcome.PASSED, Outcome.NOT_CHECKED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says about one place of a case.

    ``location`` is ``file:<key>``, ``element:<identifier>``, ``step:<key>``, ``material:<code>`` or ``""`` for the whole
    case. ``evidence`` is what the rule saw, for a person who wants to follow it. ``tool`` looked, with its version; ``""``
    is the inspecting program itself.
    """

    rule: str
    prop: Property
    outcome: Outcome
    location: str
    code: str
    params: dict[str, str] = field(default_factory=dict)
    evidence: str = ""
    is_blocking: bool = False
    tool: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this finding alone keeps the case from being archived."""
        return self.is_blocking and self.outcome is Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one inspection of one case or package (四性检测报告).

    ``tool`` is the inspecting program, ``input_sha256`` one digest over all that it was given, ``inputs`` the SHA-256 of
    every file by its key; ``profile`` says whose rules these were.
    """

    case_key: str
    inspected_at: datetime
    rule_set: str
    findings: tuple[Finding, ...]
    phase: InspectionPhase = InspectionPhase.ARCHIVING
    profile: str = ""
    tool: str = ""
    input_sha256: str = ""
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def is_blocked(self) -> bool:
        """Whether a blocking rule failed."""
        return any(finding.blocks for finding in self.findings)

    @property
    def verdict(self) -> str:
        """``blocked`` or ``clear``."""
        return "blocked" if self.is_blocked else "clear"

    def blocking_findings(self) -> tuple[Finding, ...]:
        """Return the findings that must be mended first."""
        return tuple(finding for finding in self.findings if finding.blocks)

    def counts(self) -> dict[str, int]:
        """Count the findings of each outcome; every outcome is there."""
        found = Counter(finding.outcome for finding in self.findings)
        return {outcome.value: found[outcome] for outcome in Outcome}


def gravest(report: Report) -> Outcome:
    """Return the outcome that stands for the whole report."""
    found = {
        finding.outcome for finding in report.findings if finding.is_blocking or finding.outcome != Outcome.NEEDS_PERSON
    }
    return next((outcome for outcome in _GRAVITY if outcome in found), Outcome.NOT_CHECKED)


def report_to_dict(report: Report) -> dict[str, object]:
    """Return the report as JSON values in a fixed order."""
    return {
        "format": REPORT_FORMAT,
        "case": report.case_key,
        "phase": report.phase.value,
        "profile": report.profile,
        "tool": report.tool,
        "input_sha256": report.input_sha256,
        "inputs": dict(sorted(report.inputs.items())),
        "inspected_at": report.inspected_at.isoformat(),
        "rule_set": report.rule_set,
        "verdict": report.verdict,
        "counts": report.counts(),
        "findings": [_finding_to_dict(finding) for finding in report.findings],
    }


def _finding_to_dict(finding: Finding) -> dict[str, object]:
    tool = {"tool": finding.tool} if finding.tool else {}
    return {
        "rule": finding.rule,
        "property": finding.prop.value,
        "outcome": finding.outcome.value,
        "location": finding.location,
        "code": finding.code,
        "params": dict(sorted(finding.params.items())),
        "evidence": finding.evidence,
        "blocking": finding.is_blocking,
        **tool,
    }


def report_from_dict(raw: object) -> Report:
    """Read what ``report_to_dict`` wrote; verdict and counts are derived again and must agree.

    Raises:
        Invalid: it is no such report, or it contradicts itself.
    """
    fields = FieldReader(raw)
    if fields.take("format") not in {REPORT_FORMAT, _OLDER_FORMAT}:
        raise Invalid((Problem("format", "not_in_range", {"allowed": REPORT_FORMAT}),))
    at = fields.moment("inspected_at", is_required=True)
    key = fields.text("case", limit=200, is_required=True)
    rule_set = fields.text("rule_set", limit=100, is_required=True)
    findings = tuple(_read_finding(row) for row in fields.rows("findings", limit=_LIMIT))
    if fields.problems or at is None:
        raise Invalid(tuple(fields.problems))
    report = Report(key, at, rule_set, findings, **_frame(fields))
    if fields.take("verdict") != report.verdict or fields.take("counts") != report.counts():
        raise Invalid((Problem("verdict", "report_contradicts_itself"),))
    return report


def _frame(fields: FieldReader) -> dict[str, Any]:
    inputs = fields.take("inputs")
    return {
        "phase": fields.member("phase", InspectionPhase, default=InspectionPhase.ARCHIVING),
        "profile": fields.text("profile", limit=200),
        "tool": fields.text("tool", limit=200),
        "input_sha256": fields.text("input_sha256", limit=64),
        "inputs": {str(key): str(value) for key, value in inputs.items()} if isinstance(inputs, dict) else {},
    }


def _read_finding(row: FieldReader) -> Finding:
    params = row.nested("params")
    return Finding(
        rule=row.text("rule", limit=20, is_required=True),
        prop=row.member("property", Property) or Property.AUTHENTICITY,
        outcome=row.member("outcome", Outcome) or Outcome.NOT_CHECKED,
        location=row.text("location", limit=_LIMIT, is_multiline=True),
        code=row.text("code", limit=100, is_required=True),
        params={str(name): params.text(str(name), limit=_LIMIT, is_multiline=True) for name, _ in params.unknown()},
        evidence=row.text("evidence", limit=_LIMIT, is_multiline=True),
        is_blocking=row.flag("blocking"),
        tool=row.text("tool", limit=_LIMIT),
    )
