"""Remembering which nonces were used: one statement, because every message of a source runs it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from jingui.db.statements import change

_TAKE = "INSERT INTO jingui_nonce (key_id, nonce, used_at) VALUES (%s, %s, %s) ON CONFLICT (key_id, nonce) DO NOTHING"


def take_nonce(*, key_id: str, nonce: str, now: datetime) -> bool:
    """Remember a nonce of a key, in the caller's transaction; say whether it was new."""
    return change(_TAKE, [[key_id, nonce, connection.ops.adapt_datetimefield_value(now)]]) == 1
