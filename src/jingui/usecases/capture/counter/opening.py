"""Beginning and giving up a session at the counter; a new case comes in by the same use case as from any source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, CounterSession, Source
from jingui.db.queries.counter import get_session
from jingui.db.queries.rows import lock_name
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Actor, Everywhere, Permission, check_may, reach
from jingui.domain.audit.events import Event
from jingui.domain.capture.checking import check_case_message
from jingui.domain.capture.counter import SOURCE_NAME, CounterState, VoidReason, move_counter
from jingui.domain.errors import Conflict
from jingui.domain.metadata.fields import printable_text
from jingui.ports import StagingArea
from jingui.usecases.capture.cases import receive_case
from jingui.usecases.capture.counter.sessions import (
    account_of,
    discarding,
    journal_name,
    locked_session,
    make_void,
    session_tokens,
)
from jingui.usecases.capture.folders import Desk, Sender

SYSTEM = "system:counter"
KEY_ID = "counter"


def counter_sender(actor: Actor, source: Source) -> Sender:
    """Return the sender of what an actor takes in; it may send for the agencies at whose counters he works."""
    codes = reach(actor, Permission.RECEIVE_AT_COUNTER)
    bound = () if isinstance(codes, Everywhere) else tuple(sorted(codes))
    return Sender(source.key, SOURCE_NAME, KEY_ID, "", bound)


@transaction.atomic
def counter_source(*, now: datetime) -> Source:
    """Return the built-in source of the counter, entered when it is first needed. It has no key: nobody can sign as it."""
    lock_name("counter source")
    known = Source.objects.filter(name=SOURCE_NAME).first()
    if known:
        return known
    source = Source(name=SOURCE_NAME)
    entry = journal.Entry(Event.COUNTER_SOURCE_REGISTERED, SYSTEM, now, facts={"source": SOURCE_NAME})
    journal.record(entry, new=[source])
    return source


@transaction.atomic
def open_new_case(
    *, told: Mapping[str, object], station: str, actor: Actor, desk: Desk, now: datetime
) -> CounterSession:
    """Open a case of the counter's own and a session for it. ``told`` is the message that a source would send.

    Raises:
        Invalid: with every problem of the message.
        Refused: ``permission_missing``.
        Conflict: ``message_conflict``, the case number stands for something else.
    """
    check_may(actor, Permission.RECEIVE_AT_COUNTER)
    message = check_case_message(told)
    source = counter_source(now=now)
    receive_case(message=message, sender=counter_sender(actor, source), desk=desk, now=now)
    case = Case.objects.get(source=source, case_number=message.case_number)
    return _open(case, station=station, actor=actor, now=now)


@transaction.atomic
def open_for_case(*, case_key: UUID, station: str, actor: Actor, now: datetime) -> CounterSession:
    """Open a session for a case that is here already, whatever its source; one that runs is gone on with.

    Raises:
        NotFound: there is no such case, or none that the actor may know of.
        Conflict: ``case_without_plan``, nothing says which materials it takes.
    """
    case = visible_case(actor, case_key, Permission.RECEIVE_AT_COUNTER)
    if case.plan_id is None:
        raise Conflict("case_without_plan")
    lock_name(f"counter {case.key.hex}")
    ended = [CounterState.FINISHED, CounterState.ABANDONED]
    running = CounterSession.objects.filter(case=case).exclude(state__in=ended).first()
    return get_session(actor, running.key) if running else _open(case, station=station, actor=actor, now=now)


def _open(case: Case, *, station: str, actor: Actor, now: datetime) -> CounterSession:
    account = account_of(actor)
    session = CounterSession(
        case=case,
        opened_by=account,
        station=printable_text(station.strip(), limit=60),
        state=CounterState.COLLECTING.value,
        opened_at=now,
    )
    entry = journal.Entry(
        Event.COUNTER_OPENED,
        journal_name(account),
        now,
        case.key,
        {"session": session.key.hex, "station": session.station},
    )
    journal.record(entry, new=[session])
    return session


@transaction.atomic
def abandon(*, session_key: UUID, actor: Actor, scans: StagingArea, now: datetime) -> None:
    """Give a session up: nothing is handed to capture, its scans are let go, what was done stays in the journal.

    Raises:
        NotFound: there is no such session.
        MoveNotAllowed: it has ended.
    """
    session = locked_session(actor, session_key)
    session.state = move_counter(CounterState(session.state), CounterState.ABANDONED).value
    session.ended_at = now
    name = journal_name(account_of(actor))
    make_void(session, reason=VoidReason.ABANDONED, actor=name, now=now, scans=scans)
    facts = {"session": session.key.hex}
    journal.record(journal.Entry(Event.COUNTER_ABANDONED, name, now, session.case_id, facts), changed=[session])
    transaction.on_commit(discarding(scans, session_tokens(session)))
