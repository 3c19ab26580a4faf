"""Proofs of the events of one record, for those who may view it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from jingui.db.queries.records import case_event
from jingui.domain.access.roles import Permission
from jingui.interfaces.web.guards import actor, needs
from jingui.interfaces.web.views.journal import proof_answer


@needs(Permission.VIEW_RECORD)
def record_event_proof(request: HttpRequest, key: UUID, event_id: int) -> HttpResponse:
    """Return the proof of one event of a record as JSON."""
    return proof_answer(case_event(actor(request), key, event_id))
