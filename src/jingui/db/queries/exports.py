"""Which records a person chooses for export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from jingui.db.models import CatalogueWork
from jingui.db.queries.library import Selection
from jingui.db.queries.themes import ThemeView
from jingui.db.queries.visibility import visible_cases
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """Records by number (archival code, record code or case number), or archived ones of an item, year or theme."""

    numbers: tuple[str, ...] = ()
    item: str = ""
    year: int | None = None
    theme: str = ""


def chosen_keys(actor: Actor, choice: ExportChoice, *, limit: int) -> list[UUID]:
    """Return the keys of the chosen records that the actor may export, in the order of their codes; one more than allowed.

    Raises:
        NotFound: a number names no record that he may export.
    """
    cases = visible_cases(actor, Permission.EXPORT_RECORDS)
    if choice.numbers:
        return [_named(actor, number) for number in choice.numbers]
    condition = Q(preserved_at__isnull=False)
    if choice.item:
        condition &= Q(item_code=choice.item)
    if choice.year is not None:
        condition &= Q(year=choice.year)
    if choice.theme:
        condition &= Q(theme_part__number=choice.theme)
    rows = cases.filter(condition).order_by("archival_code", "key")
    return list(rows.values_list("key", flat=True)[: limit + 1])


def selected_keys(selection: Selection, actor: Actor, *, limit: int) -> list[UUID]:
    """Return the keys of the archived records of a selection that the actor may export, by code; one more than allowed."""
    rows = selection.cases(actor).filter(preserved_at__isnull=False)
    allowed = visible_cases(actor, Permission.EXPORT_RECORDS).order_by().values("pk")
    chosen = rows.filter(pk__in=allowed).order_by("archival_code", "key")
    return list(chosen.values_list("key", flat=True)[: limit + 1])


def theme_keys(theme: ThemeView, actor: Actor) -> list[UUID]:
    """Return the keys of the archived cases of a theme that the actor may export, main cases first."""
    keys = [part.case_id for part in theme.parts if part.case.preserved_at]
    allowed = set(visible_cases(actor, Permission.EXPORT_RECORDS).filter(pk__in=keys).values_list("pk", flat=True))
    return [key for key in keys if key in allowed]


def reaches_all(actor: Actor, keys: Sequence[UUID]) -> bool:
    """Say whether the actor may export every one of these records, as of now."""
    return visible_cases(actor, Permission.EXPORT_RECORDS).filter(pk__in=keys).count() == len(set(keys))


def recent_exports(asked_by: str, *, limit: int = 5) -> list[CatalogueWork]:
    """Return the newest exports that somebody asked for."""
    rows = CatalogueWork.objects.filter(kind=WorkKind.EXPORT, asked_by=asked_by)
    return list(rows.order_by("-asked_at")[:limit])


def _named(actor: Actor, number: str) -> UUID:
    cases = visible_cases(actor, Permission.EXPORT_RECORDS)
    named = Q(archival_code=number) | Q(record_code=number) | Q(case_number=number)
    keys: Sequence[UUID] = list(cases.filter(named).order_by("-preserved_at").values_list("key", flat=True)[:1])
    if not keys:
        raise NotFound("record_unknown", number=number)
    return keys[0]
