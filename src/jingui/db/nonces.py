"""Remembering which nonces were used: one statement, because every message of a source runs it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

_TAKE = "INSERT INTO jingui_nonce (key_id, nonce, used_at) VALUES (%s, %s, %s) ON CONFLICT (key_id, nonce) DO NOTHING"


def take_nonce(*, key_id: str, nonce: str, now: datetime) -> bool:
    """Remember a nonce of a key, in the caller's transaction; say whether it was new."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key_id, nonce, connection.ops.adapt_datetimefield_value(now)])
        return bool(cursor.rowcount == 1)
