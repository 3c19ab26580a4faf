"""Files that came without a material, what was suggested for them, and scans whose text waits to be recognised."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Min, Q

from jingui.db.models import Case, CaseFile, FileSuggestion, FileText, RecognitionTask
from jingui.db.queries.facts import current_files, stored_plan
from jingui.db.queries.library import Page, page_of
from jingui.db.queries.visibility import visible_cases
from jingui.db.statements import column_value
from jingui.domain.access.roles import Actor, Permission, may
from jingui.domain.capture.deciding import SuggestionState
from jingui.domain.records.facts import MaterialRule

RECOGNISED_FORMATS = ("jpeg", "png", "tiff", "pdf", "pdfa")
TEXT_SHOWN = 4_000  # characters of a file's text that a suggestion looks at

_UNLABELLED = "SELECT 1 FROM jingui_case_file WHERE case_id = %s AND material_code = '' LIMIT 1"
_FORMATS = ", ".join("%s" for _ in RECOGNISED_FORMATS)
_WITHOUT_TEXT = f"""
INSERT INTO jingui_recognition_task (file_id, state, pages_done, engine, error, asked_at)
SELECT files.key, 'waiting', 0, '', '', %s FROM jingui_case_file AS files
LEFT JOIN jingui_file_text AS texts ON texts.file_id = files.key
WHERE files.case_id = %s AND texts.file_id IS NULL AND files.format_name IN ({_FORMATS})
ON CONFLICT (file_id) DO NOTHING
"""


def has_unlabelled(case_key: UUID) -> bool:
    """Say whether any file of a case came without a material; asked for every case, so one look at an index."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLABELLED, [column_value(case_key)])
        return cursor.fetchone() is not None


def unlabelled_files(case: Case) -> list[CaseFile]:
    """Return the standing files of a case that name no material and about which nobody has decided."""
    settled = set(
        FileSuggestion.objects.filter(case=case).exclude(state=SuggestionState.OPEN).values_list("file_id", flat=True)
    )
    return [row for row in current_files(case) if not row.material_code and row.key not in settled]


def file_texts(files: Iterable[CaseFile]) -> dict[UUID, str]:
    """Return the beginning of the kept text of files that have one."""
    rows = FileText.objects.filter(file__in=list(files)).values_list("file_id", "content")
    return {key: zlib.decompress(bytes(packed)).decode()[:TEXT_SHOWN] for key, packed in rows}


def recognised_files(files: Iterable[CaseFile]) -> set[UUID]:
    """Return which files' text was read from their picture."""
    return set(RecognitionTask.objects.filter(file__in=list(files)).values_list("file_id", flat=True))


def ask_for_recognition(case_key: UUID, *, now: datetime) -> int:
    """Put the files of a case that may be scans and have no text on the list to be recognised; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_TEXT, [now, column_value(case_key), *RECOGNISED_FORMATS])
        return max(0, int(cursor.rowcount))


@dataclass(frozen=True, slots=True)
class SuggestedFile:
    """A file with what was suggested for it."""

    suggestion: FileSuggestion
    file: CaseFile


@dataclass(frozen=True, slots=True)
class SuggestedCase:
    """A case whose files wait for a decision, the materials of its plan, and those files."""

    case: Case
    materials: tuple[MaterialRule, ...]
    files: tuple[SuggestedFile, ...]


_OPEN = Q(suggestions__state=SuggestionState.OPEN)


def open_suggestions(actor: Actor, *, number: int) -> Page:
    """Return one page of the cases whose files wait for a decision, the longest waiting first."""
    cases = visible_cases(actor, Permission.VIEW_RECORD).filter(_OPEN)
    waiting = cases.annotate(asked=Min("suggestions__suggested_at")).select_related("agency", "source")
    return page_of(waiting.order_by("asked", "key"), number=number)


def suggested_files(cases: Sequence[Case]) -> list[SuggestedCase]:
    """Add to each case its undecided files and the materials of its plan."""
    found = FileSuggestion.objects.filter(case__in=cases, state=SuggestionState.OPEN).select_related("file")
    by_case: dict[UUID, list[SuggestedFile]] = {}
    for row in found.order_by("file__arrived_event", "file__file_key"):
        by_case.setdefault(row.case_id, []).append(SuggestedFile(row, row.file))
    return [SuggestedCase(case, case_materials(case), tuple(by_case.get(case.key, ()))) for case in cases]


def case_materials(case: Case) -> tuple[MaterialRule, ...]:
    """Return the materials of the plan of a case; none before its plan is known."""
    return stored_plan(case.plan_id).materials if case.plan_id else ()


def open_suggestion_count(actor: Actor) -> int:
    """Count the files that wait for a decision the actor may know of."""
    if not may(actor, Permission.VIEW_RECORD):
        return 0
    cases = visible_cases(actor, Permission.VIEW_RECORD)
    return FileSuggestion.objects.filter(state=SuggestionState.OPEN, case__in=cases).count()


def waiting_recognitions(*, limit: int) -> list[RecognitionTask]:
    """Return the scans that have waited longest to be recognised."""
    waiting = RecognitionTask.objects.filter(state="waiting").select_related("file__case")
    return list(waiting.order_by("asked_at", "file_id")[:limit])
