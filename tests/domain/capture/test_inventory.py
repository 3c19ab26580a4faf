from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.sound_case import RECEIVED, make_case, make_file, make_plan

from jingui.domain.metadata.inventory import (
    MaterialState,
    UnexpectedReason,
    current_files,
    superseded_keys,
    take_inventory,
)
from jingui.domain.records.terms import ClosureKind


def states(inventory):
    return {line.code: line.state for line in inventory.lines}


def test_a_complete_case_has_everything_present():
    inventory = take_inventory(make_plan(), make_case())

    assert inventory.is_complete
    assert states(inventory) == {
        "A01": MaterialState.PRESENT,
        "A02": MaterialState.NOT_REQUIRED,
        "B16": MaterialState.PRESENT,
        "C01": MaterialState.PRESENT,
    }
    assert (inventory.file_count, inventory.byte_count, inventory.step_count) == (3, 3000, 2)


def test_an_open_case_shows_what_has_not_come_yet():
    case = make_case(closure=None, files=(make_file("f-a", "A01"),))

    inventory = take_inventory(make_plan(), case)

    assert [line.code for line in inventory.missing] == ["C01"]
    assert states(inventory)["B16"] is MaterialState.OPTIONAL


@pytest.mark.parametrize("situation", ["A02", "委托办理"])
def test_a_conditional_material_is_needed_when_a_situation_asks_for_it(situation):
    inventory = take_inventory(make_plan(), make_case(situations=(situation,)))

    assert [(line.code, line.needed) for line in inventory.missing] == [("A02", 1)]


@pytest.mark.parametrize("kind", [kind for kind in ClosureKind if kind is not ClosureKind.COMPLETED])
def test_nothing_is_missing_from_a_case_that_did_not_run_to_its_end(kind):
    case = make_case()
    assert case.closure is not None
    case = replace(case, files=case.files[1:2], closure=replace(case.closure, kind=kind))

    inventory = take_inventory(make_plan(), case)

    assert inventory.is_complete
    assert states(inventory)["C01"] is MaterialState.NOT_REQUIRED


def test_too_few_files_of_a_material_are_missing():
    plan = make_plan()
    plan = replace(plan, materials=(replace(plan.materials[0], min_count=2), *plan.materials[1:]))

    (line,) = take_inventory(plan, make_case()).missing

    assert (line.code, line.needed, line.file_keys) == ("A01", 2, ("f-a",))


def test_files_over_the_count_are_unexpected_in_the_order_they_came():
    files = tuple(make_file(f"b{n}", "B16", received_at=RECEIVED + timedelta(minutes=-n)) for n in range(3))

    inventory = take_inventory(make_plan(), make_case(files=files))

    assert [(file.key, file.reason) for file in inventory.unexpected] == [("b0", UnexpectedReason.OVER_COUNT)]


def test_a_file_outside_the_plan_is_unexpected():
    case = make_case()

    inventory = take_inventory(make_plan(), replace(case, files=(*case.files, make_file("x", ""))))

    assert [(file.key, file.reason) for file in inventory.unexpected] == [("x", UnexpectedReason.NOT_IN_PLAN)]
    assert not inventory.is_complete


def test_a_plan_may_accept_files_outside_it():
    case = make_case()

    inventory = take_inventory(make_plan(accept_unlisted=True), replace(case, files=(*case.files, make_file("x", ""))))

    assert inventory.unlisted == ("x",)
    assert inventory.is_complete


def test_without_a_plan_nothing_is_judged():
    inventory = take_inventory(None, make_case())

    assert inventory.unlisted == ("f-a", "f-b", "f-c")
    assert not inventory.has_plan
    assert not inventory.is_complete


def test_an_alias_of_a_material_counts():
    case = make_case()

    inventory = take_inventory(make_plan(), replace(case, files=(*case.files[:2], make_file("c", "C1"))))

    assert states(inventory)["C01"] is MaterialState.PRESENT


def test_a_replaced_file_is_left_out_even_when_its_replacement_came_first():
    new = make_file("new", "A01", replaces="old", received_at=RECEIVED)
    old = make_file("old", "A01", received_at=RECEIVED + timedelta(hours=1))

    inventory = take_inventory(make_plan(), make_case(files=(new, old)))

    assert inventory.superseded == ("old",)
    assert inventory.lines[0].file_keys == ("new",)


def test_files_that_replace_each_other_do_not_both_vanish():
    one = make_file("one", "A01", replaces="two")
    two = make_file("two", "A01", replaces="one", received_at=RECEIVED + timedelta(hours=1))

    assert [file.key for file in current_files((one, two))] == ["two"]


def test_a_chain_of_replacements_leaves_its_last():
    files = (make_file("a", "A01"), make_file("b", "A01", replaces="a"), make_file("c", "A01", replaces="b"))

    assert superseded_keys(files) == {"a", "b"}


def test_a_replacement_of_a_file_that_never_came_changes_nothing():
    assert superseded_keys((make_file("b", "A01", replaces="a"),)) == frozenset()


KEYS = st.sampled_from("abcdefgh")
FILES = st.dictionaries(
    KEYS, st.tuples(st.sampled_from(["A01", "A02", "B16", "C01", "C1", "Z", ""]), KEYS | st.just(""), st.integers(0, 3))
)


@settings(deadline=None, max_examples=60)
@given(FILES, st.booleans(), st.booleans())
def test_every_file_is_in_exactly_one_part_of_the_inventory(told, lenient, has_plan):
    files = tuple(
        make_file(key, code, replaces=replaces, received_at=RECEIVED + timedelta(hours=hours))
        for key, (code, replaces, hours) in told.items()
    )
    plan = make_plan(accept_unlisted=lenient) if has_plan else None

    inventory = take_inventory(plan, make_case(files=files))

    parts = [
        *(key for line in inventory.lines for key in line.file_keys),
        *(file.key for file in inventory.unexpected),
        *inventory.unlisted,
        *inventory.superseded,
    ]
    assert sorted(parts) == sorted(told)
    assert inventory.file_count == len(told) - len(inventory.superseded)
    assert bool(current_files(files)) == bool(files)


def test_the_present_materials_are_those_with_files():
    assert [line.code for line in take_inventory(make_plan(), make_case()).present] == ["A01", "B16", "C01"]
