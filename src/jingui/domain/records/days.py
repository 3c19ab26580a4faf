"""Civil days: the country has one time (GB/T 7408: UTC+08:00), whatever zone a machine is set to."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA_STANDARD_TIME = timezone(timedelta(hours=8))


def civil_date(moment: datetime) -> date:
    """Return the day of an aware moment by the country's clocks."""
    return moment.astimezone(CHINA_STANDARD_TIME).date()
