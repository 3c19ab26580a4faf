"""Administration (系统管理): the installation, its source systems and their keys, its accounts."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from jingui.db import journal
from jingui.db.models import Account, Agency, Installation, Source, SourceKey
from jingui.domain.access.roles import Role
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem
from jingui.domain.metadata.fields import FieldReader

SYSTEM = "system:administration"
NAME_LIMIT = 60


@transaction.atomic
def initialise(*, name: str, now: datetime) -> Installation:
    """Enter the installation into its database; doing it again changes nothing."""
    known = Installation.objects.first()
    if known:
        return known
    installation = Installation(name=name, origin=f"jingui.local/{secrets.token_hex(8)}", created_at=now)
    journal.record(journal.Entry(Event.INSTALLATION_INITIALISED, SYSTEM, now), new=[installation])
    return installation


def check_name(field: str, name: str) -> None:
    """Refuse a name that is empty, too long, edged by spaces or holds control characters. Raises Invalid."""
    fields = FieldReader({field: name})
    fields.key(field, limit=NAME_LIMIT)
    if fields.problems:
        raise Invalid(tuple(fields.problems))


@transaction.atomic
def register_source(*, name: str, agency_codes: tuple[str, ...], now: datetime, actor: str = SYSTEM) -> SourceKey:
    """Register a source system with its first key. ``agency_codes`` empty: it may send for every agency.

    Raises:
        Conflict: ``source_exists``.
        Invalid: the name cannot be kept, or an agency is not known.
    """
    check_name("name", name)
    if Source.objects.filter(name=name).exists():
        raise Conflict("source_exists", name=name)
    unknown = set(agency_codes) - set(Agency.objects.filter(code__in=agency_codes).values_list("code", flat=True))
    if unknown:
        raise Invalid(tuple(Problem("agency", "agency_unknown", {"agency": code}) for code in sorted(unknown)))
    source = Source(name=name, agency_codes=sorted(agency_codes))
    key = SourceKey(source=source, key_id=f"jg-{secrets.token_hex(8)}", created_at=now)
    journal.record(journal.Entry(Event.SOURCE_REGISTERED, actor, now, facts={"source": name}), new=[source, key])
    return key


@transaction.atomic
def revoke_source_key(*, key_id: str, now: datetime, actor: str = SYSTEM) -> None:
    """Make a key invalid from now on. Raises NotFound."""
    key = SourceKey.objects.select_for_update().filter(key_id=key_id, revoked_at=None).first()
    if key is None:
        raise NotFound("key_unknown")
    key.revoked_at = now
    journal.record(journal.Entry(Event.SOURCE_KEY_REVOKED, actor, now, facts={"key_id": key_id}), changed=[key])


@transaction.atomic
def create_account(
    *, username: str, display_name: str, role: Role, password: str, agency_code: str = "", now: datetime
) -> Account:
    """Make an account with one role; ``agency_code`` empty: for every agency.

    Raises:
        Conflict: ``account_exists``.
        Invalid: a name cannot be kept, or the agency is not known.
    """
    check_name("username", username)
    check_name("display_name", display_name)
    if Account.objects.filter(username=username).exists():
        raise Conflict("account_exists", username=username)
    agency = Agency.objects.filter(code=agency_code).first() if agency_code else None
    if agency_code and agency is None:
        raise Invalid((Problem("agency", "agency_unknown", {"agency": agency_code}),))
    account = Account(username=username, display_name=display_name, role=role.value, agency=agency)
    account.password = make_password(password)
    entry = journal.Entry(Event.ACCOUNT_CREATED, SYSTEM, now, facts={"username": username, "role": role.value})
    journal.record(entry, new=[account])
    return account


@transaction.atomic
def note_sign_in(*, username: str, is_successful: bool, now: datetime) -> None:
    """Write a sign-in, or a failed try, into the journal."""
    kind = Event.ACCOUNT_SIGNED_IN if is_successful else Event.ACCOUNT_SIGN_IN_FAILED
    journal.record(journal.Entry(kind, f"account:{username[:60]}", now))
