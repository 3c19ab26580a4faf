"""Items in order of their base codes, and what the last comparison of the levels found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from jingui.db.models import LevelDifferenceRow, LevelRun, LevelSettlement, LevelUnplaced, ServiceItem
from jingui.db.queries.library import Page, page_of
from jingui.db.queries.paging import in_pages
from jingui.db.queries.plan_layers import newest_items
from jingui.domain.access.roles import Everywhere, Reach
from jingui.domain.catalogue.levels import LevelItem
from jingui.domain.records.identifiers import split_item_code


def level_items(*, after: str = "") -> Iterator[LevelItem]:
    """Return every item in force with a base code beyond ``after``, in their order; rows are fetched as asked for."""
    rows = newest_items().filter(base_code__gt=after)
    return (_level_item(row) for page in in_pages(rows, "base_code", "item_code") for row in page)


def items_without_base_code() -> Iterator[LevelItem]:
    """Return the items in force that implement no base code that is known."""
    rows = newest_items().filter(base_code="")
    return (_level_item(row) for page in in_pages(rows, "item_code") for row in page)


def _level_item(row: ServiceItem) -> LevelItem:
    elements = (row.content or {}).get("elements", {})
    told = {name: _text(value) for name, value in elements.items()}
    told |= {"task_name": row.name} if "task_name" not in told else {}
    parts = split_item_code(row.item_code)
    return LevelItem(
        item_code=row.item_code,
        item_version=row.item_version,
        name=row.name,
        base_code=row.base_code,
        level=parts.level if parts else str(elements.get("use_level") or ""),
        agency_code=row.agency.code,
        agency_name=row.agency.short_name or row.agency.name,
        region_code=row.agency.region_code,
        elements={name: value for name, value in told.items() if value},
    )


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return "、".join(sorted(map(str, value))) if isinstance(value, list) else str(value)


def last_run() -> LevelRun | None:
    """Return the newest comparison that ended."""
    return LevelRun.objects.filter(finished_at__isnull=False).order_by("-id").first()


def differences(
    run: LevelRun, *, reach: Reach, base_code: str = "", element: str = "", decision: str = ""
) -> QuerySet[LevelDifferenceRow]:
    """Return the differences of a run, each with its ``decision`` and ``reason`` (``None``: still open)."""
    settled = LevelSettlement.objects.filter(digest=OuterRef("digest"))
    rows = run.differences.annotate(
        decision=Subquery(settled.values("decision")[:1]), reason=Subquery(settled.values("reason")[:1])
    )
    if not isinstance(reach, Everywhere):
        rows = rows.filter(lower_agency_code__in=reach)
    named = {"base_code": base_code, "element": element}
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if decision == "open":
        rows = rows.filter(decision__isnull=True)
    elif decision:
        rows = rows.filter(decision=decision)
    return rows.order_by("base_code", "element", "lower_code")


def unplaced_items(run: LevelRun, *, reach: Reach, reason: str = "", decision: str = "") -> QuerySet[LevelUnplaced]:
    """Return the items that a run could not place, each with its ``decision`` and ``settled_reason``."""
    settled = LevelSettlement.objects.filter(digest=OuterRef("digest"))
    rows = run.unplaced.annotate(
        decision=Subquery(settled.values("decision")[:1]), settled_reason=Subquery(settled.values("reason")[:1])
    )
    if not isinstance(reach, Everywhere):
        rows = rows.filter(agency_code__in=reach)
    if reason:
        rows = rows.filter(reason=reason)
    if decision == "open":
        rows = rows.filter(decision__isnull=True)
    elif decision:
        rows = rows.filter(decision=decision)
    return rows.order_by("reason", "item_code")


def unplaced_counts(run: LevelRun, *, reach: Reach) -> list[tuple[str, int]]:
    """Return how many items of each reason a run could not place, the most first."""
    rows = unplaced_items(run, reach=reach).order_by().values("reason").annotate(found=Count("id"))
    return list(rows.order_by("-found").values_list("reason", "found"))


@dataclass(frozen=True, slots=True)
class ElementCount:
    """How often one element differs, and in how many base codes."""

    element: str
    difference_count: int
    group_count: int


def element_counts(run: LevelRun) -> list[ElementCount]:
    """Return the elements that differ, those that differ most first."""
    rows = run.differences.values("element").annotate(found=Count("id"), groups=Count("base_code", distinct=True))
    ordered = rows.order_by("-found", "element").values_list("element", "found", "groups")
    return [ElementCount(*row) for row in ordered]


def difference_page(rows: QuerySet[Any], *, number: int) -> Page:
    """Return one page of differences, or of items that could not be placed."""
    return page_of(rows, number=number)
