"""Catalogue (事项与归档配置): importing agencies, service items and their plans; nothing is taken silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Agency, ArchivingPlan, ServiceItem
from jingui.db.models.records import ProtectedRow
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.drafts import AgencyDraft, CatalogueDefaults, ItemDraft, TimeLimit, item_digest
from jingui.domain.catalogue.importing import Existing, ImportPlan, KnownItem, RawRow, plan_import
from jingui.domain.catalogue.plans import plan_to_dict

BATCH = 500
T = TypeVar("T")


def preview_import(rows: Iterable[RawRow], *, defaults: CatalogueDefaults | None = None) -> ImportPlan:
    """Say what an import would do; nothing is changed."""
    return plan_import(rows, existing=existing_catalogue(), defaults=defaults)


def import_catalogue(
    rows: Iterable[RawRow], *, actor: str, now: datetime, defaults: CatalogueDefaults | None = None
) -> ImportPlan:
    """Take over every sound row and report every other one.

    Batches are transactions of their own; broken off, the same import done again takes what is left.
    """
    plan = preview_import(rows, defaults=defaults)
    for agencies in batches((*plan.agencies_added, *plan.agencies_changed)):
        _take_agencies(agencies, actor=actor, now=now)
    for items in batches((*plan.added, *plan.changed)):
        _take_items(items, actor=actor, now=now)
    return plan


def existing_catalogue() -> Existing:
    """Return what the catalogue holds, for comparison."""
    newest = ServiceItem.objects.order_by("item_code", "item_version")
    rows = newest.values_list("item_code", "item_version", "content_sha256").iterator()
    items = {code: KnownItem(version, digest) for code, version, digest in rows}
    agencies = {row.code: _draft(row) for row in Agency.objects.iterator()}
    return Existing(items=items, agencies=agencies)


def _draft(row: Agency) -> AgencyDraft:
    return AgencyDraft(row.code, row.name, row.short_name, row.region_code, row.fonds, row.fonds_name)


@transaction.atomic
def _take_agencies(drafts: Sequence[AgencyDraft], *, actor: str, now: datetime) -> None:
    known = {row.code: row for row in Agency.objects.filter(code__in=[draft.code for draft in drafts])}
    new: list[ProtectedRow] = []
    changed: list[ProtectedRow] = []
    for draft in drafts:
        row = known.get(draft.code) or Agency(code=draft.code)
        for name in ("name", "short_name", "region_code", "fonds", "fonds_name"):
            setattr(row, name, getattr(draft, name))
        (changed if draft.code in known else new).append(row)
    entry = journal.Entry(Event.AGENCY_REGISTERED, actor, now, facts={"new": len(new), "changed": len(changed)})
    journal.record(entry, new=new, changed=changed)


@transaction.atomic
def _take_items(drafts: Sequence[ItemDraft], *, actor: str, now: datetime) -> None:
    agencies = {row.code: row for row in Agency.objects.filter(code__in={draft.agency for draft in drafts})}
    rows: list[ProtectedRow] = []
    for draft in drafts:
        item = _item(draft, agencies[draft.agency])
        rows += [item, _plan(item, draft, now)]
    codes = [[draft.item_code, draft.item_version] for draft in drafts]
    journal.record(journal.Entry(Event.CATALOGUE_IMPORTED, actor, now, facts={"items": codes}), new=rows)


def _item(draft: ItemDraft, agency: Agency) -> ServiceItem:
    return ServiceItem(
        item_code=draft.item_code,
        item_version=draft.item_version,
        name=draft.item_name,
        item_type=draft.item_type,
        base_code=draft.base_code,
        agency=agency,
        statutory_limit=limit_text(draft.statutory_limit),
        promised_limit=limit_text(draft.promised_limit),
        content_sha256=item_digest(draft),
    )


def _plan(item: ServiceItem, draft: ItemDraft, now: datetime) -> ArchivingPlan:
    return ArchivingPlan(item=item, plan_version=1, content=plan_to_dict(draft.plan), adopted_at=now)


def limit_text(limit: TimeLimit | None) -> str:
    """Return a time limit in words, empty if there is none."""
    return f"{limit.days} 个{limit.unit}" if limit else ""


def batches(values: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """Cut values into batches of ``BATCH``."""
    iterator = iter(values)
    while batch := tuple(islice(iterator, BATCH)):
        yield batch
