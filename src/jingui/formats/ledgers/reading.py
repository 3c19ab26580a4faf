"""Reads the lines of a ledger as they stream in. A bad line is told and passed over; memory holds one line.

JSON is a document ``{"lines": [...]}`` of limited size. JSON lines (RFC 8259 values parted by LF) and CSV (RFC 4180,
UTF-8, the first line names the columns) may be of any length.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import printable_name
from jingui.domain.supervision.ledgers import LINE_FIELDS
from jingui.domain.supervision.terms import LedgerForm

MAX_DOCUMENT_BYTES = 4 * 2**20
MAX_LINE_BYTES = 16 * 2**10
_NUMBERS = ("files", "steps")
_REQUIRED = ("case_number", "state")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line as it stands there: where, and its raw value or what is wrong with its form."""

    place: str
    value: object = None
    fault: Problem | None = None


def read_rows(form: LedgerForm, pieces: Iterable[bytes]) -> Iterator[LedgerRow]:
    """Yield the lines in order, from the bytes as they come.

    Raises:
        Invalid: the whole cannot be read any further: not JSON, no header, not UTF-8, an endless line.
    """
    return _READERS[form](pieces)


def _document(pieces: Iterable[bytes]) -> Iterator[LedgerRow]:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MAX_DOCUMENT_BYTES:
            raise _invalid_at("body", "ledger_line_too_long", limit=str(MAX_DOCUMENT_BYTES))
    try:
        document = _parsed(body.decode("utf-8"))
        lines = document["lines"] if isinstance(document, dict) else None
    except (ValueError, RecursionError, KeyError) as error:
        raise Invalid((Problem("body", "ledger_line_malformed"),), "body_not_json") from error
    if not isinstance(lines, list):
        raise _invalid_at("lines", "wrong_type", expected="list")
    for name in document:
        if name != "lines":
            raise _invalid_at(printable_name(name), "unknown_field")
    for place, value in enumerate(lines):
        yield LedgerRow(f"lines[{place}]", value)


def _lines(pieces: Iterable[bytes]) -> Iterator[LedgerRow]:
    for number, text in _texts(pieces):
        place = f"line {number}"
        if not text.strip():
            continue
        try:
            yield LedgerRow(place, _parsed(text))
        except (ValueError, RecursionError):
            yield LedgerRow(place, fault=Problem(place, "ledger_line_malformed"))


def _table(pieces: Iterable[bytes]) -> Iterator[LedgerRow]:
    reader = csv.reader((text for _, text in _texts(pieces)), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        _check_columns(names)
        for row in reader:
            if row:
                yield _table_row(names, row, f"line {reader.line_num}")
    except csv.Error as error:
        raise _invalid_at(f"line {reader.line_num}", "ledger_line_malformed") from error


def _table_row(names: list[str], row: list[str], place: str) -> LedgerRow:
    if len(row) != len(names):
        return LedgerRow(place, fault=Problem(place, "ledger_line_malformed"))
    values: dict[str, object] = {name: value for name, value in zip(names, row, strict=True) if value != ""}
    for name in _NUMBERS:
        value = values.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(2**31)):
            values[name] = int(value)
    return LedgerRow(place, values)


def _check_columns(names: list[str]) -> None:
    unknown = [printable_name(name) for name in names if name not in LINE_FIELDS]
    problems = [Problem("line 1", "ledger_columns_unknown", {"columns": "、".join(unknown)})] if unknown else []
    problems += [
        Problem("line 1", "ledger_column_missing", {"column": name}) for name in _REQUIRED if name not in names
    ]
    problems += [Problem("line 1", "repeated", {"value": name}) for name in {n for n in names if names.count(n) > 1}]
    if problems:
        raise Invalid(tuple(problems))


def _texts(pieces: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    """Cut the bytes into lines with their ends, numbered from 1."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    number, rest = 0, ""
    try:
        for piece in pieces:
            texts = (rest + decoder.decode(piece)).split("\n")
            rest = texts.pop()
            for text in texts:
                number += 1
                yield number, _limited(text, number) + "\n"
            _limited(rest, number + 1)
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _invalid_at(f"line {number + 1}", "ledger_line_malformed") from error
    if rest:
        yield number + 1, _limited(rest, number + 1)


def _limited(text: str, number: int) -> str:
    if len(text) > MAX_LINE_BYTES:
        raise _invalid_at(f"line {number}", "ledger_line_too_long", limit=str(MAX_LINE_BYTES))
    return text


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_each_name_once)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _invalid_at(place: str, code: str, **params: str) -> Invalid:
    return Invalid((Problem(place, code, params),))


_READERS = {LedgerForm.JSON: _document, LedgerForm.LINES: _lines, LedgerForm.TABLE: _table}
