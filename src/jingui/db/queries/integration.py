"""Sources and how far their cases have come, for those who connect them: never a title, a name or content."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch

from jingui.db.models import Source, SourceKey
from jingui.db.queries.library import Page, page_of
from jingui.db.queries.visibility import visible_cases
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.errors import NotFound
from jingui.domain.lifecycle import CaseState

_UNFINISHED = tuple(state for state in CaseState if state is not CaseState.PRESERVED)


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source, its keys, and its unfinished cases by state (empty for those who may not see progress)."""

    source: Source
    keys: tuple[SourceKey, ...]
    unfinished: dict[str, int]


def source_views(actor: Actor) -> list[SourceView]:
    """Return every source with its unfinished cases as far as the actor's permission reaches."""
    rows = visible_cases(actor, Permission.VIEW_PROGRESS).filter(state__in=_UNFINISHED)
    counts: dict[UUID, dict[str, int]] = defaultdict(dict)
    for source, state, count in rows.values_list("source", "state").annotate(count=Count("pk")).order_by():
        counts[source][state] = count
    keys = Prefetch("keys", SourceKey.objects.order_by("-created_at"))
    sources = Source.objects.order_by("name").prefetch_related(keys)
    return [SourceView(row, tuple(row.keys.all()), counts.get(row.pk, {})) for row in sources]


def get_source(key: UUID) -> Source:
    """Return one source.

    Raises:
        NotFound: there is no such source.
    """
    source = Source.objects.filter(pk=key).first()
    if source is None:
        raise NotFound("not_found")
    return source


def source_cases(actor: Actor, key: UUID, *, state: str, number: int) -> Page:
    """Return one page of a source's cases, newest first, as far as the actor may see their progress."""
    rows = visible_cases(actor, Permission.VIEW_PROGRESS).filter(source_id=key)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows.select_related("agency", "closure").order_by("-key"), number=number)
