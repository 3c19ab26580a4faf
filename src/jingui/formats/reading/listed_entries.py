"""Entries of an archive that is listed and not unpacked: names, sizes and encryption within the limits of one archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jingui.formats.reading.nested_archives import ARCHIVE_NAMES
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.zip_checks import OUTSIDE
from jingui.formats.reading.zip_names import note_listed


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry by its header: name with slashes, unpacked bytes, and whether its content is encrypted."""

    name: str
    unpacked: int
    is_encrypted: bool = False


def check_listed(entries: Sequence[Listed], source: Source, outcome: Outcome) -> None:
    """Hold a list against what an archive may be; sound ones are noted as followed, not decoded."""
    outcome.note("entries", str(len(entries)))
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            outcome.defect("duplicate_entry", entry.name)
        seen.add(entry.name)
        if OUTSIDE.search(entry.name):
            outcome.refuse("zip_slip", entry.name)
    note_listed([entry.name for entry in entries], outcome)
    if nested := sum(entry.name.lower().endswith(ARCHIVE_NAMES) for entry in entries):
        outcome.note("nested_archives", str(nested))
    if locked := sum(entry.is_encrypted for entry in entries):
        outcome.refuse("encrypted", f"{locked} of {len(entries)} entries")
    if swelling := _swelling(entries, source):
        outcome.refuse("zip_bomb", swelling)
    if outcome.is_readable is None:
        outcome.note("structure_only")


def _swelling(entries: Sequence[Listed], source: Source) -> str:
    limits, unpacked = source.limits, sum(entry.unpacked for entry in entries)
    if len(entries) > limits.entries:
        return f"more than {limits.entries} entries"
    if unpacked > limits.unpacked_bytes:
        return f"{unpacked} bytes unpacked"
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * source.size:
        return f"{unpacked} bytes in {source.size}"
    return ""
