"""An inspection profile as its form shows it, and what a submitted form says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from jingui.domain.inspection.parameters import Parameter, Value
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.inspection.settings import InspectionProfile, RuleSetting
from jingui.domain.inspection.subject import Rule
from jingui.domain.records.terms import Outcome
from jingui.interfaces.wording import label

_OUTCOMES = frozenset(outcome.value for outcome in Outcome)
_SEPARATORS = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True, slots=True)
class ParameterField:
    """One setting as a field: its name in the form, its value, and what stands without it."""

    parameter: Parameter
    field: str
    value: str
    usual: str
    choices: tuple[tuple[str, str], ...] = ()
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One check item of the form."""

    rule: Rule
    is_on: bool
    blocking: bool
    fields: tuple[ParameterField, ...]
    is_changed: bool


def profile_rows(
    rules: tuple[Rule, ...], profile: InspectionProfile, source: dict[str, Any] | None
) -> list[ProfileRow]:
    """Return a row for each item of a phase; ``source`` is what was just sent, if it was not taken."""
    told = {row.rule: row for row in profile.settings}
    sent = {row["rule"]: row for row in source["settings"]} if source else {}
    return [_row(rule, told.get(rule.identifier), sent.get(rule.identifier)) for rule in rules]


def _row(rule: Rule, setting: RuleSetting | None, sent: Mapping[str, Any] | None) -> ProfileRow:
    values: dict[str, Any] = dict(setting.values) if setting else {}
    is_on, blocking = (setting.is_on, setting.is_blocking) if setting else (True, None)
    if sent:
        values, is_on, blocking = dict(sent["values"]), bool(sent["on"]), sent["blocking"]
    fields = tuple(_field(rule, parameter, values) for parameter in rule.parameters)
    is_blocking = rule.is_blocking if blocking is None else blocking
    is_changed = not is_on or is_blocking != rule.is_blocking or any(field.is_changed for field in fields)
    return ProfileRow(rule, is_on, is_blocking, fields, is_changed)


def _field(rule: Rule, parameter: Parameter, values: Mapping[str, Any]) -> ParameterField:
    value = values.get(parameter.name, parameter.default)
    kind = "outcome" if set(parameter.choices) <= _OUTCOMES else "carrier"
    choices = tuple((choice, label(kind, choice)) for choice in parameter.choices) if parameter.kind == "choice" else ()
    return ParameterField(
        parameter,
        f"{rule.identifier}:{parameter.name}",
        _text(value),
        _shown(parameter, parameter.default),
        choices,
        is_changed=value != parameter.default,
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return " ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _shown(parameter: Parameter, value: Value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if parameter.kind == "choice":
        return label("outcome" if value in _OUTCOMES else "carrier", str(value))
    if isinstance(value, tuple):
        return "、".join(label("format", name) for name in value) or "依方案"
    return str(value)


def content_of(post: QueryDict) -> dict[str, Any]:
    """Return what a form says as the settings of a profile; what is as in the table is left out."""
    rows = [_said(rule, post) for rule in BY_IDENTIFIER.values() if f"{rule.identifier}:shown" in post]
    return {"settings": [row for row in rows if row["on"] is False or row["blocking"] is not None or row["values"]]}


def _said(rule: Rule, post: QueryDict) -> dict[str, Any]:
    blocking = f"{rule.identifier}:blocking" in post
    values = {}
    for parameter in rule.parameters:
        value = _value(parameter, post.get(f"{rule.identifier}:{parameter.name}", ""))
        if value != (list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default):
            values[parameter.name] = value
    return {
        "rule": rule.identifier,
        "on": f"{rule.identifier}:on" in post,
        "blocking": blocking if blocking is not rule.is_blocking else None,
        "values": values,
    }


def _value(parameter: Parameter, text: str) -> int | bool | str | list[str]:
    told = text.strip()
    if parameter.kind == "flag":
        return told == "1"
    if parameter.kind == "list":
        return [word for word in _SEPARATORS.split(told) if word]
    if parameter.kind == "integer":
        return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else -1  # noqa: PLR2004 - out of every bound
    return told


def differences(profile: InspectionProfile) -> list[str]:
    """Say in words what a profile changes of the table of rules, and what follows from it."""
    said = []
    for row in profile.settings:
        rule = BY_IDENTIFIER.get(row.rule)
        name = f"{row.rule} {rule.title if rule else ''}"
        if not row.is_on:
            said.append(f"{name}：不检测；每份报告写明“未启用，依检测方案”")
            continue
        if row.is_blocking is not None:
            said.append(f"{name}：不通过时{'阻断归档' if row.is_blocking else '只提示，不再阻断归档'}")
        parameters = {parameter.name: parameter for parameter in rule.parameters} if rule else {}
        for key, value in row.values:
            if key in parameters:
                was = _shown(parameters[key], parameters[key].default)
                said.append(f"{name}：{label('parameter', key)} {was} → {_shown(parameters[key], value)}")
    return said
