"""The state of the house: coverage by agency, what was sent back, what is stored, how far the journal is sealed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from jingui.db.models import Agency, Case, JournalCheckpoint, JournalEvent, PackageVersion, Receipt
from jingui.db.queries.visibility import agency_condition
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.audit.events import Event
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.receipts import ReceiptKind

_KEPT_SECONDS = 300  # sums over all holdings may be this old
_MOST_NOTICES = 2000


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what an agency closed in a period is archived."""

    code: str
    name: str
    due: int
    kept: int

    @property
    def missing(self) -> int:
        """What is not archived yet."""
        return self.due - self.kept

    @property
    def share(self) -> float:
        """The share archived, in per cent."""
        return 100 * self.kept / self.due if self.due else 100.0


def coverage(actor: Actor, *, since: datetime) -> list[Coverage]:
    """Return for each agency how many cases were closed since then and how many of them are archived."""
    condition = agency_condition(actor, Permission.VIEW_STATISTICS)
    rows = Case.objects.filter(condition, closed_at__gte=since, agency__isnull=False).values_list("agency")
    counted = rows.annotate(due=Count("pk"), kept=Count("pk", filter=Q(state=CaseState.PRESERVED))).order_by()
    agencies = Agency.objects.in_bulk()
    found = [
        Coverage(agencies[key].code, agencies[key].short_name or agencies[key].name, due, kept)
        for key, due, kept in counted
    ]
    return sorted(found, key=lambda row: (-row.missing, row.name))


@dataclass(frozen=True, slots=True)
class Returned:
    """How often cases were sent back: by local day, and by the code of the finding, the most frequent first."""

    by_day: dict[date, int]
    by_code: list[tuple[str, int]]


def returned(actor: Actor, *, since: datetime) -> Returned:
    """Count the notices by which cases were sent back; of the reasons at most the newest two thousand are read."""
    rows = _notices(actor, since)
    by_day = dict(rows.annotate(day=TruncDate("at")).values_list("day").annotate(count=Count("pk")).order_by())
    codes: Counter[str] = Counter()
    for body in rows.order_by("-key").values_list("body", flat=True)[:_MOST_NOTICES]:
        codes.update({finding["code"] for finding in json.loads(body)["subject"]["findings"]})
    return Returned(by_day, codes.most_common(5))


def _notices(actor: Actor, since: datetime) -> QuerySet[Receipt]:
    condition = agency_condition(actor, Permission.VIEW_STATISTICS, field="case__agency__code")
    return Receipt.objects.filter(condition, kind=ReceiptKind.CASE_HELD, at__gte=since)


@dataclass(frozen=True, slots=True)
class House:
    """What is stored, when it was verified last and with what result, and how far the journal is sealed."""

    objects: int
    bytes: int
    verified_at: datetime | None
    verified: dict[str, Any]
    journal_size: int
    sealed_at: datetime | None
    unsealed: int


def house() -> House:
    """Return the state of the house. Sums over all holdings are kept for a few minutes."""
    stored: dict[str, int] = cache.get("house.stored") or _stored()
    cache.add("house.stored", stored, _KEPT_SECONDS)
    verification = JournalEvent.objects.filter(kind=Event.HOLDINGS_VERIFIED).order_by("-id").first()
    checkpoint = JournalCheckpoint.objects.order_by("-size").first()
    return House(
        objects=stored["objects"],
        bytes=stored["bytes"],
        verified_at=verification.at if verification else None,
        verified=json.loads(verification.payload)["facts"] if verification else {},
        journal_size=checkpoint.size if checkpoint else 0,
        sealed_at=checkpoint.at if checkpoint else None,
        unsealed=JournalEvent.objects.filter(leaf_index__isnull=True).count(),
    )


def _stored() -> dict[str, int]:
    total = PackageVersion.objects.filter(stored_at__isnull=False).aggregate(bytes=Sum("bytes"))["bytes"]
    return {"objects": Case.objects.filter(state=CaseState.PRESERVED).count(), "bytes": total or 0}
