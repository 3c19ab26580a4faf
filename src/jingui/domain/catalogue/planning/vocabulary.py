"""What conditions of one plan may ask for: every field with all the values it can have. Finite, so proofs are exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from jingui.domain.metadata.elements import BY_IDENTIFIER
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records.conditions import ALWAYS, METADATA, NO, SITUATION, STEP, YES, Condition
from jingui.domain.records.plan_rules import OWN_STEPS, ProcessMove
from jingui.domain.records.terms import Channel, ClosureKind

if TYPE_CHECKING:
    from jingui.domain.records.facts import Plan

OTHER = "*"
"""Any value of an open field that no rule names."""

_RANGES = MetadataProfile().ranges


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Field → all its values. ``open_fields`` have values beyond those named, all of them standing for ``OTHER``."""

    domains: Mapping[str, frozenset[str]]
    open_fields: frozenset[str]

    def values(self, field: str) -> frozenset[str]:
        """Return all values of a field; of an unknown one only ``OTHER``."""
        return self.domains.get(field, frozenset({OTHER}))


def conditions_of(plan: Plan) -> Iterator[Condition]:
    """Return every condition of a plan."""
    yield from (rule.when for rule in plan.materials if rule.when is not None)
    yield from (rule.when for rule in plan.retention_rules)
    yield from (move.when for move in plan.process)


def vocabulary_of(plan: Plan) -> Vocabulary:
    """Return the fields that a plan declares, with their values."""
    steps = {move.step for move in plan_moves(plan) if move.step}
    domains = {
        "closure": frozenset(ClosureKind),
        "channel": frozenset(Channel),
        "applicant_kind": _RANGES["applicant_kind"],
        "result": frozenset({*plan.results, OTHER}),
        **{SITUATION + name: frozenset({YES, NO}) for name in plan.situations},
        **{STEP + name: frozenset({YES, NO}) for name in sorted(steps)},
    }
    named = _named_values(plan)
    open_fields = {"result"}
    for field in named:
        element = BY_IDENTIFIER.get(field.removeprefix(METADATA)) if field.startswith(METADATA) else None
        if element and element.domain:
            domains[field] = _RANGES[element.domain] | {OTHER}
        elif element:
            domains[field] = frozenset({*named[field], OTHER})
            open_fields.add(field)
    return Vocabulary(MappingProxyType(domains), frozenset(open_fields))


def plan_moves(plan: Plan) -> tuple[ProcessMove, ...]:
    """Return the moves of a plan with the item's own steps in the place of ``OWN_STEPS``."""
    named = {move.step for move in plan.process}
    own = tuple(step for step in dict.fromkeys(plan.required_steps) if step not in named)
    return tuple(
        found for move in plan.process for found in (_own_moves(move, own) if move.step == OWN_STEPS else (move,))
    )


def _own_moves(move: ProcessMove, steps: tuple[str, ...]) -> Iterator[ProcessMove]:
    if not steps:
        yield replace(move, step="")
        return
    states = [move.start, *(f"{move.start}·{step}" for step in steps[:-1]), move.end]
    for number, step in enumerate(steps):
        first = move.when if number == 0 else ALWAYS
        yield ProcessMove(states[number], step, states[number + 1], when=first)


def _named_values(plan: Plan) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for condition in conditions_of(plan):
        for tests in condition.any_of:
            for test in tests:
                named.setdefault(test.field, set()).update(test.values)
    return named
