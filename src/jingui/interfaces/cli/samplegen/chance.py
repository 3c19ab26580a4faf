"""Chance that is the same in every run."""

from __future__ import annotations

import random


def seeded(seed: int | str | bytes) -> random.Random:
    """Return a source of choices that depend on the seed alone; for samples, never for secrets."""
    return random.Random(seed)  # noqa: S311
