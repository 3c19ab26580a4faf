"""The states of a session, the order of its pages, and what counts as a signature."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingui.domain.capture.counter import (
    ENDED,
    MOVES,
    CounterPageFact,
    CounterState,
    Decision,
    PageKind,
    by_material,
    move_counter,
    moved,
    readiness_problems,
    stepped,
)
from jingui.domain.capture.handwriting import check_handwriting
from jingui.domain.errors import Invalid, MoveNotAllowed


@pytest.mark.parametrize("state", CounterState)
def test_a_session_moves_only_as_the_table_says(state: CounterState) -> None:
    for to in CounterState:
        if to in MOVES[state]:
            assert move_counter(state, to) is to
        else:
            with pytest.raises(MoveNotAllowed):
                move_counter(state, to)


def test_only_a_signed_session_is_handed_over_and_an_ended_one_never_moves() -> None:
    assert [state for state in CounterState if CounterState.FINISHED in MOVES[state]] == [CounterState.SIGNED]
    assert all(not MOVES[state] for state in ENDED)


def page(key: str, position: int = 0, **more: Any) -> CounterPageFact:
    return CounterPageFact(key, position, PageKind.PAGE, **more)


def test_every_page_must_be_read_assigned_by_somebody_or_dropped() -> None:
    pages = [
        page("a", decision=Decision.SUGGESTED, material_code="A01"),
        page("b", decision=Decision.OPEN),
        page("c", decision=Decision.CHANGED, material_code="Z9"),
        page("d", decision=Decision.OPEN, is_dropped=True),
    ]
    told = {p.code: p.params["count"] for p in readiness_problems(pages, codes={"A01"}, unread=1)}

    assert told == {"counter_scans_unread": "1", "counter_pages_unassigned": "2", "counter_material_unknown": "1"}
    assert [p.code for p in readiness_problems(pages[3:], codes={"A01"}, unread=0)] == ["counter_pages_missing"]


def test_pages_of_a_material_stay_in_the_order_of_the_session() -> None:
    pages = [
        page("a", 3, material_code="B1"),
        page("b", 1, material_code="A1"),
        page("c", 2, material_code="B1"),
        page("d", 0, material_code="A1", is_dropped=True),
    ]
    assert by_material(pages, ("A1", "B1", "C1")) == (("A1", ("b",)), ("B1", ("c", "a")))


KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1)


@given(KEYS, st.sets(st.sampled_from("abcdefgh")), st.sampled_from("abcdefgh"), st.integers(-9, 9))
def test_moving_loses_no_page_and_keeps_the_order_of_the_others(
    keys: list[str], chosen: set[str], before: str, steps: int
) -> None:
    for result in (moved(keys, chosen, before=before), stepped(keys, chosen, steps=steps)):
        assert sorted(result) == sorted(keys)
        assert [key for key in result if key not in chosen] == [key for key in keys if key not in chosen]
        assert [key for key in result if key in chosen] == [key for key in keys if key in chosen]


def test_chosen_pages_stand_before_the_one_named() -> None:
    assert moved("abcde", {"d", "e"}, before="b") == tuple("adebc")
    assert moved("abcde", {"a"}, before="") == tuple("bcdea")
    assert moved("abcde", {"a", "b"}, before="b") == tuple("abcde")
    assert stepped("abcde", {"b"}, steps=1) == tuple("acbde")
    assert stepped("abcde", {"a"}, steps=-1) == tuple("abcde")


def written(points: Any, **more: Any) -> dict[str, Any]:
    return {"height": 4000, "strokes": [{"pointer": "pen", "points": points}], **more}


LINE = [[100 * at, 50 * at, 10 * at, 500] for at in range(20)]


def test_a_signature_keeps_every_point() -> None:
    found = check_handwriting(written(LINE))

    assert found.to_plain() == {"width": 10_000, **written(LINE)}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"height": 4000},
        {"height": 0, "strokes": []},
        written(LINE, height=True),
        written([[1, 2, 3]]),
        written([[1, 2, 3, 1001], *LINE]),
        written([[10_001, 2, 3, 4], *LINE]),
        written([[1.5, 2, 3, 4], *LINE]),
        written([[5, 5, 900, 0], *LINE]),
        written(LINE * 2000),
        {"height": 4000, "strokes": [{"pointer": "toe", "points": LINE}]},
        {"height": 4000, "strokes": "x"},
        {"height": 4000, "strokes": [{}] * 500},
    ],
)
def test_what_is_no_handwriting_is_refused(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        check_handwriting(raw)
    assert refused.value.problems[0].code == "signature_malformed"


@pytest.mark.parametrize("points", [[], LINE[:3], [[5, 5, at, 0] for at in range(30)]])
def test_a_dot_or_nothing_is_no_signature(points: Any) -> None:
    with pytest.raises(Invalid) as refused:
        check_handwriting(written(points))
    assert refused.value.problems[0].code == "signature_missing"
