"""The newest inspection of a case, and what the readers said of its files."""

from __future__ import annotations

from uuid import UUID

from jingui.db.models import Inspection
from jingui.db.queries.rows import find_row
from jingui.domain.records.facts import Reading
from jingui.domain.records.readings import reading_from_dict


def last_inspection(case_key: UUID) -> Inspection | None:
    """Return the newest inspection of a case."""
    return find_row(Inspection, "case_id = %s ORDER BY number DESC LIMIT 1", case_key)


def kept_readings(inspection: Inspection | None) -> dict[str, Reading]:
    """Return by file key what the readers said when a case was inspected; empty without an inspection."""
    return {key: reading_from_dict(value) for key, value in (inspection.readings if inspection else {}).items()}
