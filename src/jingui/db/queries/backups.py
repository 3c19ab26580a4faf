"""Backups and restore drills for screens, as the journal tells of them: a backup itself lies outside the instance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jingui.db.models import JournalEvent
from jingui.domain.audit.events import Event

MOST_DRILLS = 200


@dataclass(frozen=True, slots=True)
class Drilled:
    """A restore drill: when, and whether everything agreed."""

    at: datetime
    is_sound: bool


@dataclass(frozen=True, slots=True)
class BackedUpOnce:
    """One backup that was made, what it holds, and the last drill with it."""

    at: datetime
    rows: int
    waiting: int
    journal_size: int
    objects: int
    sha256: str
    drill: Drilled | None


def latest_backups(limit: int) -> list[BackedUpOnce]:
    """Return the newest backups, the newest first."""
    drills: dict[str, Drilled] = {}
    for event in newest_events(Event.BACKUP_DRILLED, MOST_DRILLS):
        facts = facts_of_event(event)
        is_sound = not facts["different"] and not facts["findings"]
        drills.setdefault(facts["backup"], Drilled(event.at, is_sound))
    found = []
    for event in newest_events(Event.BACKUP_MADE, limit):
        facts = facts_of_event(event)
        told = {name: int(facts[name]) for name in ("rows", "waiting", "journal_size", "objects")}
        found.append(BackedUpOnce(event.at, sha256=facts["sha256"], drill=drills.get(facts["sha256"]), **told))
    return found


def newest_events(kind: Event, limit: int) -> list[JournalEvent]:
    """Return the newest events of a kind, the newest first."""
    return list(JournalEvent.objects.filter(kind=kind.value).order_by("-id")[:limit])


def facts_of_event(event: JournalEvent) -> dict[str, Any]:
    """Return what an event tells besides its rows."""
    facts: dict[str, Any] = json.loads(event.payload)["facts"]
    return facts
