"""The life of a case as one table: states, moves, and the stage that comes next.

GB/T 42727 flow as far as known (收集 → 检测 → 整理 → 打包 → 入库); what happens before closing belongs to
the source. A record is either not archived or archived whole, so the only way into PRESERVED is PACKAGED.
"""

from __future__ import annotations

from enum import StrEnum

from jingui.domain.errors import MoveNotAllowed


class CaseState(StrEnum):
    """Where a case stands."""

    EXPECTED = "expected"  # messages came before the case's own
    OPEN = "open"  # received, in handling; the inventory runs
    CLOSED = "closed"  # ended at the source; waits for inspection
    HELD = "held"  # inspection found something that a person or the source must mend
    INSPECTED = "inspected"
    ARRANGED = "arranged"
    PACKAGED = "packaged"
    PRESERVED = "preserved"  # archived whole: package, row, journal entry, receipt


class Stage(StrEnum):
    """What a worker does to a case; also the names of the jobs."""

    INSPECT = "inspect"
    ARRANGE = "arrange"
    PACKAGE = "package"
    PRESERVE = "preserve"


MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.EXPECTED: frozenset({CaseState.OPEN, CaseState.CLOSED}),
    CaseState.OPEN: frozenset({CaseState.CLOSED}),
    CaseState.CLOSED: frozenset({CaseState.INSPECTED, CaseState.HELD}),
    CaseState.HELD: frozenset({CaseState.INSPECTED, CaseState.HELD}),
    CaseState.INSPECTED: frozenset({CaseState.ARRANGED}),
    # Held if the package that was built does not pass its own inspection; it never reaches the store then.
    CaseState.ARRANGED: frozenset({CaseState.PACKAGED, CaseState.HELD}),
    # Packaged again if the build was lost before it could be moved in.
    CaseState.PACKAGED: frozenset({CaseState.PACKAGED, CaseState.PRESERVED, CaseState.HELD}),
    # Late material: a preserved case is inspected again and becomes a new version, never an overwrite.
    CaseState.PRESERVED: frozenset({CaseState.INSPECTED, CaseState.HELD}),
}

NEXT_STAGE: dict[CaseState, Stage | None] = {
    CaseState.EXPECTED: None,
    CaseState.OPEN: None,
    CaseState.CLOSED: Stage.INSPECT,
    CaseState.HELD: None,
    CaseState.INSPECTED: Stage.ARRANGE,
    CaseState.ARRANGED: Stage.PACKAGE,
    CaseState.PACKAGED: Stage.PRESERVE,
    CaseState.PRESERVED: None,
}


def may_move(state: CaseState, to: CaseState) -> bool:
    """Say whether the table has this move."""
    return to in MOVES[state]


def move(state: CaseState, to: CaseState) -> CaseState:
    """Return ``to`` if the move is allowed.

    Raises:
        MoveNotAllowed: the table has no such move.
    """
    if not may_move(state, to):
        raise MoveNotAllowed("move_not_allowed", state=state.value, to=to.value)
    return to


def next_stage(state: CaseState) -> Stage | None:
    """Name the stage that a case in this state waits for, or nothing if it waits for its source."""
    return NEXT_STAGE[state]
