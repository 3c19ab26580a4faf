"""Storage roots: what may be chosen for them, when they are audited next, and which findings can be mended by a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from jingui.domain.errors import Problem
from jingui.domain.metadata.fields import FieldReader

MOST_DAYS = 36_500
MOST_OBJECTS = 1_000_000
MOST_BYTES = 2**60


class RootKind(StrEnum):
    """Where a root lies. The primary one is the instance's own folder."""

    PRIMARY = "primary"
    FOLDER = "folder"
    S3 = "s3"


class CycleKind(StrEnum):
    """How a root is audited: all objects by SHA-256, all by every digest, a sample by every digest, or all by SHA-512.

    The last measures what an OCFL inventory carries, as other OCFL tools do; it is begun by hand only.
    """

    ROUTINE = "routine"
    FULL = "full"
    SAMPLE = "sample"
    INVENTORY = "inventory"


class FindingSettlement(StrEnum):
    """How a finding ended."""

    REPAIRED = "repaired"
    GONE = "gone"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a root is audited and guarded. Periods are days, 0: never; ``bytes_per_second`` 0: as fast as it goes."""

    routine_days: int = 90
    full_days: int = 365
    sample_days: int = 7
    sample_objects: int = 1000
    bytes_per_second: int = 0
    free_alarm_bytes: int = 0
    is_protected: bool = False

    def days(self, kind: CycleKind) -> int:
        """Return the period of a kind of audit."""
        return {
            CycleKind.ROUTINE: self.routine_days,
            CycleKind.FULL: self.full_days,
            CycleKind.SAMPLE: self.sample_days,
            CycleKind.INVENTORY: 0,
        }[kind]


_LIMITS = {
    "routine_days": MOST_DAYS,
    "full_days": MOST_DAYS,
    "sample_days": MOST_DAYS,
    "sample_objects": MOST_OBJECTS,
    "bytes_per_second": MOST_BYTES,
    "free_alarm_bytes": MOST_BYTES,
}

LOCK_MODES = ("compliance", "governance")
_S3_TEXTS = {"bucket": True, "prefix": False, "endpoint": False, "region": False, "access_key": True, "secret": True}


def check_keeping(keeping: Keeping) -> tuple[Problem, ...]:
    """Return what is wrong with the choices."""
    return tuple(
        Problem(name, "not_in_range", {"allowed": f"0–{most}"})
        for name, most in _LIMITS.items()
        if not 0 <= getattr(keeping, name) <= most
    )


def check_configuration(kind: RootKind, configuration: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what is wrong with where a root shall lie."""
    fields = FieldReader(dict(configuration))
    if kind is RootKind.FOLDER:
        folder = fields.text("folder", limit=1000, is_required=True)
        if folder and not folder.startswith("/"):
            fields.problems.append(Problem("folder", "path_not_absolute"))
    elif kind is RootKind.S3:
        for name, is_required in _S3_TEXTS.items():
            fields.text(name, limit=500, is_required=is_required)
        _check_lock(fields)
        endpoint = str(configuration.get("endpoint") or "")
        if endpoint and not endpoint.startswith(("https://", "http://")):
            fields.problems.append(Problem("endpoint", "not_in_range", {"allowed": "https://…, http://…"}))
    fields.problems.extend(Problem(str(name), "unknown_field") for name, _ in fields.unknown())
    return tuple(fields.problems)


def _check_lock(fields: FieldReader) -> None:
    """Refuse a time of retention without its mode, and the other way round."""
    mode = fields.text("lock_mode", limit=20)
    days = fields.whole("lock_days", minimum=1, maximum=MOST_DAYS, is_required=bool(mode))
    if days and not mode:
        fields.fault("lock_mode", "required")
    if mode and mode not in LOCK_MODES:
        fields.fault("lock_mode", "not_in_range", allowed=", ".join(LOCK_MODES))


def next_due(keeping: Keeping, kind: CycleKind, last_started: datetime | None, added_at: datetime) -> datetime | None:
    """Return when an audit of this kind is due; nothing if never. The first is due one period after the root began."""
    days = keeping.days(kind)
    return (last_started or added_at) + timedelta(days=days) if days else None


_MENDABLE_ENDINGS = ("_missing", "_damaged", "_unreadable")


def is_mendable(code: str) -> bool:
    """Say whether a good copy can mend this: a file is not there or not what it should be. A stranger needs a person."""
    return code.endswith(_MENDABLE_ENDINGS) and not code.startswith("file_")
