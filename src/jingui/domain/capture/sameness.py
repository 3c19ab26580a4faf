"""Tells whether two messages under one key are the same message, so that sending again changes nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jingui.domain.capture.messages import Message

# Fields that came later: a message without them has the digest it always had.
_LATER = frozenset({"theme", "provenance"})


def message_text(message: Message) -> str:
    """Return a message as canonical JSON: keys in order, no spaces, times with the offset they were sent with."""
    return _ENCODER.encode(message)


def message_digest(kind: str, message: Message) -> str:
    """Return the SHA-256 of a message's meaning, whatever the order of its fields and the writing of its times.

    ``kind`` keeps messages of different kinds apart. The offset of a time is part of its meaning.
    """
    text = f'{{"kind":{_ENCODER.encode(kind)},"message":{message_text(message)}}}'
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON takes instead
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        told = {name: getattr(value, name) for name in _names(type(value))}
        return {name: item for name, item in told.items() if item is not None or name not in _LATER}
    raise TypeError(type(value).__name__)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
