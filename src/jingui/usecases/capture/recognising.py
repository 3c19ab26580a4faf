"""Recognising the scans of cases, a page at a time: for search, and for suggestions of what has no text of its own.

Switched on by the installation; the list of what waits is derived and can be made anew. Killed after any page, it
goes on with the next one.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from jingui.db.models import Case, CaseFile, FileText, RecognitionTask
from jingui.db.queries.documents import case_document, packed_text
from jingui.db.queries.facts import current_files
from jingui.db.queries.locations import file_locations
from jingui.db.queries.rows import get_case
from jingui.db.queries.suggestions import case_materials, waiting_recognitions
from jingui.domain.capture.pages import PagePart, is_blank
from jingui.domain.errors import Invalid, PermanentFailure
from jingui.domain.lifecycle import CaseState
from jingui.ports import PreservationStore, ScanDesk, SearchIndex, StagingArea, TextRecogniser
from jingui.usecases.capture.suggesting import Shelf, suggest_for_case

MOST_PAGES = 200
AT_ONCE = 8  # files whose pages are read in turn
ERROR_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """What recognising needs at hand."""

    scanner: ScanDesk
    recogniser: TextRecogniser
    shelf: Shelf
    search: SearchIndex

    @property
    def staging(self) -> StagingArea:
        """Where files rest that are not archived yet."""
        return self.shelf.staging

    @property
    def store(self) -> PreservationStore:
        """Where archived files are."""
        return self.shelf.store


def recognise_next_page(*, room: ReadingRoom, clock: Callable[[], datetime]) -> bool:
    """Recognise one page of the scan that has waited longest; say whether there was one.

    With its last page a file's text can be searched, and if it has no material yet, one is suggested anew.
    """
    waiting = waiting_recognitions(limit=AT_ONCE) if room.recogniser.is_available else []
    if not waiting:
        return False
    task = secrets.choice(waiting)  # so that workers rarely read the same page; the second one to do so is dropped
    file = task.file
    try:
        path = _path(file.case, file, room)
        count = room.scanner.count_pages(path)
        text = _page_text(path, task.pages_done, room) if task.pages_done < min(count, MOST_PAGES) else ""
    except (Invalid, PermanentFailure, FileNotFoundError) as error:
        _give_up(task, error)
        return True
    is_last = task.pages_done + 1 >= min(count, MOST_PAGES)
    engine = f"{room.recogniser.engine} {room.recogniser.version}"
    if _keep(task, text, is_last=is_last, engine=engine) and is_last:
        _finish(file, room, clock())
    return True


def _path(case: Case, file: CaseFile, room: ReadingRoom) -> Path:
    return next(iter(file_locations(case, [file], store=room.store, staging=room.staging)))[0]


def _page_text(path: Path, number: int, room: ReadingRoom) -> str:
    page = room.scanner.page(path, number)
    return "" if is_blank(page.facts) else room.recogniser.recognise(page.upright, part=PagePart.WHOLE).text


def _keep(task: RecognitionTask, text: str, *, is_last: bool, engine: str) -> bool:
    """Keep what a page says, unless another worker was faster; say so."""
    state = "done" if is_last else "waiting"
    with transaction.atomic():
        same = RecognitionTask.objects.filter(file_id=task.file_id, state="waiting", pages_done=task.pages_done)
        if not same.update(pages_done=task.pages_done + 1, engine=engine, state=state):
            return False
        if text:
            known = FileText.objects.filter(file_id=task.file_id).first()
            before = zlib.decompress(bytes(known.content)).decode() + "\n" if known else ""
            FileText.objects.update_or_create(file_id=task.file_id, defaults={"content": packed_text(before + text)})
    return True


def _give_up(task: RecognitionTask, error: Exception) -> None:
    task.state, task.error = "failed", f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS]
    task.save()


def _finish(file: CaseFile, room: ReadingRoom, now: datetime) -> None:
    case = get_case(file.case_id)
    if case.state == CaseState.PRESERVED:
        with transaction.atomic():
            room.search.put([case_document(case, files=current_files(case), materials=case_materials(case))])
    if not file.material_code:
        suggest_for_case(case.key, shelf=room.shelf, now=now)
