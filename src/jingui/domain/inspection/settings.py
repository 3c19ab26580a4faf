"""Inspection profiles (检测方案): which check items run, which block, with which values; data with versions.

A profile changes items by their full identifier (``GD-1-5``). What it does not name stays as the table of rules says. An
item that is switched off says so in every report, with the name of the profile that did it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import FieldReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jingui.domain.inspection.parameters import Value
    from jingui.domain.inspection.subject import Rule

SCOPES: tuple[str, ...] = ("general", "region", "agency", "item")
"""What a profile is for, the most general first: a later one in this order wins."""


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What a profile says of one check item; ``None``: as the table says. ``values`` are (parameter, value)."""

    rule: str
    is_on: bool = True
    is_blocking: bool | None = None
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether it leaves everything as it is."""
        return self.is_on and self.is_blocking is None and not self.values


@dataclass(frozen=True, slots=True)
class InspectionProfile:
    """One version of a profile. ``scope`` is one of ``SCOPES``, ``scope_value`` the code it is for."""

    name: str = "通用方案"
    version: int = 0
    scope: str = "general"
    scope_value: str = ""
    note: str = ""
    settings: tuple[RuleSetting, ...] = ()

    @property
    def label(self) -> str:
        """Return the name with the version, as reports show it; version 0 is the table of rules itself."""
        return f"{self.name} 第 {self.version} 版" if self.version else self.name


DEFAULT_PROFILE = InspectionProfile()


def profile_to_dict(profile: InspectionProfile) -> dict[str, object]:
    """Return what a profile says as JSON values; its name and place are kept beside it."""
    return {
        "settings": [
            {
                "rule": row.rule,
                "on": row.is_on,
                "blocking": row.is_blocking,
                "values": {name: list(value) if isinstance(value, tuple) else value for name, value in row.values},
            }
            for row in profile.settings
        ]
    }


def settings_from_dict(raw: object, rules: Mapping[str, Rule]) -> tuple[RuleSetting, ...]:
    """Read and check what ``profile_to_dict`` wrote or a person sent.

    Raises:
        Invalid: an unknown item or parameter, or a value out of its bounds; every fault at once.
    """
    fields = FieldReader(raw)
    rows = [_setting(row) for row in fields.rows("settings", limit=500)]
    problems = [*fields.problems, *(problem for row in rows for problem in _faults(row, rules))]
    names = [row.rule for row in rows]
    problems += [Problem(name, "rule_set_twice") for name in sorted({n for n in names if names.count(n) > 1})]
    if problems:
        raise Invalid(tuple(problems), code="profile_invalid")
    return tuple(row for row in rows if not row.says_nothing)


def _setting(row: FieldReader) -> RuleSetting:
    values = row.take("values")
    pairs = tuple((str(name), _frozen(value)) for name, value in values.items()) if isinstance(values, dict) else ()
    is_on, is_blocking = row.take("on"), row.take("blocking")
    return RuleSetting(
        rule=row.text("rule", limit=20, is_required=True),
        is_on=is_on is not False,
        is_blocking=is_blocking if isinstance(is_blocking, bool) else None,
        values=tuple(sorted(pairs, key=lambda pair: pair[0])),
    )


def _frozen(value: object) -> Value:
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, int | str) else ""  # checked against its parameter afterwards


def _faults(row: RuleSetting, rules: Mapping[str, Rule]) -> Iterator[Problem]:
    rule = rules.get(row.rule)
    if rule is None:
        yield Problem(row.rule, "rule_unknown")
        return
    known = {parameter.name: parameter for parameter in rule.parameters}
    for name, value in row.values:
        code = known[name].fault(value) if name in known else "parameter_unknown"
        if code:
            yield Problem(f"{row.rule}.{name}", code)
