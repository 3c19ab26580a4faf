"""Theme cases (一件事) as a person may see them: only the cases to which the permission reaches."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, QuerySet

from jingui.db.models import Case, ThemeCase
from jingui.db.queries.visibility import agency_condition
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.capture.themes import can_share
from jingui.domain.errors import NotFound
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.origins import ThemeRole

PAGE = 50


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme with those of its cases that may be seen, main cases first. ``count`` is how many it has, if told."""

    number: str
    name: str
    count: int | None
    parts: tuple[ThemeCase, ...]

    @property
    def archived(self) -> int:
        """How many of the cases seen are archived."""
        return sum(part.case.state == CaseState.PRESERVED for part in self.parts)

    @property
    def key(self) -> UUID:
        """The key of one of its cases, by which its page is found."""
        return self.parts[0].case_id


def theme_part(case: Case) -> ThemeCase | None:
    """Return what a case is in its theme; ``None`` if it has none."""
    return ThemeCase.objects.filter(case=case).first() if case.message and can_share(case.message) else None


def get_theme(actor: Actor, case_key: UUID) -> ThemeView:
    """Return the theme of a case that the actor may view.

    Raises:
        NotFound: there is no such case, it has no theme, or the actor may not know of it.
    """
    own = _visible(actor).filter(case_id=case_key).first()
    if own is None:
        raise NotFound("not_found")
    return _view(list(_visible(actor).filter(source_id=own.source_id, number=own.number)))


def list_themes(actor: Actor, *, page: int = 1) -> tuple[list[ThemeView], bool]:
    """Return a page of the themes of which the actor may see a case, the newest first, and whether there are more."""
    start = (page - 1) * PAGE
    groups = _visible(actor).values("source_id", "number").annotate(newest=Max("case__opened_at"))
    wanted = list(groups.order_by("-newest", "number")[start : start + PAGE + 1])
    found = _visible(actor).filter(number__in={group["number"] for group in wanted})
    parts: dict[tuple[UUID, str], list[ThemeCase]] = {}
    for row in found:
        parts.setdefault((row.source_id, row.number), []).append(row)
    views = [_view(parts[group["source_id"], group["number"]]) for group in wanted[:PAGE]]
    return views, len(wanted) > PAGE


def _visible(actor: Actor) -> QuerySet[ThemeCase]:
    reachable = agency_condition(actor, Permission.VIEW_RECORD, field="case__agency__code")
    return ThemeCase.objects.filter(reachable).select_related("case__agency")


def _view(rows: list[ThemeCase]) -> ThemeView:
    parts = sorted(rows, key=lambda row: (row.role != ThemeRole.MAIN, row.case.case_number))
    counts = [part.count for part in parts if part.count]
    return ThemeView(parts[0].number, parts[0].name, max(counts, default=None), tuple(parts))
