"""The journal for its readers: events with their places in the sealed log, checkpoints, and proofs."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from jingui.db.queries.events import EventFilter, checkpoints, event_page, get_event
from jingui.db.queries.house import house
from jingui.db.queries.records import latest_checkpoint
from jingui.domain.access.roles import Permission
from jingui.domain.audit.events import Event
from jingui.interfaces.web.addresses import page_number, searched_words
from jingui.interfaces.web.guards import needs
from jingui.interfaces.web.shapes.proofs import inclusion, is_proved
from jingui.usecases.audit.sealing import read_tile


@needs(Permission.VIEW_JOURNAL)
def journal(request: HttpRequest) -> HttpResponse:
    """Show one page of events, newest first."""
    query = request.GET
    before = page_number(query, "before") if "before" in query else 0
    named = searched_words(query, "actor")
    by = named if ":" in named or not named else f"account:{named}"
    wanted = EventFilter(query.get("kind", ""), by, searched_words(query, "case"), before)
    page = event_page(wanted)
    context = {"page": page, "wanted": wanted, "named": named, "kinds": [kind.value for kind in Event]}
    return render(request, "web/journal.html", {**context, "checkpoints": checkpoints(), "house": house()})


@needs(Permission.VIEW_JOURNAL)
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show one event with its payload and its proof."""
    found = get_event(event_id)
    proof = inclusion(found, latest_checkpoint(), read_tile=read_tile)
    context = {"event": found, "payload": json.loads(found.payload), "proof": proof}
    return render(request, "web/event.html", {**context, "is_proved": bool(proof and is_proved(proof))})


@needs(Permission.VIEW_JOURNAL)
def event_proof(_request: HttpRequest, event_id: int) -> HttpResponse:
    """Return the proof of one event as JSON."""
    return proof_answer(get_event(event_id))


def proof_answer(found: object) -> HttpResponse:
    """Return a proof to be kept and checked elsewhere; 404 while the event is not sealed."""
    proof = inclusion(found, latest_checkpoint(), read_tile=read_tile)
    name = f"jingui-proof-{proof['leaf_index']}.json" if proof else ""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if proof else {}
    body = proof or {"code": "not_sealed_yet"}
    options = {"ensure_ascii": False, "indent": 1}
    return JsonResponse(body, json_dumps_params=options, headers=headers, status=200 if proof else 404)
