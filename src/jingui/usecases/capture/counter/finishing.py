"""Handing what was confirmed to capture, by the same use cases as any source; and closing cases of the counter's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Account, Confirmation, CounterSession
from jingui.db.queries.counter import get_session, is_counter_case, session_scans, standing_confirmation
from jingui.domain.access.roles import Actor
from jingui.domain.audit.events import Event
from jingui.domain.capture.checking import check_closure_message, check_file_message, check_step_message
from jingui.domain.capture.confirmation import materials_from_plain
from jingui.domain.capture.counter import (
    ConfirmationState,
    CounterState,
    ScanState,
    move_counter,
)
from jingui.domain.errors import Conflict
from jingui.domain.metadata.inventory import CONFIRMATION_MATERIAL, SCAN_MATERIAL
from jingui.formats.identification import identify
from jingui.ports import StagingArea
from jingui.usecases.capture.closures import receive_closure
from jingui.usecases.capture.counter.evidence import TITLE
from jingui.usecases.capture.counter.opening import counter_sender
from jingui.usecases.capture.counter.replacing import check_standing
from jingui.usecases.capture.counter.sessions import (
    CounterRoom,
    account_of,
    discarding,
    journal_name,
    locked_session,
    session_tokens,
)
from jingui.usecases.capture.files import Arrival, receive_files
from jingui.usecases.capture.folders import Sender
from jingui.usecases.capture.steps import receive_steps

STEP = "收件"
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A file of the counter on its way to capture: where it waits, its name, and what is said of it."""

    token: str
    file_key: str
    name: str
    material_code: str
    title: str
    replaces: str = ""


def finish(*, session_key: UUID, actor: Actor, room: CounterRoom, now: datetime) -> int:
    """Hand every confirmed material, the evidence and, where wanted, the scans to capture; return how many files.

    All or nothing: a broken-off try leaves bytes in staging that reconciliation lets go. Archived is exactly what was
    shown and signed: a file whose digest has changed since is refused.

    Raises:
        NotFound: there is no such session.
        Conflict: ``counter_not_signed``, ``counter_ended``, ``counter_file_changed`` or ``counter_file_replaced``.
        TransientFailure: ``storage_full``.
    """
    session = get_session(actor, session_key)
    confirmation = standing_confirmation(session)
    if confirmation is None or confirmation.state != ConfirmationState.SIGNED:
        raise Conflict("counter_not_signed")
    staged: list[Arrival] = []
    try:
        files = _files(session, confirmation, keeps_scans=room.keeps_scans)
        staged.extend(_arrival(session, file, room, now) for file in files)
        _check_unchanged(confirmation, staged)
        _hand_over(session_key, confirmation, staged, actor=actor, room=room, now=now)
    except BaseException:
        for arrival in staged:
            room.staging.discard(arrival.staged.token)
        raise
    return len(staged)


def _files(session: CounterSession, confirmation: Confirmation, *, keeps_scans: bool) -> Iterator[HandedOver]:
    mark = f"counter-{confirmation.key.hex[-12:]}"
    for material in materials_from_plain(confirmation.materials):
        key = f"{mark}-{material.code}"
        yield HandedOver(material.token, key, material.file_name, material.code, material.name, material.replaces)
    yield HandedOver(confirmation.evidence_token, f"{mark}-confirmation", f"{TITLE}.pdf", CONFIRMATION_MATERIAL, TITLE)
    for scan in session_scans(session) if keeps_scans else ():
        if scan.state == ScanState.READ:
            name = f"{scan.number:03} {scan.name}"
            yield HandedOver(scan.staged_token, f"{mark}-scan-{scan.number:03}", name, SCAN_MATERIAL, "扫描原件")


def _arrival(session: CounterSession, file: HandedOver, room: CounterRoom, now: datetime) -> Arrival:
    staged = room.staging.receive(_blocks(room.scans, file.token), limit=room.limit)
    told: dict[str, Any] = {
        "file_key": file.file_key,
        "name": file.name,
        "material_code": file.material_code,
        "title": file.title,
        "step": STEP,
        "formed_at": now.isoformat(),
        "sha256": staged.digests.sha256,
    }
    if file.replaces:
        told["replaces"] = file.replaces
    found = identify(staged.head, staged.tail, size=staged.bytes, open_stream=lambda: room.staging.open(staged.token))
    return Arrival(session.case.case_number, check_file_message(told), staged, found)


def _blocks(scans: StagingArea, token: str) -> Iterator[bytes]:
    with scans.open(token) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _check_unchanged(confirmation: Confirmation, staged: list[Arrival]) -> None:
    wanted = {material.code: material.sha256 for material in materials_from_plain(confirmation.materials)}
    wanted[CONFIRMATION_MATERIAL] = confirmation.evidence_sha256
    for arrival in staged:
        shown = wanted.get(arrival.message.material_code)
        if shown and arrival.staged.digests.sha256 != shown:
            raise Conflict("counter_file_changed", name=arrival.message.name)


@transaction.atomic
def _hand_over(
    session_key: UUID,
    confirmation: Confirmation,
    staged: list[Arrival],
    *,
    actor: Actor,
    room: CounterRoom,
    now: datetime,
) -> None:
    session = locked_session(actor, session_key)
    signed = Confirmation.objects.filter(pk=confirmation.pk, state=ConfirmationState.SIGNED).exists()
    if not signed:
        raise Conflict("counter_not_signed")
    session.state = move_counter(CounterState(session.state), CounterState.FINISHED).value
    session.ended_at = now
    account = account_of(actor)
    sender, number = counter_sender(actor, session.case.source), session.case.case_number
    check_standing(session.case, [each.message.replaces for each in staged if each.message.replaces])
    receive_files(case_number=number, arrivals=staged, sender=sender, desk=room.desk, now=now)
    _note_receipt(session, account, sender, room, now)
    facts = {"session": session.key.hex, "confirmation": confirmation.key.hex, "files": len(staged)}
    entry = journal.Entry(Event.COUNTER_FINISHED, journal_name(account), now, session.case_id, facts)
    journal.record(entry, changed=[session])
    transaction.on_commit(discarding(room.scans, session_tokens(session)))


def _note_receipt(session: CounterSession, account: Account, sender: Sender, room: CounterRoom, now: datetime) -> None:
    """Report the receipt as a step of handling, unless the platform reports the steps of its case itself."""
    if not is_counter_case(session.case):
        return
    step = {
        "step_key": f"counter-{session.key.hex[-12:]}",
        "name": STEP,
        "started_at": session.opened_at.isoformat(),
        "ended_at": now.isoformat(),
        "handler": account.display_name,
        "unit": session.station,
    }
    messages = [check_step_message(step)]
    receive_steps(case_number=session.case.case_number, messages=messages, sender=sender, desk=room.desk, now=now)


@transaction.atomic
def close_case(
    *,
    session_key: UUID,
    told: Mapping[str, Any],
    steps: list[dict[str, Any]],
    actor: Actor,
    room: CounterRoom,
    now: datetime,
) -> None:
    """End a case that was opened at the counter; from here it runs its normal way.

    ``told`` and ``steps`` are the messages that a source would send.

    Raises:
        NotFound: there is no such session.
        Conflict: ``counter_not_finished``, ``counter_case_of_platform``, or the case is closed differently.
        Invalid: with every problem of the messages.
    """
    session = locked_session(actor, session_key)
    if session.state != CounterState.FINISHED:
        raise Conflict("counter_not_finished")
    if not is_counter_case(session.case):
        raise Conflict("counter_case_of_platform")
    closure = check_closure_message({"handler": account_of(actor).display_name, **told})
    messages = [check_step_message(step) for step in steps]
    sender, number = counter_sender(actor, session.case.source), session.case.case_number
    if messages:
        receive_steps(case_number=number, messages=messages, sender=sender, desk=room.desk, now=now)
    receive_closure(case_number=number, message=closure, sender=sender, desk=room.desk, now=now)
