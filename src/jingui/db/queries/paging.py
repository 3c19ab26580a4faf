"""Long tables page by page, each page a statement of its own, for whoever writes while it reads.

On SQLite an open statement holds the database as it was when it began; once another process has written, the connection
that holds it may not write any more ("database is locked"), however long it waits. So nobody who writes may read from
a cursor that stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

PAGE_ROWS = 500

Row = TypeVar("Row", bound=Model)


def in_pages(rows: QuerySet[Row], *order: str, after: Sequence[Any] = (), size: int = PAGE_ROWS) -> Iterator[list[Row]]:
    """Return rows in the order of some columns, which together name each row once, in lists of at most ``size``.

    ``after``: the columns' values behind which it begins. The first column should have an index: every page is looked
    up by it. Rows that are added or changed in the meantime are seen if they stand behind the page.
    """
    ordered = rows.order_by(*order)
    while page := list((ordered.filter(_behind(order, after)) if after else ordered)[:size]):
        yield page
        after = [getattr(page[-1], column) for column in order]


def _behind(order: Sequence[str], after: Sequence[Any]) -> Q:
    column, value = order[0], after[0]
    if len(order) == 1:
        return Q(**{f"{column}__gt": value})
    # Said twice, so that an index on the first column leads straight to the place.
    return Q(**{f"{column}__gte": value}) & (Q(**{f"{column}__gt": value}) | _behind(order[1:], after[1:]))
