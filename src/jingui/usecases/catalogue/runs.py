"""Importing a catalogue file of any size: part by part in flat memory; killed anywhere, the same import goes on.

Each part is one transaction with its items, its events and the position reached. Preview and import are the same walk.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CatalogueImport
from jingui.db.queries.imports import unfinished_import
from jingui.db.queries.items import newest_contents
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.changes import changed_elements
from jingui.domain.catalogue.drafts import AgencyDraft, CatalogueDefaults, ItemDraft, told_content
from jingui.domain.catalogue.importing import Existing, ImportPlan, RawRow, plan_import
from jingui.formats.catalogues.sources import CatalogueSource
from jingui.usecases.catalogue.completeness import SeenCodes, missing_codes
from jingui.usecases.catalogue.import_tasks import ImportSummary, ImportTask
from jingui.usecases.catalogue.importing import (
    batches,
    existing_catalogue,
    take_plan,
    withdraw_items,
)
from jingui.usecases.catalogue.parts import Parts, cut
from jingui.usecases.catalogue.reports import ADDED_SHOWN, ReportFile, item_line, noted_line, refused_line


@dataclass(slots=True)
class _Walk:
    """One walk through the parts of a list."""

    task: ImportTask
    parts: Parts
    defaults: CatalogueDefaults
    report: ReportFile
    seen: SeenCodes
    counts: Counter[str] = field(default_factory=Counter)
    agencies: dict[str, AgencyDraft] = field(default_factory=dict)  # entered by a preview, so that it counts them once

    def decide(self, number: int) -> tuple[ImportPlan, list[dict[str, Any]]]:
        """Decide about one part and return the decision with its lines for the report."""
        rows = self.parts.rows_of(number)
        plan = plan_import(rows, existing=self._existing, defaults=self.defaults, within=self.task.within)
        self.seen.add(_codes(plan))
        lines = self._lines(plan)
        self._count(rows, plan)
        return plan, lines

    def state(self, position: int, report_bytes: int) -> dict[str, Any]:
        """Return what a preview goes on from."""
        agencies = {code: asdict(agency) for code, agency in self.agencies.items()}
        told = {"position": position, "report_bytes": report_bytes, "counts": dict(self.counts)}
        return {**told, "agencies": agencies}

    def _existing(self, items: Collection[str], agencies: Collection[str]) -> Existing:
        stored = existing_catalogue(items, agencies)
        overlaid = {code: self.agencies[code] for code in agencies if code in self.agencies}
        taken = stored.fonds | {agency.fonds for agency in self.agencies.values()}
        return replace(stored, agencies={**stored.agencies, **overlaid}, fonds=taken)

    def _lines(self, plan: ImportPlan) -> list[dict[str, Any]]:
        room = max(0, ADDED_SHOWN - self.counts["added"])
        return [
            *(item_line("added", item) for item in plan.added[:room]),
            *_changed_lines(plan.changed),
            *(item_line("restated", item, ("state", "plan_dates")) for item in plan.restated),
            *(refused_line(row) for row in plan.refused),
            *(noted_line(row) for row in plan.noted),
        ]

    def _count(self, rows: list[RawRow], plan: ImportPlan) -> None:
        self.counts["item_rows"] += sum(row.table == "items" for row in rows)
        self.counts["refused_items"] += sum(row.table == "items" for row in plan.refused)
        for name in COUNTED:
            self.counts[name] += len(getattr(plan, name))


COUNTED = (
    "added", "changed", "restated", "unchanged", "refused", "noted", "agencies_added", "agencies_changed",
    "agencies_unchanged",
)  # fmt: skip


def _codes(plan: ImportPlan) -> list[str]:
    items = (*plan.added, *plan.changed, *plan.restated)
    return [*(item.item_code for item in items), *plan.unchanged, *(row.key for row in plan.refused)]


def _changed_lines(items: tuple[ItemDraft, ...]) -> list[dict[str, Any]]:
    before = {
        code: told for some in batches(items) for code, told in newest_contents([i.item_code for i in some]).items()
    }
    return [
        item_line("changed", item, changed_elements(before.get(item.item_code, {}), told_content(item)))
        for item in items
    ]


Told = Callable[[int, int, Callable[[], dict[str, Any]]], None]


def preview_run(
    source: CatalogueSource,
    task: ImportTask,
    *,
    folder: Path,
    begun: Mapping[str, Any] | None = None,
    told: Told = lambda _done, _count, _state: None,
) -> ImportSummary:
    """Say what an import would do; nothing is changed but files in the folder, which hold its report.

    ``told`` hears after each part how many of them are done (of how many; 0 of 0 while the list is sorted) and what to
    go on from, and may break off by raising; handed over as ``begun``, the walk goes on there.
    """
    begun = begun or {}
    size = begun.get("report_bytes")
    walk = _walk(source, task, folder, report_bytes=size, told=lambda: told(0, 0, lambda: dict(begun)))
    walk.counts.update(begun.get("counts", {}))
    walk.agencies = {code: AgencyDraft(**agency) for code, agency in begun.get("agencies", {}).items()}
    for number in range(begun.get("position", 0), walk.parts.count):
        plan, lines = walk.decide(number)
        walk.agencies |= {agency.code: agency for agency in (*plan.agencies_added, *plan.agencies_changed)}
        size = walk.report.add(lines)
        told(number + 1, walk.parts.count, partial(walk.state, number + 1, size))
    for codes in missing_codes(walk.seen):
        walk.counts["withdrawn"] += len(codes)
        walk.report.add([{"kind": "withdrawn", "code": code} for code in codes])
    return _summary(walk)


def run_import(
    source: CatalogueSource,
    task: ImportTask,
    *,
    folder: Path,
    actor: str,
    clock: Callable[[], datetime],
    progress: Callable[[int], None] = lambda _done: None,
) -> ImportSummary:
    """Take over every sound row and report every other one; one that was broken off goes on where it stood."""
    row = unfinished_import(task.identity)
    is_resumed = row is not None and _is_folder_of(folder, row)
    size, reached = (row.report_bytes, row.position) if row and is_resumed else (None, 0)
    walk = _walk(source, task, folder, report_bytes=size, told=lambda: progress(reached))
    row = row or _begin(walk, actor=actor, now=clock())
    if is_resumed:
        walk.counts.update(row.counts)
    else:
        row.position = 0
        (folder / _RUN).write_text(row.key.hex, encoding="ascii")
    for number in range(row.position, walk.parts.count):
        _take_part(walk, row, number, actor=actor, now=clock())
        progress(number + 1)
    _withdraw(walk, row, actor=actor, now=clock())
    _finish(walk, row, actor=actor, now=clock())
    return _summary(walk)


_RUN = "run"


def _is_folder_of(folder: Path, row: CatalogueImport) -> bool:
    """Say whether what a broken-off run noted beside its rows is still there; without it the walk starts anew."""
    marker = folder / _RUN
    return marker.is_file() and marker.read_text(encoding="ascii") == row.key.hex


def _walk(
    source: CatalogueSource,
    task: ImportTask,
    folder: Path,
    *,
    report_bytes: int | None = None,
    told: Callable[[], None] = lambda: None,
) -> _Walk:
    parts = cut(source, task.mapping, folder, told=told)
    report = ReportFile(folder / "report.jsonl")
    report.start_at(report_bytes or 0)
    seen = SeenCodes(folder / "seen", task.complete)
    if report_bytes is None:
        seen.clear()
    return _Walk(task, parts, task.defaults(is_known=source.known is not None), report, seen)


def _summary(walk: _Walk) -> ImportSummary:
    is_mapped = walk.task.mapping is not None
    return ImportSummary(dict(walk.counts), walk.parts.tables, walk.parts.ignored, walk.report, is_mapped)


@transaction.atomic
def _begin(walk: _Walk, *, actor: str, now: datetime) -> CatalogueImport:
    row = CatalogueImport(
        task_sha256=walk.task.identity,
        file_name=walk.task.file_name[:255],
        task=walk.task.told(),
        actor=actor,
        started_at=now,
        parts=walk.parts.count,
    )
    facts = {"file": walk.task.file_sha256, "parts": row.parts}
    journal.record(journal.Entry(Event.CATALOGUE_IMPORT_STARTED, actor, now, facts=facts), new=[row])
    return row


def _take_part(walk: _Walk, row: CatalogueImport, number: int, *, actor: str, now: datetime) -> None:
    # Deciding comes before the transaction, so that whoever receives cases waits for the writing alone.
    plan, lines = walk.decide(number)
    with transaction.atomic():
        take_plan(plan, actor=actor, now=now)
        row.report_bytes = walk.report.add(lines)
        row.position = number + 1
        row.counts = dict(walk.counts)
        facts = {"file": walk.task.file_sha256, "part": number}
        journal.record(journal.Entry(Event.CATALOGUE_IMPORTED, actor, now, facts=facts), changed=[row])


def _withdraw(walk: _Walk, row: CatalogueImport, *, actor: str, now: datetime) -> None:
    facts: dict[str, object] = {"file": walk.task.file_sha256}
    for codes in missing_codes(walk.seen):
        with transaction.atomic():
            walk.counts["withdrawn"] += withdraw_items(codes, actor=actor, now=now, facts=facts)
            row.report_bytes = walk.report.add([{"kind": "withdrawn", "code": code} for code in codes])
            row.counts = dict(walk.counts)
            journal.record(journal.Entry(Event.CATALOGUE_IMPORTED, actor, now, facts=facts), changed=[row])


@transaction.atomic
def _finish(walk: _Walk, row: CatalogueImport, *, actor: str, now: datetime) -> None:
    row.finished_at = now
    row.counts = dict(walk.counts)
    facts = {"file": walk.task.file_sha256, **walk.counts}
    journal.record(journal.Entry(Event.CATALOGUE_IMPORT_FINISHED, actor, now, facts=facts), changed=[row])


def forget_parts(folder: Path) -> None:
    """Remove the parts of a list that has been imported; its report stays."""
    shutil.rmtree(folder / "rows", ignore_errors=True)
    shutil.rmtree(folder / "seen", ignore_errors=True)
