"""Restricted copies of a record as its tab lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

TONES = {"valid": "pass", "expired": "warn", "revoked": "fail"}


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy and whether it stands."""

    copy: Any
    standing: str
    tone: str

    @property
    def last_day(self) -> datetime:
        """The last moment of the last day on which it stands."""
        return self.copy.expires_at - timedelta(microseconds=1)  # type: ignore[no-any-return]


def copy_rows(listed: Iterable[Any]) -> list[CopyRow]:
    """Return listed copies (``db.queries.copies.copies_of``) as rows."""
    return [CopyRow(each.row, each.standing.value, TONES[each.standing.value]) for each in listed]


def new_copy_address(key: UUID) -> str:
    """Return where a new copy of a record is asked for."""
    return reverse("copy-new", args=[key])
