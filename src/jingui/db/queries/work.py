"""How far a case has come, for the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from jingui.db.queries.facts import newest_arrival
from jingui.db.queries.rows import column_value
from jingui.domain.lifecycle import CaseState


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """A case's state, and whether something has arrived since it was last inspected."""

    state: CaseState
    has_news: bool


def get_progress(case_key: UUID) -> CaseProgress | None:
    """Return how far a case has come, or nothing if there is no such case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, inspected_through FROM jingui_case WHERE key = %s", [column_value(case_key)])
        row = cursor.fetchone()
    if row is None:
        return None
    state = CaseState(row[0])
    has_news = state in {CaseState.HELD, CaseState.PRESERVED} and newest_arrival(case_key) > row[1]
    return CaseProgress(state, has_news)
