"""Proving the rows: each protected row is what the last journal event that wrote it says, and none is missing.

One pass over the journal in chunks, each looking its rows up by key: memory does not grow with the holdings.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from jingui.db.journal import digest_of
from jingui.db.models import PROTECTED, JournalEvent, ProtectedRow
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.journal_check import Told
from jingui.usecases.audit.reading import BAD_VALUE, keys_of, rows_by_key

MODELS: dict[str, type[ProtectedRow]] = {model._meta.db_table: model for model in PROTECTED}
CHUNK = 1000
_KEY = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What one event says of one row: its digest, or that it is gone. ``is_proved``: the event itself is sound."""

    event_id: int
    table: str
    key: str
    digest: str | None
    is_proved: bool = True


@dataclass(slots=True)
class RowCheck:
    """Collects marks, and checks them a chunk at a time."""

    looked: Looked
    pending: list[Mark] = field(default_factory=list)
    current: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    reported: set[tuple[str, str]] = field(default_factory=set)
    unproved: set[int] = field(default_factory=set)
    events_gone: int = 0
    gone: set[int] = field(default_factory=set)

    def add(self, told: Told) -> Iterator[HoldingsFinding]:
        """Take the marks of the next event of the journal; findings come as chunks fill."""
        if not told.is_proved:
            self.unproved.add(told.event_id)
        self.pending.extend(marks_of(told))
        if len(self.pending) >= CHUNK:
            yield from self.flush()

    def flush(self) -> Iterator[HoldingsFinding]:
        """Check what is pending."""
        by_table: dict[str, list[Mark]] = defaultdict(list)
        for mark in self.pending:
            by_table[mark.table].append(mark)
        self.pending = []
        for table, marks in by_table.items():
            yield from self._check(MODELS[table], marks)

    def _check(self, model: type[ProtectedRow], marks: list[Mark]) -> Iterator[HoldingsFinding]:
        keys = {text: UUID(text) for text in {mark.key for mark in marks}}
        rows = rows_by_key(model, keys.values())
        for mark in marks:
            key = keys[mark.key]
            code = "row_unreadable" if key in rows and rows[key] is None else self._fault(rows.get(key), mark)
            if code and (mark.table, mark.key) not in self.reported:
                self.reported.add((mark.table, mark.key))
                yield HoldingsFinding(Subject.ROW, f"{mark.table}/{mark.key}", code, f"event {mark.event_id}")

    def _fault(self, row: ProtectedRow | None, mark: Mark) -> str | None:
        if row is None or mark.digest is None:
            # A later event may have removed it; a row that is gone without one is found by its last mark.
            return None if not mark.is_proved or self._gone_rightly(row, mark) else "row_missing"
        if not isinstance(row.event_id, int) or not isinstance(getattr(row, "arrived_event", 0), int):
            return "row_unreadable"
        if row.event_id < mark.event_id:
            return "row_rolled_back"
        if getattr(row, "arrived_event", 0) > mark.event_id:
            return "row_altered"
        if row.event_id > mark.event_id:
            return None
        self.current[mark.table] += 1
        self.looked.rows += 1
        return None if not mark.is_proved or _digest(row) == mark.digest else "row_altered"

    @staticmethod
    def _gone_rightly(row: ProtectedRow | None, mark: Mark) -> bool:
        if mark.digest is None:
            return row is None
        later = JournalEvent.objects.filter(id__gt=mark.event_id, payload__contains=mark.key)
        return any([mark.table, mark.key, None] in json.loads(event.payload)["rows"] for event in later.iterator())

    def doubtful(self, *models: type[ProtectedRow]) -> frozenset[str]:
        """Return the keys of rows of these tables that have been named, so that nothing is concluded from them."""
        tables = {model._meta.db_table for model in models}
        return frozenset(key for table, key in self.reported if table in tables)

    def unaccounted(self) -> Iterator[HoldingsFinding]:
        """Name the rows that no event has written: they were put in by hand."""
        yield from self.flush()
        for table, model in MODELS.items():
            if model._default_manager.count() != self.current[table]:
                yield from self._strangers(table, model)

    def _strangers(self, table: str, model: type[ProtectedRow]) -> Iterator[HoldingsFinding]:
        for key, written_by in keys_of(model._default_manager.all(), "event_id"):
            event_id = int(written_by) if written_by.isdecimal() else 0
            if (table, key) in self.reported or event_id in self.unproved or self._is_gone(event_id):
                continue
            if not _is_written_by(event_id, table, key):
                self.reported.add((table, key))
                yield HoldingsFinding(Subject.ROW, f"{table}/{key}", "row_unknown", f"event {written_by}")

    def _is_gone(self, event_id: int) -> bool:
        """Say whether this is one of the events whose places in the log are empty, which have been named as such."""
        if event_id not in self.gone and len(self.gone) < self.events_gone:
            is_past = JournalEvent.objects.filter(id__gt=event_id).exists()
            if is_past and not JournalEvent.objects.filter(id=event_id).exists():
                self.gone.add(event_id)
        return event_id in self.gone


def _is_written_by(event_id: int, table: str, key: str) -> bool:
    payload = JournalEvent.objects.filter(id=min(event_id, 2**62)).values_list("payload", flat=True).first()
    return any((m.table, m.key) == (table, key) for m in marks_of(Told(event_id, payload or "", is_proved=True)))


def _digest(row: ProtectedRow) -> str | None:
    """Return the digest of a row; nothing if a value has no canonical form, which none that we write lacks."""
    try:
        return digest_of(row)
    except BAD_VALUE:
        return None


def marks_of(told: Told) -> list[Mark]:
    """Return what an event says of rows, as far as its payload can be read."""
    try:
        rows = json.loads(told.payload)["rows"]
        return [
            Mark(told.event_id, table, key if _KEY.fullmatch(key) else UUID(key).hex, digest, told.is_proved)
            for table, key, digest in rows
            if table in MODELS
        ]
    except (KeyError, *BAD_VALUE):
        return []
