"""One standard, four levels: what a higher level fixed may not differ below."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from jingui.domain.catalogue.levels import LevelItem, check_settlement, compare_group, compare_levels
from jingui.domain.errors import Invalid

ELEMENTS = ("promise", "by_law", "fee_basis")


def item(level: str, base_code: str = "000123011001", **elements: str) -> LevelItem:
    code = f"1153990000000000{len(level)}{level}"
    return LevelItem(code, 1, "护士执业注册", base_code, level, "x", f"{level} 级", "530000", elements)


def test_the_highest_level_that_states_a_value_fixes_it_for_all_below() -> None:
    group = compare_group(
        "000123011001",
        (
            item("4", promise="5 日", by_law="某法"),
            item("2", promise="3 日"),
            item("3", promise="3 日", by_law="某条例"),
        ),
        elements=ELEMENTS,
    )

    told = [(d.element, d.upper.level, d.lower.level, d.upper_value, d.lower_value) for d in group.differences]
    assert told == [("promise", "2", "4", "3 日", "5 日"), ("by_law", "3", "4", "某条例", "某法")]
    assert group.compared_count == 3
    assert group.score == pytest.approx(1 / 3)
    assert group.elements == ("promise", "by_law")


def test_space_and_silence_are_no_difference() -> None:
    group = compare_group(
        "000123011001",
        (item("2", promise="3  个工作日"), item("3", promise="3 个工作日"), item("4")),
        elements=ELEMENTS,
    )

    assert group.differences == ()
    assert group.score == 1.0


def test_items_of_one_level_are_not_compared_with_each_other() -> None:
    group = compare_group("000123011001", (item("4", promise="1"), item("4", promise="2")), elements=ELEMENTS)

    assert group.compared_count == 0


def test_a_settlement_holds_on_to_both_values() -> None:
    first, second = (
        compare_group("b", (item("2", promise="1"), item("3", promise=value)), elements=ELEMENTS).differences[0]
        for value in ("2", "3")
    )

    assert first.digest != second.digest


@pytest.mark.parametrize("reason", ["", " x ", "长" * 501])
def test_a_settlement_says_why(reason: str) -> None:
    with pytest.raises(Invalid):
        check_settlement(reason)


def many(groups: int) -> Iterator[LevelItem]:
    for number in range(groups):
        for level in "2345":
            yield item(level, f"{number:012}", promise=f"{number % 3} 日", by_law="某法" * 50)


def test_memory_holds_one_base_code_at_a_time() -> None:
    tracemalloc.start()
    try:
        assert sum(len(group.items) for group in compare_levels(many(5000), elements=ELEMENTS)) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 500_000  # all 20,000 items at once would take more than 10 MB
