"""Runs the rules over a case and gathers what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.inspection.report import Finding, Report
from jingui.domain.inspection.rules import RULE_SET, RULES
from jingui.domain.inspection.subject import (
    InspectionContext,
    Look,
    Observation,
    Rule,
    Subject,
    make_subject,
)
from jingui.domain.metadata.fields import printable_text
from jingui.domain.records.terms import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from jingui.domain.records.facts import CaseFact, Plan


def inspect(
    case: CaseFact, plan: Plan, *, facts: InspectionContext, now: datetime, rules: tuple[Rule, ...] = RULES
) -> Report:
    """Inspect the four properties of a case (四性检测).

    One finding per problem; a rule without problems says that it passed and how much it looked at, and one that had
    nothing to look at says that it does not apply.
    """
    subject = make_subject(case, plan, context=facts, now=now)
    findings = tuple(finding for rule in rules for finding in _findings(rule, subject))
    return Report(case.key, now, RULE_SET, findings)


def _findings(rule: Rule, subject: Subject) -> Iterator[Finding]:
    look = rule.look(subject)
    for observation in look.observations or (_conclusion(look),):
        yield _finding(rule, observation)
    for remark in look.remarks:
        yield _finding(rule, remark)


def _conclusion(look: Look) -> Observation:
    # Nothing passes because nothing looked.
    if not look.count:
        return Observation("nothing_to_check", outcome=Outcome.NOT_APPLICABLE)
    return Observation("all_well", params={"count": str(look.count)}, outcome=Outcome.PASSED)


# What readers and senders say goes into a report that must always be writable as JSON and XML.
def _finding(rule: Rule, observation: Observation) -> Finding:
    return Finding(
        rule=rule.identifier,
        prop=rule.prop,
        outcome=observation.outcome,
        location=printable_text(observation.location),
        code=observation.code,
        params={name: printable_text(value) for name, value in observation.params.items()},
        evidence=printable_text(observation.evidence),
        is_blocking=rule.is_blocking,
    )
