"""Reading the clock: interfaces are the only place where time begins."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)
