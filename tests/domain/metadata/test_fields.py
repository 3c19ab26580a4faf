from __future__ import annotations

import pytest

from jingui.domain.metadata.fields import PROBLEM_CODES, FieldReader, find_refused_character, printable_name
from jingui.domain.records.terms import Channel


def problems_of(read):
    """Return the codes of the problems that reading leaves, checked against their table."""
    for problem in read.problems:
        assert set(problem.params) == set(PROBLEM_CODES[problem.code])
    return [(problem.location, problem.code) for problem in read.problems]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "required"),
        ("", "required"),
        (5, "wrong_type"),
        ("字" * 11, "too_long"),
        ("a\x00", "control_character"),
        ("a\ud800", "control_character"),
        ("a\u202eb", "control_character"),
        ("a\nb", "control_character"),
    ],
)
def test_a_bad_text_is_told(value, code):
    read = FieldReader({"a": value})

    assert read.text("a", limit=10, is_required=True) == ""
    assert problems_of(read) == [("a", code)]


def test_lines_are_kept_where_they_are_allowed():
    assert FieldReader({"a": "一\n二"}).text("a", limit=10, is_multiline=True) == "一\n二"


def test_rare_characters_are_no_control_characters():
    assert find_refused_character("𠮷㐀\ue863欧阳·明〔2024〕５号") == ""


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "required"),
        (20240301, "wrong_type"),
        ("2024-13-01T00:00:00+08:00", "not_a_time"),
        ("2024-03-01T00:00:00", "time_without_offset"),
        ("2024-03-01", "time_without_offset"),
        ("0001-01-01T00:00:00+23:59", "year_implausible"),
        ("9999-12-31T23:59:59-23:59", "year_implausible"),
    ],
)
def test_a_bad_time_is_told(value, code):
    read = FieldReader({"at": value})

    assert read.moment("at", is_required=True) is None
    assert problems_of(read) == [("at", code)]


def test_a_time_keeps_its_offset():
    at = FieldReader({"at": "2011-10-11 13:42:22.688000+02:00"}).moment("at")

    assert at is not None
    assert at.isoformat() == "2011-10-11T13:42:22.688000+02:00"


@pytest.mark.parametrize(
    ("value", "code"),
    [("5", "wrong_type"), (5.0, "wrong_type"), (True, "wrong_type"), (-1, "too_small"), (9, "too_large")],
)
def test_a_bad_number_is_told(value, code):
    read = FieldReader({"n": value})

    assert read.whole("n", minimum=0, maximum=8) is None
    assert problems_of(read) == [("n", code)]


def test_values_outside_a_closed_set_are_told():
    read = FieldReader({"a": "fax", "b": ["online"]})

    assert read.member("a", Channel, default=Channel.OTHER) is Channel.OTHER
    assert read.member("b", Channel) is None
    assert problems_of(read) == [("a", "not_in_range"), ("b", "not_in_range")]


def test_lists_and_nested_objects_tell_where_a_problem_is():
    read = FieldReader({"o": {"rows": [{"a": 1}, "x"]}, "t": ["a", ""]})

    for row in read.nested("o").rows("rows", limit=5):
        row.text("a", limit=5)
    assert read.texts("t", limit=5, count=5) == ("a",)
    assert problems_of(read) == [("o.rows[1]", "wrong_type"), ("o.rows[0].a", "wrong_type"), ("t[1]", "required")]


def test_too_long_lists_and_things_that_are_no_lists_are_told():
    read = FieldReader({"a": [1, 2, 3], "b": "abc"})

    assert read.texts("a", limit=5, count=2) == read.texts("b", limit=5, count=2) == ()
    assert problems_of(read) == [("a", "too_many"), ("b", "wrong_type")]


@pytest.mark.parametrize("raw", [None, [], "text", 5])
def test_what_is_no_object_is_told(raw):
    assert problems_of(FieldReader(raw)) == [("", "wrong_type")]


def test_unknown_fields_are_told_by_a_printable_name():
    read = FieldReader({"a": 1, "b\n\ud800": 2})

    read.take("a")
    read.refuse_unknown()

    assert problems_of(read) == [("b?\\ud800", "unknown_field")]


def test_a_key_has_no_spaces_at_its_ends():
    read = FieldReader({"k": " a"})

    read.key("k", limit=9)

    assert problems_of(read) == [("k", "edge_space")]


def test_flags_are_true_or_false_only():
    read = FieldReader({"a": True, "b": "yes"})

    assert (read.flag("a"), read.flag("b"), read.flag("c")) == (True, False, False)
    assert problems_of(read) == [("b", "wrong_type")]


def test_names_are_shortened():
    assert len(printable_name("x" * 100)) == 60
