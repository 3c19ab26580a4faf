"""Offline media (离线介质): what may be entered of one, and when it is looked at next.

How warm, how damp and how often is for the archives to say: no figure stands in the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jingui.domain.errors import Problem
from jingui.domain.preservation.roots import MOST_DAYS

COLDEST, HOTTEST = -50, 100
MOST_TEXT = {"label": 60, "place": 200, "content": 500}


class CarrierKind(StrEnum):
    """What a medium is made of."""

    HARD_DISK = "hard_disk"
    SOLID_STATE = "solid_state"
    OPTICAL = "optical"
    TAPE = "tape"
    MICROFILM = "microfilm"
    OTHER = "other"


class CheckResult(StrEnum):
    """What a person found who looked at a medium."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class MediumChoices:
    """What a person says of a medium. Temperatures are degrees Celsius, humidities per cent, ``check_days`` days.

    ``check_days`` 0: it is never due. Nothing said of a bound: it has none.
    """

    label: str
    carrier: str
    place: str
    content: str
    written_at: datetime
    check_days: int
    coldest: int | None = None
    hottest: int | None = None
    driest: int | None = None
    dampest: int | None = None


def check_medium(choices: MediumChoices, *, now: datetime) -> tuple[Problem, ...]:
    """Return every fault of what was said."""
    found = [Problem(name, "required") for name in ("label", "place") if not getattr(choices, name).strip()]
    found += [
        Problem(name, "too_long", {"limit": str(most)})
        for name, most in MOST_TEXT.items()
        if len(getattr(choices, name)) > most
    ]
    if choices.carrier not in {*CarrierKind}:
        found.append(Problem("carrier", "not_in_range", {"allowed": ", ".join(CarrierKind)}))
    if choices.written_at > now:
        found.append(Problem("written_at", "not_in_range", {"allowed": "不晚于现在"}))
    if not 0 <= choices.check_days <= MOST_DAYS:
        found.append(Problem("check_days", "not_in_range", {"allowed": f"0–{MOST_DAYS}"}))
    found += _range("coldest", "hottest", choices, COLDEST, HOTTEST)
    found += _range("driest", "dampest", choices, 0, 100)
    return tuple(found)


def _range(low: str, high: str, choices: MediumChoices, least: int, most: int) -> list[Problem]:
    bounds = {name: value for name in (low, high) if (value := getattr(choices, name)) is not None}
    found = [
        Problem(name, "not_in_range", {"allowed": f"{least}–{most}"})
        for name, value in bounds.items()
        if not least <= value <= most
    ]
    if not found and len(bounds) == 2 and bounds[low] > bounds[high]:  # noqa: PLR2004 - both bounds
        found.append(Problem(high, "not_in_range", {"allowed": f"{bounds[low]}–{most}"}))
    return found


def check_due(*, written_at: datetime, checked_at: datetime | None, check_days: int) -> datetime | None:
    """Return when a medium is to be looked at next; nothing if never."""
    return (checked_at or written_at) + timedelta(days=check_days) if check_days else None


@dataclass(frozen=True, slots=True)
class Climate:
    """The bounds wanted of a place: °C and per cent; nothing for none."""

    coldest: int | None
    hottest: int | None
    driest: int | None
    dampest: int | None


def is_climate_outside(wanted: Climate, temperature: int | None, humidity: int | None) -> bool:
    """Say whether what was measured is beyond a bound; what was not measured or has no bound is not."""
    measured = ((wanted.coldest, temperature, wanted.hottest), (wanted.driest, humidity, wanted.dampest))
    return any(
        value is not None and ((low is not None and value < low) or (high is not None and value > high))
        for low, value, high in measured
    )
