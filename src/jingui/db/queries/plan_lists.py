"""Layer versions for reading: lists, one by its name, and the past of one layer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from jingui.db.models import PlanLayer, PlanRollout, ServiceItem
from jingui.db.queries.library import Page, page_of
from jingui.domain.access.roles import Everywhere, Reach
from jingui.domain.catalogue.planning.examination import LayerState
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.errors import NotFound

STANDING = (
    LayerState.DRAFT.value,
    LayerState.SUBMITTED.value,
    LayerState.APPROVED.value,
    LayerState.IN_FORCE.value,
)


def find_layer(scope: str, code: str, version: int) -> PlanLayer:
    """Return a layer version by its name.

    Raises:
        NotFound: there is none.
    """
    row = PlanLayer.objects.filter(scope=scope, code=code, version=version).first()
    if row is None:
        raise NotFound("not_found")
    return row


def layer_list(*, standing_only: bool = False) -> QuerySet[PlanLayer]:
    """Return the layer versions, newest first in each layer."""
    rows = PlanLayer.objects.order_by("scope", "code", "-version")
    return rows.filter(state__in=STANDING) if standing_only else rows


def visible_layers(reach: Reach) -> QuerySet[PlanLayer]:
    """Return the layers somebody may know of: general ones, and those of the own agencies and their items."""
    rows = layer_list(standing_only=True)
    if isinstance(reach, Everywhere):
        return rows
    items = ServiceItem.objects.filter(agency__code__in=reach).values("item_code")
    own = Q(scope=LayerScope.AGENCY.value, code__in=reach) | Q(scope=LayerScope.ITEM.value, code__in=items)
    return rows.filter(Q(scope__in=(LayerScope.DEFAULT.value, LayerScope.REGION.value)) | own)


@dataclass(frozen=True, slots=True)
class LayerPast:
    """All versions of one layer, newest first, with their opinions."""

    versions: tuple[PlanLayer, ...]


def layer_past(layer: PlanLayer) -> LayerPast:
    """Return the versions of the layer that a version belongs to."""
    rows = PlanLayer.objects.filter(scope=layer.scope, code=layer.code).prefetch_related("opinions")
    return LayerPast(tuple(rows.order_by("-version")))


def layer_page(reach: Reach, *, scope: str, state: str, number: int) -> Page:
    """Return one page of layers that somebody may know of."""
    rows = visible_layers(reach)
    if scope:
        rows = rows.filter(scope=scope)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows, number=number)


def waiting_count() -> int:
    """Return how many layer versions wait for the supervising authority."""
    return PlanLayer.objects.filter(state=LayerState.SUBMITTED.value).count()


def rollout_of(layer: PlanLayer) -> PlanRollout | None:
    """Return how far the plans of a layer's items are written; ``None`` for one that was never in force."""
    return PlanRollout.objects.filter(layer=layer).first()


def agency_of_layer(layer: PlanLayer) -> str:
    """Return the agency a layer is bound to; ``""`` for layers above agencies."""
    return agency_of_target(LayerScope(layer.scope), layer.code)


def agency_of_target(scope: LayerScope, code: str) -> str:
    """Return the agency that a layer for this would be bound to; ``""`` above agencies and for an item nobody knows."""
    if scope is LayerScope.AGENCY:
        return code
    if scope is LayerScope.ITEM:
        rows = ServiceItem.objects.filter(item_code=code).order_by("-item_version")
        return rows.values_list("agency__code", flat=True).first() or ""
    return ""
