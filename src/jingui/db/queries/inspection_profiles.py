"""Which inspection profile is in force for what; read from the database when a new version was saved."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from jingui.db.models import InspectionProfileVersion
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.inspection.settings import DEFAULT_PROFILE, InspectionProfile, settings_from_dict

Place = tuple[str, str]


def profile_for(*, item: str, agency: str, region: str) -> InspectionProfile:
    """Return the profile of an item, else of its agency, else of the region (the longest that fits), else the general."""
    known = _profiles(_newest_key())
    if not known:
        return DEFAULT_PROFILE
    regions = [("region", region[:length]) for length in range(len(region), 0, -1)]
    places: list[Place] = [("item", item), ("agency", agency), *regions, ("general", "")]
    return next((known[place] for place in places if place in known), DEFAULT_PROFILE)


def profile_from_row(row: InspectionProfileVersion) -> InspectionProfile:
    """Return a stored version as the domain knows it."""
    settings = settings_from_dict(row.content, BY_IDENTIFIER)
    return InspectionProfile(row.name, row.version, row.scope, row.scope_value, row.note, settings)


def newest_versions() -> list[InspectionProfileVersion]:
    """Return the version in force of every profile, general ones first."""
    newest: dict[Place, InspectionProfileVersion] = {}
    for row in InspectionProfileVersion.objects.order_by("version"):
        newest[row.scope, row.scope_value] = row
    return sorted(newest.values(), key=lambda row: (row.scope != "general", row.scope, row.scope_value))


def versions_of(scope: str, value: str) -> list[InspectionProfileVersion]:
    """Return every version of one profile, newest first."""
    return list(InspectionProfileVersion.objects.filter(scope=scope, scope_value=value).order_by("-version"))


def _newest_key() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM jingui_inspection_profile ORDER BY event_id DESC LIMIT 1")
        row = cursor.fetchone()
        return str(row[0]) if row else ""


@lru_cache(maxsize=4)
def _profiles(newest: str) -> dict[Place, InspectionProfile]:
    """Return the profiles by place; ``newest`` is the key of the version saved last, so that no older set is served."""
    return {(row.scope, row.scope_value): profile_from_row(row) for row in newest_versions()} if newest else {}
