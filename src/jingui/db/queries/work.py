"""How far a case has come, for the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from jingui.db.queries.facts import newest_arrival
from jingui.db.statements import column_value
from jingui.domain.lifecycle import CaseState


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """A case's state, whether something has arrived since it was last inspected, and whether a shared file has not."""

    state: CaseState
    has_news: bool
    awaits_shared_file: bool = False


_PROGRESS = """
SELECT state, inspected_through,
       EXISTS (SELECT 1 FROM jingui_shared_file WHERE case_id = jingui_case.key AND jingui_shared_file.state = 'waiting')
FROM jingui_case WHERE key = %s
"""


def get_progress(case_key: UUID) -> CaseProgress | None:
    """Return how far a case has come, or nothing if there is no such case."""
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, [column_value(case_key)])
        row = cursor.fetchone()
    if row is None:
        return None
    state = CaseState(row[0])
    has_news = state in {CaseState.HELD, CaseState.PRESERVED} and newest_arrival(case_key) > row[1]
    return CaseProgress(state, has_news, bool(row[2]))
