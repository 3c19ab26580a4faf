"""Restricted copies of a record as its tab lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from jingui.domain.access.copies import copy_standing

TONES = {"valid": "pass", "expired": "warn", "revoked": "fail"}


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy and whether it stands."""

    copy: Any
    standing: str
    tone: str


def copy_rows(copies: Sequence[Any], *, now: datetime) -> list[CopyRow]:
    """Return the copies with their standing now."""
    rows = []
    for copy in copies:
        standing = copy_standing(expires_at=copy.expires_at, revoked_at=copy.revoked_at, now=now).value
        rows.append(CopyRow(copy, standing, TONES[standing]))
    return rows


def new_copy_address(key: UUID) -> str:
    """Return where a new copy of a record is asked for."""
    try:
        return reverse("copy-new", args=[key])
    except NoReverseMatch:
        return f"/records/{key}/copies/new"
