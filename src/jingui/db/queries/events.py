"""The journal as its readers page through it: newest first, from an event number downwards."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jingui.db.models import Case, JournalCheckpoint, JournalEvent
from jingui.domain.errors import NotFound

PAGE_SIZE = 60


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to show; ``before`` is the number of the event that ended the page before, 0 from the newest."""

    kind: str = ""
    actor: str = ""
    case_number: str = ""
    before: int = 0


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events with the numbers of their cases; ``next_before`` is 0 on the last one."""

    events: list[JournalEvent]
    next_before: int
    case_numbers: dict[UUID, str]


def event_page(wanted: EventFilter) -> EventPage:
    """Return one page of events that fit all conditions."""
    rows = JournalEvent.objects.order_by("-id")
    if wanted.before:
        rows = rows.filter(id__lt=wanted.before)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.actor:
        rows = rows.filter(actor__contains=wanted.actor)
    if wanted.case_number:
        wanted_keys = Case.objects.filter(case_number=wanted.case_number).values_list("key", flat=True)
        rows = rows.filter(case_key__in=list(wanted_keys))
    found = list(rows[: PAGE_SIZE + 1])
    is_more = len(found) > PAGE_SIZE
    shown = {event.case_key for event in found if event.case_key}
    numbers = dict(Case.objects.filter(pk__in=shown).values_list("key", "case_number"))
    return EventPage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if is_more else 0, numbers)


def get_event(event_id: int) -> JournalEvent:
    """Return one event.

    Raises:
        NotFound: there is no such event.
    """
    event = JournalEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound("not_found")
    return event


def checkpoints(*, limit: int = 12) -> list[JournalCheckpoint]:
    """Return the newest checkpoints."""
    return list(JournalCheckpoint.objects.order_by("-size")[:limit])
