"""What a coverage certificate says of one agency, gathered from the compared lines of a ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.db.models.functions import Collate

from jingui.db.models import Agency, Explanation, Ledger, LedgerLine
from jingui.db.queries.coverage import of_agency
from jingui.domain.supervision.certificates import (
    CertificateFacts,
    LedgerFacts,
    Named,
    StandingsDigest,
    Totals,
    certificate_content,
)
from jingui.domain.supervision.terms import CoverageProfile, Standing
from jingui.ports import Signer
from jingui.usecases.supervision.comparing import not_in_ledger


@dataclass(frozen=True, slots=True)
class ClosingDesk:
    """What the closing of a day needs: the issuer's name, both signers, the time limits, the local time zone."""

    issuer: str
    signers: Sequence[Signer]
    profile: CoverageProfile
    zone: tzinfo


class Sheet:
    """The content of one certificate; lists are read only as far as there is something to name."""

    def __init__(
        self, ledger: Ledger, agency: Agency | None, stated: LedgerFacts, desk: ClosingDesk, totals: Totals
    ) -> None:
        self.ledger, self.agency, self.desk, self.totals = ledger, agency, desk, totals
        self._stated = stated
        mine = of_agency(agency.key if agency else None)
        self._counted = LedgerLine.objects.filter(mine, ledger=ledger).exclude(standing=Standing.REPEATED)
        self._lacking = not_in_ledger(ledger, desk.zone).filter(mine)

    @property
    def code(self) -> str:
        """The agency's code, empty for cases of no known agency."""
        return self.agency.code if self.agency else ""

    def content(self, digest: str) -> dict[str, Any]:
        """Return what the certificate says; ``digest`` is that of the whole list."""
        facts = CertificateFacts(
            issuer=self.desk.issuer,
            source=self.ledger.source.name,
            day=self.ledger.day,
            agency_code=self.code,
            agency_name=self.agency.name if self.agency else "",
            ledger=self._stated,
            totals=self.totals,
            standings_sha256=digest,
            profile=self.desk.profile,
            lists={name: self._named(name) for name in _LISTS},
        )
        return certificate_content(facts)

    def _named(self, name: str) -> Named:
        count = int(getattr(self.totals, name))
        return Named(count, tuple(getattr(self, f"_{name}")()) if count else ())

    @property
    def _most(self) -> int:
        return self.desk.profile.most_named

    def _unexplained(self) -> Iterator[dict[str, Any]]:
        rows = self._counted.filter(standing=Standing.UNEXPLAINED).order_by("case_number")
        for line in rows[: self._most]:
            yield {"case_number": line.case_number, "state": line.state, "gap": line.gap}

    def _explained(self) -> Iterator[dict[str, Any]]:
        rows = self._counted.filter(standing=Standing.EXPLAINED).order_by("case_number")[: self._most]
        gaps = {line.case_number: line.gap for line in rows}
        said = Explanation.objects.filter(
            source_id=self.ledger.source_id, revoked_at=None, case_number__in=gaps
        ).select_related("said_by")
        by_number = {each.case_number: each for each in said}
        for number, gap in gaps.items():
            each = by_number[number]
            yield {
                "case_number": number, "gap": gap, "kind": each.kind, "text": each.text,
                "by": each.said_by.display_name, "until": each.until.isoformat() if each.until else None,
            }  # fmt: skip

    def _differing(self) -> Iterator[dict[str, Any]]:
        for line in self._counted.exclude(differences="").order_by("case_number")[: self._most]:
            yield {"case_number": line.case_number, "differences": line.differences.split(" ")}

    def _not_in_ledger(self) -> Iterator[dict[str, Any]]:
        for case in self._lacking.order_by("case_number")[: self._most]:
            yield {"case_number": case.case_number, "state": case.state}


_LISTS = ("unexplained", "explained", "differing", "not_in_ledger")


@dataclass(frozen=True, slots=True)
class Tally:
    """The lines of one agency: how many stand how, and the digest of their whole list."""

    totals: Totals = field(default_factory=Totals)
    digest: str = field(default_factory=lambda: StandingsDigest().hexdigest())


def tally(ledger: Ledger) -> dict[UUID | None, Tally]:
    """Count and digest the lines of every agency, in one pass over the ledger."""
    rows = LedgerLine.objects.filter(ledger=ledger)
    columns = ("agency_id", "standing", "differences", "case_number")
    in_order = in_code_point_order(rows, "agency_id").values_list(*columns).iterator(chunk_size=2000)
    return {key: _tallied(found) for key, found in groupby(in_order, key=lambda row: row[0])}


def _tallied(rows: Iterable[tuple[Any, str, str, str]]) -> Tally:
    counts: Counter[str] = Counter()
    digest = StandingsDigest()
    for _, standing, differences, number in rows:
        counts[standing] += 1
        if standing != Standing.REPEATED:
            counts["listed"] += 1
            counts["differing"] += bool(differences)
            digest.add(number, standing)
    return Tally(Totals(**counts), digest.hexdigest())


def in_code_point_order(rows: Any, *first: str) -> Any:  # noqa: ANN401 - a query set of lines
    """Order lines by their case numbers in the same way on every database, after the columns named."""
    if connection.vendor == "postgresql":
        return rows.order_by(*first, Collate(F("case_number"), "C"))
    return rows.order_by(*first, "case_number")
