"""Items that no program can see: a person says, with evidence, and without a statement nothing passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.inspection.subject import Look, Observation, Statement, Subject, look_at
from jingui.domain.records.terms import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

NO_CARRIER = "none"
CARRIERS: tuple[str, ...] = (NO_CARRIER, "disc", "disk", "tape")


def stated(identifier: str, *, is_of_carrier: bool = False) -> Callable[[Subject], Look]:
    """Return the look of an item that only a person can judge; one of a carrier does not apply where there is none."""

    def look(subject: Subject) -> Look:
        if is_of_carrier and subject.word("carrier") == NO_CARRIER:
            return look_at(0, [Observation("no_carrier", outcome=Outcome.NOT_APPLICABLE)])
        said = [row for row in subject.context.statements if row.rule == identifier and not row.location]
        if not said:
            return look_at(0, [Observation("needs_statement", outcome=Outcome.NEEDS_PERSON)])
        return look_at(1, [as_observation(said[-1])])

    return look


def as_observation(statement: Statement) -> Observation:
    """Return what a person said as what the item says."""
    evidence = "; ".join(part for part in (statement.words, statement.evidence, statement.reference) if part)
    return Observation(
        "stated_by_person",
        statement.location,
        {"by": statement.by, "at": statement.at, "words": statement.words},
        evidence=evidence,
        outcome=statement.outcome,
    )


def decided(observation: Observation, identifier: str, subject: Subject) -> Observation:
    """Return what a person decided where a program could not, or the observation itself.

    A failure that a program saw is mended and never talked away. What was decided of a file counts for its bytes alone.
    """
    if observation.outcome is not Outcome.NEEDS_PERSON or not observation.location:
        return observation
    digests = {f"file:{file.key}": file.digests.sha256 for file in subject.files}
    for row in reversed(subject.context.statements):
        is_meant = row.rule == identifier and row.location == observation.location
        if is_meant and row.input_sha256 in {"", digests.get(row.location, "")}:
            return as_observation(row)
    return observation
