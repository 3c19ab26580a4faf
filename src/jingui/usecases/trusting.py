"""The trust list (信任列表): whose signatures count as trusted. It is configuration: without it nobody is trusted."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from jingui.db import journal
from jingui.db.models import TrustedCertificate
from jingui.db.queries.trust import trust_version
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, Problem
from jingui.domain.records.signatures import CertificateFact, TrustPurpose
from jingui.ports import SignatureDesk

NOTE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class TrustChoices:
    """What certificates are to be trusted for, and from when until when something must have been signed."""

    purposes: tuple[str, ...]
    note: str = ""
    since: datetime | None = None
    until: datetime | None = None


def add_trusted(
    data: bytes, choices: TrustChoices, *, desk: SignatureDesk, actor: str, now: datetime
) -> list[TrustedCertificate]:
    """Trust the certificates in a file (DER, or PEM with one or several) from now on; one version for all of them.

    Raises:
        Invalid: ``certificate_unreadable``, or the choices break a rule.
        Conflict: ``trust_exists`` where one of them is on the list for the same purposes and has not ended.
    """
    _check(choices)
    found = desk.certificates(data)
    with transaction.atomic():
        version = _next_version()
        rows = [_row(fact, choices, version, actor, now) for fact in {one.fingerprint: one for one in found}.values()]
        for row in rows:
            _check_new(row)
        facts = {"version": version, "certificates": [row.fingerprint for row in rows]}
        journal.record(journal.Entry(Event.TRUST_ADDED, actor, now, facts=facts), new=rows)
    return rows


@transaction.atomic
def end_trusted(
    row: TrustedCertificate, *, until: datetime, note: str, actor: str, now: datetime
) -> TrustedCertificate:
    """Trust a certificate no more for what was signed from ``until`` on; what was signed before stays trusted.

    Raises:
        Conflict: ``trust_ended`` if it has ended already.
        Invalid: no reason is given.
    """
    version = _next_version()
    fresh = TrustedCertificate.objects.select_for_update().get(key=row.key)
    if fresh.ended_in is not None:
        raise Conflict("trust_ended", subject=fresh.subject)
    if not note.strip():
        raise Invalid((Problem("note", "required"),))
    _check_note(note)
    fresh.until = min(until, fresh.until) if fresh.until else until
    fresh.ended_in, fresh.ended_at, fresh.ended_by, fresh.end_note = version, now, actor, note.strip()
    facts = {"version": version, "certificate": fresh.fingerprint, "until": fresh.until.isoformat()}
    journal.record(journal.Entry(Event.TRUST_ENDED, actor, now, facts=facts), changed=[fresh])
    return fresh


def _check(choices: TrustChoices) -> None:
    problems = []
    known = {purpose.value for purpose in TrustPurpose}
    if not choices.purposes or not set(choices.purposes) <= known:
        problems.append(Problem("purposes", "not_in_range", {"allowed": ", ".join(sorted(known))}))
    if choices.since and choices.until and choices.since >= choices.until:
        problems.append(Problem("until", "trust_times_reversed"))
    if problems:
        raise Invalid(tuple(problems))
    _check_note(choices.note)


def _check_note(note: str) -> None:
    if len(note) > NOTE_LIMIT:
        raise Invalid((Problem("note", "too_long", {"length": str(len(note)), "limit": str(NOTE_LIMIT)}),))


def _check_new(row: TrustedCertificate) -> None:
    standing = TrustedCertificate.objects.filter(fingerprint=row.fingerprint, ended_in=None)
    if any(set(other.purposes) & set(row.purposes) for other in standing):
        raise Conflict("trust_exists", subject=row.subject)


def _next_version() -> int:
    """Count the list up; two at once are kept apart by the table's lock, or on SQLite by its one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE jingui_trusted_certificate IN SHARE ROW EXCLUSIVE MODE")
    return trust_version() + 1


def _row(fact: CertificateFact, choices: TrustChoices, version: int, actor: str, now: datetime) -> TrustedCertificate:
    return TrustedCertificate(
        certificate=base64.b64encode(fact.der).decode("ascii"),
        fingerprint=fact.fingerprint,
        subject=fact.subject[:300],
        issuer=fact.issuer[:300],
        serial=fact.serial[:80],
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
        purposes=sorted(set(choices.purposes)),
        since=choices.since,
        until=choices.until,
        note=choices.note.strip(),
        added_in=version,
        added_at=now,
        added_by=actor,
    )
