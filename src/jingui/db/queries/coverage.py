"""Coverage as people look at it: days, agencies, the cases of a day, what nobody accounts for, certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from jingui.db.models import CoverageCertificate, DayClosing, Explanation, Ledger, LedgerLine, LedgerPart
from jingui.db.queries.library import Page, page_of
from jingui.db.queries.visibility import agency_condition
from jingui.domain.access.roles import Actor, Everywhere, Permission, may, reach
from jingui.domain.errors import NotFound
from jingui.domain.supervision.terms import Standing

_CURRENT = DayClosing.objects.values("ledger_id")


def newest(rows: QuerySet[CoverageCertificate]) -> QuerySet[CoverageCertificate]:
    """Keep the newest version of each certificate."""
    later = CoverageCertificate.objects.filter(
        source=OuterRef("source"), day=OuterRef("day"), agency_code=OuterRef("agency_code"),
        version__gt=OuterRef("version"),
    )  # fmt: skip
    return rows.filter(~Exists(later))


def of_agency(key: UUID | None) -> Q:
    """Return the condition that keeps rows to one agency, or to those of no known agency."""
    return Q(agency_id=key) if key else Q(agency=None)


def sees_every_agency(actor: Actor) -> bool:
    """Say whether no agency is kept from the actor, so that he may know of whole sources."""
    return any(isinstance(reach(actor, each), Everywhere) for each in _SEEING)


_SEEING = (Permission.VIEW_JOURNAL, Permission.VIEW_STATISTICS, Permission.VIEW_PROGRESS)


def _seen(actor: Actor, field: str = "agency__code") -> Q:
    """Return which certificates an actor may see: those of his agencies; who reads the journal sees all."""
    if may(actor, Permission.VIEW_JOURNAL):
        return Q()
    first = Permission.VIEW_STATISTICS if may(actor, Permission.VIEW_STATISTICS) else Permission.VIEW_PROGRESS
    return agency_condition(actor, first, field=field)


def certified_days(actor: Actor, *, first: date, last: date, agency_code: str = "") -> list[CoverageCertificate]:
    """Return the certificates in force of a span of days, the newest day first, what is unexplained before the rest."""
    rows = CoverageCertificate.objects.filter(_seen(actor), day__gte=first, day__lte=last)
    if agency_code:
        rows = rows.filter(agency_code=agency_code)
    found = newest(rows).select_related("agency", "source", "ledger")
    return list(found.order_by("-day", "-unexplained", "agency__name", "source__name")[:_MOST_ROWS])


_MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day of a source without a whole ledger (``has_begun``: parts of it are there)."""

    source: str
    day: date
    has_begun: bool


def days_without_ledger(*, last: date, span: int) -> list[OpenDay]:
    """Return the days, up to and including ``last``, for which a source that has begun to send ledgers sent none."""
    begun = Ledger.objects.filter(completed_at__isnull=False).values("source_id", "source__name")
    found: list[OpenDay] = []
    for row in begun.filter(source__is_active=True).annotate(first=Min("day")).order_by("source__name"):
        first = max(row["first"], last - timedelta(days=span - 1))
        known = dict(
            Ledger.objects.filter(source_id=row["source_id"], day__gte=first).order_by("version")
            .values_list("day", "completed_at")
        )  # fmt: skip
        whole = set(DayClosing.objects.filter(source_id=row["source_id"], day__gte=first).values_list("day", flat=True))
        days = (first + timedelta(days=step) for step in range((last - first).days + 1))
        found += [OpenDay(row["source__name"], day, day in known) for day in days if day not in whole]
    return sorted(found, key=lambda each: (each.day, each.source), reverse=True)


def unexplained_count(actor: Actor) -> int:
    """Count the cases that nobody accounts for."""
    return _unexplained(actor).count()


def unexplained_lines(actor: Actor, *, number: int) -> Page:
    """Return one page of the cases that nobody accounts for, the oldest day first."""
    rows = _unexplained(actor).select_related("ledger__source", "agency", "case").order_by("ledger__day", "id")
    return page_of(rows, number=number)


def _unexplained(actor: Actor) -> QuerySet[LedgerLine]:
    rows = LedgerLine.objects.filter(agency_condition(actor, Permission.VIEW_PROGRESS), standing=Standing.UNEXPLAINED)
    return rows.filter(ledger_id__in=_CURRENT)


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A certificate with its other versions, the newest first, and the ledger it rests on."""

    certificate: CoverageCertificate
    versions: tuple[CoverageCertificate, ...]
    parts: tuple[LedgerPart, ...]

    @property
    def is_newest(self) -> bool:
        """Whether no later version stands."""
        return self.versions[0].pk == self.certificate.pk


def get_certificate(actor: Actor, key: UUID) -> CoverageCertificate:
    """Return a certificate.

    Raises:
        NotFound: there is none, or none that the actor may know of.
    """
    row = CoverageCertificate.objects.select_related("agency", "source", "ledger").filter(_seen(actor), pk=key).first()
    if row is None:
        raise NotFound("not_found")
    return row


def find_certificate(key: UUID) -> CoverageCertificate | None:
    """Return a certificate for the public page, which shows counts only."""
    return CoverageCertificate.objects.select_related("agency", "source").filter(pk=key).first()


def later_version(row: CoverageCertificate) -> CoverageCertificate | None:
    """Return the newest certificate that takes the place of this one."""
    later = same_sheet(row).filter(version__gt=row.version)
    return later.order_by("-version").first()


def newest_of(row: CoverageCertificate) -> CoverageCertificate:
    """Return the certificate in force of the same source, day and agency."""
    return later_version(row) or row


def closing_ids(row: CoverageCertificate) -> tuple[int, ...]:
    """Return the closing of a certificate's day."""
    closings = DayClosing.objects.filter(source=row.source_id, day=row.day)
    return tuple(closings.values_list("pk", flat=True))


def lines_pruned_at(row: CoverageCertificate) -> datetime | None:
    """Return when the plain lines of a certificate's day were let go; ``None`` if they are all here."""
    closing = DayClosing.objects.filter(source=row.source_id, day=row.day).first()
    return closing.pruned_at if closing else None


def small_closings(keys: tuple[int, ...], *, most_lines: int) -> tuple[int, ...]:
    """Return those of the closings whose ledgers have at most so many lines."""
    small = DayClosing.objects.filter(pk__in=keys, ledger__lines__lte=most_lines).order_by("day")
    return tuple(small.values_list("pk", flat=True))


def same_sheet(row: CoverageCertificate) -> QuerySet[CoverageCertificate]:
    """Return all versions of a certificate."""
    return CoverageCertificate.objects.filter(source=row.source_id, day=row.day, agency_code=row.agency_code)


def day_sheet(actor: Actor, key: UUID) -> DaySheet:
    """Return a certificate with what belongs to it. Raises NotFound as ``get_certificate`` does."""
    row = get_certificate(actor, key)
    versions = tuple(same_sheet(row).order_by("-version")[:50])
    parts = tuple(LedgerPart.objects.filter(ledger=row.ledger_id).order_by("number"))
    return DaySheet(row, versions, parts)


def sheet_lines(row: CoverageCertificate, *, standing: str, is_differing: bool, number: int) -> Page:
    """Return one page of the lines of a certificate's agency and day as they stand at the last comparison."""
    rows = LedgerLine.objects.filter(of_agency(row.agency_id), ledger_id=row.ledger_id)
    if standing:
        rows = rows.filter(standing=standing)
    if is_differing:
        rows = rows.exclude(differences="")
    return page_of(rows.select_related("case").order_by("case_number", "id"), number=number)


def explanations_of(row: CoverageCertificate, numbers: list[str]) -> dict[str, Explanation]:
    """Return the explanations in force of some cases of a certificate's source."""
    said = Explanation.objects.filter(source=row.source_id, case_number__in=numbers, revoked_at=None)
    return {each.case_number: each for each in said.select_related("said_by")}


def current_lines(row: CoverageCertificate) -> QuerySet[LedgerLine]:
    """Return the lines that a certificate counts, as they stand now."""
    rows = LedgerLine.objects.filter(of_agency(row.agency_id), ledger_id=row.ledger_id)
    return rows.exclude(standing=Standing.REPEATED)


def source_day(source_key: UUID, day: date) -> dict[str, Any]:
    """Return how far the closing of a source's day has come, with its certificates in force.

    Raises:
        NotFound: ``ledger_not_found``.
    """
    ledger = Ledger.objects.filter(source=source_key, day=day).order_by("-version").first()
    if ledger is None:
        raise NotFound("ledger_not_found")
    closing = DayClosing.objects.filter(source=source_key, day=day).first()
    rows = newest(CoverageCertificate.objects.filter(source=source_key, day=day)).order_by("agency_code")
    return {
        "ledger": ledger,
        "parts": list(LedgerPart.objects.filter(ledger=ledger).order_by("number").values_list("number", flat=True)),
        "closing": closing,
        "certificates": list(rows),
    }


def all_certificates(*, first: date, last: date) -> list[CoverageCertificate]:
    """Return the certificates in force of a span of days, for whoever runs commands on this machine."""
    rows = newest(CoverageCertificate.objects.filter(day__gte=first, day__lte=last))
    return list(rows.select_related("source").order_by("day", "source__name", "agency_code"))


def closings_of(*, first: date, last: date) -> list[int]:
    """Return the closings of a span of days."""
    rows = DayClosing.objects.filter(day__gte=first, day__lte=last)
    return list(rows.order_by("day", "pk").values_list("pk", flat=True))
