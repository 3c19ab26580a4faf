"""Making a copy invalid before its time, and letting go of the bytes of copies that no longer stand."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import AccessCopy, Account
from jingui.db.queries.visibility import agency_condition
from jingui.domain.access.copies import MAX_WORDING
from jingui.domain.access.roles import Actor, Permission, check_may
from jingui.domain.audit.events import Event
from jingui.domain.errors import Invalid, NotFound, Problem
from jingui.usecases.access.kept import PART_GRACE, KeptCopies


@transaction.atomic
def revoke_copy(*, copy_key: UUID, reason: str, actor: Actor, kept: KeptCopies, now: datetime) -> AccessCopy:
    """Make a copy invalid from now on; a copy that is revoked already stays as it is. The reason is shown to verifiers.

    Raises:
        NotFound: there is no such copy, or none that the actor may know of.
        Refused: ``permission_missing``.
        Invalid: the reason is missing, too long or cannot be printed.
    """
    row = _permitted(actor, copy_key)
    told = _checked(reason)
    if row.revoked_at is not None:
        return row
    row.revoked_at, row.revoked_reason = now, told
    account = Account.objects.get(pk=UUID(actor.account_key))
    facts = {"copy": row.key.hex, "copy_number": row.copy_number}
    entry = journal.Entry(Event.COPY_REVOKED, f"account:{account.username}", now, row.case_id, facts)
    journal.record(entry, changed=[row])
    transaction.on_commit(lambda: kept.discard(row.key))
    return row


def discard_spent_copies(*, kept: KeptCopies, now: datetime) -> int:
    """Let go of the bytes of copies that have expired, are revoked, or never came to be; return how many.

    Their rows stay, and with them what is needed to verify a file against them.
    """
    standing = AccessCopy.objects.filter(revoked_at=None, expires_at__gt=now)
    before = (now - PART_GRACE).timestamp()
    done = 0
    for key in kept.listed():
        is_fresh = kept.written_at(key) >= before  # its transaction may not have ended yet
        if not is_fresh and not standing.filter(pk=key).exists():
            kept.discard(key)
            done += 1
    return done + kept.sweep_parts(before=before)


def _permitted(actor: Actor, copy_key: UUID) -> AccessCopy:
    reachable = agency_condition(actor, Permission.VIEW_RECORD, field="case__agency__code")
    rows = AccessCopy.objects.select_for_update(of=("self",)).select_related("case__agency")
    row = rows.filter(reachable, pk=copy_key).first()
    if row is None:
        raise NotFound("not_found")
    check_may(actor, Permission.REVOKE_COPY, agency_code=row.case.agency.code if row.case.agency else None)
    return row


def _checked(reason: str) -> str:
    told = reason.strip()
    problem = None
    if not told:
        problem = Problem("reason", "required")
    elif len(told) > MAX_WORDING:
        problem = Problem("reason", "too_long", {"length": str(len(told)), "limit": str(MAX_WORDING)})
    elif bad := next((c for c in told if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}), ""):
        problem = Problem("reason", "control_character", {"character": f"U+{ord(bad):04X}"})
    if problem:
        raise Invalid((problem,))
    return told
