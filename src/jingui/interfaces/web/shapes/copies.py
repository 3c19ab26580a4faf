"""Restricted copies of a record as its tab lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from jingui.domain.access.copies import copy_standing

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


def copy_rows(copies: Sequence[Any], *, now: datetime) -> list[CopyRow]:
    """Return the copies with their standing now."""
    rows = []
    for copy in copies:
        standing = copy_standing(expires_at=copy.expires_at, revoked_at=copy.revoked_at, now=now).value
        rows.append(CopyRow(copy, standing, TONES[standing]))
    return rows


def new_copy_address(key: UUID) -> str:
    """Return where a new copy of a record is asked for."""
    return reverse("copy-new", args=[key])
