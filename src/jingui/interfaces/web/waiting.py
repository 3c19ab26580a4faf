"""How much waits for the person who asks: counted once for a page, shown in the rail and by the first page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from jingui.db.queries.connections import SourceAlarm, source_alarm
from jingui.db.queries.copies_held import open_findings
from jingui.db.queries.coverage import unexplained_count
from jingui.db.queries.media import due_media
from jingui.db.queries.suggestions import open_suggestion_count
from jingui.db.queries.worklists import failed_job_count, work_counts
from jingui.domain.access.roles import Actor, Permission, may
from jingui.interfaces.web.clock import now
from jingui.interfaces.web.guards import actor

_KEPT = "_jingui_waiting"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts by the name of the list they stand for, and what the sources need."""

    counts: dict[str, int]
    sources: SourceAlarm


def waiting(request: HttpRequest) -> Waiting:
    """Return what waits, as far as the person sees it."""
    found: Waiting | None = getattr(request, _KEPT, None)
    if found is None:
        found = _count(actor(request))
        setattr(request, _KEPT, found)
    return found


def _count(who: Actor) -> Waiting:
    alarm = source_alarm(who)
    counts = work_counts(who, now=now()) | {"sources": alarm.total, "suggestions": open_suggestion_count(who)}
    if may(who, Permission.VIEW_PROGRESS):
        counts["unexplained"] = unexplained_count(who)
    if may(who, Permission.MANAGE_JOBS):
        counts["jobs"] = failed_job_count()
    if may(who, Permission.VERIFY_HOLDINGS):
        counts["copies"] = open_findings().count()
        counts["media"] = due_media(now()).count()
    return Waiting(counts, alarm)
