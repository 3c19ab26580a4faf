"""The counter (窗口): how a session of taking in paper runs, which page may go where, and what undoes a confirmation.

A session belongs to one case. What the applicant has confirmed is what is handed to capture: a change of any page
after the pages were laid before the applicant makes the confirmation void, whatever had been confirmed or signed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jingui.domain.errors import MoveNotAllowed, Problem

SOURCE_NAME = "窗口"
"""The built-in source in whose name the counter opens cases."""

CODE_DIGITS = 8
MOST_TRIES = 5
"""How often a one-time code may be mistyped before it is spent."""

MOST_SCANS = 200
MOST_PAGES = 2000
"""Limits of one session, so that one desk cannot fill the house."""

QUARTERS = 4


class CounterState(StrEnum):
    """Where a session stands."""

    COLLECTING = "collecting"  # pages come in and are assigned
    CONFIRMING = "confirming"  # the applicant looks at them on the second screen
    SIGNED = "signed"  # the applicant has confirmed every material and signed
    FINISHED = "finished"  # everything has been handed to capture
    ABANDONED = "abandoned"  # given up; nothing was handed over


MOVES: dict[CounterState, frozenset[CounterState]] = {
    CounterState.COLLECTING: frozenset({CounterState.CONFIRMING, CounterState.ABANDONED}),
    CounterState.CONFIRMING: frozenset({CounterState.COLLECTING, CounterState.SIGNED, CounterState.ABANDONED}),
    CounterState.SIGNED: frozenset({CounterState.COLLECTING, CounterState.FINISHED, CounterState.ABANDONED}),
    CounterState.FINISHED: frozenset(),
    CounterState.ABANDONED: frozenset(),
}
ENDED = frozenset({CounterState.FINISHED, CounterState.ABANDONED})


def move_counter(state: CounterState, to: CounterState) -> CounterState:
    """Return ``to`` if the table has this move.

    Raises:
        MoveNotAllowed: ``counter_move_not_allowed``.
    """
    if to not in MOVES[state]:
        raise MoveNotAllowed("counter_move_not_allowed", state=state.value, to=to.value)
    return to


class ScanState(StrEnum):
    """Where an uploaded scan stands."""

    WAITING = "waiting"  # to be split into pages
    READ = "read"
    REFUSED = "refused"  # it cannot be opened; the code says why


class PageKind(StrEnum):
    """What a sheet is."""

    PAGE = "page"
    SEPARATOR = "separator"
    BLANK = "blank"


class Decision(StrEnum):
    """Who has said where a page belongs."""

    OPEN = "open"  # nobody
    SUGGESTED = "suggested"  # a method, with a confidence; waits for a person
    STATED = "stated"  # the separator sheet before it
    ACCEPTED = "accepted"  # a person, as suggested
    CHANGED = "changed"  # a person, otherwise


DECIDED = frozenset({Decision.STATED, Decision.ACCEPTED, Decision.CHANGED})


class ConfirmationState(StrEnum):
    """Where a confirmation by the applicant stands."""

    WAITING = "waiting"  # for the one-time code
    VIEWING = "viewing"  # a screen is bound to it
    SIGNED = "signed"
    VOID = "void"  # a page has changed, the applicant objected, or its time is over


class VoidReason(StrEnum):
    """Why a confirmation does not stand."""

    PAGES_CHANGED = "pages_changed"
    OBJECTED = "objected"
    RENEWED = "renewed"
    EXPIRED = "expired"
    TRIES_SPENT = "tries_spent"
    ABANDONED = "abandoned"


class PageAct(StrEnum):
    """What a clerk can do to chosen pages."""

    ASSIGN = "assign"
    ACCEPT = "accept"
    TURN = "turn"
    DROP = "drop"
    KEEP = "keep"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class CounterPageFact:
    """One page of a session as it stands. ``turned`` are quarter turns that a person added, clockwise."""

    key: str
    position: int
    kind: PageKind
    material_code: str = ""
    decision: Decision = Decision.OPEN
    is_dropped: bool = False
    turned: int = 0


def readiness_problems(pages: Iterable[CounterPageFact], *, codes: Collection[str], unread: int) -> tuple[Problem, ...]:
    """Name what keeps a session from being laid before the applicant; ``codes`` are the materials of the plan."""
    standing = [page for page in pages if not page.is_dropped]
    counted = {
        "counter_scans_unread": unread,
        "counter_pages_missing": 0 if standing else 1,
        "counter_pages_unassigned": sum(page.decision not in DECIDED for page in standing),
        "counter_material_unknown": sum(
            page.decision in DECIDED and page.material_code not in codes for page in standing
        ),
    }
    return tuple(Problem("pages", code, {"count": str(count)}) for code, count in counted.items() if count)


def by_material(pages: Iterable[CounterPageFact], codes: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the keys of the standing pages of each material, materials in the plan's order, pages in theirs."""
    ordered = sorted((page for page in pages if not page.is_dropped), key=lambda page: page.position)
    found = {code: tuple(page.key for page in ordered if page.material_code == code) for code in codes}
    return tuple((code, keys) for code, keys in found.items() if keys)


def moved(keys: Sequence[str], chosen: Collection[str], *, before: str) -> tuple[str, ...]:
    """Return the order with the chosen keys put before another one (``""``: at the end), their own order kept."""
    if before in chosen:
        return tuple(keys)
    moving = [key for key in keys if key in chosen]
    staying = [key for key in keys if key not in chosen]
    at = staying.index(before) if before in staying else len(staying)
    return (*staying[:at], *moving, *staying[at:])


def stepped(keys: Sequence[str], chosen: Collection[str], *, steps: int) -> tuple[str, ...]:
    """Return the order with the chosen keys moved together by so many places, as far as there is room."""
    moving = [key for key in keys if key in chosen]
    staying = [key for key in keys if key not in chosen]
    first = next((at for at, key in enumerate(keys) if key in chosen), 0)
    at = max(0, min(len(staying), first + steps))
    return (*staying[:at], *moving, *staying[at:])
