"""Saved column mappings and the runs of imports, for reading."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from jingui.db.models import CatalogueImport, CatalogueMapping
from jingui.domain.access.roles import Actor, Everywhere, Permission, reach
from jingui.domain.catalogue.mappings import ColumnMapping, mapping_from_dict
from jingui.domain.errors import NotFound


def mapping_names() -> list[str]:
    """List the names of the saved mappings."""
    return sorted(set(CatalogueMapping.objects.values_list("name", flat=True)))


def newest_mapping(name: str) -> CatalogueMapping | None:
    """Return the newest version of a saved mapping."""
    return CatalogueMapping.objects.filter(name=name).order_by("-version").first()


def saved_mapping(name: str) -> ColumnMapping:
    """Return a saved mapping.

    Raises:
        NotFound: ``mapping_not_found``.
    """
    row = newest_mapping(name)
    if row is None:
        raise NotFound("mapping_not_found", name=name)
    return mapping_from_dict(row.content)


def mapping_for(headers: frozenset[str]) -> ColumnMapping | None:
    """Return the newest saved mapping of which every column is among these headers, the one that knows most of them."""
    best: tuple[int, ColumnMapping | None] = (0, None)
    for name in mapping_names():
        mapping = saved_mapping(name)
        known = {header for table in mapping.tables.values() for header in table.columns}
        if known <= headers and len(known) > best[0]:
            best = (len(known), mapping)
    return best[1]


def unfinished_import(task_sha256: str) -> CatalogueImport | None:
    """Return the run of this very import that has not come to its end."""
    return CatalogueImport.objects.filter(task_sha256=task_sha256, finished_at__isnull=True).first()


def is_within(told: Mapping[str, Any], actor: Actor) -> bool:
    """Say whether an import, by what was told of it, could touch the items of the actor's agencies alone."""
    within, mine = told.get("within"), reach(actor, Permission.MANAGE_CATALOGUE)
    return isinstance(mine, Everywhere) or (within is not None and mine.issuperset(within))


def visible_import(actor: Actor, key: UUID) -> CatalogueImport:
    """Return one run.

    Raises:
        NotFound: there is none, or it could touch other agencies than the actor's.
    """
    row = CatalogueImport.objects.filter(key=key).first()
    if row is None or not is_within(row.task, actor):
        raise NotFound("not_found")
    return row


def recent_imports(actor: Actor, limit: int = 20) -> list[CatalogueImport]:
    """Return the newest runs; to an actor who is bound to agencies, those bound to all of them or to one of them."""
    rows, mine = CatalogueImport.objects.order_by("-started_at"), reach(actor, Permission.MANAGE_CATALOGUE)
    if not isinstance(mine, Everywhere):
        bounds = [sorted(mine), *([code] for code in mine)]
        rows = rows.filter(reduce(or_, (Q(task__within=bound) for bound in bounds)))
    return list(rows[:limit])
