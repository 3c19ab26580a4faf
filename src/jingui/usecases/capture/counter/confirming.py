"""What the applicant does on the second screen: opens it by the code, confirms material by material, signs or objects."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Confirmation, CounterSession
from jingui.db.queries.counter import find_confirmation, waiting_confirmations
from jingui.domain.audit.events import Event
from jingui.domain.capture.confirmation import (
    VIEWING_LIFETIME,
    code_digest,
    device_facts,
    material_digest,
    materials_from_plain,
)
from jingui.domain.capture.counter import (
    MOST_TRIES,
    ConfirmationState,
    CounterState,
    VoidReason,
    move_counter,
)
from jingui.domain.capture.handwriting import Handwriting, check_handwriting
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem, Refused
from jingui.domain.metadata.fields import printable_text
from jingui.ports import StagedFile, StagingArea
from jingui.usecases.capture.counter.evidence import evidence_pdf
from jingui.usecases.capture.counter.sessions import make_void

ACTOR = "applicant:counter"
OBJECTION_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Screen:
    """A second screen: the digest of its own secret (a cookie), and what it says of itself."""

    sha256: str
    device: dict[str, str]


def find_by_code(code: str, *, now: datetime) -> Confirmation:
    """Return the confirmation that waits for this code. Raises NotFound ``counter_code_unknown``."""
    for row in waiting_confirmations(now=now):
        if hmac.compare_digest(row.code_sha256, code_digest(row.token, code)):
            return row
    raise NotFound("counter_code_unknown")


def open_screen(*, token: str, code: str, screen: Screen, scans: StagingArea, now: datetime) -> Confirmation:
    """Bind a screen to a confirmation by its one-time code, which is spent by it.

    Raises:
        NotFound: nothing waits at this address.
        Refused: ``counter_code_wrong`` with the tries left, or ``counter_code_spent``.
    """
    with transaction.atomic():
        row = _locked(token)
        is_right = hmac.compare_digest(row.code_sha256, code_digest(token, code))
        if row.state != ConfirmationState.WAITING or row.code_expires_at <= now:
            raise Refused("counter_code_spent")
        if is_right:
            return _bind(row, screen, now)
        left = _count_try(row, scans, now)
    raise Refused("counter_code_wrong" if left else "counter_code_spent", left=str(left))


def _bind(row: Confirmation, screen: Screen, now: datetime) -> Confirmation:
    row.state, row.opened_at = ConfirmationState.VIEWING.value, now
    row.screen_sha256, row.device = screen.sha256, device_facts(screen.device)
    _record(row, Event.CONFIRMATION_OPENED, now)
    return row


def _count_try(row: Confirmation, scans: StagingArea, now: datetime) -> int:
    row.tries += 1
    _record(row, Event.CONFIRMATION_CODE_REFUSED, now)
    left = MOST_TRIES - row.tries
    if left <= 0:
        _give_back(row, VoidReason.TRIES_SPENT, scans, now)
    return max(0, left)


def bound_confirmation(*, token: str, screen_sha256: str, now: datetime) -> Confirmation:
    """Return the confirmation a screen is bound to, as long as it may be looked at.

    Raises:
        NotFound: the address is wrong, or the screen is not the one that typed the code.
    """
    row = find_confirmation(token)
    if row is None or not is_bound(row, screen_sha256, now=now):
        raise NotFound("counter_screen_unknown")
    return row


def is_bound(row: Confirmation, screen_sha256: str, *, now: datetime) -> bool:
    """Say whether this screen has opened the confirmation, not too long ago."""
    is_ours = bool(row.screen_sha256) and hmac.compare_digest(row.screen_sha256, screen_sha256)
    return is_ours and row.opened_at is not None and now < row.opened_at + VIEWING_LIFETIME


@transaction.atomic
def confirm_material(*, token: str, screen_sha256: str, code: str, digest: str, now: datetime) -> Confirmation:
    """Note that the applicant confirms one material as it stands on the screen; again changes nothing.

    Raises:
        NotFound: the screen is not bound, or there is no such material.
        Conflict: ``counter_confirmation_void``, or ``counter_changed``: what was shown is not what is there.
    """
    row = _viewed(token, screen_sha256, now)
    material = next((each for each in materials_from_plain(row.materials) if each.code == code), None)
    if material is None:
        raise NotFound("not_found")
    if not hmac.compare_digest(material_digest(material), digest):
        raise Conflict("counter_changed")
    if code not in row.confirmed:
        row.confirmed = {**row.confirmed, code: now.isoformat()}
        _record(row, Event.CONFIRMATION_GIVEN, now, material=code)
    return row


@transaction.atomic
def object_to(*, token: str, screen_sha256: str, words: str, scans: StagingArea, now: datetime) -> Confirmation:
    """Note that the applicant says something is wrong: the pages go back to the clerk.

    Raises:
        NotFound: the screen is not bound.
        Conflict: ``counter_confirmation_void``.
        Invalid: nothing is said.
    """
    row = _viewed(token, screen_sha256, now)
    told = printable_text(words.strip(), limit=OBJECTION_LIMIT)
    if not told:
        raise Invalid((Problem("objection", "required"),))
    _give_back(row, VoidReason.OBJECTED, scans, now, objection=told)
    return row


def sign(
    *, token: str, screen_sha256: str, strokes: object, archives_name: str, scans: StagingArea, now: datetime
) -> Confirmation:
    """Take the signature for all materials and make the evidence of it. ``now`` bears the zone that people read.

    The sheet is laid out outside the transaction, so that nobody waits for it.

    Raises:
        NotFound: the screen is not bound.
        Conflict: ``counter_confirmation_void``, or ``counter_material_unconfirmed``.
        Invalid: what was written is no signature.
    """
    seen = bound_confirmation(token=token, screen_sha256=screen_sha256, now=now)
    _check_signable(seen)
    written = check_handwriting(strokes)
    staged = scans.receive([evidence_pdf(seen, written, archives_name=archives_name, signed_at=now)])
    try:
        with transaction.atomic():
            row = _viewed(token, screen_sha256, now)
            _check_signable(row)
            return _signed(row, written, staged, now)
    except BaseException:
        scans.discard(staged.token)
        raise


def _check_signable(row: Confirmation) -> None:
    if row.state != ConfirmationState.VIEWING:
        raise Conflict("counter_confirmation_void")
    missing = [each.name for each in materials_from_plain(row.materials) if each.code not in row.confirmed]
    if missing:
        raise Conflict("counter_material_unconfirmed", material=missing[0])


def _signed(row: Confirmation, written: Handwriting, staged: StagedFile, now: datetime) -> Confirmation:
    row.state, row.signed_at, row.handwriting = ConfirmationState.SIGNED.value, now, written.to_plain()
    row.evidence_token, row.evidence_sha256 = staged.token, staged.digests.sha256
    session = row.session
    session.state = move_counter(CounterState(session.state), CounterState.SIGNED).value
    _record(row, Event.CONFIRMATION_SIGNED, now, also=session)
    return row


def _locked(token: str) -> Confirmation:
    rows = Confirmation.objects.select_for_update(of=("self",))
    key = rows.filter(token=token).values_list("session_id", flat=True).first()
    if key is None:
        raise NotFound("not_found")
    # Session first, as the clerk's acts do, so that two who come at once wait instead of stopping each other.
    session = CounterSession.objects.select_for_update().get(pk=key)
    row = rows.select_related("session__case__agency", "session__case__plan__item", "issued_by").get(token=token)
    row.session.state = session.state
    return row


def _viewed(token: str, screen_sha256: str, now: datetime) -> Confirmation:
    row = _locked(token)
    if not is_bound(row, screen_sha256, now=now):
        raise NotFound("counter_screen_unknown")
    if row.state != ConfirmationState.VIEWING:
        raise Conflict("counter_confirmation_void")
    return row


def _give_back(
    row: Confirmation, reason: VoidReason, scans: StagingArea, now: datetime, *, objection: str = ""
) -> None:
    session = row.session
    session.state = move_counter(CounterState(session.state), CounterState.COLLECTING).value
    make_void(session, reason=reason, actor=ACTOR, now=now, scans=scans, objection=objection)
    facts = {"session": session.key.hex, "act": reason.value, "pages": 0, "value": ""}
    journal.record(journal.Entry(Event.COUNTER_ARRANGED, ACTOR, now, session.case_id, facts), changed=[session])
    row.state = ConfirmationState.VOID.value


def _record(
    row: Confirmation, kind: Event, now: datetime, *, also: CounterSession | None = None, material: str = ""
) -> None:
    facts = {"session": row.session_id.hex, "confirmation": row.key.hex}
    facts |= {"material": material} if material else {}
    entry = journal.Entry(kind, ACTOR, now, row.session.case_id, facts)
    journal.record(entry, changed=[row, also] if also else [row])
