"""What both indexes share: the seam to a database connection, the answer, and the limits."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from jingui.ports import SearchHits

MAX_COUNTED = 10_000


class Cursor(Protocol):
    """The part of a database cursor that an index needs to write."""

    def execute(self, sql: str, params: Sequence[Any] | None = None) -> object:
        """Run one statement; values are ``%s``."""
        ...

    def executemany(self, sql: str, param_list: Sequence[Sequence[Any]]) -> object:
        """Run one statement for each row of values."""
        ...

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows left."""
        ...


class Connection(Protocol):
    """A Django connection, or Django's ``connection`` proxy, which is another one in every thread."""

    def cursor(self) -> AbstractContextManager[Any]:
        """Open a cursor in the caller's transaction."""
        ...


def counted(*, record_keys: Sequence[str], count: int) -> SearchHits:
    """Cap a count that went one beyond the limit."""
    return SearchHits(tuple(record_keys), min(count, MAX_COUNTED), is_capped=count > MAX_COUNTED)


NO_HITS = SearchHits((), 0, is_capped=False)
