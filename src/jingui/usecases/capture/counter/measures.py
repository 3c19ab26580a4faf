"""Measures of pages as the journal can digest them: whole numbers instead of fractions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jingui.domain.capture.pages import PageFacts

_FINE = 10_000  # measures between 0 and 1 are kept as whole numbers of this
_SHARES = ("ink_share", "sharpness")


def facts_to_plain(facts: PageFacts) -> dict[str, Any]:
    """Return measures as JSON values without fractions."""
    told = asdict(facts)
    for name in _SHARES:
        told[name] = round(told[name] * _FINE)
    return {**told, "skew_degrees": round(facts.skew_degrees * 100), "barcodes": list(facts.barcodes)}


def facts_from_plain(value: dict[str, Any]) -> PageFacts:
    """Read what ``facts_to_plain`` wrote."""
    shares = {name: value[name] / _FINE for name in _SHARES}
    return PageFacts(
        **{**value, **shares, "skew_degrees": value["skew_degrees"] / 100, "barcodes": tuple(value["barcodes"])}
    )
