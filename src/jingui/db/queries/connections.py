"""Connections to sources with their health, and messages that could not be taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from jingui.db.models import Source, SourceConnection, SourceProblem, SourceProgress
from jingui.db.queries.library import Page, page_of
from jingui.domain.access.roles import Actor, Everywhere, Permission, may, reach
from jingui.domain.errors import NotFound


def watched(actor: Actor) -> frozenset[UUID]:
    """Return the sources an actor looks after: all, or those that send for his agencies only."""
    if may(actor, Permission.MANAGE_SOURCES):
        return frozenset(Source.objects.values_list("key", flat=True))
    codes = reach(actor, Permission.VIEW_PROGRESS)
    rows = Source.objects.values_list("key", "agency_codes")
    if isinstance(codes, Everywhere):
        return frozenset(key for key, _ in rows)
    return frozenset(key for key, own in rows if own and set(own) <= codes)


def connections(actor: Actor | None = None) -> list[SourceConnection]:
    """Return the connections an actor looks after (``None``: all) with their progress."""
    rows = SourceConnection.objects.select_related("source", "progress").order_by("source__name", "name")
    return list(rows if actor is None else rows.filter(source_id__in=watched(actor)))


def problem_counts() -> dict[UUID, int]:
    """Return how many messages of each connection wait for a person."""
    rows = SourceProblem.objects.filter(settled_at=None).values_list("connection_id")
    return dict(rows.annotate(count=Count("key")).order_by())


def find_connection(name: str) -> SourceConnection:
    """Return a connection by its name. Raises NotFound."""
    row = SourceConnection.objects.select_related("source", "progress").filter(name=name).first()
    if row is None:
        raise NotFound("connection_unknown", name=name)
    return row


def get_connection(actor: Actor, key: UUID) -> SourceConnection:
    """Return a connection that an actor looks after. Raises NotFound."""
    rows = SourceConnection.objects.select_related("source", "progress").filter(source_id__in=watched(actor))
    row = rows.filter(key=key).first()
    if row is None:
        raise NotFound("not_found")
    return row


@dataclass(frozen=True, slots=True)
class SourceAlarm:
    """What of the sources waits for a person: connections that fail, and messages not taken."""

    failing: tuple[str, ...] = ()
    problems: int = 0

    @property
    def total(self) -> int:
        """How much waits."""
        return len(self.failing) + self.problems


def source_alarm(actor: Actor) -> SourceAlarm:
    """Return what is wrong with the sources an actor looks after."""
    sources = watched(actor)
    if not sources:
        return SourceAlarm()
    failing = SourceProgress.objects.filter(
        health="failing", connection__is_active=True, connection__source_id__in=sources
    )
    names = tuple(failing.order_by("failing_since").values_list("connection__name", flat=True))
    return SourceAlarm(names, _open(sources).count())


def _open(sources: frozenset[UUID]) -> QuerySet[SourceProblem]:
    return SourceProblem.objects.filter(settled_at=None, connection__source_id__in=sources)


def problem_page(actor: Actor, *, connection: UUID | None, number: int) -> Page:
    """Return one page of open problems, oldest first."""
    rows = _open(watched(actor))
    if connection:
        rows = rows.filter(connection_id=connection)
    return page_of(rows.select_related("connection").order_by("at", "key"), number=number)


def open_problems(name: str = "") -> list[SourceProblem]:
    """Return the open problems of a connection, or of all; at most a thousand."""
    rows = SourceProblem.objects.filter(settled_at=None).select_related("connection")
    return list((rows.filter(connection__name=name) if name else rows).order_by("at", "key")[:1000])


def open_problem_keys(connection: UUID) -> list[UUID]:
    """Return all open problems of a connection, the oldest first."""
    rows = SourceProblem.objects.filter(settled_at=None, connection_id=connection)
    return list(rows.order_by("at", "key").values_list("key", flat=True))


def retries_asked(rows: Iterable[SourceProblem]) -> frozenset[UUID]:
    """Return which of the problems a person has asked to be taken again already."""
    keys = {row.connection_id for row in rows}
    asked = SourceProgress.objects.filter(connection_id__in=keys).values_list("retries", flat=True)
    return frozenset(UUID(key) for found in asked for key in found)


def get_problem(actor: Actor, key: UUID) -> SourceProblem:
    """Return a problem of a source that an actor looks after. Raises NotFound."""
    rows = SourceProblem.objects.select_related("connection", "connection__source")
    row = rows.filter(key=key, connection__source_id__in=watched(actor)).first()
    if row is None:
        raise NotFound("not_found")
    return row
