"""An archiving plan as rules in words: what must be there together, what only sometimes, what may be."""

from __future__ import annotations

from dataclasses import dataclass

from jingui.domain.records.facts import MaterialRule, Plan
from jingui.domain.records.terms import MaterialClass, Obligation
from jingui.interfaces.wording.planning_text import condition_text

_WHEN = {
    MaterialClass.APPLICATION: "收件起清点",
    MaterialClass.PROCESS: "受理起清点",
    MaterialClass.RESULT: "办结时清点",
}


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """Materials under one rule: ``and`` all of them, ``when`` a condition holds, ``may`` be there."""

    kind: str
    condition: str
    materials: tuple[MaterialRule, ...]


@dataclass(frozen=True, slots=True)
class ClassBlock:
    """The rules of one class of materials."""

    material_class: str
    counted: str
    blocks: tuple[RuleBlock, ...]


def plan_view(plan: Plan) -> list[ClassBlock]:
    """Return the materials of a plan by class and rule."""
    return [
        ClassBlock(kind.value, _WHEN[kind], blocks)
        for kind in MaterialClass
        if (blocks := _blocks([rule for rule in plan.materials if rule.material_class is kind]))
    ]


def _blocks(rules: list[MaterialRule]) -> tuple[RuleBlock, ...]:
    by_condition: dict[str, list[MaterialRule]] = {}
    for rule in rules:
        if rule.obligation is Obligation.CONDITIONAL:
            by_condition.setdefault(rule.condition or condition_text(rule.when), []).append(rule)
    required = tuple(rule for rule in rules if rule.obligation is Obligation.REQUIRED)
    optional = tuple(rule for rule in rules if rule.obligation is Obligation.OPTIONAL)
    blocks = [RuleBlock("and", "", required)] if required else []
    blocks += [RuleBlock("when", condition, tuple(members)) for condition, members in by_condition.items()]
    blocks += [RuleBlock("may", "", optional)] if optional else []
    return tuple(blocks)
