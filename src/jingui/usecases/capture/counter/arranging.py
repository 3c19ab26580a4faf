"""Where pages belong: a clerk accepts what was suggested, says otherwise, turns, moves, drops and takes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CounterPage
from jingui.db.queries.counter import materials_of, session_pages
from jingui.domain.access.roles import Actor
from jingui.domain.audit.events import Event
from jingui.domain.capture.counter import QUARTERS, Decision, PageAct, VoidReason, moved, stepped
from jingui.domain.errors import Invalid, Problem
from jingui.ports import StagingArea
from jingui.usecases.capture.counter.sessions import (
    account_of,
    begin_change,
    journal_name,
    locked_session,
    make_void,
)


@dataclass(frozen=True, slots=True)
class PageOrder:
    """What is to be done to which pages. ``value``: a material code, quarter turns, ``±1`` or the key of a page.

    No pages with ``accept`` means every page that has a suggestion.
    """

    act: PageAct
    pages: frozenset[UUID]
    value: str = ""


@transaction.atomic
def arrange_pages(*, session_key: UUID, order: PageOrder, actor: Actor, scans: StagingArea, now: datetime) -> int:
    """Do it, and make a confirmation void that was given or asked for; return how many pages have changed.

    Raises:
        NotFound: there is no such session.
        Conflict: ``counter_ended``.
        Invalid: the material is not in the plan, or the order means nothing.
    """
    session = locked_session(actor, session_key)
    pages = session_pages(session)
    codes = frozenset(rule.code for rule in materials_of(session.case))
    changed = _ACTS[order.act](pages, order, codes)
    if changed:
        begin_change(session)
        name = journal_name(account_of(actor))
        make_void(session, reason=VoidReason.PAGES_CHANGED, actor=name, now=now, scans=scans)
        facts = {"session": session.key.hex, "act": order.act.value, "pages": len(changed), "value": order.value}
        entry = journal.Entry(Event.COUNTER_ARRANGED, name, now, session.case_id, facts)
        journal.record(entry, changed=[session, *changed])
    return len(changed)


Pages = Sequence[CounterPage]
Codes = Collection[str]


def _chosen(pages: Pages, order: PageOrder) -> list[CounterPage]:
    return [page for page in pages if page.key in order.pages]


def _assign(pages: Pages, order: PageOrder, codes: Codes) -> list[CounterPage]:
    if order.value not in codes:
        raise Invalid((Problem("value", "counter_material_unknown", {"count": order.value or "—"}),))
    chosen = _chosen(pages, order)
    for page in chosen:
        is_as_suggested = page.suggested_code == order.value
        page.material_code, page.is_dropped = order.value, False
        page.decision = (Decision.ACCEPTED if is_as_suggested else Decision.CHANGED).value
    return chosen


def _accept(pages: Pages, order: PageOrder, codes: Codes) -> list[CounterPage]:
    among = _chosen(pages, order) if order.pages else pages
    chosen = [p for p in among if p.decision == Decision.SUGGESTED and p.material_code in codes and not p.is_dropped]
    for page in chosen:
        page.decision = Decision.ACCEPTED.value
    return chosen


def _turn(pages: Pages, order: PageOrder, _codes: Codes) -> list[CounterPage]:
    turns = _whole(order.value) % QUARTERS
    chosen = _chosen(pages, order) if turns else []
    for page in chosen:
        page.turned = (page.turned + turns) % QUARTERS
    return chosen


def _drop(pages: Pages, order: PageOrder, _codes: Codes) -> list[CounterPage]:
    return _set_dropped(pages, order, value=True)


def _keep(pages: Pages, order: PageOrder, _codes: Codes) -> list[CounterPage]:
    return _set_dropped(pages, order, value=False)


def _set_dropped(pages: Pages, order: PageOrder, *, value: bool) -> list[CounterPage]:
    chosen = [page for page in _chosen(pages, order) if page.is_dropped is not value]
    for page in chosen:
        page.is_dropped = value
    return chosen


def _move(pages: Pages, order: PageOrder, _codes: Codes) -> list[CounterPage]:
    keys = [page.key.hex for page in pages]
    chosen = {page.key.hex for page in _chosen(pages, order)}
    if order.value in keys or not order.value:
        following = moved(keys, chosen, before=order.value)
    else:
        following = stepped(keys, chosen, steps=_whole(order.value))
    places = {key: at for at, key in enumerate(following)}
    shifted = [page for page in pages if page.position != places[page.key.hex]]
    for page in shifted:
        page.position = places[page.key.hex]
    return shifted


def _whole(text: str) -> int:
    try:
        return max(-QUARTERS * 1000, min(QUARTERS * 1000, int(text)))
    except ValueError as error:
        raise Invalid((Problem("value", "wrong_type", {"expected": "number"}),)) from error


_ACTS: dict[PageAct, Callable[[Pages, PageOrder, Codes], list[CounterPage]]] = {
    PageAct.ASSIGN: _assign,
    PageAct.ACCEPT: _accept,
    PageAct.TURN: _turn,
    PageAct.DROP: _drop,
    PageAct.KEEP: _keep,
    PageAct.MOVE: _move,
}
