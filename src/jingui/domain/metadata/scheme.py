"""The metadata scheme of one plan: the general one with the rules that the plan states for single elements."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from jingui.domain.metadata.profile import MetadataProfile

if TYPE_CHECKING:
    from jingui.domain.metadata.elements import Element
    from jingui.domain.records.plan_rules import MetadataRule


@lru_cache(maxsize=1024)
def scheme_of(rules: tuple[MetadataRule, ...]) -> MetadataProfile:
    """Return the profile that inspection applies under these rules; elements without one stay as they are."""
    general = MetadataProfile()
    if not rules:
        return general
    by_element = {rule.element: rule for rule in rules}
    narrowed = {_range_name(rule): frozenset(rule.values) for rule in rules if rule.values}
    elements = tuple(_ruled(element, by_element.get(element.identifier)) for element in general.elements)
    return replace(general, elements=elements, ranges={**general.ranges, **narrowed})


def _range_name(rule: MetadataRule) -> str:
    return f"plan:{rule.element}"


def _ruled(element: Element, rule: MetadataRule | None) -> Element:
    if rule is None:
        return element
    shorter = min(element.max_length, rule.max_length) if rule.max_length else element.max_length
    domain = _range_name(rule) if rule.values else element.domain
    return replace(element, obligation=rule.obligation, max_length=shorter, domain=domain)
