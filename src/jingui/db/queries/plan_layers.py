"""Plan layers, the items they speak for, and the effective plans that come of them; always in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from jingui.db.models import Agency, ArchivingPlan, CarriedPlan, PlanLayer, ServiceItem
from jingui.db.queries.paging import in_pages
from jingui.domain.catalogue.drafts import CatalogueDefaults, ItemState
from jingui.domain.catalogue.planning.carrying import flattened, previous_label
from jingui.domain.catalogue.planning.examination import LayerState
from jingui.domain.catalogue.planning.layers import (
    IMPORTED,
    EffectivePlan,
    ItemIdentity,
    Layer,
    LayerScope,
    imported_content,
    layer_chain,
    layer_label,
    merge_layers,
)
from jingui.domain.catalogue.plans import plan_from_dict
from jingui.domain.errors import NotFound

BATCH = 200
Content = tuple[str, Mapping[str, Any]]


def get_layer(key: UUID) -> PlanLayer:
    """Return a layer version.

    Raises:
        NotFound: there is none.
    """
    row = PlanLayer.objects.filter(pk=key).first()
    if row is None:
        raise NotFound("not_found")
    return row


def layer_in_force(scope: str, code: str) -> PlanLayer | None:
    """Return the version of a layer that is in force."""
    return PlanLayer.objects.filter(scope=scope, code=code, state=LayerState.IN_FORCE.value).first()


def due_layers(now: datetime) -> list[PlanLayer]:
    """Return the approved versions whose day has come, in the order in which they come into force."""
    rows = PlanLayer.objects.filter(state=LayerState.APPROVED.value, effective_on__lte=local_day(now))
    return list(rows.order_by("effective_on", "drafted_at"))


def as_layer(row: PlanLayer) -> Layer:
    """Return a row as the domain knows it."""
    return Layer(LayerScope(row.scope), row.code, row.version, row.content)


@dataclass(slots=True)
class LayerShelf:
    """The layers in force that are above items, read once, with one version put in place of what is in force."""

    contents: dict[tuple[str, str], Content] = field(default_factory=dict)
    overlay: PlanLayer | None = None

    @classmethod
    def open(cls, overlay: PlanLayer | None = None) -> LayerShelf:
        """Read the layers in force; ``overlay`` is a version that is to be tried."""
        rows = PlanLayer.objects.filter(state=LayerState.IN_FORCE.value).exclude(scope=LayerScope.ITEM.value)
        shelf = cls({(row.scope, row.code): _content(row) for row in rows.iterator()}, overlay)
        shelf.put_overlay(shelf.contents)
        return shelf

    def put_overlay(self, contents: dict[tuple[str, str], Content]) -> None:
        """Put the version that is tried among others."""
        if self.overlay is not None:
            contents[self.overlay.scope, self.overlay.code] = _content(self.overlay)

    def of_items(self, items: Sequence[ServiceItem]) -> dict[tuple[str, str], Content]:
        """Return the item layers of some items."""
        codes = [item.item_code for item in items]
        rows = PlanLayer.objects.filter(scope=LayerScope.ITEM.value, state=LayerState.IN_FORCE.value, code__in=codes)
        found = {(row.scope, row.code): _content(row) for row in rows}
        if self.overlay is not None and self.overlay.scope == LayerScope.ITEM.value:
            self.put_overlay(found)
        return found


def _content(row: PlanLayer) -> Content:
    return layer_label(row.scope, row.code, row.version), row.content


def local_day(at: datetime) -> date:
    """Return the day it is at this moment where the archives is."""
    return timezone.localtime(at).date()


def identity_of(item: ServiceItem) -> ItemIdentity:
    """Return what layers need to know of an item version."""
    agency = item.agency
    return ItemIdentity(item.item_code, item.item_version, item.name[:200], agency.code, agency.region_code)


def effective_plans(items: Sequence[ServiceItem], shelf: LayerShelf) -> Iterator[tuple[ServiceItem, EffectivePlan]]:
    """Return the plan of each item (with its agency loaded) as its layers make it."""
    own, imported = shelf.of_items(items), _imported(items)
    for item in items:
        contents = list(_chain(item, shelf, own, imported))
        yield item, merge_layers(identity_of(item), contents)


def _chain(
    item: ServiceItem,
    shelf: LayerShelf,
    own: Mapping[tuple[str, str], Content],
    imported: Mapping[UUID, Sequence[Content]],
) -> Iterator[Content]:
    for scope, code in layer_chain(identity_of(item)):
        # What the catalogue said of the item stands above what a region or agency says, and below its own layer.
        if scope is LayerScope.ITEM:
            yield from imported.get(item.key, ())
        found = (own if scope is LayerScope.ITEM else shelf.contents).get((scope.value, code))
        if found:
            yield found


def plan_seen_from(layer: PlanLayer) -> EffectivePlan:
    """Return what a layer version and all above it say together; an item layer with what the catalogue says too.

    Raises:
        Invalid: together they cannot be read.
    """
    shelf = LayerShelf.open(layer)
    if layer.scope == LayerScope.ITEM.value:
        item = items_of(layer.scope, layer.code).first()
        if item is not None:
            return next(iter(effective_plans([item], shelf)))[1]
    agency = Agency.objects.filter(code=layer.code).first() if layer.scope == LayerScope.AGENCY.value else None
    region = layer.code if layer.scope == LayerScope.REGION.value else agency.region_code if agency else ""
    nobody = ItemIdentity("0", 1, (layer.title or "—")[:200], layer.code, region)
    contents = [shelf.contents.get((scope.value, code)) for scope, code in layer_chain(nobody)]
    return merge_layers(nobody, [content for content in contents if content])


def catalogue_statements(items: Sequence[ServiceItem]) -> dict[UUID, dict[str, Any]]:
    """Return what the catalogue says of the plan of each item, with what was carried on from earlier versions."""
    return {key: flattened(content for _, content in told) for key, told in _imported(items).items()}


def _imported(items: Sequence[ServiceItem]) -> dict[UUID, list[Content]]:
    """Return what the catalogue itself said of each item, less what was only assumed: carried on first, then its own."""
    keys = [item.key for item in items]
    carried = {row.item_id: row for row in CarriedPlan.objects.filter(item__in=keys)}
    rows = ArchivingPlan.objects.filter(item__in=keys, plan_version=1).exclude(item__in=carried)
    firsts = {row.item_id: row.content for row in rows if not row.content.get("layers")}
    return {
        item.key: [*_carried(item, carried.get(item.key)), (_imported_label(item), told | told_situations(item))]
        for item in items
        if (told := _own(item, firsts, carried)) is not None
    }


def _own(
    item: ServiceItem, firsts: Mapping[UUID, Mapping[str, Any]], carried: Mapping[UUID, CarriedPlan]
) -> dict[str, Any] | None:
    if item.key in carried:
        return dict(carried[item.key].stated)
    if item.key in firsts:
        return imported_content(plan_from_dict(firsts[item.key]), CatalogueDefaults())
    return None


def _carried(item: ServiceItem, row: CarriedPlan | None) -> list[Content]:
    return [(previous_label(item.item_code, row.from_version), row.carried)] if row else []


def _imported_label(item: ServiceItem) -> str:
    return f"{IMPORTED}:{item.item_code}@{item.item_version}"


def told_situations(item: ServiceItem) -> dict[str, Any]:
    """Return the situations that an item itself names, as its layer states them."""
    told = item.content.get("situations", ()) if item.content else ()
    names = [part["name"][:100] for part in told if part.get("name")]
    return {"situations": names} if names else {}


def newest_items() -> QuerySet[ServiceItem]:
    """Return the items in force in their newest version, with their agencies."""
    newer = ServiceItem.objects.filter(item_code=OuterRef("item_code"), item_version__gt=OuterRef("item_version"))
    rows = ServiceItem.objects.filter(~Exists(newer), state=ItemState.IN_FORCE.value)
    return rows.select_related("agency")


def items_of(scope: str, code: str) -> QuerySet[ServiceItem]:
    """Return the items a layer speaks for, in their newest version."""
    return newest_items().filter(concerned(scope, code))


def item_count(layer: PlanLayer) -> int:
    """Return how many items a layer speaks for."""
    return items_of(layer.scope, layer.code).count()


def concerned(scope: str, code: str, *, prefix: str = "") -> Q:
    """Return the condition for items a layer speaks for; ``prefix`` leads from another table to the item."""
    names = {LayerScope.AGENCY.value: f"{prefix}agency__code", LayerScope.ITEM.value: f"{prefix}item_code"}
    if scope in names:
        return Q(**{names[scope]: code})
    if scope == LayerScope.REGION.value:
        return Q(**{f"{prefix}agency__region_code__startswith": region_prefix(code)})
    return Q()


def region_prefix(code: str) -> str:
    """Return the beginning of the codes of everything that lies in a region (GB/T 2260)."""
    for whole in ("0000", "00"):
        if len(code) == len("530000") and code.endswith(whole):
            return code.removesuffix(whole)
    return code


def item_batches(scope: str, code: str, *, after: str = "") -> Iterator[list[ServiceItem]]:
    """Return the items a layer speaks for in order of their codes, batch by batch, each read anew from the table."""
    return in_pages(items_of(scope, code), "item_code", after=[after], size=BATCH)
