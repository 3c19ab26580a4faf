"""Once a scan is read whole: where its documents begin, which sheets are none, and where its pages may belong.

A separator sheet says where; otherwise the heading of a document's first page is recognised and a material suggested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CounterPage, CounterPageText, CounterScan, CounterSession
from jingui.db.queries.counter import materials_of
from jingui.domain.audit.events import Event
from jingui.domain.capture.counter import Decision, PageKind, ScanState
from jingui.domain.capture.pages import PageFacts, PageGroup, PagePart, is_blank, separator_code, split_pages
from jingui.domain.capture.suggesting import UnlabelledFile, suggest_materials
from jingui.domain.errors import PermanentFailure
from jingui.domain.metadata.fields import printable_text
from jingui.domain.records.facts import MaterialRule
from jingui.usecases.capture.counter.measures import facts_from_plain
from jingui.usecases.capture.counter.sessions import CounterRoom

ACTOR = "system:counter"
_SURE = 1000  # confidence in thousandths
_MOST_TEXT = 4000


@dataclass(slots=True)
class Document:
    """Pages of a scan that belong together."""

    group: PageGroup
    pages: list[CounterPage]


def settle_scan(scan: CounterScan, *, now: datetime) -> None:
    """Split a scan that is read, suggest materials by the headings that were read, and note that it is done."""
    session = CounterSession.objects.select_related("case").get(pk=scan.session_id)
    pages, documents = _documents(scan, session)
    rules = materials_of(session.case)
    _number(documents)
    stated = [each for each in documents if _state(each, rules)]
    _suggest([each for each in documents if each not in stated], rules, session=session, scan=scan)
    with transaction.atomic():
        CounterSession.objects.select_for_update().get(pk=scan.session_id)
        by_number = {page.number: page for page in pages}
        rows = [_settled(row, by_number[row.number]) for row in scan.pages.all()]
        scan.state = ScanState.READ.value
        dropped = sum(row.is_dropped for row in rows)
        told = {"session": session.key.hex, "scan": scan.number, "pages": len(rows), "dropped": dropped}
        journal.record(journal.Entry(Event.COUNTER_READ, ACTOR, now, session.case_id, told), changed=[scan, *rows])


def _documents(scan: CounterScan, session: CounterSession) -> tuple[list[CounterPage], list[Document]]:
    pages = list(scan.pages.order_by("number"))
    facts = [facts_from_plain(page.facts) for page in pages]
    for page, measured in zip(pages, facts, strict=True):
        _sort_out(page, measured, drops_blank=session.splits_at_blank)
    by_number = {page.number: page for page in pages}
    groups = split_pages(facts, at_blank=session.splits_at_blank)
    return pages, [Document(group, [by_number[number] for number in group.pages]) for group in groups]


def read_headings(
    scan: CounterScan, *, room: CounterRoom, clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> bool:
    """Recognise the headings by which materials are suggested, each kept at once; say whether none is left to do."""
    session = CounterSession.objects.select_related("case").get(pk=scan.session_id)
    codes = {rule.code for rule in materials_of(session.case)}
    firsts = [each.pages[0] for each in _documents(scan, session)[1] if each.group.material_code not in codes]
    known = set(_headings(firsts))
    unread = [page for page in firsts if page.key not in known] if room.recogniser.is_available else []
    for place, page in enumerate(unread, 1):
        _read_heading(page, room, clock())
        if is_over() and place < len(unread):
            return False
    return True


def _headings(pages: Sequence[CounterPage]) -> dict[UUID, CounterPageText]:
    rows = CounterPageText.objects.filter(page__in=pages, part=PagePart.HEADING)
    return {row.page_id: row for row in rows}


def _read_heading(page: CounterPage, room: CounterRoom, now: datetime) -> None:
    text, turned = "", 0
    try:
        with room.scans.open(page.image_token) as stream:
            found = room.recogniser.recognise(stream.read(), part=PagePart.HEADING)
        text, turned = printable_text(found.text, limit=_MOST_TEXT), 2 if found.is_upside_down else 0
    except (PermanentFailure, FileNotFoundError):
        pass  # a page that cannot be read has no heading
    told = {"part": PagePart.HEADING.value, "turned": turned, "asked_turned": 0, "lines": [text], "at": now}
    with transaction.atomic():
        if CounterPage.objects.select_for_update().filter(pk=page.pk).exists():  # refused meanwhile: it is gone
            CounterPageText.objects.update_or_create(page_id=page.pk, defaults=told)


_FOUND = ("kind", "group", "text", "suggested_code", "confidence", "method", "method_version")
_DECIDING = ("material_code", "decision", "is_dropped", "turned")


def _settled(row: CounterPage, found: CounterPage) -> CounterPage:
    """Carry what was found over to the row as it stands now: a person may have decided meanwhile, and that holds."""
    is_open = row.decision == Decision.OPEN and not row.is_dropped and not row.turned
    for name in (*_FOUND, *(_DECIDING if is_open else ())):
        setattr(row, name, getattr(found, name))
    return row


def _sort_out(page: CounterPage, facts: PageFacts, *, drops_blank: bool) -> None:
    """Put aside what is no page of a material; a person may take it back."""
    if separator_code(facts) is not None:
        page.kind, page.is_dropped = PageKind.SEPARATOR.value, True
    elif is_blank(facts):
        page.kind, page.is_dropped = PageKind.BLANK.value, drops_blank


def _number(documents: Sequence[Document]) -> None:
    for at, document in enumerate(documents, 1):
        for page in document.pages:
            page.group = at


def _state(document: Document, rules: Sequence[MaterialRule]) -> bool:
    """Assign what a separator sheet names, if the plan knows it; say whether it did."""
    code = document.group.material_code
    if code not in {rule.code for rule in rules}:
        return False
    for page in document.pages:
        page.material_code = page.suggested_code = code
        page.confidence, page.method, page.decision = _SURE, "separator", Decision.STATED.value
    return True


def _suggest(
    documents: Sequence[Document],
    rules: Sequence[MaterialRule],
    *,
    session: CounterSession,
    scan: CounterScan,
) -> None:
    # The name of a batch says nothing of its documents; that of a file with one document may.
    name = scan.name if len(documents) == 1 else ""
    headings = _headings([document.pages[0] for document in documents])
    files = [
        UnlabelledFile(str(at), name, text=_heading(document.pages[0], headings), is_recognised=True)
        for at, document in enumerate(documents)
    ]
    found = suggest_materials(files, rules, filled=_filled(session))
    for document, suggestion in zip(documents, found, strict=True):
        for page in document.pages if suggestion.material_code else ():
            page.material_code = page.suggested_code = suggestion.material_code
            page.confidence, page.decision = round(suggestion.confidence * _SURE), Decision.SUGGESTED.value
            page.method, page.method_version = suggestion.clue.value, suggestion.version


def _heading(page: CounterPage, headings: Mapping[UUID, CounterPageText]) -> str:
    """Return the words at the head of a page; none where nothing was recognised. A page on its head is turned."""
    known = headings.get(page.key)
    if known is None:
        return ""
    page.turned, page.text = known.turned, known.lines[0]
    return page.text


def _filled(session: CounterSession) -> Counter[str]:
    """Count the documents that each material has already in this session."""
    standing = CounterPage.objects.filter(session=session, is_dropped=False).exclude(material_code="")
    return Counter(code for code, _, _ in standing.values_list("material_code", "scan_id", "group").distinct())
