"""Reading the journal for what it says of rows: every event in order, with what is known of the event itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from jingui.db.models import JournalEvent
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.reading import BAD_VALUE, chunks, rows_by_key, values_by_key


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says, and whether it can be believed."""

    event_id: int
    payload: str
    is_proved: bool


def check_events(looked: Looked, *, unproved: set[int]) -> Iterator[tuple[Told, HoldingsFinding | None]]:
    """Stream every event in the order of its number; ``unproved`` are those that the log check has named."""
    numbers = JournalEvent.objects.order_by("id").values_list("id", flat=True)
    for chunk in chunks(numbers.iterator(chunk_size=2000)):
        rows = rows_by_key(JournalEvent, chunk)
        for number in chunk:
            looked.events += 1
            yield _told(number, rows.get(number), is_proved=number not in unproved)


def _told(number: int, event: JournalEvent | None, *, is_proved: bool) -> tuple[Told, HoldingsFinding | None]:
    payload = event.payload if event else values_by_key(JournalEvent, [number], "payload").get(number)
    told = Told(number, payload if isinstance(payload, str) else "", is_proved)
    if not is_proved or (event and _columns_agree(event)):
        return told, None
    kind = event.kind if event else ""
    return told, HoldingsFinding(Subject.EVENT, str(number), "event_columns_altered", str(kind))


def _columns_agree(event: JournalEvent) -> bool:
    try:
        payload = json.loads(event.payload)
        stated = (payload["kind"], payload["actor"], payload["case"], payload["at"])
        at = event.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except (KeyError, *BAD_VALUE):
        return False
    case = event.case_key.hex if event.case_key else None
    return stated == (event.kind, event.actor, case, at)
