"""Which source a key belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jingui.db.models import SourceKey


@dataclass(frozen=True, slots=True)
class ActiveKey:
    """A key that may sign requests, with its source."""

    key_id: str
    source_key: UUID
    source_name: str
    agency_codes: tuple[str, ...]


def find_active_key(key_id: str) -> ActiveKey | None:
    """Return the key if it is known, not revoked, and its source is active."""
    keys = SourceKey.objects.select_related("source").filter(revoked_at=None, source__is_active=True)
    row = keys.filter(key_id=key_id).first()
    if row is None:
        return None
    return ActiveKey(row.key_id, row.source_id, row.source.name, tuple(row.source.agency_codes))
