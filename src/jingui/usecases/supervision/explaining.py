"""Explaining cases that nobody accounts for, and taking an explanation back; both are journalled and renew the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Account, Agency, DayClosing, Explanation, LedgerLine
from jingui.db.queries.rows import lock_name
from jingui.domain.access.roles import Actor, Everywhere, Permission, check_may, reach
from jingui.domain.audit.events import Event
from jingui.domain.errors import Invalid, NotFound, Problem, Refused
from jingui.domain.supervision.explanations import MAX_CHOSEN, ExplanationDraft

REPLACED = "由新的说明代替"
ALLOWS = Permission.DECIDE_FINDING


@dataclass(frozen=True, slots=True)
class Explained:
    """How many cases were explained, and the days whose certificates have to be renewed."""

    count: int
    closings: tuple[int, ...]


@transaction.atomic
def explain_cases(
    *, source_key: UUID, case_numbers: Sequence[str], draft: ExplanationDraft, actor: Actor, now: datetime
) -> Explained:
    """Say why cases of a source's ledgers are rightly not in the archive. An earlier explanation of a case is replaced.

    Raises:
        NotFound: a case stands in no current ledger of the source, or in one the actor may not know of.
        Refused: ``permission_missing``.
        Invalid: no case was chosen, or too many.
    """
    numbers = sorted(set(case_numbers))
    if not numbers:
        raise Invalid((Problem("case", "nothing_chosen"),))
    if len(numbers) > MAX_CHOSEN:
        raise Invalid((Problem("case", "too_many", {"count": str(len(numbers)), "limit": str(MAX_CHOSEN)}),))
    lock_name(f"explain:{source_key.hex}")
    agencies = _agencies(source_key, numbers, actor)
    account = Account.objects.get(pk=UUID(actor.account_key))
    before = list(Explanation.objects.filter(source_id=source_key, case_number__in=numbers, revoked_at=None))
    for row in before:
        row.revoked_by, row.revoked_at, row.revoked_text = account, now, REPLACED
    name = f"account:{account.username}"
    if before:
        facts = {"case_numbers": sorted(row.case_number for row in before), "is_replaced": True}
        journal.record(journal.Entry(Event.EXPLANATION_REVOKED, name, now, facts=facts), changed=before)
    rows = [_row(source_key, number, agencies[number], draft, account, now) for number in numbers]
    entry = journal.Entry(Event.CASE_EXPLAINED, name, now, facts={"case_numbers": numbers, "kind": draft.kind.value})
    journal.record(entry, new=rows)
    return Explained(len(rows), _ask_for_closing(source_key, numbers, now))


@transaction.atomic
def revoke_explanation(*, key: UUID, text: str, actor: Actor, now: datetime) -> Explained:
    """Take an explanation back; one that is revoked already stays as it is.

    Raises:
        NotFound: there is no such explanation, or none that the actor may know of.
        Refused: ``permission_missing``.
    """
    row = Explanation.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=key).first()
    if row is None:
        raise NotFound("not_found")
    _check_may(actor, row.agency)
    if row.revoked_at is not None:
        return Explained(0, ())
    account = Account.objects.get(pk=UUID(actor.account_key))
    row.revoked_by, row.revoked_at, row.revoked_text = account, now, text
    facts = {"case_numbers": [row.case_number], "is_replaced": False}
    entry = journal.Entry(Event.EXPLANATION_REVOKED, f"account:{account.username}", now, facts=facts)
    journal.record(entry, changed=[row])
    return Explained(1, _ask_for_closing(row.source_id, [row.case_number], now))


def _row(
    source_key: UUID, number: str, agency: Agency | None, draft: ExplanationDraft, account: Account, now: datetime
) -> Explanation:
    return Explanation(
        source_id=source_key,
        case_number=number,
        agency=agency,
        kind=draft.kind.value,
        text=draft.text,
        until=draft.until,
        said_by=account,
        said_at=now,
    )


def _agencies(source_key: UUID, numbers: Sequence[str], actor: Actor) -> dict[str, Agency | None]:
    """Return the agency of each case as its newest ledger line has it; every one must be the actor's to explain."""
    current = DayClosing.objects.filter(source_id=source_key).order_by("day").values("ledger_id")
    lines = LedgerLine.objects.filter(ledger_id__in=current, case_number__in=numbers).order_by("id")
    found: dict[str, UUID | None] = dict(lines.values_list("case_number", "agency_id"))
    if set(found) != set(numbers):
        raise NotFound("not_found")
    agencies = Agency.objects.in_bulk([key for key in found.values() if key])
    for agency in {found[number] for number in numbers}:
        _check_may(actor, agencies[agency] if agency else None)
    return {number: agencies[key] if key else None for number, key in found.items()}


def _check_may(actor: Actor, agency: Agency | None) -> None:
    if agency is not None:
        check_may(actor, ALLOWS, agency_code=agency.code)
    elif not isinstance(reach(actor, ALLOWS), Everywhere):
        raise Refused("permission_missing", permission=ALLOWS.value)


def _ask_for_closing(source_key: UUID, numbers: Sequence[str], now: datetime) -> tuple[int, ...]:
    ledgers = LedgerLine.objects.filter(case_number__in=numbers, ledger__source_id=source_key).values("ledger_id")
    closings = DayClosing.objects.filter(source_id=source_key, ledger_id__in=ledgers)
    keys = tuple(closings.order_by("day").values_list("pk", flat=True))
    DayClosing.objects.filter(pk__in=keys).update(due_at=now)
    return keys
