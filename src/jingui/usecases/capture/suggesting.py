"""Suggesting materials for files that came without one (自动清点), and deciding on what was suggested.

What is suggested is kept with its method; it changes the file only where the plan trusts a confidence or a person
decides, and then in the same transaction as its journal event. A case that had been inspected is inspected again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, FileSuggestion, FileText, ProtectedRow
from jingui.db.queries.documents import packed_text
from jingui.db.queries.facts import current_files, stored_plan
from jingui.db.queries.locations import file_locations
from jingui.db.queries.rows import find_rows, get_case, locking
from jingui.db.queries.suggestions import (
    TEXT_SHOWN,
    case_materials,
    file_texts,
    has_unlabelled,
    recognised_files,
    unlabelled_files,
)
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.audit.events import Event
from jingui.domain.capture.deciding import (
    MaterialChoice,
    SuggestionState,
    check_decidable,
    decided_state,
    needs_new_inspection,
)
from jingui.domain.capture.suggesting import Suggestion, UnlabelledFile, may_accept, suggest_materials
from jingui.domain.errors import Conflict
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.facts import Plan
from jingui.ports import Examiner, JobQueue, PreservationStore, StagingArea
from jingui.usecases.capture.folders import WAITING_FOR_MORE

ACTOR = "system:suggesting"
_WHOLE = 1_000  # confidences are kept in thousandths
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Shelf:
    """What reading the texts of a case's files, and sending the case on, needs."""

    examiner: Examiner
    staging: StagingArea
    store: PreservationStore
    queue: JobQueue


def suggest_for_case(case_key: UUID, *, shelf: Shelf, now: datetime) -> int:
    """Suggest materials for the unlabelled files of a case; return how many suggestions are new or changed.

    Files are read outside any transaction. What a person has decided is left alone, and so is a case that is being
    packaged. Nothing happens before the plan of the case is known.
    """
    if not has_unlabelled(case_key):
        return 0
    case = get_case(case_key)
    if case.plan_id is None:
        return 0
    _keep_texts(case, unlabelled_files(case), shelf)
    with transaction.atomic():
        locked = get_case(case_key, is_locked=True)
        if not _is_decidable(locked):
            return 0
        return _suggest(locked, stored_plan(locked.plan_id), shelf.queue, now)


def _is_decidable(case: Case) -> bool:
    try:
        check_decidable(CaseState(case.state))
    except Conflict:
        return False
    return True


def _keep_texts(case: Case, files: Sequence[CaseFile], shelf: Shelf) -> None:
    """Read the texts of files that have none yet, so that their first lines can be compared."""
    known = file_texts(files)
    fresh = [row for row in files if row.key not in known]
    found = shelf.examiner.examine(list(file_locations(case, fresh, store=shelf.store, staging=shelf.staging)))
    texts = [(row, text) for row, (_reading, text) in zip(fresh, found, strict=True) if text.strip()]
    rows = [FileText(file=row, content=packed_text(text)) for row, text in texts]
    FileText.objects.bulk_create(rows, update_conflicts=True, update_fields=["content"], unique_fields=["file"])


def _suggest(case: Case, plan: Plan, queue: JobQueue, now: datetime) -> int:
    files = unlabelled_files(case)
    before = {row.file_id: row for row in FileSuggestion.objects.filter(case=case, state=SuggestionState.OPEN)}
    made = suggest_materials(_unlabelled(files), plan.materials, filled=_filled(case, plan))
    new: list[FileSuggestion] = []
    changed = _lapsed(before, files)
    labelled: list[CaseFile] = []
    for row, suggestion in zip(files, made, strict=True):
        told = _told(before.get(row.key) or FileSuggestion(case=case, file=row), suggestion)
        if told is None:
            continue
        told.suggested_at = now
        if may_accept(suggestion, threshold=_threshold(plan)):
            _decide(told, SuggestionState.AUTOMATIC, suggestion.material_code, ACTOR, now)
            row.material_code = suggestion.material_code
            labelled.append(row)
        (changed if row.key in before else new).append(told)
    _record(case, Event.MATERIAL_SUGGESTED, ACTOR, now, new=new, changed=[*changed, *_labelled(case, labelled)])
    _ask_again(case, labelled, queue, now)
    return len(new) + len(changed)


def _threshold(plan: Plan) -> float | None:
    return plan.accept_suggestions_from / _PERCENT if plan.accept_suggestions_from else None


def _unlabelled(files: Sequence[CaseFile]) -> list[UnlabelledFile]:
    texts, recognised = file_texts(files), recognised_files(files)
    return [
        UnlabelledFile(
            row.file_key,
            row.name,
            row.title,
            texts.get(row.key, "")[:TEXT_SHOWN],
            is_recognised=row.key in recognised,
        )
        for row in files
    ]


def _filled(case: Case, plan: Plan) -> Counter[str]:
    aliases = {alias: rule.code for rule in plan.materials for alias in rule.aliases}
    codes = [row.material_code for row in current_files(case) if row.material_code]
    return Counter(aliases.get(code, code) for code in codes)


def _lapsed(before: Mapping[UUID, FileSuggestion], files: Sequence[CaseFile]) -> list[FileSuggestion]:
    """Close the suggestions whose file no longer waits for one."""
    waiting = {row.key for row in files}
    gone = [row for key, row in before.items() if key not in waiting]
    for row in gone:
        row.state = SuggestionState.LAPSED.value
    return gone


def _told(row: FileSuggestion, suggestion: Suggestion) -> FileSuggestion | None:
    """Write what was suggested into a row; ``None`` if it stood there already."""
    values = {
        "material_code": suggestion.material_code,
        "clue": suggestion.clue.value,
        "method_version": suggestion.version,
        "confidence": round(suggestion.confidence * _WHOLE),
        "alternatives": [
            [other.material_code, round(other.likeness * _WHOLE), other.clue.value] for other in suggestion.alternatives
        ],
    }
    if row.state == SuggestionState.OPEN and all(getattr(row, name) == value for name, value in values.items()):
        return None
    for name, value in values.items():
        setattr(row, name, value)
    row.state = SuggestionState.OPEN.value
    return row


def _decide(row: FileSuggestion, state: SuggestionState, code: str, actor: str, now: datetime) -> None:
    row.state, row.decided_code, row.decided_by, row.decided_at = state.value, code, actor, now


def decide_materials(
    case_key: UUID, choices: Sequence[MaterialChoice], *, actor: Actor, name: str, queue: JobQueue, now: datetime
) -> int:
    """Take a person's decisions on the unlabelled files of one case, all or none; return how many.

    ``name`` is how the journal knows the person. An accepted or changed material stands in the file from now on.

    Raises:
        NotFound: no such case, or none the actor may know of.
        Refused: the actor may not decide.
        Conflict: ``case_being_archived``; ``suggestion_decided``, somebody else was faster.
        Invalid: ``material_not_in_plan``.
    """
    visible_case(actor, case_key, Permission.DECIDE_FINDING)
    with transaction.atomic():
        case = get_case(case_key, is_locked=True)
        check_decidable(CaseState(case.state))
        rows = _open_rows(case, choices)
        labelled = [
            file for row, choice in zip(rows, choices, strict=True) for file in _chosen(case, row, choice, name, now)
        ]
        changed = [*rows, *_labelled(case, labelled)]
        _record(case, Event.MATERIAL_DECIDED, name, now, new=[], changed=changed)
        _ask_again(case, labelled, queue, now)
    return len(rows)


def _open_rows(case: Case, choices: Sequence[MaterialChoice]) -> list[FileSuggestion]:
    found = FileSuggestion.objects.filter(case=case, state=SuggestionState.OPEN).select_related("file")
    rows = {row.file.file_key: row for row in found}
    if gone := [choice.file_key for choice in choices if choice.file_key not in rows]:
        raise Conflict("suggestion_decided", key=gone[0])
    return [rows[choice.file_key] for choice in choices]


def _chosen(case: Case, row: FileSuggestion, choice: MaterialChoice, name: str, now: datetime) -> list[CaseFile]:
    """Write the decision into its row and return the file if it has a material now."""
    codes = {rule.code for rule in case_materials(case)}
    _decide(row, decided_state(choice, row.material_code, codes), choice.material_code, name, now)
    file = find_rows(CaseFile, f"key = %s{locking()}", row.file_id)[0]
    file.material_code = choice.material_code
    return [file] if choice.material_code else []


def _labelled(case: Case, files: Sequence[CaseFile]) -> list[CaseFile | Case]:
    """Return what changes once files have a material: a case that was inspected without it is to be inspected again."""
    if not files or not needs_new_inspection(CaseState(case.state)):
        return list(files)
    first = min(file.arrived_event for file in files)
    case.inspected_through = min(case.inspected_through, first - 1)
    return [*files, case]


def _ask_again(case: Case, files: Sequence[CaseFile], queue: JobQueue, now: datetime) -> None:
    if files and case.state not in WAITING_FOR_MORE:
        queue.put(case.key.hex, now=now)


def _record(
    case: Case,
    kind: Event,
    actor: str,
    now: datetime,
    *,
    new: Sequence[FileSuggestion],
    changed: Sequence[ProtectedRow],
) -> None:
    told = [row for row in (*new, *changed) if isinstance(row, FileSuggestion)]
    if not told:
        return
    counts = Counter(row.state for row in told)
    facts = {"case_number": case.case_number, "files": [row.file.file_key for row in told], "states": dict(counts)}
    journal.record(journal.Entry(kind, actor, now, case.key, facts), new=new, changed=changed)
