"""Taking scans in: uploaded in the browser or picked from the scan folder, kept as they came, then asked to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CounterScan
from jingui.domain.access.roles import Actor
from jingui.domain.audit.events import Event
from jingui.domain.capture.counter import MOST_SCANS, ScanState, VoidReason
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import printable_text
from jingui.formats.identification import identify
from jingui.ports import Lane, StagedFile
from jingui.usecases.capture.counter.sessions import (
    CounterRoom,
    account_of,
    begin_change,
    journal_name,
    locked_session,
    make_void,
)

SCAN_FORMATS = frozenset({"jpeg", "png", "tiff", "pdf", "pdfa"})
"""What a scanner gives; told by content, whatever the name says."""


@dataclass(frozen=True, slots=True)
class ScanArrival:
    """A scan that stands in the counter's staging area; ``origin`` is ``upload`` or ``folder``."""

    name: str
    staged: StagedFile
    origin: str


@transaction.atomic
def take_scans(
    *, session_key: UUID, arrivals: Sequence[ScanArrival], actor: Actor, room: CounterRoom, now: datetime
) -> tuple[str, ...]:
    """Take scans into a session and ask for them to be read; return the tokens of those that are here already.

    A confirmation that was given or asked for is void, as pages are about to be added. The caller discards the bytes
    of what is returned, and of everything if this raises.

    Raises:
        NotFound: there is no such session.
        Conflict: ``counter_ended``.
        Invalid: a file is no scan, or there are too many.
    """
    session = locked_session(actor, session_key)
    begin_change(session)
    known = set(session.scans.values_list("sha256", flat=True))
    new, repeated = [], []
    for arrival in arrivals:
        if arrival.staged.digests.sha256 in known:
            repeated.append(arrival.staged.token)
            continue
        known.add(arrival.staged.digests.sha256)
        new.append(_row(arrival, room))
    _number(new, taken=session.scans.count())
    if new:
        account = account_of(actor)
        make_void(session, reason=VoidReason.PAGES_CHANGED, actor=journal_name(account), now=now, scans=room.scans)
        for row in new:
            row.session, row.received_at = session, now
        facts = {"session": session.key.hex, "scans": len(new), "bytes": sum(row.bytes for row in new)}
        entry = journal.Entry(Event.COUNTER_SCANNED, journal_name(account), now, session.case_id, facts)
        journal.record(entry, new=new, changed=[session])
        room.desk.queue.put(session.key.hex, now=now, lane=Lane.LONG)
    return tuple(repeated)


def _number(rows: list[CounterScan], *, taken: int) -> None:
    if taken + len(rows) > MOST_SCANS:
        raise Invalid((Problem("scans", "too_many", {"limit": str(MOST_SCANS), "count": str(taken + len(rows))}),))
    for at, row in enumerate(rows, taken + 1):
        row.number = at


def _row(arrival: ScanArrival, room: CounterRoom) -> CounterScan:
    staged = arrival.staged
    found = identify(staged.head, staged.tail, size=staged.bytes, open_stream=lambda: room.scans.open(staged.token))
    name = printable_text(arrival.name.strip(), limit=200) or "scan"
    if found.format_name not in SCAN_FORMATS:
        raise Invalid((Problem(name, "scan_form_unknown", {"format": found.format_name or "—"}),))
    return CounterScan(
        name=name,
        origin=arrival.origin,
        bytes=staged.bytes,
        sha256=staged.digests.sha256,
        sm3=staged.digests.sm3,
        format_name=found.format_name,
        mime_type=found.mime,
        staged_token=staged.token,
        state=ScanState.WAITING.value,
    )
