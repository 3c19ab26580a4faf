from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingui.domain.audit import rows
from jingui.domain.audit.events import DESCRIPTIONS, Event
from jingui.domain.records.terms import Retention

NOON = datetime(2026, 3, 1, 12, 0, 0, 120, tzinfo=timezone(timedelta(hours=8)))
KEY = UUID("0192f0c0-0000-7000-8000-000000000001")


class Colour(Enum):
    RED = "red"


class Rank(IntEnum):
    FIRST = 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("汉字 𠮷 \u0000", '"汉字 𠮷 \\u0000"'),
        (NOON, '"2026-03-01T04:00:00.000120Z"'),
        (datetime(5, 1, 1, tzinfo=UTC), '"0005-01-01T00:00:00.000000Z"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        (Decimal("1.50"), '"1.5"'),
        (Decimal("1E+2"), '"100"'),
        (Decimal("-0.00"), '"0"'),
        (b"\x00\xff", '"00ff"'),
        (memoryview(b"\x00\xff"), '"00ff"'),
        (KEY, '"0192f0c0-0000-7000-8000-000000000001"'),
        (Colour.RED, '"red"'),
        (Retention.YEARS_30, '"D30"'),
        (Rank.FIRST, "1"),
        (Event.CASE_RECEIVED, '"case.received"'),
        (None, "null"),
        (True, "true"),
        (10**30, "1" + "0" * 30),
        ({"b": [1, (2,)], "a": {}}, '{"a":{},"b":[1,[2]]}'),
    ],
)
def test_each_kind_of_value_has_one_form(value, text):
    assert rows.canonical(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), {"a": [2.5]}, datetime(2026, 1, 1), {1: 2}, {1, 2}, object(), timedelta(1), Decimal("NaN")],  # noqa: DTZ001
)
def test_a_value_without_one_form_is_refused(value):
    with pytest.raises(TypeError):
        rows.canonical(value)


def test_broken_unicode_is_refused():
    with pytest.raises(ValueError, match="surrogates"):
        rows.canonical("\ud800")


def test_the_same_row_has_the_same_digest_whatever_the_order_and_the_zone():
    there = {"at": NOON, "meta": {"b": 1, "a": "x"}, "note": "甲"}
    here = {"note": "甲", "meta": {"a": "x", "b": 1}, "at": NOON.astimezone(UTC)}
    assert rows.row_digest("t", 7, there) == rows.row_digest("t", "7", here)


@pytest.mark.parametrize(
    "other",
    [("t2", "k", {"a": 1}), ("t", "k2", {"a": 1}), ("t", "k", {"a": 2}), ("t", "k", {"a": "1"}), ("t", "k", {"b": 1})],
)
def test_another_table_key_column_or_value_has_another_digest(other):
    assert rows.row_digest(*other) != rows.row_digest("t", "k", {"a": 1})


def test_none_and_empty_text_differ():
    assert rows.row_digest("t", "k", {"a": None}) != rows.row_digest("t", "k", {"a": ""})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_a_json_column_read_back_has_the_digest_it_was_written_with(value):
    stored = json.dumps(value, ensure_ascii=True, indent=1)
    assert rows.row_digest("t", "k", {"v": json.loads(stored)}) == rows.row_digest("t", "k", {"v": value})


@given(st.binary(max_size=30), st.integers(-(2**63), 2**63 - 1), st.text(st.characters(codec="utf-8")))
def test_values_read_back_from_sqlite_have_the_same_digest(data, number, text):
    with sqlite3.connect(":memory:") as database:
        row = database.execute("select ?, ?, ?", (data, number, text)).fetchone()
    database.close()
    written = {"d": data, "n": number, "t": text}
    assert rows.row_digest("t", 1, dict(zip("dnt", row, strict=True))) == rows.row_digest("t", 1, written)


def test_an_event_is_written_in_one_form():
    payload = rows.event_payload(
        kind=Event.CASE_RECEIVED,
        at=NOON,
        actor="source:甲",
        case=None,
        facts={"z": 1, "a": "b"},
        rows=[rows.RowState("case", KEY, "ab"), rows.RowState("file", 9, None)],
    )
    assert payload.decode() == (
        '{"actor":"source:甲","at":"2026-03-01T04:00:00.000120Z","case":null,"facts":{"a":"b","z":1},'
        '"kind":"case.received","rows":[["case","0192f0c0-0000-7000-8000-000000000001","ab"],["file","9",null]],"v":1}'
    )


def test_every_event_is_described_in_a_sentence():
    assert set(DESCRIPTIONS) == set(Event)
    assert all(text.endswith(".") and "\n" not in text for text in DESCRIPTIONS.values())


def test_event_values_are_a_noun_and_a_past_act():
    assert all(event.value.count(".") == 1 and event.value == event.value.lower() for event in Event)
    assert all(len(event.value) <= 40 for event in Event)
