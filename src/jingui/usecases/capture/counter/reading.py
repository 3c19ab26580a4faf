"""Splitting scans into pages in the background. Every few pages are kept, so that a reader killed anywhere goes on there.

A large scan is read in slices, so that one clerk's batch does not keep the work of others waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CounterPage, CounterScan, CounterSession
from jingui.domain.audit.events import Event
from jingui.domain.capture.counter import MOST_PAGES, CounterState, Decision, PageKind, ScanState
from jingui.domain.capture.pages import page_warnings
from jingui.domain.errors import Invalid, PermanentFailure
from jingui.ports import Lane, PreparedPage
from jingui.usecases.capture.counter.measures import facts_to_plain
from jingui.usecases.capture.counter.sessions import CounterRoom, discarding
from jingui.usecases.capture.counter.suggesting import read_headings, settle_scan

ACTOR = "system:counter"
KEPT_AT_ONCE = 6


def read_scans(
    session_key: UUID, *, room: CounterRoom, clock: Callable[[], datetime], is_over: Callable[[], bool] = lambda: False
) -> int:
    """Read the scans of a session that wait; return how many are done. A bad scan is refused by itself, with its reason.

    Once ``is_over`` says so, what is left is asked for again, behind others.

    Raises:
        TransientFailure: the disk is full, or the scanning process cannot be started.
    """
    done = 0
    while scan := _next(session_key):
        if not _read(scan, room, clock, is_over):
            room.desk.queue.put(session_key.hex, now=clock(), lane=Lane.LONG)
            break
        done += 1
    return done


def _next(session_key: UUID) -> CounterScan | None:
    rows = CounterScan.objects.filter(session_id=session_key, session__state=CounterState.COLLECTING)
    return rows.filter(state=ScanState.WAITING).order_by("number").first()


def _read(scan: CounterScan, room: CounterRoom, clock: Callable[[], datetime], is_over: Callable[[], bool]) -> bool:
    """Read a scan; say whether nothing of it is left to do. At least one page or one heading is done."""
    try:
        path = room.scans.path(scan.staged_token)
        total = room.scanner.count_pages(path)
        _check_room(scan, total)
        unread = range(scan.pages.count(), total)
        for pages in _batches((room.scanner.page(path, number) for number in unread), is_over):
            if not _keep(scan, pages, total=total, room=room, now=clock()):
                return True
            if is_over():
                return False
        if not read_headings(scan, room=room, clock=clock, is_over=is_over):
            return False
        settle_scan(scan, now=clock())
    except FileNotFoundError:
        _refuse(scan, "content_gone", room, clock())
    except PermanentFailure as failure:
        _refuse(scan, failure.code, room, clock())
    except Invalid as invalid:
        _refuse(scan, invalid.problems[0].code, room, clock())
    return True


def _check_room(scan: CounterScan, total: int) -> None:
    others = CounterPage.objects.filter(session_id=scan.session_id).exclude(scan=scan).count()
    if others + total > MOST_PAGES:
        raise PermanentFailure("counter_full", f"{others + total} pages")


def _batches(pages: Iterator[PreparedPage], is_over: Callable[[], bool]) -> Iterator[list[PreparedPage]]:
    batch: list[PreparedPage] = []
    for page in pages:
        batch.append(page)
        if len(batch) == KEPT_AT_ONCE or is_over():
            yield batch
            batch = []
    if batch:
        yield batch


def _keep(scan: CounterScan, pages: list[PreparedPage], *, total: int, room: CounterRoom, now: datetime) -> bool:
    """Keep some pages; say whether the session still wants them."""
    images = [room.scans.receive([page.upright]) for page in pages]
    with transaction.atomic():
        session = CounterSession.objects.select_for_update().get(pk=scan.session_id)
        if session.state != CounterState.COLLECTING:
            transaction.on_commit(discarding(room.scans, tuple(image.token for image in images)))
            return False
        first = session.pages.count()
        rows = [_row(scan, page, position=first + at) for at, page in enumerate(pages)]
        for row, image in zip(rows, images, strict=True):
            row.image_token, row.image_bytes = image.token, image.bytes
            row.image_sha256, row.image_sm3 = image.digests.sha256, image.digests.sm3
        scan.page_count = total
        facts = {"session": session.key.hex, "scan": scan.number, "pages": len(rows)}
        entry = journal.Entry(Event.COUNTER_READ, ACTOR, now, session.case_id, facts)
        journal.record(entry, new=rows, changed=[scan])
    return True


def _row(scan: CounterScan, page: PreparedPage, *, position: int) -> CounterPage:
    return CounterPage(
        session_id=scan.session_id,
        scan=scan,
        number=page.facts.number,
        position=position,
        kind=PageKind.PAGE.value,
        facts=facts_to_plain(page.facts),
        warnings=[warning.value for warning in page_warnings(page.facts)],
        decision=Decision.OPEN.value,
    )


def _refuse(scan: CounterScan, code: str, room: CounterRoom, now: datetime) -> None:
    """Refuse a scan whole: half of one looks like all of it."""
    with transaction.atomic():
        session = CounterSession.objects.select_for_update().get(pk=scan.session_id)
        pages = list(scan.pages.all())
        scan.state, scan.error_code, scan.page_count = ScanState.REFUSED.value, code[:60], 0
        facts = {"session": session.key.hex, "scan": scan.number, "refused": scan.error_code}
        entry = journal.Entry(Event.COUNTER_READ, ACTOR, now, session.case_id, facts)
        journal.record(entry, changed=[scan], deleted=pages)
        transaction.on_commit(discarding(room.scans, tuple(page.image_token for page in pages)))
