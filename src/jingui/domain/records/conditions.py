"""Conditions over what is known of a case: finite, so that what they mean together can be decided exactly.

A condition is an *or* of *and*s of tests. A test asks one field for one of some values, or for none of them. Fields are
``closure``, ``result``, ``applicant_kind``, ``channel``, ``metadata:NAME``, ``situation:NAME`` and ``step:NAME``; the
last two answer ``yes`` or ``no``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


YES, NO = "yes", "no"
SITUATION, STEP, METADATA = "situation:", "step:", "metadata:"
PLAIN_FIELDS: tuple[str, ...] = ("closure", "result", "applicant_kind", "channel")
PREFIXES: tuple[str, ...] = (SITUATION, STEP, METADATA)


@dataclass(frozen=True, slots=True)
class FieldTest:
    """One test: the field's value is one of ``values``; negated: it is none of them."""

    field: str
    values: tuple[str, ...]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds if all tests of one of its alternatives hold. One empty alternative: always; no alternative: never."""

    any_of: tuple[tuple[FieldTest, ...], ...] = ((),)

    @property
    def is_always(self) -> bool:
        """Whether it asks for nothing at all."""
        return () in self.any_of

    def fields(self) -> tuple[str, ...]:
        """Name the fields it asks for, each once, in order."""
        return tuple(dict.fromkeys(test.field for tests in self.any_of for test in tests))


ALWAYS = Condition()


def holds(condition: Condition, answer: Callable[[str], str]) -> bool:
    """Say whether a condition holds for whoever answers for the fields; ``""`` is an answer that no value equals."""
    return any(all((answer(test.field) in test.values) is not test.is_negated for test in t) for t in condition.any_of)


def condition_to_list(condition: Condition) -> list[list[dict[str, object]]]:
    """Return a condition as JSON values: a list of alternatives, each a list of tests."""
    return [[_test_to_dict(test) for test in tests] for tests in condition.any_of]


def _test_to_dict(test: FieldTest) -> dict[str, object]:
    return {"field": test.field, "is_not" if test.is_negated else "is": list(test.values)}


def is_field(name: str) -> bool:
    """Say whether this is the name of a field that conditions may ask for."""
    return name in PLAIN_FIELDS or any(name.startswith(prefix) and len(name) > len(prefix) for prefix in PREFIXES)


def assigned(values: Mapping[str, str]) -> Callable[[str], str]:
    """Return what answers from a table; situations and steps that stand nowhere have not happened."""

    def answer(field: str) -> str:
        return values.get(field, NO if field.startswith((SITUATION, STEP)) else "")

    return answer
