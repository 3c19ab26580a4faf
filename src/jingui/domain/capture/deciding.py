"""Deciding on suggested materials: what may be decided, when, and what then becomes of the case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from jingui.domain.errors import Conflict, Invalid, Problem
from jingui.domain.lifecycle import CaseState


class SuggestionState(StrEnum):
    """What has become of a suggestion."""

    OPEN = "open"
    AUTOMATIC = "automatic"  # sure enough for the plan
    ACCEPTED = "accepted"
    CHANGED = "changed"  # a person named another material
    NONE = "none"  # a person said that it is no material of this case
    LAPSED = "lapsed"  # the file was replaced, or named a material after all


@dataclass(frozen=True, slots=True)
class MaterialChoice:
    """What a person says of a file; an empty ``material_code``: it is none of the plan's materials."""

    file_key: str
    material_code: str


# While a case is being put into a package its files must not change under it.
_UNDER_WAY = frozenset({CaseState.INSPECTED, CaseState.ARRANGED, CaseState.PACKAGED})
_INSPECTED_AGAIN = frozenset({CaseState.HELD, CaseState.PRESERVED})


def check_decidable(state: CaseState) -> None:
    """Let a decision on the files of a case pass. Raises Conflict (``case_being_archived``) while it is packaged."""
    if state in _UNDER_WAY:
        raise Conflict("case_being_archived")


def needs_new_inspection(state: CaseState) -> bool:
    """Say whether a case in this state has been inspected with the file as it was, and must be once more."""
    return state in _INSPECTED_AGAIN


def decided_state(choice: MaterialChoice, suggested: str, materials: Collection[str]) -> SuggestionState:
    """Return what a choice makes of a suggestion. Raises Invalid (``material_not_in_plan``)."""
    if not choice.material_code:
        return SuggestionState.NONE
    if choice.material_code not in materials:
        raise Invalid((Problem(choice.file_key, "material_not_in_plan", {"material": choice.material_code}),))
    return SuggestionState.ACCEPTED if choice.material_code == suggested else SuggestionState.CHANGED
