"""Watermarks of database columns kept as JSON: the value comes back with its own type, so that the source compares it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from jingui.domain.errors import PermanentFailure

_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "int": (int, str, int),
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "uuid": (UUID, str, UUID),
    "text": (str, str, str),
}


def written(value: object) -> list[str]:
    """Return a value as its kind and its text. Raises PermanentFailure ``watermark_unsuitable``."""
    for name, (kind, write, _) in _KINDS.items():
        if isinstance(value, kind) and not isinstance(value, bool):
            return [name, write(value)]
    raise PermanentFailure("watermark_unsuitable", type(value).__name__)


def read(told: list[str]) -> Any:  # noqa: ANN401 - whatever type the column has
    """Return the value that ``written`` wrote."""
    return _KINDS[told[0]][2](told[1])


def earlier(value: Any, overlap: int) -> Any:  # noqa: ANN401 - whatever type the column has
    """Return a watermark as much earlier as rows may become visible late: seconds of a time, units of a number."""
    if isinstance(value, datetime):
        return value - timedelta(seconds=overlap)
    return value - overlap if isinstance(value, int | Decimal) else value
