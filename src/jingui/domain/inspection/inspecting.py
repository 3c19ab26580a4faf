"""Runs the rules of a phase over a case or its package and gathers what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.report import Finding, Report
from jingui.domain.inspection.rules import RULE_SET, Scheme, make_scheme
from jingui.domain.inspection.statement_rules import decided
from jingui.domain.inspection.subject import (
    InspectionContext,
    Look,
    Observation,
    Rule,
    Subject,
    input_digest,
    make_subject,
)
from jingui.domain.metadata.fields import printable_text
from jingui.domain.records.terms import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from jingui.domain.records.facts import CaseFact, Plan

_ARCHIVING = make_scheme(InspectionPhase.ARCHIVING)


def inspect(
    case: CaseFact,
    plan: Plan,
    *,
    facts: InspectionContext,
    now: datetime,
    scheme: Scheme = _ARCHIVING,
    values: Mapping[str, str] | None = None,
) -> Report:
    """Inspect the four properties of a case (四性检测).

    One finding per problem; a rule without problems says that it passed and how much it looked at, and one that had
    nothing to look at says that it does not apply. A rule that the profile switches off says so. ``values`` are the
    metadata where they are not derived from the case but told by a package.
    """
    subject = _subject(case, plan, facts, now, scheme)
    if values is not None:
        subject = replace(subject, values={name: values.get(name, "") for name in subject.values})
    return inspect_subject(subject, scheme=scheme)


def _subject(case: CaseFact, plan: Plan, facts: InspectionContext, now: datetime, scheme: Scheme) -> Subject:
    values = {name: value for row in scheme.values.values() for name, value in row.items()}
    limits = {name: values[name] for name in _OF_THE_METADATA if values[name] != getattr(facts.profile, name)}
    if limits:
        facts = replace(facts, profile=replace(facts.profile, **limits))  # type: ignore[arg-type]
    return make_subject(case, plan, context=facts, now=now, settings=values)


_OF_THE_METADATA = ("first_year", "clock_tolerance_seconds", "extra_length")


def inspect_subject(subject: Subject, *, scheme: Scheme) -> Report:
    """Run the rules of a scheme over what was derived already."""
    findings = tuple(finding for rule in scheme.rules for finding in _findings(rule, subject, scheme))
    return Report(
        case_key=subject.case.key,
        inspected_at=subject.now,
        rule_set=RULE_SET,
        findings=findings,
        phase=scheme.phase,
        profile=scheme.profile.label,
        tool=subject.context.tool,
        input_sha256=input_digest(subject),
        inputs={file.key: file.digests.sha256 for file in subject.files},
    )


def inspect_package(
    report: Report, case: CaseFact, plan: Plan, *, facts: InspectionContext, scheme: Scheme = _ARCHIVING
) -> Report:
    """Return a report of a case with the items that need its package, now that there is one."""
    subject = _subject(case, plan, facts, report.inspected_at, scheme)
    later = {rule.identifier: rule for rule in scheme.rules if rule.stage == "package"}
    kept: dict[str, list[Finding]] = {rule.identifier: [] for rule in scheme.rules}
    for finding in report.findings:
        if finding.rule not in later:
            kept.setdefault(finding.rule, []).append(finding)
    for identifier, rule in later.items():
        kept[identifier] = list(_findings(rule, subject, scheme))
    return replace(report, findings=tuple(finding for row in kept.values() for finding in row))


def _findings(rule: Rule, subject: Subject, scheme: Scheme) -> Iterator[Finding]:
    if rule.identifier in scheme.off:
        off = Observation("switched_off", params={"profile": scheme.profile.label}, outcome=Outcome.NOT_CHECKED)
        yield _finding(rule, off, Look(0))
        return
    look = rule.look(subject)
    for observation in look.observations or (_conclusion(look),):
        yield _finding(rule, decided(observation, rule.identifier, subject), look)
    for remark in look.remarks:
        yield _finding(rule, remark, look)


def _conclusion(look: Look) -> Observation:
    # Nothing passes because nothing looked.
    if not look.count:
        return Observation("nothing_to_check", outcome=Outcome.NOT_APPLICABLE)
    return Observation("all_well", params={"count": str(look.count)}, outcome=Outcome.PASSED)


# What readers and senders say goes into a report that must always be writable as JSON and XML.
def _finding(rule: Rule, observation: Observation, look: Look) -> Finding:
    return Finding(
        rule=rule.identifier,
        prop=rule.prop,
        outcome=observation.outcome,
        location=printable_text(observation.location),
        code=observation.code,
        params={name: printable_text(value) for name, value in observation.params.items()},
        evidence=printable_text(observation.evidence or look.evidence),
        is_blocking=rule.is_blocking,
        tool=printable_text(observation.tool or look.tool),
    )
