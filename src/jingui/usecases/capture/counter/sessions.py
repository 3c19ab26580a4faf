"""What every act at the counter begins with: the session, locked and permitted, and what a change undoes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Account, Confirmation, CounterPage, CounterSession
from jingui.db.queries.visibility import agency_condition
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.audit.events import Event
from jingui.domain.capture.confirmation import materials_from_plain
from jingui.domain.capture.counter import (
    ConfirmationState,
    CounterState,
    VoidReason,
    move_counter,
)
from jingui.domain.errors import Conflict, NotFound
from jingui.ports import ScanDesk, StagingArea, TextRecogniser
from jingui.usecases.capture.folders import Desk


@dataclass(frozen=True, slots=True)
class CounterRoom:
    """What the counter has at hand. ``scans`` is its own staging area, ``staging`` that of capture.

    ``keeps_scans``: scans are archived as they came beside the materials made of them. ``layers_text``: pages are
    recognised whole, and the files made of them carry the words behind the picture.
    """

    desk: Desk
    scans: StagingArea
    staging: StagingArea
    scanner: ScanDesk
    recogniser: TextRecogniser
    limit: int
    keeps_scans: bool = False
    layers_text: bool = False


def account_of(actor: Actor) -> Account:
    """Return the account of who acts."""
    return Account.objects.get(pk=UUID(actor.account_key))


def journal_name(account: Account) -> str:
    """Return the name an account has in the journal."""
    return f"account:{account.username}"


def locked_session(actor: Actor, key: UUID) -> CounterSession:
    """Return a session, locked until the transaction ends.

    Raises:
        NotFound: there is none that the actor may know of.
    """
    condition = agency_condition(actor, Permission.RECEIVE_AT_COUNTER, field="case__agency__code")
    rows = CounterSession.objects.select_for_update(of=("self",)).select_related("case__agency", "case__source")
    row = rows.filter(condition, pk=key).first()
    if row is None:
        raise NotFound("not_found")
    return row


def begin_change(session: CounterSession) -> None:
    """Let pages of a session be changed.

    Raises:
        Conflict: ``counter_ended``, the session has ended.
    """
    state = CounterState(session.state)
    if state in {CounterState.FINISHED, CounterState.ABANDONED}:
        raise Conflict("counter_ended")
    if state is not CounterState.COLLECTING:
        session.state = move_counter(state, CounterState.COLLECTING).value
    session.revision += 1


def make_void(
    session: CounterSession, *, reason: VoidReason, actor: str, now: datetime, scans: StagingArea, objection: str = ""
) -> None:
    """Make the standing confirmation of a session void, in the transaction of the change that does it."""
    rows = Confirmation.objects.select_for_update(of=("self",)).filter(session=session)
    for row in rows.exclude(state=ConfirmationState.VOID):
        row.state, row.void_at, row.void_reason, row.objection = (
            ConfirmationState.VOID.value,
            now,
            reason.value,
            objection,
        )
        facts = {"session": session.key.hex, "confirmation": row.key.hex, "reason": reason.value}
        journal.record(journal.Entry(Event.CONFIRMATION_VOID, actor, now, session.case_id, facts), changed=[row])
        transaction.on_commit(discarding(scans, spent_tokens(row)))


def spent_tokens(row: Confirmation) -> tuple[str, ...]:
    """Name the staged bytes that only a confirmation needs."""
    files = tuple(material.token for material in materials_from_plain(row.materials))
    return (*files, row.evidence_token) if row.evidence_token else files


def session_tokens(session: CounterSession) -> tuple[str, ...]:
    """Name all staged bytes of a session."""
    scans = session.scans.values_list("staged_token", flat=True)
    images = CounterPage.objects.filter(session=session).values_list("image_token", flat=True)
    made = (token for row in session.confirmations.all() for token in spent_tokens(row))
    return tuple({*scans, *images, *made})


def discarding(scans: StagingArea, tokens: tuple[str, ...]) -> Callable[[], None]:
    """Return what lets staged bytes go once the transaction has ended."""

    def discard() -> None:
        for token in tokens:
            scans.discard(token)

    return discard
