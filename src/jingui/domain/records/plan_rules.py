"""Rules that an archiving plan carries beside its materials: retention, metadata elements, and the process of an item."""

from __future__ import annotations

from dataclasses import dataclass

from jingui.domain.records.conditions import ALWAYS, Condition
from jingui.domain.records.terms import Obligation, Retention

OWN_STEPS = "*"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long a case is kept if ``when`` holds; of several the one with the highest ``priority`` decides.

    ``basis`` is the clause of the scope-and-retention table or the law that it rests on.
    """

    name: str
    priority: int
    when: Condition
    retention: Retention
    reason: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class MetadataRule:
    """What this item asks of a metadata element beyond the general scheme; ``values`` empty: any that fits the scheme."""

    element: str
    obligation: Obligation
    values: tuple[str, ...] = ()
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class ProcessMove:
    """One move of the process of an item: a step to another state, or (``closure``) the end of the case.

    ``start`` is the state it begins in (``start``: nothing has happened yet), ``end`` the one it leads to. The step
    ``OWN_STEPS`` stands for all steps the item requires that no other move names, in their order; perhaps for none.
    """

    start: str
    step: str = ""
    end: str = ""
    closure: str = ""
    when: Condition = ALWAYS
