"""The skeleton suite once more, PRONOM asked about every file as a format policy may want."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.agreement import Pick, Row
from bench.agreement.formats import skeletons

FOLDER = "formats"
TITLE = "PRONOM identifier, PRONOM asked about every file"


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare the identifier of every skeleton file."""
    return skeletons(folder, pick, is_pronom_asked_for_all=True)
