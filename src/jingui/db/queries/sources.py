"""Which source a key belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from jingui.db.statements import fetch


@dataclass(frozen=True, slots=True)
class ActiveKey:
    """A key that may sign requests, with its source."""

    key_id: str
    source_key: UUID
    source_name: str
    agency_codes: tuple[str, ...]


_FIND = """
SELECT source.key, source.name, source.agency_codes FROM jingui_source_key AS signing
JOIN jingui_source AS source ON source.key = signing.source_id
WHERE signing.key_id = %s AND signing.revoked_at IS NULL AND source.is_active
"""


def find_active_key(key_id: str) -> ActiveKey | None:
    """Return the key if it is known, not revoked, and its source is active."""
    found = fetch(_FIND, [key_id])
    if not found:
        return None
    source_key, name, agency_codes = found[0]
    key = source_key if isinstance(source_key, UUID) else UUID(source_key)
    return ActiveKey(key_id, key, name, tuple(json.loads(agency_codes)))
