"""Offline media (离线介质): entered, looked at when due, put out of use; every act is journalled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import MediumCheck, OfflineMedium
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem
from jingui.domain.preservation.media import (
    COLDEST,
    HOTTEST,
    CheckResult,
    MediumChoices,
    check_due,
    check_medium,
)

MOST_NOTE = 500


@transaction.atomic
def add_medium(choices: MediumChoices, *, actor: str, now: datetime) -> OfflineMedium:
    """Enter a medium.

    Raises:
        Invalid: with every fault of what was said.
        Conflict: ``medium_exists``, there is one with this label.
    """
    if problems := check_medium(choices, now=now):
        raise Invalid(problems)
    if OfflineMedium.objects.filter(label=choices.label.strip()).exists():
        raise Conflict("medium_exists", label=choices.label.strip())
    row = OfflineMedium(**{**asdict(choices), "label": choices.label.strip()}, entered_by=actor, entered_at=now)
    row.due_at = check_due(written_at=row.written_at, checked_at=None, check_days=row.check_days)
    facts = {"medium": row.label, "carrier": row.carrier, "check_days": row.check_days}
    journal.record(journal.Entry(Event.MEDIUM_ADDED, actor, now, facts=facts), new=[row])
    return row


@dataclass(frozen=True, slots=True)
class Look:
    """What a person found: a result, what was measured (°C and per cent), and words."""

    result: str
    temperature: int | None = None
    humidity: int | None = None
    note: str = ""


@transaction.atomic
def check_medium_now(key: UUID, look: Look, *, actor: str, now: datetime) -> MediumCheck:
    """Keep what a person found in a medium; it is due again after its period, at once if it is not sound.

    Raises:
        NotFound: ``medium_unknown``.
        Invalid: with every fault; what is not sound needs words.
    """
    medium = _in_use(key)
    if problems := _look_faults(look):
        raise Invalid(problems)
    check = MediumCheck(medium=medium, at=now, person=actor, **asdict(look))
    medium.result = look.result
    is_sound = look.result == CheckResult.SOUND.value
    medium.due_at = (
        check_due(written_at=medium.written_at, checked_at=now, check_days=medium.check_days) if is_sound else now
    )
    facts = {"medium": medium.label, "result": look.result}
    journal.record(journal.Entry(Event.MEDIUM_CHECKED, actor, now, facts=facts), new=[check], changed=[medium])
    return check


def _look_faults(look: Look) -> tuple[Problem, ...]:
    found = []
    if look.result not in {*CheckResult}:
        found.append(Problem("result", "not_in_range", {"allowed": ", ".join(CheckResult)}))
    elif look.result != CheckResult.SOUND.value and not look.note.strip():
        found.append(Problem("note", "required"))
    if len(look.note) > MOST_NOTE:
        found.append(Problem("note", "too_long", {"limit": str(MOST_NOTE)}))
    for name, least, most in (("temperature", COLDEST, HOTTEST), ("humidity", 0, 100)):
        value = getattr(look, name)
        if value is not None and not least <= value <= most:
            found.append(Problem(name, "not_in_range", {"allowed": f"{least}–{most}"}))
    return tuple(found)


@transaction.atomic
def end_medium(key: UUID, *, reason: str, actor: str, now: datetime) -> None:
    """Put a medium out of use; its entry and its checks stay.

    Raises:
        NotFound: ``medium_unknown``.
        Invalid: there is no reason.
    """
    medium = _in_use(key)
    if not reason.strip() or len(reason) > MOST_NOTE:
        raise Invalid((Problem("reason", "required"),))
    medium.ended_at = now
    facts = {"medium": medium.label, "reason": reason.strip()}
    journal.record(journal.Entry(Event.MEDIUM_ENDED, actor, now, facts=facts), changed=[medium])


def _in_use(key: UUID) -> OfflineMedium:
    row = OfflineMedium.objects.select_for_update().filter(pk=key, ended_at=None).first()
    if row is None:
        raise NotFound("medium_unknown")
    return row
