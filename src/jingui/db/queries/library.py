"""The library (档案库): its tree, its grid, its facets. Every count stops at a limit, so that no page waits for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from jingui.db.models import Agency, Case, CaseFile
from jingui.db.queries.visibility import visible_cases
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.lifecycle import CaseState

MAX_COUNTED = 10_000
PAGE_SIZE = 50
FACET_SIZE = 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """A place in the tree: agency code, category, year, retention; empty parts are not asked for."""

    agency: str = ""
    category: str = ""
    year: str = ""
    retention: str = ""

    def condition(self) -> Q:
        """Return what keeps cases to this place."""
        parts = {"agency__code": self.agency, "category": self.category, "retention": self.retention}
        condition = Q(**{name: value for name, value in parts.items() if value})
        if self.year:
            condition &= Q(year=int(self.year)) if self.year.isdigit() else Q(year__isnull=True)
        return condition


@dataclass(frozen=True, slots=True)
class Selection:
    """What the grid shows. ``found`` are the keys that a search gave, ``None`` if nothing was searched for."""

    shelf: Shelf = field(default_factory=Shelf)
    states: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    found: tuple[UUID, ...] | None = None

    def cases(self, actor: Actor) -> QuerySet[Case]:
        """Return the cases that are shown to the actor; those that only wait for their own message are left out."""
        rows = visible_cases(actor, Permission.VIEW_RECORD).filter(self.shelf.condition())
        if self.found is not None:
            rows = rows.filter(pk__in=self.found)
        chosen = {"state__in": self.states, "outcome__in": self.outcomes, "item_code__in": self.items}
        return rows.exclude(state=CaseState.EXPECTED).filter(**{k: v for k, v in chosen.items() if v})


# NULL first when newest first: PostgreSQL can then read the index backwards.
ORDERS: dict[str, tuple[Any, ...]] = {
    "arrival": (F("key").desc(),),
    "formed": (F("closed_at").desc(nulls_first=True), F("key").desc()),
    "formed-up": (F("closed_at").asc(nulls_last=True), F("key").asc()),
    "code": (F("archival_code").desc(nulls_last=True), F("key").desc()),
    "code-up": (F("archival_code").asc(nulls_last=True), F("key").asc()),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows. ``total`` stops at ``MAX_COUNTED``, then ``is_capped``."""

    rows: Sequence[Any]
    number: int
    total: int
    is_capped: bool

    @property
    def first(self) -> int:
        """The place of the first row, from 1."""
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def end(self) -> int:
        """The place of the last row, from 1; 0 on an empty page."""
        return self.first + len(self.rows) - 1

    @property
    def previous_number(self) -> int:
        """The number of the page before."""
        return self.number - 1

    @property
    def next_number(self) -> int:
        """The number of the page after."""
        return self.number + 1

    @property
    def near(self) -> list[int]:
        """The numbers to offer: first, last and those around this one; 0 stands for a gap."""
        wanted = {1, self.last_number, *range(self.number - 1, self.number + 2)}
        numbers = sorted(number for number in wanted if 1 <= number <= self.last_number)
        offered: list[int] = []
        for number in numbers:
            if offered and number - offered[-1] > 1:
                offered.append(0)
            offered.append(number)
        return offered

    @property
    def last_number(self) -> int:
        """The number of the last page that can be opened."""
        return max(1, -(-self.total // PAGE_SIZE))


def page_of(rows: QuerySet[Any], *, number: int) -> Page:
    """Cut one page out of ordered rows; a page beyond the last is the last."""
    counted = capped_count(rows)
    total = min(counted, MAX_COUNTED)
    wanted = min(max(1, number), max(1, -(-total // PAGE_SIZE)))
    start = (wanted - 1) * PAGE_SIZE
    return Page(list(rows[start : start + PAGE_SIZE]), wanted, total, counted > MAX_COUNTED)


def capped_count(rows: QuerySet[Any]) -> int:
    """Count rows, at most one beyond the limit."""
    return rows.order_by()[: MAX_COUNTED + 1].count()


def case_page(selection: Selection, actor: Actor, *, order: str, number: int) -> Page:
    """Return one page of cases."""
    rows = selection.cases(actor).select_related("agency").order_by(*ORDERS.get(order, ORDERS["arrival"]))
    return page_of(rows, number=number)


def file_page(selection: Selection, actor: Actor, *, number: int) -> Page:
    """Return one page of the files of the selected cases, newest first."""
    return page_of(_files(selection, actor).select_related("case__agency").order_by("-key"), number=number)


def file_count(selection: Selection, actor: Actor) -> int:
    """Count the files of the selected cases, at most one beyond the limit."""
    return capped_count(_files(selection, actor))


def _files(selection: Selection, actor: Actor) -> QuerySet[CaseFile]:
    return CaseFile.objects.filter(case__in=selection.cases(actor).order_by())


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with the number of cases that have it."""

    code: str
    name: str
    count: int


def facets(selection: Selection, actor: Actor) -> dict[str, list[FacetValue]]:
    """Count outcomes, states and items among the newest cases of the selection (at most ``MAX_COUNTED``)."""
    newest = selection.cases(actor).order_by("-key").values("pk")[:MAX_COUNTED]
    return {
        name: _facet(newest, *columns)
        for name, columns in (("outcome", ("outcome",)), ("state", ("state",)), ("item", ("item_code", "item_name")))
    }


def _facet(newest: QuerySet[Any, Any], *columns: str) -> list[FacetValue]:
    counted = Case.objects.filter(pk__in=newest).exclude(**{columns[0]: ""}).values_list(*columns)
    rows = counted.annotate(count=Count("pk")).order_by("-count", *columns)[:FACET_SIZE]
    return [FacetValue(row[0], row[-2] if len(columns) > 1 else "", row[-1]) for row in rows]


@dataclass(frozen=True, slots=True)
class Branch:
    """One node of the tree, with those below it if it is open."""

    level: str
    code: str
    name: str
    count: int
    shelf: Shelf
    is_current: bool
    branches: tuple[Branch, ...] = ()


_LEVELS = ("agency", "category", "year", "retention")


def tree(shelf: Shelf, actor: Actor) -> tuple[Branch, ...]:
    """Return the tree with the branch of ``shelf`` open; each open level is one query on the shelf index."""
    rows = visible_cases(actor, Permission.VIEW_RECORD).exclude(state=CaseState.EXPECTED)
    agencies = {row.code: row for row in Agency.objects.all()}
    return _branches(rows, Shelf(), shelf, agencies)


def _branches(
    rows: QuerySet[Case], at: Shelf, wanted: Shelf, agencies: dict[str, Agency], depth: int = 0
) -> tuple[Branch, ...]:
    level = _LEVELS[depth]
    column = "agency__code" if level == "agency" else level
    counted = rows.filter(at.condition()).values_list(column).annotate(count=Count("pk")).order_by(column)
    found = []
    for value, count in counted:
        code = "none" if value is None else str(value)
        place = _below(at, level, code)
        is_open = getattr(wanted, level) == code
        deeper = is_open and depth + 1 < len(_LEVELS)
        below = _branches(rows, place, wanted, agencies, depth + 1) if deeper else ()
        found.append(Branch(level, code, _name(level, code, agencies), count, place, place == wanted, below))
    return tuple(reversed(found)) if level == "year" else tuple(found)


def _below(at: Shelf, level: str, code: str) -> Shelf:
    parts = {name: getattr(at, name) for name in _LEVELS}
    return Shelf(**{**parts, level: code})


def _name(level: str, code: str, agencies: dict[str, Agency]) -> str:
    if level != "agency":
        return ""
    agency = agencies[code]
    return f"{agency.fonds} {agency.short_name or agency.name}"
