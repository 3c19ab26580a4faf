"""Sixty cases of an invented city for the demo, the tests and the pictures; what becomes of each is said beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.interfaces.cli.samplegen.catalogue import items
from jingui.interfaces.cli.samplegen.chance import seeded
from jingui.interfaces.cli.samplegen.context import born_about, people
from jingui.interfaces.cli.samplegen.making import CaseMaker

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from jingui.interfaces.cli.samplegen.story import DemoCase

_ITEM_COUNTS = {
    "nurse_first": 7,
    "nurse_extend": 7,
    "nurse_change": 4,
    "nurse_cancel": 2,
    "doctor": 4,
    "construction": 3,
    "subsidy": 8,
    "makeup": 4,
    "disability": 5,
    "property": 6,
    "objection": 3,
    "food": 4,
    "residence": 3,
}
# Items whose applicants are of a certain age: new nurses are young, the subsidy is for people over forty.
_BORN_FROM = {"nurse_first": 1997, "nurse_extend": 1986, "nurse_change": 1988, "doctor": 1984, "subsidy": 1969}
_TWIST_COUNTS = {
    "none": 26,
    "duplicate_messages": 5,
    "late_file": 5,
    "late_step": 3,
    "withdrawn": 2,
    "returned": 2,
    "not_accepted": 2,
    "not_permitted": 2,
    "bad_digest": 2,
    "missing_material": 3,
    "encrypted_file": 2,
    "still_open": 3,
    "closure_first": 2,
    "unexpected_material": 1,
}
CASE_COUNT = sum(_ITEM_COUNTS.values())


def demo_cases(seed: int = 1, *, of_twist: str = "") -> Iterator[DemoCase]:
    """Give the sixty cases one by one, or those of one twist; the same seed gives the same cases and the same bytes.

    Cases are independent: twists and items are dealt out by the seed, each as often as the tables say.
    """
    pick = seeded(f"demo {seed}")
    keys = _dealt(pick, _ITEM_COUNTS)
    twists = _dealt(pick, _TWIST_COUNTS)
    applicants = people(seed)
    for number, (key, twist) in enumerate(zip(keys, twists, strict=True)):
        applicant = applicants[number % len(applicants)]
        if key in _BORN_FROM:
            applicant = born_about(applicant, _BORN_FROM[key])
        if of_twist in {"", twist}:
            yield CaseMaker(f"{seed}/{number}", items()[key], twist, applicant, number).case()


def _dealt(pick: random.Random, counts: dict[str, int]) -> list[str]:
    dealt = [key for key, count in counts.items() for _ in range(count)]
    pick.shuffle(dealt)
    return dealt
