"""Service items and their plans, for reading."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from jingui.db.models import Agency, ArchivingPlan, CarriedPlan, ServiceItem
from jingui.db.queries.library import Page, page_of
from jingui.domain.catalogue.drafts import ItemState, Lifetime
from jingui.domain.catalogue.importing import KnownItem
from jingui.domain.catalogue.plans import plan_from_dict
from jingui.domain.errors import NotFound
from jingui.domain.records.facts import Plan


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item version with its current plan, all versions of the item, and all versions of the plan.

    ``carried_from``: the item version whose plan goes on in this one; ``None``: it states its plan itself.
    """

    item: ServiceItem
    plan: Plan | None
    adopted: ArchivingPlan | None
    versions: tuple[ServiceItem, ...]
    plans: tuple[ArchivingPlan, ...]
    carried_from: int | None = None


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
    carried = CarriedPlan.objects.filter(item=item).first()
    carried_from = carried.from_version if carried and carried.carried else None
    plan = plan_from_dict(adopted.content) if adopted else None
    return ItemView(item, plan, adopted, versions, plans, carried_from)


_AT_ONCE = 500
_KNOWN = ("item_code", "item_version", "content_sha256", "state", "effective_from", "effective_to", "agency__code")


def newest_items(item_codes: Collection[str]) -> dict[str, KnownItem]:
    """Return the newest stored version of each of these items, for comparing it with a list."""
    found: dict[str, KnownItem] = {}
    codes = sorted(item_codes)
    for at in range(0, len(codes), _AT_ONCE):
        rows = ServiceItem.objects.filter(item_code__in=codes[at : at + _AT_ONCE]).order_by("item_code", "item_version")
        for code, version, digest, state, begins, ends, agency in rows.values_list(*_KNOWN):
            found[code] = KnownItem(version, digest, Lifetime(ItemState(state), begins, ends), agency)
    return found


def newest_contents(item_codes: Collection[str]) -> dict[str, dict[str, object]]:
    """Return what the newest version of each of these items says; the callers ask for a batch at a time."""
    rows = ServiceItem.objects.filter(item_code__in=list(item_codes)).order_by("item_version")
    return dict(rows.values_list("item_code", "content"))


def local_day(at: datetime) -> date:
    """Return the day of a moment where the archives stand."""
    return timezone.localdate(at)


def version_in_force(item_code: str, *, on: date) -> ServiceItem | None:
    """Return the version of an item that is in force on a day: the highest that has begun and not ended.

    A version that tells no first day has always been in force. A case keeps the version it began with all the same.
    """
    begun = Q(effective_from__isnull=True) | Q(effective_from__lte=on)
    lasting = Q(effective_to__isnull=True) | Q(effective_to__gt=on)
    rows = ServiceItem.objects.filter(begun, lasting, item_code=item_code).select_related("agency")
    return rows.order_by("-item_version").first()


def codes_in_force(*, agencies: Collection[str], region: str) -> Iterator[str]:
    """Yield the codes of items in force of these agencies (none named: all), in the region that begins so."""
    rows: QuerySet[ServiceItem] = ServiceItem.objects.filter(state=ItemState.IN_FORCE.value)
    if agencies:
        rows = rows.filter(agency__code__in=list(agencies))
    if region:
        rows = rows.filter(agency__region_code__startswith=region)
    yield from rows.order_by("item_code").values_list("item_code", flat=True).distinct().iterator(chunk_size=2000)
