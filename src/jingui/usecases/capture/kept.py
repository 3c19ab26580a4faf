"""How a checked message is kept beside its row: canonical JSON, times with the offset they were sent with."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from jingui.domain.capture.messages import Message


def kept_text(message: Message) -> str:
    """Return the message as canonical JSON text."""
    return json.dumps(asdict(message), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
