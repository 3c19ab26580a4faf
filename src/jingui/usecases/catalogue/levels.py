"""Comparing the four levels, and settling what differs; memory holds one base code at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import transaction

from jingui.db import journal
from jingui.db.models import LevelDifferenceRow, LevelRun, LevelSettlement, LevelUnplaced
from jingui.db.queries.levels import items_without_base_code, level_items
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.levels import (
    LevelDifference,
    LevelGroup,
    LevelItem,
    Settlement,
    Unplaced,
    check_settlement,
    compare_levels,
    unplaced_digest,
    why_unplaced,
)
from jingui.domain.errors import NotFound

_VALUE_LIMIT = 4000
_BATCH = 500
PLACING = "placing"
"""What a settlement names as its element if it is about an item that could not be placed."""


def compare(
    *,
    elements: tuple[str, ...],
    now: datetime,
    clock: Callable[[], datetime],
    progress: Callable[[int], None] | None = None,
) -> LevelRun:
    """Compare all items and keep what differs in place of what the last run found.

    Broken off, the next call goes on after the last base codes that were kept.
    """
    run = LevelRun.objects.filter(finished_at__isnull=True).order_by("-id").first() or _begin(now)
    kept = _Kept(run, progress)
    for group in compare_levels(level_items(after=run.position), elements=elements):
        kept.take(group)
    kept.write()
    run.finished_at = clock()
    with transaction.atomic():
        run.save()
        LevelRun.objects.filter(pk__lt=run.pk).delete()
    return run


@transaction.atomic
def _begin(now: datetime) -> LevelRun:
    """Begin a run with the items that no group holds."""
    run = LevelRun.objects.create(started_at=now)
    nowhere = items_without_base_code()
    while batch := list(islice(nowhere, _BATCH)):
        LevelUnplaced.objects.bulk_create([_unplaced(run, item) for item in batch])
        run.unplaced_count += len(batch)
    run.save()
    return run


@dataclass(slots=True)
class _Kept:
    """What a run has found and not yet written; written together with how far it is."""

    run: LevelRun
    progress: Callable[[int], None] | None
    rows: list[LevelDifferenceRow] = field(default_factory=list)
    unplaced: list[LevelUnplaced] = field(default_factory=list)
    waiting: int = 0

    def take(self, group: LevelGroup) -> None:
        """Count one group."""
        run = self.run
        run.group_count += 1
        run.item_count += len(group.items)
        run.compared_count += group.compared_count
        run.difference_count += len(group.differences)
        run.unplaced_count += len(group.unplaced)
        run.position = group.base_code
        self.rows += [_row(run, difference) for difference in group.differences]
        self.unplaced += [_unplaced(run, item) for item in group.unplaced]
        self.waiting += len(group.items) + len(group.unplaced)
        if self.waiting >= _BATCH:
            self.write()
            if self.progress:
                self.progress(run.item_count + run.unplaced_count)

    def write(self) -> None:
        """Keep all of it, and where to go on."""
        with transaction.atomic():
            LevelDifferenceRow.objects.bulk_create(self.rows)
            LevelUnplaced.objects.bulk_create(self.unplaced)
            self.run.save()
        self.rows.clear()
        self.unplaced.clear()
        self.waiting = 0


def _unplaced(run: LevelRun, item: LevelItem) -> LevelUnplaced:
    reason = why_unplaced(item) or Unplaced.NO_LEVEL
    return LevelUnplaced(
        run=run,
        digest=unplaced_digest(item, reason),
        reason=reason.value,
        item_code=item.item_code,
        item_name=item.name,
        base_code=item.base_code,
        level=item.level[:20],
        agency_code=item.agency_code,
        agency_name=item.agency_name,
    )


def _row(run: LevelRun, difference: LevelDifference) -> LevelDifferenceRow:
    upper, lower = difference.upper, difference.lower
    return LevelDifferenceRow(
        run=run,
        digest=difference.digest,
        base_code=difference.base_code,
        item_name=upper.name,
        element=difference.element,
        upper_code=upper.item_code,
        upper_level=upper.level,
        upper_agency=upper.agency_name,
        upper_value=difference.upper_value[:_VALUE_LIMIT],
        lower_code=lower.item_code,
        lower_level=lower.level,
        lower_agency=lower.agency_name,
        lower_agency_code=lower.agency_code,
        lower_value=difference.lower_value[:_VALUE_LIMIT],
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """What a settlement is about."""

    digest: str
    base_code: str
    element: str
    item_code: str


def settle_difference(
    difference_id: int, decision: Settlement, *, reason: str, actor: str, now: datetime
) -> LevelSettlement:
    """Settle a difference; a later decision takes the place of an earlier one.

    Raises:
        NotFound: the last comparison found no such difference.
        Invalid: there is no reason.
    """
    check_settlement(reason)
    row = LevelDifferenceRow.objects.filter(pk=difference_id).first()
    if row is None:
        raise NotFound("not_found")
    about = _Settled(row.digest, row.base_code, row.element, row.lower_code)
    return _settle(about, decision, reason, journal_by=(actor, now))


def settle_unplaced(
    unplaced_id: int, decision: Settlement, *, reason: str, actor: str, now: datetime
) -> LevelSettlement:
    """Settle that an item cannot be compared: it stays so, or its agency is to state what is missing.

    Raises:
        NotFound: the last comparison found no such item.
        Invalid: there is no reason.
    """
    check_settlement(reason)
    row = LevelUnplaced.objects.filter(pk=unplaced_id).first()
    if row is None:
        raise NotFound("not_found")
    about = _Settled(row.digest, row.base_code, PLACING, row.item_code)
    return _settle(about, decision, reason, journal_by=(actor, now))


@transaction.atomic
def _settle(about: _Settled, decision: Settlement, reason: str, *, journal_by: tuple[str, datetime]) -> LevelSettlement:
    actor, now = journal_by
    known = LevelSettlement.objects.filter(digest=about.digest).first()
    settled = known or LevelSettlement(digest=about.digest)
    settled.base_code, settled.element, settled.item_code = about.base_code, about.element, about.item_code
    settled.decision, settled.reason = decision.value, reason.strip()
    settled.decided_by, settled.decided_at = actor, now
    facts = {
        "base_code": about.base_code,
        "element": about.element,
        "item": about.item_code,
        "decision": decision.value,
    }
    entry = journal.Entry(Event.LEVEL_DIFFERENCE_SETTLED, actor, now, facts=facts)
    journal.record(entry, new=[] if known else [settled], changed=[settled] if known else [])
    return settled
