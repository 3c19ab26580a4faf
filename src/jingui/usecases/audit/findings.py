"""What verification says: one finding per damaged thing, named so that a person can go to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What kind of thing is wrong."""

    FILE = "file"  # a file in the preservation store
    STAGED = "staged"  # bytes of a case that is not archived yet
    ROW = "row"  # a row of the database
    EVENT = "event"  # an entry of the journal
    LOG = "log"  # a tile or checkpoint of the sealed log


@dataclass(frozen=True, slots=True)
class HoldingsFinding:
    """One thing that is not as it was kept. ``location`` is a path inside the root, or table/key."""

    subject: Subject
    location: str
    code: str
    detail: str = ""


@dataclass(slots=True)
class Looked:
    """How much was looked at, so that "nothing wrong" has a size."""

    objects: int = 0
    files: int = 0
    bytes: int = 0
    rows: int = 0
    events: int = 0
    checkpoints: int = 0
