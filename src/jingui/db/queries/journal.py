"""Reads of the journal."""

from __future__ import annotations

from jingui.db.models import JournalCheckpoint


def latest_note() -> str | None:
    """Return the newest signed checkpoint as published, or nothing before the first."""
    return JournalCheckpoint.objects.order_by("-size").values_list("note", flat=True).first()
