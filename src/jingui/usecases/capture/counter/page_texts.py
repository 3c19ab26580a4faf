"""What the pages of a running session say, word by word, for the text layer of the files made of them (文字层).

Recognised by idle workers, a page at a time, while the clerk sorts. It is derived: nothing is decided by it, and a file
whose pages have not all been recognised simply has no layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from jingui.db.models import CounterPage, CounterPageText
from jingui.domain.capture.counter import QUARTERS, CounterState, PageKind, ScanState
from jingui.domain.capture.pages import PagePart, RecognisedLine, RecognisedText
from jingui.domain.errors import PermanentFailure
from jingui.formats.confirmations.pictures import turned_jpeg
from jingui.usecases.capture.counter.sessions import CounterRoom


def recognise_next_counter_page(*, room: CounterRoom, clock: Callable[[], datetime]) -> bool:
    """Recognise one page that is sorted at a counter now; say whether there was one.

    Raises:
        TransientFailure: the recognising process cannot be started.
    """
    page = _next() if room.layers_text and room.recogniser.is_available else None
    if page is None:
        return False
    turned = page.turned
    found = _read(page, turned, room)
    told = {
        "part": PagePart.WHOLE.value,
        "turned": (turned + 2 * found.is_upside_down) % QUARTERS if found else turned,
        "lines": [asdict(line) for line in found.lines] if found else [],
        "engine": f"{found.engine} {found.version}" if found else "",
        "asked_turned": turned,
        "at": clock(),
    }
    with transaction.atomic():
        if (
            CounterPage.objects.select_for_update().filter(pk=page.pk).exists()
        ):  # its scan may have been refused meanwhile
            CounterPageText.objects.update_or_create(page_id=page.pk, defaults=told)
    return True


def _next() -> CounterPage | None:
    whole = CounterPageText.objects.filter(part=PagePart.WHOLE)
    known = whole.filter(page=OuterRef("pk"), asked_turned=OuterRef("turned"))
    wanted = CounterPage.objects.filter(
        session__state=CounterState.COLLECTING, scan__state=ScanState.READ, kind=PageKind.PAGE, is_dropped=False
    )
    return wanted.filter(~Exists(known)).order_by("session__opened_at", "position").first()


def _read(page: CounterPage, turned: int, room: CounterRoom) -> RecognisedText | None:
    try:
        picture = turned_jpeg(room.scans.path(page.image_token).read_bytes(), turned=turned)
        return room.recogniser.recognise(picture, part=PagePart.WHOLE)
    except (PermanentFailure, FileNotFoundError):
        return None


def layer_of(pages: Sequence[CounterPage]) -> dict[str, RecognisedText]:
    """Return by page key the text of a file's pages as they stand now; nothing unless all of them were recognised."""
    rows = CounterPageText.objects.filter(page__in=pages, part=PagePart.WHOLE, turned=F("page__turned"))
    found = {row.page_id.hex: _text(row) for row in rows.exclude(engine="")}
    return found if len(found) == len(pages) else {}


def _text(row: CounterPageText) -> RecognisedText:
    lines = tuple(RecognisedLine(line["text"], tuple(line["box"]), line["confidence"]) for line in row.lines)
    return RecognisedText(lines, row.engine, "")
