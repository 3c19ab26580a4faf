"""Messages of a source that could not be taken (未收消息): kept with the reason, settled when they are taken, read anew or put aside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import SourceConnection, SourceProblem
from jingui.domain.audit.events import Event
from jingui.domain.capture.incoming import Arrival, Unreadable
from jingui.domain.errors import DomainError, Invalid, NotFound
from jingui.domain.metadata.fields import printable_text

RAW_LIMIT = 4 * 2**20
_PROBLEM_LIMIT = 100
REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was handed over, and why it was not taken."""

    item: Arrival | Unreadable
    error: DomainError


def keep_refusals(refusals: Sequence[Refusal], *, connection: SourceConnection, now: datetime) -> int:
    """Keep each refusal once, however often the same message is refused for the same reason; return how many are new."""
    rows = {row.told_sha256: row for row in (_row(refusal, connection, now) for refusal in refusals)}
    known = list(SourceProblem.objects.filter(connection=connection, told_sha256__in=list(rows)))
    for row in known:
        del rows[row.told_sha256]
    _open_again([row for row in known if row.settlement == REPLACED], now)
    if rows:
        facts = {"connection": connection.name, "codes": sorted({row.code for row in rows.values()})}
        entry = journal.Entry(Event.MESSAGE_REFUSED, f"connection:{connection.name}", now, facts=facts)
        journal.record(entry, new=list(rows.values()))
    return len(rows)


def mark_of(refusal: Refusal) -> str:
    """Return what tells a refusal from others: the same message refused for the same reason has the same mark."""
    item = refusal.item
    said = printable_text(item.raw, limit=RAW_LIMIT) or (item.to_json() if isinstance(item, Arrival) else "")
    told = "\n".join((item.subject, refusal.error.code, said))
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()


def _row(refusal: Refusal, connection: SourceConnection, now: datetime) -> SourceProblem:
    item, error = refusal.item, refusal.error
    is_arrival = isinstance(item, Arrival)
    raw = printable_text(item.raw, limit=RAW_LIMIT)
    return SourceProblem(
        connection=connection,
        kind=item.kind.value if isinstance(item, Arrival) else "unreadable",
        case_number=printable_text(item.case_number, limit=200),
        subject=printable_text(item.subject, limit=500),
        reference=printable_text(item.reference, limit=500),
        code=error.code,
        params={name: printable_text(value) for name, value in error.params.items()},
        problems=_problems(error),
        raw=raw,
        arrival=printable_text(item.to_json(), limit=RAW_LIMIT) if is_arrival and isinstance(item, Arrival) else "",
        told_sha256=mark_of(refusal),
        at=now,
    )


def _problems(error: DomainError) -> list[dict[str, Any]]:
    found = error.problems[:_PROBLEM_LIMIT] if isinstance(error, Invalid) else ()
    return [
        {
            "location": printable_text(problem.location),
            "code": problem.code,
            "params": {name: printable_text(value) for name, value in problem.params.items()},
        }
        for problem in found
    ]


def settle_taken(subjects: Sequence[str], *, connection: SourceConnection, now: datetime) -> None:
    """Settle the open problems of messages that have been taken after all, in the caller's transaction."""
    wanted = [printable_text(subject, limit=500) for subject in subjects]
    rows = SourceProblem.objects.filter(connection=connection, settled_at=None, subject__in=wanted)
    _settle(list(rows), "taken", by=f"connection:{connection.name}", now=now) if wanted else None


@transaction.atomic
def dismiss_problem(key: UUID, *, note: str, actor: str, now: datetime) -> None:
    """Put a problem aside with a reason; the message stays kept. Raises NotFound."""
    row = SourceProblem.objects.select_for_update().filter(key=key, settled_at=None).first()
    if row is None:
        raise NotFound("not_found")
    row.note = printable_text(note, limit=500)
    _settle([row], "dismissed", by=actor, now=now)


def settle_read(key: UUID, *, how: str, connection: SourceConnection, now: datetime) -> None:
    """Settle a problem whose message was read again: ``taken``, or ``replaced`` by problems of its own reading."""
    rows = SourceProblem.objects.filter(key=key, settled_at=None)
    _settle(list(rows), how, by=f"connection:{connection.name}", now=now)


def _open_again(rows: list[SourceProblem], now: datetime) -> None:
    """Put problems back on the list that another reading had replaced and that a later one has found again."""
    if not rows:
        return
    for row in rows:
        row.settled_at, row.settled_by, row.settlement = None, "", ""
    name = f"connection:{rows[0].connection.name}"
    facts = {"connection": rows[0].connection.name, "codes": sorted({row.code for row in rows})}
    journal.record(journal.Entry(Event.MESSAGE_REFUSED, name, now, facts=facts), changed=rows)


def _settle(rows: list[SourceProblem], how: str, *, by: str, now: datetime) -> None:
    if not rows:
        return
    for row in rows:
        row.settled_at, row.settled_by, row.settlement = now, by, how
    entry = journal.Entry(Event.SOURCE_PROBLEM_SETTLED, by, now, facts={"settlement": how, "count": len(rows)})
    journal.record(entry, changed=rows)
