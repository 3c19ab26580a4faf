"""Real office documents, archives and PDFs beside what independent tools observed in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.agreement import Pick, Row
from bench.agreement._profiles import profile_rows

FOLDER = "mixed-formats"
TITLE = "facts of independent tools"


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every fact."""
    return profile_rows(folder, pick)
