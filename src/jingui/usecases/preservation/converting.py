"""Converting files of a migration: outside any transaction, compared with their originals, then written down once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, FileConversion, FormatMigration, TriedFile
from jingui.db.queries.facts import current_files
from jingui.db.queries.format_migrations import open_files, sample_files
from jingui.db.queries.locations import file_locations
from jingui.db.queries.rows import get_case
from jingui.domain.audit.events import Event
from jingui.domain.errors import PermanentFailure
from jingui.domain.preservation.migration import (
    ROUTES,
    ConversionOutcome,
    Side,
    compare,
    shortcomings,
)
from jingui.domain.records.conversions import Comparison, comparison_to_dict
from jingui.domain.records.facts import Reading
from jingui.domain.records.formats import EXTENSIONS
from jingui.formats.pages.glyphs import searchable
from jingui.ports import (
    ConversionTask,
    Examiner,
    FormatConverter,
    JobQueue,
    PreservationStore,
    StagedFile,
    StagingArea,
)

ACTOR = "system:migration"
LARGEST_RESULT = 128 << 20
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ConversionBench:
    """What converting needs at hand; ``trials`` keeps the results of trials, apart from what is to be archived."""

    converter: FormatConverter
    examiner: Examiner
    store: PreservationStore
    staging: StagingArea
    trials: StagingArea
    queue: JobQueue


@dataclass(frozen=True, slots=True)
class Attempt:
    """What converting one file gave: the staged result, or why there is none. ``reason``: code, colon, detail."""

    row: CaseFile
    task: ConversionTask
    reason: str = ""
    outcome: ConversionOutcome = ConversionOutcome.FAILED
    staged: StagedFile | None = None
    reading: Reading | None = None
    comparison: Comparison | None = None
    text: str = ""


def try_formats(
    migration: FormatMigration, *, bench: ConversionBench, clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> list[dict[str, Any]] | None:
    """Convert a sample of each format and tell what became of it; nothing of the holdings changes.

    Each file is kept as it is done; nothing is returned if ``is_over`` says so before the last one.
    """
    drawn = [(told, row) for told in migration.formats for row in sample_files(told["format"], migration.sample)]
    known = dict(TriedFile.objects.filter(migration=migration).values_list("file_id", "told"))
    tried = []
    for place, (told, row) in enumerate(drawn, 1):
        is_known = row.key in known
        if not is_known:
            attempt = _attempt(row.case, row, told["target"], bench, bench.trials, clock())
            known[row.key] = TriedFile.objects.create(migration=migration, file=row, told=_trial_line(attempt)).told
        tried.append(known[row.key])
        if not is_known and place < len(drawn) and is_over():
            return None
    return tried


def _trial_line(attempt: Attempt) -> dict[str, Any]:
    row = attempt.row
    return {
        "case": row.case_id.hex,
        "case_number": row.case.case_number,
        "file": row.file_key,
        "name": row.name,
        "format": row.format_name,
        "target": attempt.task.target,
        "outcome": attempt.outcome.value,
        "reason": attempt.reason,
        "token": attempt.staged.token if attempt.staged else "",
        "bytes": [row.bytes, attempt.staged.bytes if attempt.staged else 0],
        "comparison": comparison_to_dict(attempt.comparison) if attempt.comparison else None,
    }


def convert_case(migration: FormatMigration, case_key: UUID, *, bench: ConversionBench, now: datetime) -> None:
    """Convert what a migration wants of one case, and ask for a new version of it.

    Raises:
        TransientFailure: trying again may help; nothing was written down.
    """
    case = get_case(case_key)
    targets = {told["format"]: told["target"] for told in migration.formats}
    rows = list(open_files(migration).filter(case_id=case_key).order_by("file_key"))
    standing = {row.file_key for row in current_files(case)}
    attempts = [
        _attempt(case, row, targets[row.format_name], bench, bench.staging, now)
        if row.file_key in standing
        else _skipped(row, targets[row.format_name], now)
        for row in rows
    ]
    with transaction.atomic():
        unused = _write_down(migration, case_key, attempts, bench, now)
    for token in unused:
        bench.staging.discard(token)


def _write_down(
    migration: FormatMigration, case_key: UUID, attempts: list[Attempt], bench: ConversionBench, now: datetime
) -> list[str]:
    """Write what became of the files; return the tokens of results that nobody needs."""
    case = get_case(case_key, is_locked=True)
    still_open = set(open_files(migration).filter(case_id=case_key).values_list("key", flat=True))
    new = [attempt for attempt in attempts if attempt.row.key in still_open]
    kept = {attempt.row.key for attempt in new if attempt.outcome is ConversionOutcome.CONVERTED}
    if new:
        counts = {outcome.value: sum(one.outcome is outcome for one in new) for outcome in ConversionOutcome}
        facts = {"case_number": case.case_number, "migration": migration.number, **counts}
        entry = journal.Entry(Event.FILES_CONVERTED, ACTOR, now, case_key, facts)
        journal.record(entry, new=[_row(migration, case, attempt, bench.converter, now) for attempt in new])
    if kept:
        bench.queue.put(case_key.hex, now=now)
    return [one.staged.token for one in attempts if one.staged and one.row.key not in kept]


def _attempt(
    case: Case, row: CaseFile, target: str, bench: ConversionBench, area: StagingArea, now: datetime
) -> Attempt:
    task = _task(row, target, now)
    staged = None
    try:
        ((path, name),) = file_locations(case, [row], store=bench.store, staging=bench.staging)
        made = bench.converter.convert(path, task)
        if not made.data or len(made.data) > LARGEST_RESULT:
            return Attempt(row, task, f"result_too_large: {len(made.data)}")
        staged = area.receive(made.data[at : at + BLOCK] for at in range(0, len(made.data), BLOCK))
        sides = _sides(bench.examiner, (path, name), area.path(staged.token), made.sizes, target)
    except PermanentFailure as failure:
        if staged:
            area.discard(staged.token)
        return Attempt(row, task, f"{failure.code}: {failure.detail}"[:300])
    before, after = sides
    compared = compare(before, after, target=target, are_pixels_same=made.are_pixels_same, remarks=made.remarks)
    reasons = _reasons(compared)
    outcome = ConversionOutcome.FAILED if reasons else ConversionOutcome.CONVERTED
    return Attempt(row, task, reasons, outcome, staged, after.reading, compared, searchable(after.text))


def _reasons(compared: Comparison) -> str:
    """Return the codes of what a result lacks, and the first fault behind a colon."""
    codes = ", ".join(shortcomings(compared))
    fault = compared.faults[0].removeprefix("pdfa_fault: ") if codes and compared.faults else ""
    return f"{codes}: {fault}"[:300] if fault else codes


def _sides(
    examiner: Examiner,
    original: tuple[Path, str],
    result: Path,
    sizes: tuple[tuple[str, ...], tuple[str, ...]],
    target: str,
) -> tuple[Side, Side]:
    """Open both files with our readers."""
    read = examiner.examine([original, (result, f"result.{EXTENSIONS[target][0]}")])
    (before, before_text), (after, after_text) = read
    return Side(before, before_text, sizes[0]), Side(after, after_text, sizes[1])


def _skipped(row: CaseFile, target: str, now: datetime) -> Attempt:
    return Attempt(row, _task(row, target, now), "superseded", ConversionOutcome.SKIPPED)


def _task(row: CaseFile, target: str, now: datetime) -> ConversionTask:
    return ConversionTask(
        converter=ROUTES[row.format_name, target],
        format_name=row.format_name,
        target=target,
        title=row.title or row.name,
        dated=now.replace(microsecond=0),
    )


def _row(
    migration: FormatMigration, case: Case, attempt: Attempt, converter: FormatConverter, now: datetime
) -> FileConversion:
    task = attempt.task
    is_kept = attempt.outcome is ConversionOutcome.CONVERTED
    return FileConversion(
        migration=migration,
        case=case,
        file=attempt.row,
        outcome=attempt.outcome.value,
        reason=attempt.reason,
        source_format=task.format_name,
        source_sha256=attempt.row.sha256,
        target_format=task.target,
        converter=task.converter.value,
        converter_version=converter.version(task.converter)[:120],
        converted_at=now,
        comparison=comparison_to_dict(attempt.comparison) if attempt.comparison else {},
        **(_result(attempt) if is_kept else {}),
    )


def _result(attempt: Attempt) -> Mapping[str, Any]:
    staged, reading = attempt.staged, attempt.reading
    if staged is None or reading is None:  # only asked of what was converted
        raise TypeError(attempt.row.file_key)
    return {
        "bytes": staged.bytes,
        "sha256": staged.digests.sha256,
        "sm3": staged.digests.sm3,
        "sha512": staged.digests.sha512,
        "staged_token": staged.token,
        "page_count": reading.page_count,
        "target_version": reading.format_version,
        "mime_type": reading.mime_type,
        "pronom_id": reading.pronom_id,
        "text": attempt.text,
    }
