"""Offline media for screens: those in use, what is due, and what checks of one found."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from jingui.db.models import MediumCheck, OfflineMedium

LATEST_CHECKS = 50


def media(*, limit: int = 500) -> list[OfflineMedium]:
    """Return the media, those in use first and of them what is due first."""
    in_use = OfflineMedium.objects.filter(ended_at=None)
    due = list(in_use.filter(due_at__isnull=False).order_by("due_at", "label")[:limit])
    never = list(in_use.filter(due_at=None).order_by("label")[: limit - len(due)])
    ended = OfflineMedium.objects.filter(ended_at__isnull=False).order_by("-ended_at")
    return [*due, *never, *ended[: limit - len(due) - len(never)]]


def due_media(now: datetime) -> QuerySet[OfflineMedium, OfflineMedium]:
    """Return the media in use that are to be looked at."""
    return OfflineMedium.objects.filter(Q(due_at__lte=now), ended_at=None)


def medium_of(key: UUID) -> OfflineMedium | None:
    """Return a medium."""
    return OfflineMedium.objects.filter(pk=key).first()


def checks_of(medium: OfflineMedium) -> list[MediumCheck]:
    """Return the latest checks of a medium, newest first."""
    return list(MediumCheck.objects.filter(medium=medium).order_by("-at")[:LATEST_CHECKS])
