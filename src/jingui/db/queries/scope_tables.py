"""The scope-and-retention table of an agency: under what is in force, or under a version that is to be approved."""

from __future__ import annotations

from collections.abc import Iterator

from jingui.db.models import Agency, PlanLayer, PlanOpinion
from jingui.db.queries.plan_layers import LayerShelf, effective_plans, item_batches, layer_in_force, local_day
from jingui.domain.catalogue.planning.examination import LayerState
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.catalogue.planning.scope_tables import ScopeHead, ScopeRow, scope_rows
from jingui.domain.errors import NotFound
from jingui.domain.records.facts import Plan


def get_agency(code: str) -> Agency:
    """Return an agency.

    Raises:
        NotFound: there is none.
    """
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        raise NotFound("not_found")
    return agency


def scope_head(agency: Agency, layer: PlanLayer | None) -> ScopeHead:
    """Return the head of the table; without a version, that of the agency's layer in force."""
    stated = layer or layer_in_force(LayerScope.AGENCY.value, agency.code) or layer_in_force("default", "")
    if stated is None:
        return ScopeHead(agency.name, agency.code, agency.fonds, "", "", None)
    said = PlanOpinion.objects.filter(layer=stated).order_by("-examined_at").first()
    return ScopeHead(
        agency_name=agency.name,
        agency_code=agency.code,
        fonds=agency.fonds,
        version=str(stated.version),
        state=stated.state,
        effective_on=stated.effective_on,
        opinion=said.opinion if said else "",
        document_number=said.document_number if said else "",
        examiner=said.examiner_name if said else "",
        examined_on=local_day(said.examined_at) if said else None,
    )


def agency_scope_rows(agency: Agency, layer: PlanLayer | None) -> Iterator[ScopeRow]:
    """Return the rows of an agency's table in order of item code, read batch by batch."""
    shelf = LayerShelf.open(layer if layer and layer.state != LayerState.IN_FORCE.value else None)
    return scope_rows(_plans(agency, shelf))


def _plans(agency: Agency, shelf: LayerShelf) -> Iterator[Plan]:
    for batch in item_batches(LayerScope.AGENCY.value, agency.code):
        yield from (made.plan for _, made in effective_plans(batch, shelf))
