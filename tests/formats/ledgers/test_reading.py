"""Ledgers as they stream in: three forms, the same lines; bad ones are named by their place."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from jingui.domain.errors import Invalid
from jingui.domain.supervision.terms import LedgerForm
from jingui.formats.ledgers import MAX_LINE_BYTES, read_rows

LINES = [{"case_number": "甲-1", "state": "received"}, {"case_number": "乙-2", "state": "received", "files": 2}]
DOCUMENT = json.dumps({"lines": LINES}).encode()
NDJSON = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES).encode()
TABLE = "\ufeffcase_number,state,files\r\n甲-1,received,\r\n乙-2,received,2\r\n".encode()


def bytewise(body: bytes) -> Iterator[bytes]:
    """Yield a body byte by byte, as the worst of connections would."""
    return (body[at : at + 1] for at in range(len(body)))


@pytest.mark.parametrize(
    ("form", "body"), [(LedgerForm.JSON, DOCUMENT), (LedgerForm.LINES, NDJSON), (LedgerForm.TABLE, TABLE)]
)
def test_every_form_gives_the_same_lines(form: LedgerForm, body: bytes) -> None:
    assert [row.value for row in read_rows(form, bytewise(body))] == LINES


def test_a_last_line_needs_no_end_and_empty_lines_are_none() -> None:
    assert [row.place for row in read_rows(LedgerForm.LINES, [b"{}\n\n\r\n{}"])] == ["line 1", "line 4"]


@pytest.mark.parametrize("line", [b"{", b"{} {}", b'{"a":1,"a":2}', b'{"files":NaN}', b"[" * 9000])
def test_a_line_that_cannot_be_read_is_named_and_passed_over(line: bytes) -> None:
    first, second = read_rows(LedgerForm.LINES, [line, b"\n{}\n"])

    assert first.fault is not None
    assert (first.fault.location, first.fault.code) == ("line 1", "ledger_line_malformed")
    assert second.fault is None


@pytest.mark.parametrize(
    ("form", "body", "code"),
    [
        (LedgerForm.JSON, b"{", "ledger_line_malformed"),
        (LedgerForm.JSON, b"[]", "wrong_type"),
        (LedgerForm.JSON, b'{"lines":{}}', "wrong_type"),
        (LedgerForm.JSON, b'{"lines":[],"more":1}', "unknown_field"),
        (LedgerForm.LINES, b"\xff\n", "ledger_line_malformed"),
        (LedgerForm.LINES, b"x" * (MAX_LINE_BYTES + 1), "ledger_line_too_long"),
        (LedgerForm.TABLE, b"", "ledger_column_missing"),
        (LedgerForm.TABLE, b"case_number,state,colour\n", "ledger_columns_unknown"),
        (LedgerForm.TABLE, b"case_number,state,state\n", "repeated"),
        (LedgerForm.TABLE, b'case_number,state\n"N-1,received\n', "ledger_line_malformed"),
    ],
)
def test_what_cannot_be_read_on_is_refused(form: LedgerForm, body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        list(read_rows(form, [body]))

    assert code in {problem.code for problem in invalid.value.problems}


def test_a_row_of_another_width_is_named() -> None:
    rows = list(read_rows(LedgerForm.TABLE, [b"case_number,state\nN-1\nN-2,received\n"]))

    assert [row.fault and row.fault.location for row in rows] == ["line 2", None]
