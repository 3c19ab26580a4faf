"""The rules inside an archiving plan as JSON: conditions, retention rules, metadata rules, moves of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.metadata.fields import FieldReader
from jingui.domain.records.conditions import ALWAYS, Condition, FieldTest, condition_to_list, is_field
from jingui.domain.records.plan_rules import MetadataRule, ProcessMove, RetentionRule
from jingui.domain.records.terms import ClosureKind, Obligation, Retention

if TYPE_CHECKING:
    from jingui.domain.records.facts import Plan

RULE_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "condition_field_unknown": ("field",),
    "condition_test_malformed": (),
    "rule_twice": ("name",),
    "move_without_end": (),
}
"""Codes of problems with rules, beside those of ``plans`` and ``metadata.fields``."""

RULES_LIMIT = 200
_TESTS_LIMIT = 20
_VALUES_LIMIT = 50
_NAME = 100
_PRIORITY_LIMIT = 10_000


def rules_to_dict(plan: Plan) -> dict[str, object]:
    """Return those parts of a plan that are there; a plan without them reads as it did before they existed."""
    parts: dict[str, object] = {
        "retention_rules": [retention_rule_to_dict(rule) for rule in plan.retention_rules],
        "metadata_rules": [metadata_rule_to_dict(rule) for rule in plan.metadata_rules],
        "situations": list(plan.situations),
        "results": list(plan.results),
        "process": [move_to_dict(move) for move in plan.process],
        "scope_statement": plan.scope_statement,
        "layers": list(plan.layers),
    }
    return {name: value for name, value in parts.items() if value}


def read_rules(fields: FieldReader) -> dict[str, object]:
    """Read what ``rules_to_dict`` wrote, as the arguments of a plan; problems go to the reader."""
    return {
        "retention_rules": read_retention_rules(fields),
        "metadata_rules": read_metadata_rules(fields),
        "situations": fields.texts("situations", limit=_NAME, count=RULES_LIMIT),
        "results": fields.texts("results", limit=_NAME, count=RULES_LIMIT),
        "process": tuple(_move(row) for row in fields.rows("process", limit=RULES_LIMIT)),
        "scope_statement": fields.text("scope_statement", limit=2000, is_multiline=True),
        "layers": fields.texts("layers", limit=200, count=20),
    }


def retention_rule_to_dict(rule: RetentionRule) -> dict[str, object]:
    """Return a retention rule as JSON values."""
    return {
        "name": rule.name,
        "priority": rule.priority,
        "when": condition_to_list(rule.when),
        "retention": rule.retention.value,
        "reason": rule.reason,
        "basis": rule.basis,
    }


def metadata_rule_to_dict(rule: MetadataRule) -> dict[str, object]:
    """Return a metadata rule as JSON values."""
    told: dict[str, object] = {"element": rule.element, "obligation": rule.obligation.value}
    if rule.values:
        told["values"] = list(rule.values)
    return told | ({"max_length": rule.max_length} if rule.max_length else {})


def move_to_dict(move: ProcessMove) -> dict[str, object]:
    """Return a move as JSON values."""
    told: dict[str, object] = {"from": move.start}
    told |= {name: value for name, value in (("step", move.step), ("to", move.end), ("closure", move.closure)) if value}
    return told if move.when == ALWAYS else told | {"when": condition_to_list(move.when)}


def read_retention_rules(fields: FieldReader) -> tuple[RetentionRule, ...]:
    """Read the retention rules; each bears a name of its own."""
    rules: list[RetentionRule] = []
    for row in fields.rows("retention_rules", limit=RULES_LIMIT):
        rule = RetentionRule(
            name=row.key("name", limit=_NAME),
            priority=row.whole("priority", minimum=0, maximum=_PRIORITY_LIMIT, is_required=True) or 0,
            when=read_condition(row, "when") or ALWAYS,
            retention=row.member("retention", Retention) or Retention.PERMANENT,
            reason=row.text("reason", limit=500),
            basis=row.text("basis", limit=500),
        )
        row.refuse_unknown()
        _refuse_twice(row, "name", rule.name, {known.name for known in rules})
        rules.append(rule)
    return tuple(rules)


def read_metadata_rules(fields: FieldReader) -> tuple[MetadataRule, ...]:
    """Read the rules for metadata elements; one for each element."""
    rules: list[MetadataRule] = []
    for row in fields.rows("metadata_rules", limit=RULES_LIMIT):
        rule = MetadataRule(
            element=row.key("element", limit=_NAME),
            obligation=row.member("obligation", Obligation, default=Obligation.REQUIRED) or Obligation.REQUIRED,
            values=row.texts("values", limit=200, count=_VALUES_LIMIT),
            max_length=row.whole("max_length", minimum=1, maximum=10_000),
        )
        row.refuse_unknown()
        _refuse_twice(row, "element", rule.element, {known.element for known in rules})
        rules.append(rule)
    return tuple(rules)


def _refuse_twice(row: FieldReader, field: str, name: str, known: set[str]) -> None:
    if name and name in known:
        row.fault(field, "rule_twice", name=name)


def _move(row: FieldReader) -> ProcessMove:
    is_end = row.take("closure") not in (None, "")
    closure = row.member("closure", ClosureKind) if is_end else None
    move = ProcessMove(
        start=row.key("from", limit=_NAME),
        step=row.text("step", limit=_NAME),
        end=row.text("to", limit=_NAME),
        closure=closure.value if closure else "",
        when=read_condition(row, "when") or ALWAYS,
    )
    row.refuse_unknown()
    if not move.end and not move.closure:
        row.fault("to", "move_without_end")
    return move


def read_condition(row: FieldReader, name: str) -> Condition | None:
    """Read a condition written as a list of alternatives, each a list of tests; ``None`` if there is none."""
    if not row.has(name):
        row.take(name)
        return None
    value = row.take(name)
    if not isinstance(value, list | tuple) or not all(isinstance(tests, list | tuple) for tests in value):
        row.fault(name, "condition_test_malformed")
        return None
    if len(value) > _TESTS_LIMIT or any(len(tests) > _TESTS_LIMIT for tests in value):
        row.fault(name, "too_many", limit=str(_TESTS_LIMIT), count=str(max(len(value), *map(len, value))))
        return None
    place = row.where(name)
    return Condition(
        tuple(
            tuple(
                _test(FieldReader(test, place=f"{place}[{at}][{number}]", problems=row.problems))
                for number, test in enumerate(tests)
            )
            for at, tests in enumerate(value)
        )
    )


def _test(fields: FieldReader) -> FieldTest:
    name = fields.key("field", limit=_NAME + 20)
    if name and not is_field(name):
        fields.fault("field", "condition_field_unknown", field=name)
    is_negated = fields.has("is_not")
    values = fields.texts("is_not" if is_negated else "is", limit=200, count=_VALUES_LIMIT)
    fields.refuse_unknown()
    if not values:
        fields.fault("", "condition_test_malformed")
    return FieldTest(name, values, is_negated=is_negated)
