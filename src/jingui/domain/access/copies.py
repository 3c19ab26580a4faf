"""The terms of a restricted copy (利用副本): what must be said to get one, and whether one stands."""

from __future__ import annotations

import string
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from jingui.domain.errors import Invalid, Problem

MAX_WORDING = 200
COPY_NUMBER_TEMPLATE = "{prefix}-FB-{year}-{serial:07}"
_NUMBER_NAMES = frozenset({"prefix", "year", "serial"})


class CopyStanding(StrEnum):
    """What a third party is told about a copy."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CopyRequest:
    """What is asked for: what the copy is for, who gets it, and the last day it stands."""

    purpose: str
    receiver: str
    expires_on: date


def check_copy_request(request: CopyRequest, *, today: date, max_days: int) -> CopyRequest:
    """Return the request with its words trimmed, if a copy may be made on it.

    Raises:
        Invalid: with every problem: ``copy_purpose_missing``, ``copy_receiver_missing``, ``…_too_long``, ``…_unprintable``,
            ``copy_expiry_past`` (the last day must lie after today) and ``copy_expiry_too_far``.
    """
    trimmed = CopyRequest(request.purpose.strip(), request.receiver.strip(), request.expires_on)
    problems = [
        *_wording_problems("purpose", trimmed.purpose),
        *_wording_problems("receiver", trimmed.receiver),
        *_expiry_problems(trimmed.expires_on, today=today, max_days=max_days),
    ]
    if problems:
        raise Invalid(tuple(problems), code="copy_request_invalid")
    return trimmed


def copy_standing(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> CopyStanding:
    """Say whether a copy stands. Revoked says more than expired, so it comes first."""
    if revoked_at is not None and revoked_at <= now:
        return CopyStanding.REVOKED
    return CopyStanding.EXPIRED if now >= expires_at else CopyStanding.VALID


def copy_number(*, prefix: str, year: int, serial: int, template: str = COPY_NUMBER_TEMPLATE) -> str:
    """Write the number of a copy, such as YZ-FB-2025-0018842.

    Raises:
        ValueError: the template names something else, or leaves out the year or the serial.
    """
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    if not {"year", "serial"} <= set(names) <= _NUMBER_NAMES:
        message = f"a template of copy numbers needs {{year}} and {{serial}} and may have {{prefix}}: {template!r}"
        raise ValueError(message)
    return template.format(prefix=prefix, year=year, serial=serial)


def _wording_problems(location: str, text: str) -> list[Problem]:
    if not text:
        return [Problem(location, f"copy_{location}_missing")]
    problems = []
    if len(text) > MAX_WORDING:
        params = {"length": str(len(text)), "limit": str(MAX_WORDING)}
        problems.append(Problem(location, f"copy_{location}_too_long", params))
    # Control and direction characters could make the printed line say something else than the stored one.
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text):
        problems.append(Problem(location, f"copy_{location}_unprintable"))
    return problems


def _expiry_problems(expires_on: date, *, today: date, max_days: int) -> list[Problem]:
    latest = today + timedelta(days=max_days)
    if expires_on <= today:
        return [Problem("expires_on", "copy_expiry_past", {"today": today.isoformat()})]
    if expires_on > latest:
        return [Problem("expires_on", "copy_expiry_too_far", {"latest": latest.isoformat()})]
    return []
