"""The newest inspection of a case, and what the readers said of its files."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from uuid import UUID

from jingui.db.models import Inspection
from jingui.db.queries.rows import find_row
from jingui.domain.records.facts import Reading


def last_inspection(case_key: UUID) -> Inspection | None:
    """Return the newest inspection of a case."""
    return find_row(Inspection, "case_id = %s ORDER BY number DESC LIMIT 1", case_key)


def kept_readings(inspection: Inspection | None) -> dict[str, Reading]:
    """Return by file key what the readers said when a case was inspected; empty without an inspection."""
    return {key: _reading(value) for key, value in (inspection.readings if inspection else {}).items()}


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """Return a reading as JSON values, as an inspection keeps it."""
    return {field.name: getattr(reading, field.name) for field in fields(reading)}


def _reading(value: dict[str, Any]) -> Reading:
    defects = tuple((code, detail) for code, detail in value["defects"])
    return Reading(**{**value, "defects": defects, "notes": tuple(value["notes"])})
