"""A trust list as it travels: certificates with what, and from when until when, they are trusted for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """A certificate in DER that is trusted for some purposes, from ``since`` until before ``until`` (``None``: open)."""

    der: bytes
    purposes: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None


def entry_to_message(entry: TrustEntry) -> dict[str, Any]:
    """Write an entry as JSON values."""
    times = {name: moment.isoformat() for name in ("since", "until") if (moment := getattr(entry, name))}
    return {"der": entry.der.hex(), "purposes": list(entry.purposes), **times}


def entry_from_message(message: dict[str, Any]) -> TrustEntry:
    """Read what ``entry_to_message`` wrote."""
    times = {name: datetime.fromisoformat(message[name]) for name in ("since", "until") if name in message}
    return TrustEntry(bytes.fromhex(message["der"]), tuple(message["purposes"]), **times)
