"""Letting go of single ledger lines (逐件明细) of settled days; certificates, their digests and what was sent all stay.

The lines are derived from the kept bytes of the ledger, so a day can be loaded again at any time. A line that is more
than a number and "archived" - explained, or different from the holdings - is kept with the day.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from jingui.db import journal
from jingui.db.models import CoverageCertificate, DayClosing, LedgerLine
from jingui.db.queries.coverage import newest
from jingui.domain.audit.events import Event
from jingui.domain.supervision.terms import Standing

log = logging.getLogger("jingui.coverage")

ACTOR = "system:coverage"
BATCH = 5000
REST = timedelta(days=7)
"""How long a day rests after it was last compared: who has its lines loaded again can look at them meanwhile."""

_PLAIN = Q(standing__in=[Standing.ARCHIVED, Standing.REPEATED], differences="")


def prune_settled_days(
    *, keep_days: int, now: datetime, limit: int = 20, is_over: Callable[[], bool] = lambda: False
) -> int:
    """Let go of the lines of days that can change no more and are older than ``keep_days``; return how many lines.

    It ends after the day at which ``is_over`` says so. 0 days: nothing is let go. Killed anywhere, the next call goes on; each day has one entry in the journal.
    """
    if not keep_days:
        return 0
    due = settled_days(keep_days=keep_days, now=now).order_by("day", "pk")[:limit]
    count = 0
    for key in list(due.values_list("pk", flat=True)):
        count += _prune(key, keep_days=keep_days, now=now)
        if is_over():
            break
    return count


def settled_days(*, keep_days: int, now: datetime) -> QuerySet[DayClosing]:
    """Return the closings whose lines may go: certified, nothing open, old enough, and at rest."""
    old = Q(day__lt=now.date() - timedelta(days=keep_days), certified_at__lt=now - REST)
    return DayClosing.objects.filter(old, due_at=None, pruned_at=None)


def _prune(key: int, *, keep_days: int, now: datetime) -> int:
    count = 0
    while True:
        with transaction.atomic():
            row = settled_days(keep_days=keep_days, now=now).select_for_update().filter(pk=key).first()
            if row is None:  # somebody asked for the day, or another worker was faster
                return count
            plain = LedgerLine.objects.filter(_PLAIN, ledger_id=row.ledger_id).order_by("id")
            chosen = list(plain.values_list("pk", flat=True)[:BATCH])
            # From the first batch on the day counts as not loaded: whoever compares it loads it whole.
            DayClosing.objects.filter(pk=key).update(is_loaded=False, loaded_lines=0)
            LedgerLine.objects.filter(pk__in=chosen).delete()
            if not chosen:
                _end(row, now)
                return count
        count += len(chosen)


def _end(row: DayClosing, now: datetime) -> None:
    """Note in the journal what is left of a day, in the transaction that ends its pruning."""
    kept = LedgerLine.objects.filter(ledger_id=row.ledger_id).count()
    certificates = newest(CoverageCertificate.objects.filter(source_id=row.source_id, day=row.day))
    facts = {
        "source": row.source.name, "day": row.day.isoformat(), "version": row.ledger.version,
        "lines": row.ledger.lines, "kept": kept,
        "certificates": sorted(certificates.values_list("body_sha256", flat=True)),
    }  # fmt: skip
    journal.record(journal.Entry(Event.LEDGER_LINES_PRUNED, ACTOR, now, facts=facts))
    DayClosing.objects.filter(pk=row.pk).update(pruned_at=now)
    log.info("coverage %s %s: lines let go, %s kept", row.source.name, row.day, kept)
