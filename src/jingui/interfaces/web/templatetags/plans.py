"""Template tags of archiving plans: findings, paths, layers and conditions in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from jingui.domain.records.conditions import Condition
from jingui.interfaces.wording import label
from jingui.interfaces.wording.planning_text import case_text, condition_text, layer_text, path_text, plan_finding_text

register = template.Library()


@register.filter
def finding_words(finding: Mapping[str, Any]) -> str:
    """Say what the compiler found."""
    return plan_finding_text(finding)


@register.filter
def case_words(example: Mapping[str, str]) -> str:
    """Describe the case in which a finding shows."""
    return case_text(example)


@register.filter
def path_words(path: list[str]) -> str:
    """Write a path."""
    return path_text(path)


@register.filter
def layer_words(name: str) -> str:
    """Name a layer version."""
    return layer_text(name)


@register.filter
def field_label(place: str) -> str:
    """Name a setting of a plan."""
    return label("plan_field", place)


@register.filter
def pair(before_after: tuple[Any, Any]) -> str:
    """Write a change as ``before → after``; nothing where nothing changes."""
    before, after = ("、".join(side) if isinstance(side, tuple) else str(side) for side in before_after)
    return "" if before == after else f"{before or '无'} → {after or '无'}"


@register.filter
def retention_pair(before_after: tuple[str, str]) -> str:
    """Write a change of the retention period in words."""
    return pair((label("retention", before_after[0]), label("retention", before_after[1])))


@register.filter
def tab_of(place: str) -> str:
    """Return the tab on which the value at a place stands."""
    kind = place.partition(".")[0]
    tabs = {"materials": "materials", "retention_rules": "retention", "retention": "retention"}
    more = {"metadata_rules": "metadata", "process": "process", "situations": "process", "results": "process"}
    return (tabs | more).get(kind, "codes")


@register.filter
def condition_words(condition: Condition) -> str:
    """Say a condition."""
    return condition_text(condition)


@register.filter
def words(text: str) -> list[str]:
    """Return the words of a text, for short lists of choices."""
    return text.split()
