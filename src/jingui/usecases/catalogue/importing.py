"""Catalogue (事项与归档配置): importing agencies, service items and their plans; nothing is taken silently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Agency, ServiceItem
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.items import newest_items
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.drafts import (
    AgencyDraft,
    CatalogueDefaults,
    ItemDraft,
    ItemState,
    item_digest,
    limit_text,
    told_content,
)
from jingui.domain.catalogue.importing import Existing, ImportPlan, RawRow, plan_import
from jingui.domain.records.days import civil_date
from jingui.usecases.catalogue.carrying import Predecessors

BATCH = 500
T = TypeVar("T")


def preview_import(rows: Iterable[RawRow], *, defaults: CatalogueDefaults | None = None) -> ImportPlan:
    """Say what an import would do; nothing is changed."""
    return plan_import(rows, existing=existing_catalogue, defaults=defaults)


def import_catalogue(
    rows: Iterable[RawRow], *, actor: str, now: datetime, defaults: CatalogueDefaults | None = None
) -> ImportPlan:
    """Take over every sound row of a list that is in memory and report every other one.

    Batches are transactions of their own; broken off, the same import done again takes what is left.
    """
    plan = preview_import(rows, defaults=defaults)
    take_plan(plan, actor=actor, now=now)
    return plan


def take_plan(plan: ImportPlan, *, actor: str, now: datetime) -> None:
    """Write what was decided, in batches; the caller may make one transaction of them."""
    for agencies in batches((*plan.agencies_added, *plan.agencies_changed)):
        take_agencies(agencies, actor=actor, now=now)
    for items in batches(plan.added):
        take_items(items, actor=actor, now=now)
    for items in batches(plan.changed):
        take_items(items, actor=actor, now=now, is_later=True)
    for items in batches(plan.restated):
        restate_items(items, actor=actor, now=now)


def existing_catalogue(item_codes: Collection[str], agency_codes: Collection[str]) -> Existing:
    """Return what the catalogue holds of these items and agencies, for comparison, and which fonds numbers are taken."""
    agencies = {row.code: agency_draft(row) for codes in batches(agency_codes) for row in _agencies(codes).values()}
    fonds = frozenset(Agency.objects.values_list("fonds", flat=True))
    return Existing(items=newest_items(item_codes), agencies=agencies, fonds=fonds)


def agency_draft(row: Agency) -> AgencyDraft:
    """Return what is stored of an agency."""
    return AgencyDraft(row.code, row.name, row.short_name, row.region_code, row.fonds, row.fonds_name)


def _agencies(codes: Collection[str]) -> dict[str, Agency]:
    return {row.code: row for row in Agency.objects.filter(code__in=list(codes))}


@transaction.atomic
def take_agencies(drafts: Sequence[AgencyDraft], *, actor: str, now: datetime) -> None:
    """Enter agencies, or what has changed of them, with their event."""
    known = _agencies([draft.code for draft in drafts])
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
def take_items(drafts: Sequence[ItemDraft], *, actor: str, now: datetime, is_later: bool = False) -> None:
    """Enter new items, or later versions of known ones, with their plans and their event.

    What a later version leaves unsaid of its plan, it takes over from the version before.
    """
    agencies = _agencies({draft.agency for draft in drafts})
    past = Predecessors.of([draft.item_code for draft in drafts] if is_later else [])
    rows: list[ProtectedRow] = []
    for draft in drafts:
        item = _item(draft, agencies[draft.agency])
        _put_lifetime(item, draft, now)
        if item.effective_from is None and is_later:
            # A later version that tells no day is in force from the day on which it came.
            item.effective_from = civil_date(now)
        rows += [item, *past.plan_rows(draft, item, now=now)]
    codes = [[draft.item_code, draft.item_version] for draft in drafts]
    facts = {"items": codes} | ({"carried_on": past.told} if past.told else {})
    journal.record(journal.Entry(Event.CATALOGUE_IMPORTED, actor, now, facts=facts), new=rows)


@transaction.atomic
def restate_items(drafts: Sequence[ItemDraft], *, actor: str, now: datetime) -> None:
    """Write down that versions begin, end or are in force otherwise than was known; what they say stays."""
    wanted = {(draft.item_code, draft.item_version): draft for draft in drafts}
    rows = []
    for row in ServiceItem.objects.filter(item_code__in=[draft.item_code for draft in drafts]):
        draft = wanted.get((row.item_code, row.item_version))
        if draft:
            _put_lifetime(row, draft, now)
            rows.append(row)
    codes = [[draft.item_code, draft.item_version] for draft in drafts]
    journal.record(journal.Entry(Event.CATALOGUE_IMPORTED, actor, now, facts={"restated": codes}), changed=rows)


@transaction.atomic
def withdraw_items(codes: Sequence[str], *, actor: str, now: datetime, facts: dict[str, object]) -> int:
    """Withdraw the newest versions of items that are in force; return how many that were."""
    rows: dict[str, ServiceItem] = {}
    for row in ServiceItem.objects.filter(item_code__in=list(codes)).order_by("item_version"):
        rows[row.item_code] = row
    changed = [row for row in rows.values() if row.state == ItemState.IN_FORCE.value]
    for row in changed:
        row.state = ItemState.WITHDRAWN.value
        row.effective_to = civil_date(now)
    told = {**facts, "items": [[row.item_code, row.item_version] for row in changed]}
    if changed:
        journal.record(journal.Entry(Event.ITEM_WITHDRAWN, actor, now, facts=told), changed=changed)
    return len(changed)


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
        content_sha256=draft.digest or item_digest(draft),
        task_code=draft.task_code,
        handling_code=draft.handling_code,
        content=told_content(draft),
    )


def _put_lifetime(row: ServiceItem, draft: ItemDraft, now: datetime) -> None:
    life = draft.lifetime
    row.state = life.state.value
    row.effective_from = life.begins
    # Withdrawn without a day: from the day on which we were told.
    is_open = life.state is ItemState.WITHDRAWN and life.ends is None
    row.effective_to = civil_date(now) if is_open else life.ends


def batches(values: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """Cut values into batches of ``BATCH``."""
    iterator = iter(values)
    while batch := tuple(islice(iterator, BATCH)):
        yield batch
