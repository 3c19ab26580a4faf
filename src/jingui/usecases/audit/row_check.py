"""Proving the rows: each protected row is what the last journal event that wrote it says, and none is missing.

One pass over the journal in chunks, each looking its rows up by key: memory does not grow with the holdings.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from jingui.db.journal import digest_of
from jingui.db.models import PROTECTED, JournalEvent, ProtectedRow
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject

MODELS: dict[str, type[ProtectedRow]] = {model._meta.db_table: model for model in PROTECTED}
CHUNK = 1000


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

    def add(self, marks: Iterable[Mark]) -> Iterator[HoldingsFinding]:
        """Take marks in the order of the journal; findings come as chunks fill."""
        self.pending.extend(marks)
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
        rows = model._default_manager.in_bulk({UUID(mark.key) for mark in marks})
        for mark in marks:
            row = rows.get(UUID(mark.key))
            code = self._fault(row, mark)
            if code and (mark.table, mark.key) not in self.reported:
                self.reported.add((mark.table, mark.key))
                yield HoldingsFinding(Subject.ROW, f"{mark.table}/{mark.key}", code, f"event {mark.event_id}")

    def _fault(self, row: ProtectedRow | None, mark: Mark) -> str | None:
        if row is None or mark.digest is None:
            # A later event may have removed it; a row that is gone without one is found by its last mark.
            return None if self._gone_rightly(row, mark) else "row_missing"
        if row.event_id < mark.event_id:
            return "row_rolled_back"
        if getattr(row, "arrived_event", 0) > mark.event_id:
            return "row_altered"
        if row.event_id > mark.event_id:
            return None
        self.current[mark.table] += 1
        self.looked.rows += 1
        return None if not mark.is_proved or digest_of(row) == mark.digest else "row_altered"

    @staticmethod
    def _gone_rightly(row: ProtectedRow | None, mark: Mark) -> bool:
        if mark.digest is None:
            return row is None
        later = JournalEvent.objects.filter(id__gt=mark.event_id, payload__contains=mark.key)
        return any([mark.table, mark.key, None] in json.loads(event.payload)["rows"] for event in later.iterator())

    def unaccounted(self) -> Iterator[HoldingsFinding]:
        """Name the rows that no event has written: they were put in by hand."""
        yield from self.flush()
        for table, model in MODELS.items():
            if model._default_manager.count() != self.current[table]:
                yield from self._strangers(table, model)

    def _strangers(self, table: str, model: type[ProtectedRow]) -> Iterator[HoldingsFinding]:
        for key, event_id in model._default_manager.values_list("key", "event_id").iterator(chunk_size=CHUNK):
            if (table, key.hex) in self.reported:
                continue
            event = JournalEvent.objects.filter(id=event_id).first()
            if event is None or not any(m.key == key.hex and m.table == table for m in marks_of(event)):
                self.reported.add((table, key.hex))
                yield HoldingsFinding(Subject.ROW, f"{table}/{key.hex}", "row_unknown", f"event {event_id}")


def marks_of(event: JournalEvent, *, is_proved: bool = True) -> list[Mark]:
    """Return what an event says of rows; nothing if its payload cannot be read."""
    try:
        rows = json.loads(event.payload)["rows"]
        return [Mark(event.id, table, key, digest, is_proved) for table, key, digest in rows if table in MODELS]
    except (ValueError, KeyError, TypeError):
        return []
