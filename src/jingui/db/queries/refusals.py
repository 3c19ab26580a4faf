"""Which messages of a connection were not taken, for receipts to their sender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from jingui.db.models import SourceProblem
from jingui.domain.capture.incoming import Arrival, Unreadable
from jingui.domain.errors import Problem
from jingui.domain.metadata.fields import printable_text

_AT_ONCE = 500
_SUBJECT = 500


def open_refusals(
    connection: UUID, items: Sequence[Arrival | Unreadable]
) -> Mapping[str, tuple[str, tuple[Problem, ...]]]:
    """Return by subject the code and problems of those of the messages that wait on the list of problems."""
    wanted = {printable_text(item.subject, limit=_SUBJECT): _told(item) for item in items}
    found: dict[str, tuple[str, tuple[Problem, ...]]] = {}
    subjects = list(wanted)
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        rows = SourceProblem.objects.filter(connection_id=connection, settled_at=None, subject__in=some)
        for row in rows.order_by("at"):
            if row.arrival == wanted[row.subject]:  # what was refused is this very message, not another of its subject
                found[row.subject] = row.code, tuple(Problem(**problem) for problem in row.problems)
    return found


def _told(item: Arrival | Unreadable) -> str:
    return printable_text(item.to_json(), limit=4 * 2**20) if isinstance(item, Arrival) else ""
