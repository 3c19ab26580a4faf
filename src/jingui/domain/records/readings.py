"""The stable JSON form of a reading: between processes, and as an inspection keeps it."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from jingui.domain.records.facts import Reading, SignatureFact
from jingui.domain.records.terms import SignatureVerdict

_READING = tuple(field.name for field in fields(Reading))
_SIGNATURE = tuple(field.name for field in fields(SignatureFact))
_TIMES = ("signed_at", "valid_from", "valid_until", "timestamp_at")


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """Return a reading as JSON values."""
    values = {name: getattr(reading, name) for name in _READING}
    if reading.signatures is not None:
        values["signatures"] = [signature_to_dict(signature) for signature in reading.signatures]
    return values


def reading_from_dict(values: dict[str, Any]) -> Reading:
    """Read what ``reading_to_dict`` wrote, also before there were signatures in it."""
    known = dict(values)
    known["defects"] = tuple((code, detail) for code, detail in values["defects"])
    known["notes"] = tuple(values["notes"])
    signatures = values.get("signatures")
    known["signatures"] = None if signatures is None else tuple(map(signature_from_dict, signatures))
    return Reading(**known)


def signature_to_dict(signature: SignatureFact) -> dict[str, Any]:
    """Return what was found out about a signature as JSON values; times in ISO 8601."""
    values = {name: getattr(signature, name) for name in _SIGNATURE}
    return values | {name: values[name].isoformat() for name in _TIMES if values[name] is not None}


def signature_from_dict(values: dict[str, Any]) -> SignatureFact:
    """Read what ``signature_to_dict`` wrote."""
    times = {name: datetime.fromisoformat(values[name]) for name in _TIMES if values[name] is not None}
    return SignatureFact(**{**values, **times, "verdict": SignatureVerdict(values["verdict"])})
