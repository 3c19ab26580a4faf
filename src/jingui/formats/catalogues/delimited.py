"""Reads delimited text (CSV) of any size row by row: UTF-8 or GB 18030, comma, tab, semicolon or bar."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from typing import IO, TYPE_CHECKING

from jingui.domain.catalogue import SourceRow
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import printable_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DELIMITED_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "encoding_unknown": (),
    "table_without_header": ("table",),
    "table_too_wide": ("table", "limit"),
    "header_twice": ("table", "header"),
    "table_broken": ("table", "row"),
}
HEADLESS = "(无表头的列)"
"""The name of what stands beyond the last header, so that it is not lost."""

_PROBE = 1 << 20
_COLUMNS = 400
_SIGNS = ",\t;|"


def refuse(code: str, location: str = "", **params: str) -> Invalid:
    """Make the refusal of a whole file with one problem."""
    return Invalid((Problem(location, code, params),))


def encoding_of(head: bytes, *, is_whole: bool) -> str:
    """Name the encoding of text by its first bytes.

    Raises:
        Invalid: ``encoding_unknown``: it is neither UTF-8 nor GB 18030.
    """
    for name in ("utf-8-sig", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(head, final=is_whole)
        except UnicodeDecodeError:
            continue
        return name
    raise refuse("encoding_unknown")


def open_text(source: IO[bytes]) -> IO[str]:
    """Return a stream of text from bytes; its first part tells the encoding."""
    head = source.read(_PROBE)
    encoding = encoding_of(head, is_whole=len(head) < _PROBE)
    source.seek(0)
    return io.TextIOWrapper(source, encoding=encoding, newline="")


def clean_headers(cells: list[str], *, table: str) -> tuple[str, ...]:
    """Return the headers of a table, nameless columns called by their number.

    Raises:
        Invalid: there is none, there are too many, or two are the same.
    """
    named = [cell.strip() for cell in cells]
    while named and not named[-1]:
        named.pop()
    if not named:
        raise refuse("table_without_header", table, table=table)
    if len(named) > _COLUMNS:
        raise refuse("table_too_wide", table, table=table, limit=str(_COLUMNS))
    headers = [name or f"列{number}" for number, name in enumerate(named, 1)]
    twice = [name for name, count in Counter(headers).items() if count > 1]
    if twice:
        raise refuse("header_twice", table, table=table, header=printable_name(twice[0]))
    return tuple(headers)


def cells_of(headers: tuple[str, ...], line: list[str]) -> dict[str, object]:
    """Return header → cell; what stands beyond the last header goes under ``HEADLESS``."""
    cells: dict[str, object] = dict(zip(headers, line, strict=False))
    beyond = [cell for cell in line[len(headers) :] if cell.strip()]
    return cells | {HEADLESS: " ".join(beyond)} if beyond else cells


class DelimitedTable:
    """One table of delimited text that can be read again and again, each time as a stream."""

    def __init__(self, name: str, opener: Callable[[], IO[bytes]]) -> None:
        """Read the header.

        Raises:
            Invalid: it has none that can be used, or its text cannot be read.
        """
        self.name = name
        self._opener = opener
        with self._opener() as source, open_text(source) as text:
            first = text.readline(_PROBE)
            self._delimiter = max(_SIGNS, key=first.count) if any(sign in first for sign in _SIGNS) else ","
            header: list[str] = next(csv.reader([first], delimiter=self._delimiter), [])
        self.headers = clean_headers(header, table=name)

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows, numbered as a spreadsheet would; empty ones are passed over.

        Raises:
            Invalid: the text breaks off or is not of the encoding its beginning is of.
        """
        number = 1
        try:
            with self._opener() as source, open_text(source) as text:
                lines = csv.reader(text, delimiter=self._delimiter)
                for number, line in enumerate(lines, 1):
                    if number > 1 and any(map(str.strip, line)):
                        yield SourceRow(self.name, number, cells_of(self.headers, line))
        except UnicodeDecodeError:
            raise refuse("encoding_unknown", self.name) from None
        except csv.Error:
            raise refuse("table_broken", self.name, table=self.name, row=str(number + 1)) from None
