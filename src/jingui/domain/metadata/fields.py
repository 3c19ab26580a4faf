"""Reads the fields of a raw message or row one by one and keeps every problem, so that all are told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from jingui.domain.errors import Problem

E = TypeVar("E", bound=StrEnum)

PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "required": (),
    "wrong_type": ("expected",),
    "too_long": ("limit", "length"),
    "too_many": ("limit", "count"),
    "too_small": ("minimum",),
    "too_large": ("maximum",),
    "control_character": ("character",),
    "edge_space": (),
    "not_a_time": (),
    "time_without_offset": (),
    "year_implausible": ("year", "first", "last"),
    "not_in_range": ("allowed",),
    "unknown_field": (),
    "repeated": ("value",),
}
"""Codes of problems with fields, and the names of the values their wording needs."""

FIRST_YEAR = 1900
LAST_YEAR = 2100
_NAME_LIMIT = 60
_REFUSED = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff"
_REFUSED_IN_LINES = re.compile(f"[{_REFUSED}]")
_REFUSED_IN_LINE = re.compile(f"[{_REFUSED}\t\n\r]")


def find_refused_character(text: str, *, is_multiline: bool = False) -> str:
    """Name the first control, direction or half character as ``U+XXXX``; ``""`` if there is none."""
    if text.isprintable():  # none of the refused is, and nearly every text is
        return ""
    found = (_REFUSED_IN_LINES if is_multiline else _REFUSED_IN_LINE).search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def printable_name(name: object) -> str:
    """Return a field's name so that it can be told back safely, at most 60 characters."""
    text = str(name).encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(sign if sign.isprintable() else "?" for sign in text[:_NAME_LIMIT])


def printable_text(text: str, *, limit: int = 1000) -> str:
    """Return text that can be stored and shown: refused characters become U+FFFD, at most ``limit`` characters."""
    kept = text[:limit]
    return kept if kept.isprintable() else _REFUSED_IN_LINES.sub("\ufffd", kept)


class FieldReader:
    """One raw mapping being read. Each field asked for is checked; a bad one yields its empty value and a problem."""

    __slots__ = ("_asked", "_raw", "place", "problems")

    def __init__(self, raw: object, *, place: str = "", problems: list[Problem] | None = None) -> None:
        """Start reading; nested readers share one list of problems."""
        self.place = place
        self.problems: list[Problem] = [] if problems is None else problems
        self._asked: set[str] = set()
        self._raw: Mapping[object, object] = {}
        if isinstance(raw, Mapping):
            self._raw = raw
        else:
            self.problems.append(Problem(place, "wrong_type", {"expected": "object"}))

    def fault(self, name: str, code: str, /, **params: str) -> None:
        """Keep one problem of the named field."""
        self.problems.append(Problem(self.where(name), code, params))

    def where(self, name: str) -> str:
        """Return the whole path of a field of this mapping."""
        return f"{self.place}.{name}" if self.place and name else self.place or name

    def has(self, name: str) -> bool:
        """Say whether the field is there and not null."""
        return self._raw.get(name) is not None

    def take(self, name: str) -> object:
        """Return the raw value of a field, which then counts as known."""
        self._asked.add(name)
        return self._raw.get(name)

    def text(self, name: str, *, limit: int, is_required: bool = False, is_multiline: bool = False) -> str:
        """Read a text of at most ``limit`` characters, ``""`` if it is absent."""
        value = self.take(name)
        if value is None or value == "":
            if is_required:
                self.fault(name, "required")
            return ""
        return self._checked_text(name, value, limit=limit, is_multiline=is_multiline)

    def _checked_text(self, name: str, value: object, *, limit: int, is_multiline: bool) -> str:
        if not isinstance(value, str):
            self.fault(name, "wrong_type", expected="text")
            return ""
        if len(value) > limit:
            self.fault(name, "too_long", limit=str(limit), length=str(len(value)))
            return ""
        refused = find_refused_character(value, is_multiline=is_multiline)
        if refused:
            self.fault(name, "control_character", character=refused)
            return ""
        return value

    def key(self, name: str, *, limit: int) -> str:
        """Read a required text that names something: it may not begin or end with a space."""
        value = self.text(name, limit=limit, is_required=True)
        if value != value.strip():
            self.fault(name, "edge_space")
        return value

    def moment(self, name: str, *, is_required: bool = False) -> datetime | None:
        """Read an ISO 8601 time with its offset, in a year that can be."""
        before = len(self.problems)
        value = self.text(name, limit=40, is_required=is_required)
        if not value or len(self.problems) > before:
            return None
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fault(name, "not_a_time")
            return None
        return self._plausible_moment(name, at)

    def _plausible_moment(self, name: str, at: datetime) -> datetime | None:
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            self.fault(name, "year_implausible", year=str(at.year), first=str(FIRST_YEAR), last=str(LAST_YEAR))
            return None
        if at.tzinfo is None:
            self.fault(name, "time_without_offset")
            return None
        return at

    def whole(self, name: str, *, minimum: int, maximum: int, is_required: bool = False) -> int | None:
        """Read a whole number; a number written as text is refused."""
        value = self.take(name)
        if value is None:
            if is_required:
                self.fault(name, "required")
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, "wrong_type", expected="whole number")
            return None
        return self._number_in_range(name, value, minimum=minimum, maximum=maximum)

    def _number_in_range(self, name: str, value: int, *, minimum: int, maximum: int) -> int | None:
        if value < minimum:
            self.fault(name, "too_small", minimum=str(minimum))
            return None
        if value > maximum:
            self.fault(name, "too_large", maximum=str(maximum))
            return None
        return value

    def flag(self, name: str) -> bool:
        """Read true or false; absent means false."""
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault(name, "wrong_type", expected="true or false")
        return False

    def member(self, name: str, kind: type[E], *, default: E | None = None) -> E | None:
        """Read one value of a closed set; without a default it is required."""
        value = self.take(name)
        if value is None or value == "":
            if default is None:
                self.fault(name, "required")
            return default
        if isinstance(value, str) and value in kind._value2member_map_:
            return kind(value)
        self.fault(name, "not_in_range", allowed=", ".join(kind))
        return default

    def nested(self, name: str) -> FieldReader:
        """Read an object inside this one; absent counts as empty."""
        value = self.take(name)
        return FieldReader({} if value is None else value, place=self.where(name), problems=self.problems)

    def _array(self, name: str, *, limit: int) -> list[object]:
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.fault(name, "wrong_type", expected="list")
            return []
        if len(value) > limit:
            self.fault(name, "too_many", limit=str(limit), count=str(len(value)))
            return []
        return list(value)

    def rows(self, name: str, *, limit: int) -> list[FieldReader]:
        """Read a list of objects."""
        return [
            FieldReader(value, place=f"{self.where(name)}[{index}]", problems=self.problems)
            for index, value in enumerate(self._array(name, limit=limit))
        ]

    def texts(self, name: str, *, limit: int, count: int) -> tuple[str, ...]:
        """Read a list of non-empty texts."""
        values = self._array(name, limit=count)
        reader = FieldReader(
            {f"{name}[{index}]": value for index, value in enumerate(values)}, place=self.place, problems=self.problems
        )
        found = [reader.text(f"{name}[{index}]", limit=limit, is_required=True) for index in range(len(values))]
        return tuple(text for text in found if text)

    def unknown(self) -> list[tuple[object, object]]:
        """List the fields nobody asked for, in the order they came."""
        return [(name, value) for name, value in self._raw.items() if name not in self._asked]

    def refuse_unknown(self) -> None:
        """Make a problem of every field nobody asked for; call it last."""
        for name, _ in self.unknown():
            self.fault(printable_name(name), "unknown_field")
