"""Service items and their plans, for reading."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from jingui.db.models import Agency, ArchivingPlan, ServiceItem
from jingui.db.queries.library import Page, page_of
from jingui.domain.catalogue.plans import plan_from_dict
from jingui.domain.errors import NotFound
from jingui.domain.records.facts import Plan


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item version with its current plan, all versions of the item, and all versions of the plan."""

    item: ServiceItem
    plan: Plan | None
    adopted: ArchivingPlan | None
    versions: tuple[ServiceItem, ...]
    plans: tuple[ArchivingPlan, ...]


def item_page(*, agency: str, text: str, number: int) -> Page:
    """Return one page of items in their newest version."""
    newer = ServiceItem.objects.filter(item_code=OuterRef("item_code"), item_version__gt=OuterRef("item_version"))
    rows = ServiceItem.objects.filter(~Exists(newer)).select_related("agency").prefetch_related("plans")
    if agency:
        rows = rows.filter(agency__code=agency)
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(item_code__startswith=text))
    return page_of(rows.order_by("agency__fonds", "name", "item_code"), number=number)


def agencies_with_items() -> list[Agency]:
    """Return the agencies that have items, with ``item_count``."""
    counted = Agency.objects.annotate(item_count=Count("items__item_code", distinct=True))
    return list(counted.filter(item_count__gt=0).order_by("fonds"))


def get_item(item_code: str, version: int | None) -> ItemView:
    """Return one version of an item, the newest without a number.

    Raises:
        NotFound: there is no such item or version.
    """
    versions = tuple(ServiceItem.objects.filter(item_code=item_code).select_related("agency").order_by("-item_version"))
    item = next((row for row in versions if version in (None, row.item_version)), None)
    if item is None:
        raise NotFound("not_found")
    plans = tuple(item.plans.order_by("-plan_version"))
    adopted = plans[0] if plans else None
    return ItemView(item, plan_from_dict(adopted.content) if adopted else None, adopted, versions, plans)
