"""Which records a person chooses for export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from jingui.db.queries.visibility import visible_cases
from jingui.domain.access.roles import Actor, Permission
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


def _named(actor: Actor, number: str) -> UUID:
    cases = visible_cases(actor, Permission.EXPORT_RECORDS)
    named = Q(archival_code=number) | Q(record_code=number) | Q(case_number=number)
    keys: Sequence[UUID] = list(cases.filter(named).order_by("-preserved_at").values_list("key", flat=True)[:1])
    if not keys:
        raise NotFound("record_unknown", number=number)
    return keys[0]
