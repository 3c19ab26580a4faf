"""Canonical bytes of database rows and journal events, so that a change by hand is found.

The form is JSON in UTF-8 with sorted keys and no spaces. It depends on the value alone and not on the database
it was read from: moments are UTC with microseconds, numbers with a point lose trailing noughts, the keys of
JSON columns lose their order. Floats are refused, because two databases need not agree on their last digit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

PAYLOAD_VERSION = 1

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]


class RowState(NamedTuple):
    """A row as an event left it; ``digest`` is ``None`` for a row that is gone."""

    table: str
    key: object
    digest: str | None


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a value.

    Raises:
        TypeError: a float, a moment without a time zone, or a type that no column of ours has.
        ValueError: text that is not valid Unicode.
    """
    return _ENCODER.encode(_plain(value)).encode()


def row_digest(table: str, key: object, values: Mapping[str, object]) -> str:
    """Return the SHA-256 (hexadecimal) of a row: its table, its key, and each column with its value."""
    return sha256(canonical([table, _key(key), values])).hexdigest()


def event_payload(
    *, kind: str, at: datetime, actor: str, case: str | None, facts: Mapping[str, object], rows: Iterable[RowState]
) -> bytes:
    """Return the bytes of an event that become a leaf of the log."""
    states = [[table, _key(key), digest] for table, key, digest in rows]
    return canonical(
        {"v": PAYLOAD_VERSION, "kind": kind, "at": at, "actor": actor, "case": case, "facts": facts, "rows": states}
    )


def _key(key: object) -> str:
    """Write a key as text, so that 7 and "7" name the same row."""
    plain = _plain(key)
    return plain if isinstance(plain, str) else canonical(plain).decode()


def _plain(value: object) -> Plain:
    if value is None or type(value) in _AS_IT_IS:
        return value  # type: ignore[return-value]
    if exact := _EXACT.get(type(value)):
        return exact(value)
    for kind, convert in _CONVERSIONS:
        if isinstance(value, kind):
            return convert(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a moment without a time zone has no canonical form")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("only finite numbers have a canonical form")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _mapping(value: Mapping[object, object]) -> Plain:
    plain = {
        key: item if item is None or type(item) in _AS_IT_IS else _plain(item)  # the call is dearer than the question
        for key, item in value.items()
    }
    if not _TEXT_ONLY.issuperset(map(type, plain)):
        if not all(isinstance(key, str) for key in plain):
            raise TypeError("only text can be a key")
        return {str(key): item for key, item in plain.items()}  # type: ignore[misc]
    return plain  # type: ignore[return-value]


def _refuse_float(_: float) -> Plain:
    raise TypeError("a float has no canonical form")


_AS_IT_IS = frozenset({str, int, bool})
_TEXT_ONLY = frozenset({str})


def _items(values: Iterable[object]) -> Plain:
    return [item if item is None or type(item) in _AS_IT_IS else _plain(item) for item in values]  # type: ignore[misc]


_CONVERSIONS: tuple[tuple[type | tuple[type, ...], Callable[..., Plain]], ...] = (
    (Enum, lambda member: _plain(member.value)),
    (str, str.__str__),
    (bool, bool),
    (int, int),
    (float, _refuse_float),
    (datetime, _moment),
    (date, date.isoformat),
    (time, lambda moment: moment.isoformat(timespec="microseconds")),
    (Decimal, _decimal),
    (UUID, str),
    ((bytes, bytearray, memoryview), lambda data: bytes(data).hex()),
    (Mapping, _mapping),
    ((list, tuple), _items),
)

# What nearly every value is, found without trying one kind after the other.
_EXACT: dict[type, Callable[..., Plain]] = {dict: _mapping, list: _items, tuple: _items, datetime: _moment, UUID: str}
