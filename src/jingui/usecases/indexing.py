"""Indexing: the search index is thrown away and built again from what is kept, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, FileText
from jingui.db.queries.documents import case_document, packed_text
from jingui.db.queries.facts import current_files
from jingui.db.queries.locations import file_locations
from jingui.db.queries.origins import standing_made_files
from jingui.db.queries.paging import in_pages
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.plans import plan_from_dict
from jingui.ports import Examiner, PreservationStore, SearchDocument, SearchIndex, StagingArea

BATCH = 100


def reindex_everything(
    *,
    search: SearchIndex,
    store: PreservationStore,
    staging: StagingArea,
    examiner: Examiner | None,
    now: datetime,
    progress: Callable[[int], None],
) -> int:
    """Build the index anew; with an examiner, read the texts anew from the kept files first. Return the count."""
    with transaction.atomic():
        search.clear()
    count = 0
    cases = Case.objects.exclude(message="").select_related("agency", "plan")
    for batch in in_pages(cases, "key", size=BATCH):  # keys go with the time in which folders were opened
        for case in batch if examiner else ():
            _read_texts(case, store, staging, examiner)  # type: ignore[arg-type]
        with transaction.atomic():
            search.put([_document(case) for case in batch])
        count += len(batch)
        progress(count)
    search.optimize()
    with transaction.atomic():
        journal.record(journal.Entry(Event.INDEX_REBUILT, "command", now, facts={"documents": count}))
    return count


def _document(case: Case) -> SearchDocument:
    plan = plan_from_dict(case.plan.content) if case.plan else None
    materials = plan.materials if plan else ()
    return case_document(case, files=current_files(case), materials=materials, made=standing_made_files(case))


def _read_texts(case: Case, store: PreservationStore, staging: StagingArea, examiner: Examiner) -> None:
    files = current_files(case)
    found = examiner.examine(list(file_locations(case, files, store=store, staging=staging)))
    rows = [
        FileText(file=row, content=packed_text(text))
        for row, (_reading, text) in zip(files, found, strict=True)
        if text
    ]
    FileText.objects.bulk_create(rows, update_conflicts=True, update_fields=["content"], unique_fields=["file"])
