"""Tells whether two messages under one key are the same message, so that sending again changes nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jingui.domain.capture.messages import Message


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def message_digest(kind: str, message: Message) -> str:
    """Return the SHA-256 of a message's meaning, whatever the order of its fields and the writing of its times.

    ``kind`` keeps messages of different kinds apart. The offset of a time is part of its meaning.
    """
    told = {"kind": kind, "message": asdict(message)}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()
