"""Remembering which nonces were used: one statement, because every message of a source runs it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from jingui.db.statements import change

_TAKE = "INSERT INTO jingui_nonce (key_id, nonce, used_at) VALUES (%s, %s, %s) ON CONFLICT (key_id, nonce) DO NOTHING"


def take_nonces(used: Collection[tuple[str, str]], *, now: datetime) -> bool:
    """Remember nonces, each with its key, in the caller's transaction; say whether every one was new.

    If one was not, the caller ends the transaction: the others are remembered in it.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    return change(_TAKE, [[key_id, nonce, at] for key_id, nonce in used]) == len(used)
