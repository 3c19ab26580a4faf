"""Exact set arithmetic on conditions: a box allows each field some of its values; conditions are unions of boxes.

With it one can say without trying every case whether rules overlap, whether some cover another, and give an example.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jingui.domain.catalogue.planning.vocabulary import Vocabulary
    from jingui.domain.records.conditions import Condition

Box = Mapping[str, frozenset[str]]

MOST_PIECES = 20_000


class TooIntricateError(Exception):
    """The conditions fall into more pieces than are looked through; nothing is claimed about them then."""


def boxes_of(condition: Condition, vocabulary: Vocabulary) -> tuple[Box, ...]:
    """Return the boxes of a condition; alternatives that can never hold are left out."""
    found: list[Box] = []
    for tests in condition.any_of:
        box: dict[str, frozenset[str]] = {}
        for test in tests:
            whole = vocabulary.values(test.field)
            named = frozenset(test.values) & whole
            box[test.field] = box.get(test.field, whole) & (whole - named if test.is_negated else named)
        if all(box.values()):
            found.append(box)
    return tuple(found)


def meet(one: Box, other: Box) -> Box | None:
    """Return what lies in both, or nothing."""
    met = dict(one)
    for field, values in other.items():
        met[field] = met[field] & values if field in met else values
        if not met[field]:
            return None
    return met


def without(box: Box, other: Box, vocabulary: Vocabulary) -> list[Box]:
    """Return the parts of a box that lie outside another one; they do not overlap."""
    if meet(box, other) is None:
        return [box]
    parts: list[Box] = []
    rest = dict(box)
    for field, values in other.items():
        held = rest.get(field, vocabulary.values(field))
        if held - values:
            parts.append({**rest, field: held - values})
        rest[field] = held & values
    return parts


def uncovered(boxes: Sequence[Box], covers: Sequence[Box], vocabulary: Vocabulary) -> Box | None:
    """Return a part of ``boxes`` that no cover holds, or nothing if they are covered whole.

    Raises:
        TooIntricateError: there are more than ``MOST_PIECES`` pieces to look at.
    """
    left: list[Box] = list(boxes)
    for cover in covers:
        left = [piece for box in left for piece in without(box, cover, vocabulary)]
        if len(left) > MOST_PIECES:
            raise TooIntricateError
    return left[0] if left else None


def example_of(box: Box, vocabulary: Vocabulary) -> dict[str, str]:
    """Return one case inside a box: a value for each field that the box narrows."""
    return {
        field: min(values, key=lambda value: (value == "*", value))
        for field, values in sorted(box.items())
        if values != vocabulary.values(field)
    }
