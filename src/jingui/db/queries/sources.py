"""Which source a key belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jingui.db.models import Source, SourceKey
from jingui.db.queries.rows import find_row


@dataclass(frozen=True, slots=True)
class ActiveKey:
    """A key that may sign requests, with its source."""

    key_id: str
    source_key: UUID
    source_name: str
    agency_codes: tuple[str, ...]


def find_active_key(key_id: str) -> ActiveKey | None:
    """Return the key if it is known, not revoked, and its source is active."""
    row = find_row(SourceKey, "key_id = %s AND revoked_at IS NULL", key_id)
    source = find_row(Source, "key = %s AND is_active", row.source_id) if row else None
    if row is None or source is None:
        return None
    return ActiveKey(row.key_id, source.key, source.name, tuple(source.agency_codes))
