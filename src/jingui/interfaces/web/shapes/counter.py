"""How a session of the counter is shown: the materials with what has come for them, and the pages in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jingui.domain.capture.counter import DECIDED, Decision, PageKind
from jingui.domain.records.facts import MaterialRule
from jingui.domain.records.terms import Obligation

KEYS = "123456789qwtyuiopfghjlzvbnm"
"""Keys that assign: those that the page does not use otherwise."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file of a material that was taken before; ``is_replaced``: the pages at hand are to take its place."""

    key: str
    name: str
    is_replaced: bool


@dataclass(frozen=True, slots=True)
class MaterialChoice:
    """A material that pages can be assigned to; ``hue`` is one of eight colours that tell neighbours apart."""

    code: str
    name: str
    material_class: str
    is_required: bool
    pages: int
    open_pages: int
    key: str
    hue: int
    taken: tuple[TakenFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PageCell:
    """A page in the grid. ``percent`` is the confidence of a suggestion that waits for a person."""

    key: str
    number: int
    scan: str
    scan_page: int
    material: MaterialChoice | None
    state: str
    percent: int
    method: str
    warnings: tuple[str, ...]
    is_dropped: bool
    kind: str
    turned: int
    starts_group: bool
    is_chosen: bool
    image: str


@dataclass(frozen=True, slots=True)
class GridTotals:
    """What of the pages is settled."""

    standing: int
    decided: int
    suggested: int
    unassigned: int
    dropped: int
    warned: int


def material_choices(
    rules: Sequence[MaterialRule],
    pages: Iterable[Any],
    *,
    standing_files: Mapping[str, Sequence[Any]],
    replaces: Mapping[str, str],
) -> tuple[MaterialChoice, ...]:
    """Return the materials of the plan with how many pages each has, and what was taken of it before."""
    standing = [page for page in pages if not page.is_dropped]
    decided = Counter(page.material_code for page in standing if page.decision in DECIDED)
    waiting = Counter(page.material_code for page in standing if page.decision == Decision.SUGGESTED)
    return tuple(
        MaterialChoice(
            code=rule.code,
            name=rule.name,
            material_class=rule.material_class.value,
            is_required=rule.obligation is Obligation.REQUIRED,
            pages=decided[rule.code],
            open_pages=waiting[rule.code],
            key=KEYS[at] if at < len(KEYS) else "",
            hue=at % 8,
            taken=tuple(_taken(file, replaces.get(rule.code, "")) for file in standing_files.get(rule.code, ())),
        )
        for at, rule in enumerate(rules)
    )


def _taken(file: Any, replaced: str) -> TakenFile:  # noqa: ANN401 - interfaces know no models
    return TakenFile(file.key.hex, file.title or file.name, file.file_key == replaced)


def page_cells(
    pages: Sequence[Any], choices: Sequence[MaterialChoice], *, chosen: Collection[str]
) -> tuple[PageCell, ...]:
    """Return the cells of the grid."""
    by_code = {choice.code: choice for choice in choices}
    cells: list[PageCell] = []
    before: tuple[Any, int] | None = None
    for at, page in enumerate(pages, 1):
        group = (page.scan_id, page.group)
        cells.append(_cell(page, at, by_code, starts_group=group != before, is_chosen=page.key.hex in chosen))
        before = group
    return tuple(cells)


def _cell(
    page: Any,  # noqa: ANN401 - interfaces know no models
    number: int,
    by_code: dict[str, MaterialChoice],
    *,
    starts_group: bool,
    is_chosen: bool,
) -> PageCell:
    is_page = page.kind == PageKind.PAGE
    return PageCell(
        key=page.key.hex,
        number=number,
        scan=page.scan.name,
        scan_page=page.number + 1,
        material=by_code.get(page.material_code),
        state=page.decision,
        percent=page.confidence // 10 if page.decision == Decision.SUGGESTED else 0,
        method=page.method,
        warnings=tuple(page.warnings) if is_page else (),
        is_dropped=page.is_dropped,
        kind=page.kind,
        turned=page.turned,
        starts_group=starts_group and is_page,
        is_chosen=is_chosen,
        image=page.image_sha256[:12],
    )


def grid_totals(pages: Iterable[Any]) -> GridTotals:
    """Count what is settled and what is not."""
    known = list(pages)
    standing = [page for page in known if not page.is_dropped]
    return GridTotals(
        standing=len(standing),
        decided=sum(page.decision in DECIDED for page in standing),
        suggested=sum(page.decision == Decision.SUGGESTED for page in standing),
        unassigned=sum(page.decision == Decision.OPEN for page in standing),
        dropped=len(known) - len(standing),
        warned=sum(bool(page.warnings) and page.kind == PageKind.PAGE for page in standing),
    )


def following(pages: Sequence[Any], done: Collection[str]) -> frozenset[str]:
    """Return the pages to go on with: the first undecided document behind those just done, or anywhere."""
    places = [at for at, page in enumerate(pages) if page.key.hex in done]
    start = max(places, default=-1) + 1
    waiting = [
        page for page in (*pages[start:], *pages[:start]) if not page.is_dropped and page.decision not in DECIDED
    ]
    if not waiting:
        return frozenset()
    first = waiting[0]
    return frozenset(p.key.hex for p in waiting if (p.scan_id, p.group) == (first.scan_id, first.group))
