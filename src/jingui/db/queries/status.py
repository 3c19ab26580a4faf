"""Counts of everything, for operators and scripts."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum

from jingui.db.models import AccessCopy, Case, CaseFile, CaseStep, Job, JournalCheckpoint, JournalEvent, PackageVersion
from jingui.domain.lifecycle import CaseState


def holdings_status() -> dict[str, Any]:
    """Return the counts by name: cases by state, files, steps, objects, versions, bytes, journal size, jobs."""
    by_state = dict(Case.objects.values_list("state").annotate(count=Count("key")).values_list("state", "count"))
    stored = PackageVersion.objects.filter(stored_at__isnull=False).aggregate(
        versions=Count("key"), objects=Count("object_id", distinct=True), bytes=Sum("bytes")
    )
    flags = Case.objects.aggregate(
        late_events=Count("key", filter=Q(is_late_event=True)),
        late_arrivals=Count("key", filter=Q(is_late_arrival=True)),
    )
    sealed = JournalCheckpoint.objects.order_by("-size").values_list("size", flat=True).first()
    return {
        "cases": {state.value: by_state.get(state.value, 0) for state in CaseState},
        "files": CaseFile.objects.count(),
        "file_bytes": CaseFile.objects.aggregate(total=Sum("bytes"))["total"] or 0,
        "steps": CaseStep.objects.count(),
        "objects": stored["objects"],
        "versions": stored["versions"],
        "bytes": stored["bytes"] or 0,
        "late_event_cases": flags["late_events"],
        "late_arrival_cases": flags["late_arrivals"],
        "copies": AccessCopy.objects.count(),
        "journal_events": JournalEvent.objects.count(),
        "journal_sealed": sealed or 0,
        "jobs": dict(Job.objects.values_list("state").annotate(count=Count("case_key")).values_list("state", "count")),
    }
