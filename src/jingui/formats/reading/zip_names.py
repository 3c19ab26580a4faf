"""Names of entries that deceive people, or that other systems cannot write."""

from __future__ import annotations

import re
import unicodedata
import zipfile

from jingui.formats.device_names import is_device_name
from jingui.formats.reading.source import Outcome

# Overrides and isolates of writing direction hide the real extension.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
CONTROL = re.compile("[\x00-\x1f\x7f]")
EDGE = re.compile(r"[ .](?:/|$)")
MAX_PART_BYTES = 255
TOLD = 5


def note_names(entries: list[zipfile.ZipInfo], outcome: Outcome) -> None:
    """Note the tricks in the names of a ZIP."""
    note_listed([entry.filename for entry in entries], outcome)


def note_listed(names: list[str], outcome: Outcome) -> None:
    """Note the first few names with tricks, and names that differ only in case or composition of characters."""
    told = 0
    folded: dict[str, str] = {}
    for name in names:
        trick = trick_of(name)
        alike = folded.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if alike != name and not trick:
            trick = "differs from another only in case or composition"
        if trick and told < TOLD:
            told += 1
            outcome.note("path_tricks", f"{trick}: {name.encode('ascii', 'backslashreplace').decode()[:80]}")


def trick_of(name: str) -> str:
    """Say what is wrong with a name; ``""`` if nothing is."""
    if DIRECTION.search(name):
        return "writing direction changed"
    if CONTROL.search(name):
        return "control character"
    if any(map(is_device_name, name.split("/"))):
        return "name of a device"
    if EDGE.search(name) and not name.startswith("./"):
        return "ends with a dot or space"
    if any(len(part.encode("utf-8", "surrogatepass")) > MAX_PART_BYTES for part in name.split("/")):
        return "longer than file systems take"
    return ""
