"""What an actor may see: the condition stands in the query, so that nothing is fetched first and hidden afterwards."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from jingui.db.models import Agency, Case
from jingui.domain.access.roles import Actor, Everywhere, Permission, reach
from jingui.domain.errors import NotFound


def agency_condition(actor: Actor, permission: Permission, *, field: str = "agency__code") -> Q:
    """Return the condition that keeps rows to the agencies in which the actor may do this.

    Rows that belong to no agency yet are seen only by who sees every agency.
    """
    codes = reach(actor, permission)
    if isinstance(codes, Everywhere):
        return Q()
    return Q(**{f"{field}__in": sorted(codes)})


def visible_cases(actor: Actor, permission: Permission) -> QuerySet[Case]:
    """Return the cases to which the actor's permission reaches; none if he has none."""
    return Case.objects.filter(agency_condition(actor, permission))


def visible_case(actor: Actor, key: UUID, permission: Permission) -> Case:
    """Return one case with what belongs to it.

    Raises:
        NotFound: there is no such case, or none that the actor may know of.
    """
    cases = visible_cases(actor, permission).select_related("agency", "plan__item", "source")
    case = cases.filter(pk=key).first()
    if case is None:
        raise NotFound("not_found")
    return case


def search_scope(actor: Actor) -> tuple[str, ...] | None:
    """Return the keys of the agencies in which the actor may search; ``None`` is every agency."""
    codes = reach(actor, Permission.SEARCH_RECORDS)
    if isinstance(codes, Everywhere):
        return None
    return tuple(key.hex for key in Agency.objects.filter(code__in=codes).values_list("key", flat=True))
