"""From draft to in force (草拟、送审、审查、生效): the states of a layer version, its moves, and what stands against them.

The supervising authority examines scope and retention of each body (国办发〔2023〕26号). Who drew a version up or sent it
in does not examine it; nothing is in force before its day, and nothing that the compiler has faults to find with.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from jingui.domain.errors import Conflict, Invalid, MoveNotAllowed, Problem, Refused

if TYPE_CHECKING:
    from datetime import date

OPINION_LIMIT = 2000
LEAST_OPINION = 2
OPINION_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "opinion_too_short": ("least",),
    "effective_date_past": ("today",),
}
"""Codes of problems with opinions and dates, beside those of ``metadata.fields``."""


class LayerState(StrEnum):
    """Where a version of a layer stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"  # examined, waits for its day
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What the supervising authority decided."""

    APPROVED = "approved"
    RETURNED = "returned"


LAYER_MOVES: dict[LayerState, frozenset[LayerState]] = {
    LayerState.DRAFT: frozenset({LayerState.SUBMITTED, LayerState.WITHDRAWN}),
    LayerState.SUBMITTED: frozenset({LayerState.APPROVED, LayerState.DRAFT}),
    LayerState.APPROVED: frozenset({LayerState.IN_FORCE, LayerState.WITHDRAWN}),
    LayerState.IN_FORCE: frozenset({LayerState.SUPERSEDED}),
    LayerState.SUPERSEDED: frozenset(),
    LayerState.WITHDRAWN: frozenset(),
}


def move_layer(state: LayerState, to: LayerState) -> LayerState:
    """Return ``to`` if the table has this move.

    Raises:
        MoveNotAllowed: it has not.
    """
    if to not in LAYER_MOVES[state]:
        raise MoveNotAllowed("plan_move_not_allowed", state=state.value, to=to.value)
    return to


def check_submission(*, error_count: int, is_base_current: bool) -> None:
    """Let a draft be sent in, or not.

    Raises:
        Conflict: another version has come into force since it was drawn up, or the compiler found faults.
    """
    if not is_base_current:
        raise Conflict("plan_base_changed")
    if error_count:
        raise Conflict("plan_has_errors", count=str(error_count))


def check_opinion(*, examiner: str, drafted_by: str, submitted_by: str, opinion: str, number: str) -> None:
    """Let an opinion stand, or not.

    Raises:
        Refused: whoever drew up or sent in the version does not examine it.
        Invalid: the opinion says nothing, or it or the document's number is too long.
    """
    if examiner in {drafted_by, submitted_by}:
        raise Refused("plan_own_examination")
    problems = []
    if len(opinion.strip()) < LEAST_OPINION:
        problems.append(Problem("opinion", "opinion_too_short", {"least": str(LEAST_OPINION)}))
    for name, text, limit in (("opinion", opinion, OPINION_LIMIT), ("document_number", number, 100)):
        if len(text) > limit:
            problems.append(Problem(name, "too_long", {"limit": str(limit), "length": str(len(text))}))
    if problems:
        raise Invalid(tuple(problems))


def check_effective_date(effective_on: date, *, today: date) -> None:
    """A version comes into force today or later, never in the past.

    Raises:
        Invalid: the day is gone.
    """
    if effective_on < today:
        raise Invalid((Problem("effective_on", "effective_date_past", {"today": today.isoformat()}),))


def check_due(effective_on: date, *, today: date) -> None:
    """Let an approved version come into force.

    Raises:
        Conflict: its day has not come.
    """
    if effective_on > today:
        raise Conflict("plan_not_due", day=effective_on.isoformat())
