"""Archiving plans in sentences: conditions, places of values, findings, layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jingui.domain.metadata.elements import BY_IDENTIFIER
from jingui.domain.records.conditions import METADATA, SITUATION, STEP, Condition, FieldTest
from jingui.interfaces.wording.lookup import worded

_KIND_OF = {
    "closure": "closure",
    "applicant_kind": "applicant_kind",
    "channel": "channel",
    "metadata:service_type": "service_type",
    "metadata:is_project": "yes_no",
}
_PREFIXES = {SITUATION: "情形", STEP: "环节", METADATA: "元数据"}


def field_text(field: str) -> str:
    """Name a field that conditions ask for."""
    for prefix, word in _PREFIXES.items():
        if field.startswith(prefix):
            name = field.removeprefix(prefix)
            element = BY_IDENTIFIER.get(name) if prefix == METADATA else None
            return element.title if element else f"{word}“{name}”"
    return worded("plan_field", field, {})


def value_text(field: str, value: str) -> str:
    """Name a value of a field."""
    if value == "*":
        return "其他"
    if field.startswith((SITUATION, STEP)):
        return "有" if value == "yes" else "没有"
    return worded(_KIND_OF[field], value, {}) if field in _KIND_OF else value


def condition_text(condition: Condition | None) -> str:
    """Say a condition in words; ``""`` for none and for one that always holds."""
    if condition is None or condition.is_always:
        return ""
    return "；或".join("且".join(_test_text(test) for test in tests) for tests in condition.any_of) or "从不"


def _test_text(test: FieldTest) -> str:
    if test.field.startswith((SITUATION, STEP)):
        has = ("yes" in test.values) is not test.is_negated
        word = "为" if test.field.startswith(SITUATION) else "经过"
        name = test.field.partition(":")[2]
        return f"{word}“{name}”" if has else f"没有“{name}”" if word == "经过" else f"不是“{name}”"
    values = "、".join(value_text(test.field, value) for value in test.values)
    return f"{field_text(test.field)}{'不是' if test.is_negated else '为'}{values}"


def case_text(example: Mapping[str, str]) -> str:
    """Describe one case by its answers."""
    return "，".join(f"{field_text(field)}：{value_text(field, value)}" for field, value in example.items())


def place_text(place: str) -> str:
    """Name the place of a value of a plan."""
    kind, _, name = place.partition(".")
    word = worded("plan_field", kind, {})
    if kind == "metadata_rules" and name in BY_IDENTIFIER:
        return BY_IDENTIFIER[name].title
    return name or word


def layer_text(label: str) -> str:
    """Name a layer version: ``机构 11539900… 第 2 版``."""
    if not label:
        return "没有哪一层写明"
    whole, _, version = label.partition("@")
    scope, _, code = whole.partition(":")
    kind = "layer_origin" if scope in {"import", "previous"} else "layer_scope"
    return f"{worded(kind, scope, {})}{f' {code}' if code else ''} 第 {version} 版"


def plan_finding_text(finding: Mapping[str, Any]) -> str:
    """Say what the compiler found, by the JSON form of a finding."""
    params = dict(finding["params"])
    told = {
        **params,
        "rule": place_text(finding["rule"]),
        "field": field_text(params["field"]) if "field" in params else "",
        "closure": worded("closure", params.get("closure", ""), {}),
        "fixed_by": layer_text(params["fixed_by"]) if params.get("fixed_by") else "",
        "wanted": "或".join(worded("evidence", name, {}) for name in params.get("wanted", "").split("、")),
        "reason": "、".join(worded("problems", code, {}) for code in params.get("reason", "").split("、")),
    }
    for name in ("retention", "other_retention"):
        told[name] = worded("retention", params.get(name, ""), {})
    return worded("plan_findings", finding["code"], told)


def path_text(path: list[str]) -> str:
    """Write a path: its steps, then how it ends."""
    if not path:
        return ""
    *steps, closure = path
    return " → ".join([*steps, f"〔{worded('closure', closure, {})}〕"])
