"""Comparing the four levels, and settling what differs; memory holds one base code at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import transaction

from jingui.db import journal
from jingui.db.models import LevelDifferenceRow, LevelRun, LevelSettlement
from jingui.db.queries.levels import level_items
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.levels import (
    LevelDifference,
    LevelGroup,
    LevelItem,
    Settlement,
    check_settlement,
    compare_levels,
)
from jingui.domain.errors import NotFound

_VALUE_LIMIT = 4000
_BATCH = 500


def compare(
    *,
    elements: tuple[str, ...],
    now: datetime,
    clock: Callable[[], datetime],
    items: Iterable[LevelItem] | None = None,
    progress: Callable[[int], None] | None = None,
) -> LevelRun:
    """Compare all items and keep what differs in place of what the last run found; ``items`` in order of base code."""
    run = LevelRun.objects.create(started_at=now)
    rows: list[LevelDifferenceRow] = []
    for group in _counted(run, compare_levels(level_items() if items is None else items, elements=elements)):
        rows += [_row(run, difference) for difference in group.differences]
        if len(rows) >= _BATCH:
            LevelDifferenceRow.objects.bulk_create(rows)
            rows.clear()
            if progress:
                progress(run.item_count)
    LevelDifferenceRow.objects.bulk_create(rows)
    run.finished_at = clock()
    with transaction.atomic():
        run.save()
        LevelRun.objects.filter(pk__lt=run.pk).delete()
    return run


def _counted(run: LevelRun, groups: Iterator[LevelGroup]) -> Iterator[LevelGroup]:
    for group in groups:
        run.group_count += 1
        run.item_count += len(group.items)
        run.compared_count += group.compared_count
        run.difference_count += len(group.differences)
        yield group


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


@transaction.atomic
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
    known = LevelSettlement.objects.filter(digest=row.digest).first()
    settled = known or LevelSettlement(digest=row.digest)
    settled.base_code, settled.element, settled.item_code = row.base_code, row.element, row.lower_code
    settled.decision, settled.reason = decision.value, reason.strip()
    settled.decided_by, settled.decided_at = actor, now
    facts = {"base_code": row.base_code, "element": row.element, "item": row.lower_code, "decision": decision.value}
    entry = journal.Entry(Event.LEVEL_DIFFERENCE_SETTLED, actor, now, facts=facts)
    journal.record(entry, new=[] if known else [settled], changed=[settled] if known else [])
    return settled
