"""What keeping leaves as evidence for the third phase: audits of copies, what they found, backups and restore drills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class CopyAudit:
    """The last look of an audit (巡检) at one copy of the object: in which root, when, how deep, and whether it was sound."""

    root: str
    at: datetime
    depth: str
    is_sound: bool


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """Something wrong with a copy of the object that nobody settled yet."""

    root: str
    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Drill:
    """The last restore drill (恢复演练): what was different from the backup's manifest; ``event`` numbers its journal event."""

    at: datetime
    different: tuple[str, ...]
    findings: int
    event: int


@dataclass(frozen=True, slots=True)
class Custody:
    """What is known of how an object is kept. ``backed_up_at``: when the last backup was made, if there is one."""

    audits: tuple[CopyAudit, ...] = ()
    findings: tuple[OpenFinding, ...] = ()
    drill: Drill | None = None
    backed_up_at: datetime | None = None
