"""The plan editor: the effective plan by parts, each value with the layer it comes from, and forms to state one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jingui.domain.catalogue.planning.layers import EffectivePlan
from jingui.domain.catalogue.planning.path_checks import evidence_of
from jingui.domain.catalogue.planning.vocabulary import OTHER, Vocabulary, vocabulary_of
from jingui.domain.metadata.elements import BY_IDENTIFIER, ELEMENTS
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records.conditions import METADATA, SITUATION, STEP, Condition
from jingui.domain.records.facts import MaterialRule, Plan
from jingui.domain.records.plan_rules import MetadataRule, ProcessMove, RetentionRule
from jingui.domain.records.terms import MaterialClass, Obligation
from jingui.interfaces.wording import label
from jingui.interfaces.wording.planning_text import condition_text, field_text, layer_text, value_text

TABS = {
    "materials": "材料与条件",
    "retention": "保管期限",
    "metadata": "元数据",
    "codes": "整理与档号",
    "process": "流程与情形",
    "versions": "版本",
}
_WHEN = {
    MaterialClass.APPLICATION: "收件起清点",
    MaterialClass.PROCESS: "受理起清点",
    MaterialClass.RESULT: "办结时清点",
}
_ASKED_METADATA = ("service_type", "is_project")


@dataclass(frozen=True, slots=True)
class Sourced:
    """One value with the layer it comes from; ``is_own``: this layer states it."""

    value: Any
    place: str
    layer: str
    is_own: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class EditorBlock:
    """Materials under one rule: ``and`` all, ``or`` one of them, ``when`` under a condition, ``may``."""

    kind: str
    condition: str
    materials: tuple[Sourced, ...]


@dataclass(frozen=True, slots=True)
class EditorClass:
    """The rules of one class of materials."""

    material_class: str
    counted: str
    blocks: tuple[EditorBlock, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a condition may ask a field for."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ConditionField:
    """One field of a condition as a group of boxes: any of those ticked will do; groups together are *and*."""

    field: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PlanEditor:
    """Everything the editor shows of one layer."""

    plan: Plan
    classes: tuple[EditorClass, ...]
    settings: tuple[Sourced, ...]
    retention_rules: tuple[Sourced, ...]
    metadata_rules: tuple[Sourced, ...]
    moves: tuple[ProcessMove, ...]
    situations: tuple[Sourced, ...]
    results: tuple[Sourced, ...]
    has_retention: bool


def plan_editor(made: EffectivePlan, own: str) -> PlanEditor:
    """Return the editor's view of an effective plan; ``own`` is the label of the layer that is edited."""
    plan = made.plan

    def sourced(value: object, place: str, words: str = "") -> Sourced:
        label_of = made.layer_of(place)
        return Sourced(value, place, layer_text(label_of) if label_of else "产品默认", label_of == own, words)

    rules = sorted(plan.retention_rules, key=lambda rule: (-rule.priority, rule.name))
    return PlanEditor(
        plan=plan,
        classes=tuple(_classes(plan, sourced)),
        settings=tuple(sourced(value, name) for name, value in _settings(plan)),
        retention_rules=tuple(
            sourced(rule, f"retention_rules.{rule.name}", condition_text(rule.when) or "任何情形") for rule in rules
        ),
        metadata_rules=tuple(
            sourced(rule, f"metadata_rules.{rule.element}", _element_title(rule)) for rule in plan.metadata_rules
        ),
        moves=plan.process,
        situations=tuple(sourced(name, f"situations.{name}") for name in plan.situations),
        results=tuple(sourced(name, f"results.{name}") for name in plan.results),
        has_retention=made.has_retention,
    )


def _element_title(rule: MetadataRule) -> str:
    element = BY_IDENTIFIER.get(rule.element)
    return element.title if element else rule.element


def _settings(plan: Plan) -> list[tuple[str, str]]:
    return [
        ("category", plan.category),
        ("unit", plan.unit),
        ("security_classification", plan.security_classification),
        ("sharing", label("sharing", plan.sharing)),
        ("archival_code_rule", plan.archival_code_rule),
        ("record_code_rule", plan.record_code_rule),
        ("package_profile", plan.package_profile),
        ("formats", "、".join(label("format", name) for name in plan.formats)),
        ("required_steps", "、".join(plan.required_steps) or "不要求"),
        ("min_step_count", str(plan.min_step_count)),
        ("accept_unlisted", "照收" if plan.accept_unlisted else "停下待定"),
        ("accept_suggestions_from", _confidence(plan.accept_suggestions_from)),
        ("process_page", label("page_profile", plan.process_page) if plan.process_page else "不生成"),
        ("scope_statement", plan.scope_statement),
    ]


def _confidence(hundredths: int | None) -> str:
    return f"{hundredths}% 起自动采用" if hundredths else "都由人决定"


def _classes(plan: Plan, sourced: Any) -> Iterable[EditorClass]:  # noqa: ANN401 - the closure above
    for kind in MaterialClass:
        rules = [rule for rule in plan.materials if rule.material_class is kind]
        if rules:
            yield EditorClass(kind.value, _WHEN[kind], tuple(_blocks(rules, sourced)))


def _blocks(rules: list[MaterialRule], sourced: Any) -> Iterable[EditorBlock]:  # noqa: ANN401
    groups: dict[tuple[str, str], list[Sourced]] = {}
    for rule in rules:
        told = sourced(rule, f"materials.{rule.code}", label("evidence", evidence_of(rule)))
        groups.setdefault(_group(rule), []).append(told)
    for kind in ("and", "or", "when", "may"):
        yield from (EditorBlock(kind, text, tuple(found)) for (name, text), found in groups.items() if name == kind)


def _group(rule: MaterialRule) -> tuple[str, str]:
    if rule.obligation is Obligation.OPTIONAL:
        return "may", ""
    words = condition_text(rule.when) or (rule.condition if rule.obligation is Obligation.CONDITIONAL else "")
    if rule.alternative:
        return "or", f"{rule.alternative}{f'，当{words}' if words else ''}"
    return ("when", words) if words else ("and", "")


def condition_fields(plan: Plan, condition: Condition | None) -> tuple[ConditionField, ...]:
    """Return the fields conditions may ask for, with what the given one asks ticked."""
    vocabulary = vocabulary_of(plan)
    ticked = ticked_values(condition, vocabulary) or {}
    names = ["closure", "result", "applicant_kind", "channel", *(METADATA + name for name in _ASKED_METADATA)]
    names += [name for name in vocabulary.domains if name.startswith((SITUATION, STEP))]
    return tuple(
        ConditionField(
            name,
            field_text(name),
            tuple(
                Choice(value, value_text(name, value), value in ticked.get(name, ()))
                for value in _values(name, vocabulary)
            ),
        )
        for name in dict.fromkeys(names)
    )


def _values(name: str, vocabulary: Vocabulary) -> list[str]:
    if name.startswith(METADATA) and name not in vocabulary.domains:
        return sorted(MetadataProfile().ranges[BY_IDENTIFIER[name.removeprefix(METADATA)].domain])
    order = {"yes": 0, "no": 1, OTHER: 2}
    return sorted(vocabulary.values(name) - {OTHER}, key=lambda value: (order.get(value, 0), value))


def ticked_values(condition: Condition | None, vocabulary: Vocabulary) -> dict[str, frozenset[str]] | None:
    """Return a condition as ticked boxes; ``None`` if boxes cannot say it (several alternatives, odd values)."""
    if condition is None or condition.is_always:
        return {}
    if len(condition.any_of) != 1:
        return None
    ticked: dict[str, frozenset[str]] = {}
    for test in condition.any_of[0]:
        values = frozenset(test.values)
        if test.is_negated:
            values = vocabulary.values(test.field) - values
        if test.field in ticked or OTHER in values:
            return None
        ticked[test.field] = values
    return ticked


def element_choices() -> list[tuple[str, str]]:
    """Return the metadata elements a plan may state rules for."""
    return [(element.identifier, element.title) for element in ELEMENTS]


def find_material(plan: Plan, code: str) -> MaterialRule | None:
    """Return a material of a plan by its code."""
    return next((rule for rule in plan.materials if rule.code == code), None)


def find_retention_rule(plan: Plan, name: str) -> RetentionRule | None:
    """Return a retention rule of a plan by its name."""
    return next((rule for rule in plan.retention_rules if rule.name == name), None)


def shown_findings(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored report with its findings split by severity."""
    findings = report.get("findings", [])
    return {
        "errors": [finding for finding in findings if finding["severity"] == "error"],
        "warnings": [finding for finding in findings if finding["severity"] != "error"],
    }
