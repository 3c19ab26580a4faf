"""The coverage certificate (归档覆盖证书): one JSON document per source, day and agency that anybody can check.

It counts every case of the source's ledger in exactly one of four ways, names those that nobody accounts for, and
digests the whole list, so that the list can be shown later and none of it exchanged. The signature is made elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from jingui.domain.records.canonical import canonical_json, canonical_sha256
from jingui.domain.supervision.terms import CoverageProfile

KIND = "coverage_certificate"
FORMAT_VERSION = 1
# What differs between two certificates that say the same.
_PASSING = frozenset({"certificate_id", "version", "supersedes", "made_at", "issuer"})


@dataclass(frozen=True, slots=True)
class Totals:
    """How many cases of a ledger stand how. ``listed`` counts each case once; ``differing`` ones are counted above too.

    ``not_in_ledger`` are cases that the archive holds for the day and the ledger lacks.
    """

    listed: int = 0
    archived: int = 0
    running: int = 0
    explained: int = 0
    unexplained: int = 0
    repeated: int = 0
    differing: int = 0
    not_in_ledger: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every listed case stands in exactly one of the four ways."""
        return self.listed == self.archived + self.running + self.explained + self.unexplained


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """The ledger a certificate rests on: its version, the SHA-256 of each part as sent, all its lines."""

    ledger_id: str
    version: int
    parts: tuple[str, ...]
    lines: int
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """One list of a certificate: at most ``most_named`` rows, and how many there are."""

    count: int
    rows: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says. ``agency_code`` is empty for cases whose agency is not known."""

    issuer: str
    source: str
    day: date
    agency_code: str
    agency_name: str
    ledger: LedgerFacts
    totals: Totals
    standings_sha256: str
    profile: CoverageProfile
    lists: dict[str, Named] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issue:
    """The issuing itself: which certificate, which version, when, and which it takes the place of."""

    certificate_id: str
    version: int
    made_at: datetime
    supersedes: dict[str, str] | None = None


def certificate_content(facts: CertificateFacts) -> dict[str, Any]:
    """Return what a certificate says, without when and as which version it was issued."""
    return {
        "v": FORMAT_VERSION,
        "kind": KIND,
        "issuer": facts.issuer,
        "source": facts.source,
        "day": facts.day.isoformat(),
        "agency": {"code": facts.agency_code, "name": facts.agency_name},
        "ledger": asdict(facts.ledger)
        | {"parts": list(facts.ledger.parts), "completed_at": moment(facts.ledger.completed_at)},
        "totals": asdict(facts.totals),
        "standings_sha256": facts.standings_sha256,
        "limits": {"archiving_hours": facts.profile.archiving_hours, "handling_days": facts.profile.handling_days},
        "lists": {name: {"count": each.count, "rows": list(each.rows)} for name, each in facts.lists.items()},
    }


def certificate_body(content: dict[str, Any], issue: Issue) -> dict[str, Any]:
    """Return the certificate as JSON values; the same content and issue always give the same body."""
    return content | {
        "certificate_id": issue.certificate_id,
        "version": issue.version,
        "made_at": moment(issue.made_at),
        "supersedes": issue.supersedes,
    }


def content_digest(content: dict[str, Any]) -> str:
    """Return what two certificates that say the same have in common, however often they are issued."""
    return canonical_sha256({name: value for name, value in content.items() if name not in _PASSING})


def moment(at: datetime) -> str:
    """Write a moment as a certificate does: UTC, seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


class StandingsDigest:
    """Digests the whole list of an agency, line by line; the bytes are those of the list that can be downloaded."""

    def __init__(self) -> None:
        """Begin."""
        self._sha256 = hashlib.sha256()

    def add(self, case_number: str, standing: str) -> None:
        """Take in the next line; lines come in the order of their case numbers (by code point)."""
        self._sha256.update(standing_line(case_number, standing))

    def hexdigest(self) -> str:
        """Return the SHA-256 of all lines so far."""
        return self._sha256.hexdigest()


def standing_line(case_number: str, standing: str) -> bytes:
    """Return one line of the list; a case number holds neither space nor comma-breaking characters."""
    return f"{standing} {case_number}\n".encode()


@dataclass(frozen=True, slots=True)
class CertificateFault:
    """One thing wrong with a certificate in hand: a stable code and a technical detail."""

    code: str
    detail: str = ""


def find_faults(body: Any) -> Iterator[CertificateFault]:  # noqa: ANN401 - whatever a file holds
    """Name what cannot be in a certificate of ours, whoever signed it: kind, sums, lists longer than their counts."""
    if not isinstance(body, dict) or body.get("kind") != KIND or body.get("v") != FORMAT_VERSION:
        yield CertificateFault("not_a_certificate")
        return
    try:
        totals = _totals(body["totals"])
        lists = {str(name): (each["count"], len(each["rows"])) for name, each in body["lists"].items()}
        is_whole = totals.is_whole
    except (KeyError, TypeError, ValueError, AttributeError):
        yield CertificateFault("certificate_malformed")
        return
    if not is_whole:
        yield CertificateFault("sums_differ", f"{totals.listed}")
    for name, (count, named) in sorted(lists.items()):
        if getattr(totals, name, None) != count or named > count:
            yield CertificateFault("list_differs", name)


def _totals(raw: dict[str, Any]) -> Totals:
    """Read the counts. Raises ValueError unless each is there and a whole number."""
    if set(raw) != set(Totals.__dataclass_fields__) or not all(type(count) is int for count in raw.values()):
        raise ValueError("totals")
    return Totals(**raw)


def signed_bytes(body: dict[str, Any]) -> bytes:
    """Return the bytes that are signed."""
    return canonical_json(body)
