"""Taking again what could not be taken (重收): asked for by a person once mapping, file or rules were mended.

What is asked for is done in the connection's next slice, from the message as it was kept, by the mapping of today. What
was taken meanwhile changes nothing; what is refused for the same reason keeps its row, so it may be asked for again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import SourceConnection, SourceProblem, SourceProgress
from jingui.domain.audit.events import Event
from jingui.domain.capture.incoming import Arrival, Lot
from jingui.domain.errors import NotFound, TransientFailure
from jingui.ports import SourceReader
from jingui.usecases.capture.incoming import Tally, take_lot
from jingui.usecases.capture.preparing import Intake
from jingui.usecases.capture.refused import mark_of, settle_read

_MOST_NAMED = 100


@transaction.atomic
def ask_retry(keys: Collection[UUID], *, actor: str, now: datetime) -> int:
    """Ask the connections to take refused messages again in their next slices; return how many are newly asked for.

    Asking again for what is asked for already changes nothing. What is settled meanwhile is passed over.

    Raises:
        NotFound: none of them waits.
    """
    asked: dict[UUID, set[str]] = defaultdict(set)
    rows = SourceProblem.objects.filter(key__in=keys, settled_at=None)
    for key, connection in rows.values_list("key", "connection_id"):
        asked[connection].add(key.hex)
    if not asked:
        raise NotFound("not_found")
    return sum(_ask(connection, wanted, actor, now) for connection, wanted in sorted(asked.items()))


def _ask(connection: UUID, wanted: set[str], actor: str, now: datetime) -> int:
    progress = SourceProgress.objects.select_for_update().get(connection_id=connection)
    new = sorted(wanted.difference(progress.retries))
    progress.next_try_at = now
    if new:
        progress.retries = [*progress.retries, *new]
        name = SourceConnection.objects.values_list("name", flat=True).get(key=connection)
        facts = {"connection": name, "count": len(new), "problems": new[:_MOST_NAMED]}
        journal.record(journal.Entry(Event.SOURCE_RETRY_ASKED, actor, now, facts=facts))
    progress.save(update_fields=["retries", "next_try_at"])
    return len(new)


Reopen = Callable[[SourceProblem], bool]
"""Takes care of a message in another way than by reading it again; says whether it did."""


def _nothing(_row: SourceProblem) -> bool:
    return False


def take_asked_again(
    intake: Intake,
    reader: SourceReader,
    *,
    clock: Callable[[], datetime],
    is_over: Callable[[], bool],
    reopen: Reopen = _nothing,
) -> Tally:
    """Take the messages of a connection that were asked for, the longest waiting first, until the time is over.

    Bytes that cannot be had just now leave their message asked for; the others go on.
    """
    total = Tally()
    for key in list(intake.connection.progress.retries):
        row = SourceProblem.objects.filter(key=UUID(key), connection=intake.connection, settled_at=None).first()
        try:
            if row is not None and not reopen(row):
                total += _take(row, intake, reader, clock())
        except TransientFailure:
            continue
        _done(intake.connection, key)
        if is_over():
            break
    return total


def _take(row: SourceProblem, intake: Intake, reader: SourceReader, now: datetime) -> Tally:
    lot = reader.again(row.reference, row.raw)
    if lot is None and row.arrival:
        lot = Lot((Arrival.from_json(row.arrival),))
    if lot is None:
        return Tally()
    tally = take_lot(lot, intake=intake, now=now, finish=partial(_settle, row, now))
    reader.acknowledge(lot)
    return tally


def _settle(row: SourceProblem, now: datetime, tally: Tally) -> None:
    """Settle a message unless it was refused as before, in the transaction that took it."""
    if row.told_sha256 not in {mark_of(refusal) for refusal in tally.refusals}:
        settle_read(row.key, how="replaced" if tally.refusals else "taken", connection=row.connection, now=now)


@transaction.atomic
def _done(connection: SourceConnection, key: str) -> None:
    """Let go of one that was asked for; others may have been asked for meanwhile."""
    progress = SourceProgress.objects.select_for_update().get(connection=connection)
    progress.retries = [each for each in progress.retries if each != key]
    progress.save(update_fields=["retries"])
