"""Saving column mappings: by name, every change a new version."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CatalogueMapping
from jingui.db.queries.imports import newest_mapping
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.mappings import ColumnMapping, mapping_to_dict


@transaction.atomic
def save_mapping(mapping: ColumnMapping, *, actor: str, now: datetime) -> CatalogueMapping:
    """Save a mapping under its name; the same again is the version that stands."""
    content = mapping_to_dict(mapping)
    newest = newest_mapping(mapping.name)
    if newest and newest.content == content:
        return newest
    row = CatalogueMapping(
        name=mapping.name,
        version=newest.version + 1 if newest else 1,
        content=content,
        saved_at=now,
        saved_by=actor,
    )
    facts = {"name": row.name, "version": row.version}
    journal.record(journal.Entry(Event.CATALOGUE_MAPPING_SAVED, actor, now, facts=facts), new=[row])
    return row
