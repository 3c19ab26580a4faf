"""Saved column mappings and the runs of imports, for reading."""

from __future__ import annotations

from uuid import UUID

from jingui.db.models import CatalogueImport, CatalogueMapping
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


def get_import(key: UUID) -> CatalogueImport:
    """Return one run.

    Raises:
        NotFound: there is none.
    """
    row = CatalogueImport.objects.filter(key=key).first()
    if row is None:
        raise NotFound("not_found")
    return row


def recent_imports(limit: int = 20) -> list[CatalogueImport]:
    """Return the newest runs."""
    return list(CatalogueImport.objects.order_by("-started_at")[:limit])
