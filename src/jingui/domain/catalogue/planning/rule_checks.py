"""Rules against each other, exactly: contradictions, ties, shadows, conditions that never or always hold."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from jingui.domain.catalogue.planning.boxes import (
    Box,
    TooIntricateError,
    boxes_of,
    example_of,
    meet,
    uncovered,
)
from jingui.domain.catalogue.planning.findings import CompileFinding
from jingui.domain.records.terms import Obligation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.catalogue.planning.layers import EffectivePlan
    from jingui.domain.catalogue.planning.vocabulary import Vocabulary
    from jingui.domain.records.conditions import Condition
    from jingui.domain.records.facts import MaterialRule
    from jingui.domain.records.plan_rules import RetentionRule


def check_words(made: EffectivePlan, vocabulary: Vocabulary) -> Iterator[CompileFinding]:
    """Conditions ask only for what the plan declares, and only for values that can be."""
    for place, condition in _places(made):
        for field, values in _asked(condition).items():
            if field not in vocabulary.domains:
                yield CompileFinding("condition_unknown_field", place, made.layer_of(place), {"field": field})
                continue
            for value in sorted(values - vocabulary.values(field)):
                params = {"field": field, "value": value}
                yield CompileFinding("condition_unknown_value", place, made.layer_of(place), params)


def _places(made: EffectivePlan) -> Iterator[tuple[str, Condition]]:
    plan = made.plan
    yield from ((f"materials.{rule.code}", rule.when) for rule in plan.materials if rule.when is not None)
    yield from ((f"retention_rules.{rule.name}", rule.when) for rule in plan.retention_rules)
    yield from (("process", move.when) for move in plan.process)


def _asked(condition: Condition) -> dict[str, set[str]]:
    asked: dict[str, set[str]] = {}
    for tests in condition.any_of:
        for test in tests:
            asked.setdefault(test.field, set()).update(test.values)
    return asked


def check_retention_rules(made: EffectivePlan, vocabulary: Vocabulary) -> Iterator[CompileFinding]:
    """No two rules of one rank disagree, none is hidden behind others, each says why, and every case is decided."""
    rules = made.plan.retention_rules
    boxes = {rule.name: boxes_of(rule.when, vocabulary) for rule in rules}
    for rule in rules:
        place = f"retention_rules.{rule.name}"
        if not rule.reason.strip():
            yield CompileFinding("retention_unexplained", place, made.layer_of(place))
        if not boxes[rule.name]:
            yield CompileFinding("retention_never_applies", place, made.layer_of(place))
    for one, other in combinations(rules, 2):
        if one.priority == other.priority:
            yield from _overlap(made, vocabulary, one, other)
    try:
        yield from _shadows(made, vocabulary, boxes)
        yield from _gaps(made, vocabulary, boxes)
    except TooIntricateError:
        yield CompileFinding("conditions_too_intricate", "retention_rules")


def _overlap(
    made: EffectivePlan, vocabulary: Vocabulary, one: RetentionRule, other: RetentionRule
) -> Iterator[CompileFinding]:
    shared = _shared(boxes_of(one.when, vocabulary), boxes_of(other.when, vocabulary))
    if shared is None:
        return
    place = f"retention_rules.{one.name}"
    params = {"other": other.name, "other_layer": made.layer_of(f"retention_rules.{other.name}")}
    code = "retention_tie"
    if one.retention is not other.retention:
        code = "retention_contradiction"
        params |= {"retention": one.retention.value, "other_retention": other.retention.value}
    yield CompileFinding(code, place, made.layer_of(place), params, example_of(shared, vocabulary))


def _shared(some: tuple[Box, ...], others: tuple[Box, ...]) -> Box | None:
    found = (meet(one, other) for one in some for other in others)
    return next((box for box in found if box is not None), None)


def _shadows(
    made: EffectivePlan, vocabulary: Vocabulary, boxes: dict[str, tuple[Box, ...]]
) -> Iterator[CompileFinding]:
    for rule in made.plan.retention_rules:
        higher = [other for other in made.plan.retention_rules if other.priority > rule.priority]
        covers = [box for other in higher for box in boxes[other.name]]
        if boxes[rule.name] and uncovered(boxes[rule.name], covers, vocabulary) is None:
            place = f"retention_rules.{rule.name}"
            names = [other.name for other in higher if _shared(boxes[rule.name], boxes[other.name])]
            yield CompileFinding("retention_shadowed", place, made.layer_of(place), {"by": "、".join(names)})


def _gaps(made: EffectivePlan, vocabulary: Vocabulary, boxes: dict[str, tuple[Box, ...]]) -> Iterator[CompileFinding]:
    if made.has_retention:
        if not made.plan.retention_reason.strip():
            yield CompileFinding("retention_unexplained", "retention", made.layer_of("retention"))
        return
    gap = uncovered([{}], [box for covers in boxes.values() for box in covers], vocabulary)
    if gap is not None:
        yield CompileFinding("retention_undecided", "retention", "", {}, example_of(gap, vocabulary))


def check_material_rules(made: EffectivePlan, vocabulary: Vocabulary) -> Iterator[CompileFinding]:
    """No material has a condition that decides nothing, and every 或 group leaves a choice."""
    for rule in made.plan.materials:
        if rule.when is None:
            continue
        place = f"materials.{rule.code}"
        boxes = boxes_of(rule.when, vocabulary)
        if not boxes:
            yield CompileFinding("material_never_needed", place, made.layer_of(place))
        elif rule.obligation is Obligation.CONDITIONAL and _is_everything(boxes, vocabulary):
            yield CompileFinding("material_always_needed", place, made.layer_of(place))
    for group, members in _groups(made.plan.materials).items():
        yield from _group_faults(made, vocabulary, group, members)


def _is_everything(boxes: tuple[Box, ...], vocabulary: Vocabulary) -> bool:
    try:
        return uncovered([{}], boxes, vocabulary) is None
    except TooIntricateError:
        return False


def _groups(rules: tuple[MaterialRule, ...]) -> dict[str, list[MaterialRule]]:
    groups: dict[str, list[MaterialRule]] = {}
    for rule in rules:
        if rule.alternative:
            groups.setdefault(rule.alternative, []).append(rule)
    return groups


def _group_faults(
    made: EffectivePlan, vocabulary: Vocabulary, group: str, members: list[MaterialRule]
) -> Iterator[CompileFinding]:
    if len(members) == 1:
        place = f"materials.{members[0].code}"
        yield CompileFinding("alternative_alone", place, made.layer_of(place), {"group": group})
    # A member that never stands beside another of its group is no alternative to anything.
    for rule in members:
        own = _member_boxes(rule, vocabulary)
        others = [box for other in members if other is not rule for box in _member_boxes(other, vocabulary)]
        if own and others and not _shared(own, tuple(others)):
            place = f"materials.{rule.code}"
            by = "、".join(other.code for other in members if other is not rule)
            yield CompileFinding("alternative_shadowed", place, made.layer_of(place), {"group": group, "by": by})


def _member_boxes(rule: MaterialRule, vocabulary: Vocabulary) -> tuple[Box, ...]:
    if rule.obligation is Obligation.OPTIONAL:
        return ()
    return ({},) if rule.when is None else boxes_of(rule.when, vocabulary)
