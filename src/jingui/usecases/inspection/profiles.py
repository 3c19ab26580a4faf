"""Saving versions of inspection profiles (检测方案)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Agency, InspectionProfileVersion, ServiceItem
from jingui.db.queries.rows import lock_name
from jingui.domain.access.roles import Actor, Permission, check_may
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, Problem
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.inspection.settings import SCOPES, InspectionProfile, profile_to_dict, settings_from_dict
from jingui.domain.metadata.fields import find_refused_character

_NAME, _NOTE = 60, 400


def save_profile(
    profile: InspectionProfile, content: object, *, after_version: int, actor: Actor, name: str, now: datetime
) -> InspectionProfileVersion:
    """Save what ``content`` says as the next version of a profile; cases inspected from now on follow it.

    Raises:
        Refused: the actor may not.
        Invalid: the name, the place or a setting is wrong.
        Conflict: ``profile_superseded``, there is a version after the one that was changed.
    """
    check_may(actor, Permission.MANAGE_CATALOGUE, agency_code="*")
    problems = _problems(profile)
    if problems:
        raise Invalid(tuple(problems), code="profile_invalid")
    settings = settings_from_dict(content, BY_IDENTIFIER)
    with transaction.atomic():
        lock_name(f"inspection profile {profile.scope}:{profile.scope_value}")
        known = InspectionProfileVersion.objects.filter(scope=profile.scope, scope_value=profile.scope_value)
        newest = known.order_by("-version").values_list("version", flat=True).first() or 0
        if newest != after_version:
            raise Conflict("profile_superseded")
        row = InspectionProfileVersion(
            name=profile.name,
            version=newest + 1,
            scope=profile.scope,
            scope_value=profile.scope_value,
            note=profile.note,
            content=profile_to_dict(InspectionProfile(settings=settings)),
            saved_at=now,
            saved_by=actor.name,
        )
        facts = {"scope": row.scope, "for": row.scope_value, "version": row.version, "settings": len(settings)}
        journal.record(journal.Entry(Event.INSPECTION_PROFILE_SAVED, name, now, None, facts), new=[row])
    return row


def _problems(profile: InspectionProfile) -> list[Problem]:
    problems = []
    if not profile.name.strip():
        problems.append(Problem("name", "required"))
    for name, text, limit in (("name", profile.name, _NAME), ("note", profile.note, _NOTE)):
        if len(text) > limit:
            problems.append(Problem(name, "too_long", {"limit": str(limit), "length": str(len(text))}))
        if find_refused_character(text):
            problems.append(Problem(name, "control_character", {"character": find_refused_character(text)}))
    if profile.scope not in SCOPES or not _is_there(profile):
        problems.append(Problem("scope_value", "scope_unknown"))
    return problems


def _is_there(profile: InspectionProfile) -> bool:
    value = profile.scope_value
    if profile.scope == "agency":
        return Agency.objects.filter(code=value).exists()
    if profile.scope == "item":
        return ServiceItem.objects.filter(item_code=value).exists()
    if profile.scope == "region":
        return value.isascii() and value.isdigit() and 2 <= len(value) <= 12  # noqa: PLR2004
    return value == ""
