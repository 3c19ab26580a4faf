"""How long one case is kept: the rules of its plan, asked of what is known of the case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jingui.domain.metadata.answers import answers_of
from jingui.domain.records.conditions import holds
from jingui.domain.records.terms import Retention

if TYPE_CHECKING:
    from collections.abc import Callable

    from jingui.domain.records.facts import CaseFact, Plan


@dataclass(frozen=True, slots=True)
class RetentionDecision:
    """A retention period with its reason; ``rule`` names the rule that decided, ``""`` if the plan's own value did."""

    retention: Retention
    reason: str
    rule: str = ""
    basis: str = ""


def retention_for(plan: Plan, answer: Callable[[str], str]) -> RetentionDecision:
    """Return what the plan decides for whoever answers for the fields.

    The highest priority wins; of equal ones the longest period does, so that a mistake in a plan destroys nothing.
    """
    found = [rule for rule in plan.retention_rules if holds(rule.when, answer)]
    if not found:
        return RetentionDecision(plan.retention, plan.retention_reason)
    best = min(found, key=lambda rule: (-rule.priority, list(Retention).index(rule.retention), rule.name))
    return RetentionDecision(best.retention, best.reason, best.name, best.basis)


def decide_retention(plan: Plan, case: CaseFact) -> RetentionDecision:
    """Return how long a case is kept, and why."""
    return retention_for(plan, answers_of(case))


def plan_of_case(plan: Plan, case: CaseFact) -> Plan:
    """Return the plan with the retention period that its rules decide for this case."""
    if not plan.retention_rules:
        return plan
    decided = decide_retention(plan, case)
    return replace(plan, retention=decided.retention, retention_reason=decided.reason)
