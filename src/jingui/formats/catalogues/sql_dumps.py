"""Reads the rows of a database dump (MySQL, MariaDB, PostgreSQL) as a stream: INSERT statements and COPY blocks.

Nothing is executed and nothing else of the dump is believed: a statement that fills no table is passed over, except that
CREATE TABLE tells the columns which INSERT may leave out. Memory holds one value of a statement at a time.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING

from jingui.domain.catalogue import SourceRow
from jingui.formats.catalogues.delimited import cells_of, open_text, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DUMP_PROBLEM_CODES: dict[str, tuple[str, ...]] = {"dump_broken": ("line",), "dump_without_tables": ()}

_CHUNK = 1 << 18
_AHEAD = 1 << 16  # the head of a statement is never longer
_LONGEST = 1 << 24  # characters of one value, or between two tables
_NAME = r'(?:[`"\[]?[\w$-]+[`"\]]?\s*\.\s*)*[`"\[]?([\w$-]+)[`"\]]?'
_SPACE = re.compile(
    r"(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*(?!!)(?:[^*]|\*(?!/))*\*/|;|\\[^\n]*\n|DELIMITER[^\n]*\n)*"
)
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+{_NAME}\s*(?:\(([^()]*)\)\s*)?VALUES\b", re.IGNORECASE
)
_COPY = re.compile(rf"COPY\s+{_NAME}\s*\(([^()]*)\)\s+FROM\s+stdin;[^\n]*\n", re.IGNORECASE)
_CREATE = re.compile(rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*\(", re.IGNORECASE)
_OPENING = re.compile(r"\s*,?\s*\(")
_BACKSLASHED = r"[^'\\]*(?:(?:''|\\.)[^'\\]*)*"
_DOUBLED = r"[^']*(?:''[^']*)*"
_PASSED = re.compile(
    rf"""[^;'"`$/-]+|--[^\n]*\n|/\*.*?\*/|'{_BACKSLASHED}'|"[^"]*"|`[^`]*`|\$(\w*)\$.*?\$\1\$|[;$/-]""", re.DOTALL
)
_NOT_COLUMNS = frozenset({"primary", "key", "unique", "constraint", "index", "fulltext", "check", "foreign", "spatial"})
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "Z": "\x1a"}
_ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)


def _value_pattern(inside: str) -> re.Pattern[str]:
    return re.compile(
        rf"""\s*(?:(?P<null>NULL|DEFAULT)|(?P<number>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<word>TRUE|FALSE)
        |(?:_\w+\s*)?[nN]?'(?P<text>{inside})'|[eE]'(?P<escaped>{_BACKSLASHED})')
        (?:\s*::\s*[\w ]+(?:\(\d+\))?)?\s*(?P<end>[,)])""",
        re.VERBOSE | re.IGNORECASE | re.DOTALL,
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "'" if found[1] is None else _ESCAPES.get(found[1], found[1]), text)


class _Scanner:
    """Text that is read in chunks as far as it is asked for."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._line = 1
        self.buffer = ""
        self.at = 0
        self.is_over = False

    def more(self) -> bool:
        """Read a chunk and let go of what is behind; say whether there was one."""
        if len(self.buffer) - self.at > _LONGEST:
            raise self.broken()
        chunk = "" if self.is_over else self._text.read(_CHUNK)
        self.is_over = not chunk
        if chunk:
            self._line += self.buffer.count("\n", 0, self.at)
            self.buffer, self.at = self.buffer[self.at :] + chunk, 0
        return bool(chunk)

    def look(self) -> None:
        """Read on until enough is ahead to know what stands at the place."""
        while len(self.buffer) - self.at < _AHEAD and self.more():
            pass

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match at the place, knowing what follows, and step over what matched."""
        self.look()
        found = pattern.match(self.buffer, self.at)
        if found:
            self.at = found.end()
        return found

    def need(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Match at the place, reading on until it does.

        Raises:
            Invalid: ``dump_broken``: it never does.
        """
        while True:
            found = pattern.match(self.buffer, self.at)
            if found:
                self.at = found.end()
                return found
            if not self.more():
                raise self.broken()

    def line(self) -> str:
        """Return the rest of the line and step over it; empty at the end of the text."""
        while (end := self.buffer.find("\n", self.at)) < 0:
            if not self.more():
                end = len(self.buffer) - 1
                break
        found = self.buffer[self.at : end + 1]
        self.at = end + 1
        return found

    def statement(self) -> str:
        """Step over the rest of a statement, strings and comments in it understood, and return it."""
        pieces = []
        while self.at < len(self.buffer) or self.more():
            self.look()
            piece = self.need(_PASSED)[0]
            if piece == ";":
                break
            pieces.append(piece)
        return "".join(pieces)

    def broken(self) -> Exception:
        """Make the refusal that names the line."""
        return refuse("dump_broken", line=str(self._line + self.buffer.count("\n", 0, self.at)))


class SqlDump:
    """A dump that can be read again and again, each time as a stream."""

    def __init__(self, opener: Callable[[], IO[bytes]]) -> None:
        """Remember how the dump is opened."""
        self._opener = opener

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows of every table, numbered from 1 in each.

        Raises:
            Invalid: the dump breaks off, cannot be understood, or is not of the encoding its beginning is of.
        """
        try:
            with self._opener() as source, open_text(source) as text:
                yield from _Reading(_Scanner(text)).rows()
        except UnicodeDecodeError:
            raise refuse("encoding_unknown") from None


class _Reading:
    def __init__(self, scanner: _Scanner) -> None:
        self.scanner = scanner
        self.columns: dict[str, tuple[str, ...]] = {}
        self.counts: dict[str, int] = {}
        scanner.look()
        head = scanner.buffer[:_AHEAD].lower()
        self.is_backslashed = any(sign in head for sign in ("`", "mysql", "mariadb"))
        self.value = _value_pattern(_BACKSLASHED if self.is_backslashed else _DOUBLED)

    def rows(self) -> Iterator[SourceRow]:
        """Go through the statements."""
        scanner = self.scanner
        while True:
            scanner.take(_SPACE)
            if scanner.at >= len(scanner.buffer) and not scanner.more():
                return
            if insert := scanner.take(_INSERT):
                yield from self.inserted(insert[1].lower(), _names(insert[2]))
            elif copy := scanner.take(_COPY):
                yield from self.copied(copy[1].lower(), _names(copy[2]))
            elif create := scanner.take(_CREATE):
                self.columns[create[1].lower()] = _created(scanner.statement())
            else:
                scanner.statement()

    def inserted(self, table: str, told: tuple[str, ...]) -> Iterator[SourceRow]:
        """Yield the rows of one INSERT."""
        columns = told or self.columns.get(table, ())
        if not columns:
            raise self.scanner.broken()
        while self.scanner.take(_OPENING):
            yield self.row(table, columns, self.values())
        self.scanner.statement()

    def values(self) -> list[str | None]:
        """Read the values of one row up to its closing bracket."""
        values: list[str | None] = []
        while True:
            found = self.scanner.need(self.value)
            values.append(self.told(found))
            if found["end"] == ")":
                return values

    def told(self, found: re.Match[str]) -> str | None:
        """Return one value as text, nothing for NULL."""
        _null, number, word, text, escaped, _end = found.groups()
        if text is not None:
            return _unescaped(text) if self.is_backslashed else text.replace("''", "'")
        if escaped is not None:
            return _unescaped(escaped)
        return number if number is not None else word and str(int(word.upper() == "TRUE"))

    def copied(self, table: str, columns: tuple[str, ...]) -> Iterator[SourceRow]:
        """Yield the rows of one COPY block."""
        while (line := self.scanner.line()) and line.rstrip("\r\n") != "\\.":
            cells = line.rstrip("\r\n").split("\t")
            yield self.row(table, columns, [None if cell == "\\N" else _unescaped_copy(cell) for cell in cells])

    def row(self, table: str, columns: tuple[str, ...], values: list[str | None]) -> SourceRow:
        """Make a row and count it."""
        self.counts[table] = number = self.counts.get(table, 0) + 1
        told = cells_of(columns, [value or "" for value in values])
        return SourceRow(table, number, told)


def _unescaped_copy(cell: str) -> str:
    return _ESCAPED.sub(lambda found: "''" if found[1] is None else _ESCAPES.get(found[1], found[1]), cell)


def _names(told: str | None) -> tuple[str, ...]:
    return tuple(name.strip().strip('`"[]').lower() for name in told.split(",")) if told else ()


_COLUMN = re.compile(r'\s*[`"\[]?([\w$-]+)')
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|'[^']*'")


def _created(body: str) -> tuple[str, ...]:
    """Return the columns that the body of CREATE TABLE names; keys and constraints are none."""
    flat = _BRACKETS.sub("", body).partition(")")[0]
    firsts = [found[1].lower() for part in flat.split(",") if (found := _COLUMN.match(part))]
    return tuple(name for name in firsts if name not in _NOT_COLUMNS)
