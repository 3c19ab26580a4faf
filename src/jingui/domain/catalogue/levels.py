"""One standard, four levels (四级统一): what a higher level fixed for an item may not differ at a lower one.

Items that implement the same base code (基本编码) are compared, province first. For each element the highest level that
states a value fixes it; every lower item that states another differs. Groups come one after another, so that any number
of items needs the memory of one group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from jingui.domain.errors import Invalid, Problem
from jingui.domain.records.canonical import canonical_sha256

LEVELS: dict[str, str] = {"1": "nation", "2": "province", "3": "city", "4": "county", "5": "town", "6": "village"}
"""Exercise levels of GB/T 39046-2020 A.2, highest first. 7 (shared between levels) is compared with nothing."""

SHARED_LEVEL = "7"
_LEAST_REASON = 2
_REASON_LIMIT = 500
SETTLEMENT_PROBLEM_CODES: dict[str, tuple[str, ...]] = {"settlement_reason_missing": ("least",)}
"""Codes of problems with settlements."""


class Settlement(StrEnum):
    """What a person decided about a difference: it stays, with the reason, or the lower level is to mend it."""

    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"


class Unplaced(StrEnum):
    """Why an item cannot be compared: it has no base code, tells no level, or belongs to several levels at once."""

    NO_BASE_CODE = "no_base_code"
    NO_LEVEL = "no_level"
    SHARED_LEVEL = "shared_level"


@dataclass(frozen=True, slots=True)
class LevelItem:
    """One item as a level states it; ``elements``: element → value as text, empty values left out."""

    item_code: str
    item_version: int
    name: str
    base_code: str
    level: str
    agency_code: str
    agency_name: str
    region_code: str
    elements: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LevelDifference:
    """One element that a lower item states otherwise than the item that fixed it."""

    base_code: str
    element: str
    upper: LevelItem
    lower: LevelItem
    upper_value: str
    lower_value: str

    @property
    def digest(self) -> str:
        """What a settlement holds on to: it stands as long as both values do."""
        return canonical_sha256(
            [self.base_code, self.element, self.lower.item_code, self.upper_value, self.lower_value]
        )


@dataclass(frozen=True, slots=True)
class LevelGroup:
    """All items of one base code, compared. ``compared_count`` counts pairs of element and lower item."""

    base_code: str
    name: str
    items: tuple[LevelItem, ...]
    compared_count: int
    differences: tuple[LevelDifference, ...]
    unplaced: tuple[LevelItem, ...] = ()

    @property
    def score(self) -> float:
        """The share of compared values that are the same, 0 to 1; 1 if there was nothing to compare."""
        return 1 - len(self.differences) / self.compared_count if self.compared_count else 1.0

    @property
    def elements(self) -> tuple[str, ...]:
        """The elements that differ somewhere, each once."""
        return tuple(dict.fromkeys(difference.element for difference in self.differences))


def compare_levels(items: Iterable[LevelItem], *, elements: tuple[str, ...]) -> Iterator[LevelGroup]:
    """Compare items that come in order of base code, group by group; those without a base code are left out."""
    for base_code, members in groupby(items, key=lambda item: item.base_code):
        if base_code:
            yield compare_group(base_code, tuple(members), elements=elements)


def compare_group(base_code: str, items: tuple[LevelItem, ...], *, elements: tuple[str, ...]) -> LevelGroup:
    """Compare the items of one base code in the named elements."""
    ordered = tuple(sorted((item for item in items if item.level in LEVELS), key=lambda i: (i.level, i.item_code)))
    differences: list[LevelDifference] = []
    compared = 0
    for element in elements:
        upper = next((item for item in ordered if item.elements.get(element)), None)
        if upper is None:
            continue
        lowers = [item for item in ordered if item.level > upper.level and item.elements.get(element)]
        compared += len(lowers)
        differences += [
            LevelDifference(base_code, element, upper, lower, upper.elements[element], lower.elements[element])
            for lower in lowers
            if _told(lower.elements[element]) != _told(upper.elements[element])
        ]
    name = ordered[0].name if ordered else items[0].name
    unplaced = tuple(item for item in items if item.level not in LEVELS)
    return LevelGroup(base_code, name, ordered, compared, tuple(differences), unplaced)


def why_unplaced(item: LevelItem) -> Unplaced | None:
    """Say why an item cannot be compared; ``None``: it can."""
    if not item.base_code:
        return Unplaced.NO_BASE_CODE
    if item.level == SHARED_LEVEL:
        return Unplaced.SHARED_LEVEL
    return None if item.level in LEVELS else Unplaced.NO_LEVEL


def unplaced_digest(item: LevelItem, reason: Unplaced) -> str:
    """Return what a settlement of an unplaced item holds on to: it stands as long as the item tells the same."""
    return canonical_sha256(["unplaced", item.item_code, reason.value, item.base_code, item.level])


def _told(value: str) -> str:
    """Return a value as it is compared: how much space stands between its words says nothing."""
    return " ".join(value.split())


def check_settlement(reason: str) -> None:
    """A settlement says why.

    Raises:
        Invalid: it does not, or at too great a length.
    """
    if len(reason.strip()) < _LEAST_REASON:
        raise Invalid((Problem("reason", "settlement_reason_missing", {"least": str(_LEAST_REASON)}),))
    if len(reason) > _REASON_LIMIT:
        length = {"limit": str(_REASON_LIMIT), "length": str(len(reason))}
        raise Invalid((Problem("reason", "too_long", length),))
